package preflight

import (
	"fmt"
	"strings"
	"sync"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/pulumicli"
)

// A quota is how many of one thing an account may have in a region, or how many parts one
// resource may have.
type quota struct {
	subject string
	// more is what the update adds, or how many parts the largest resource has.
	more int
	// used returns how many there are; nil for the parts of one resource.
	used func() (int, error)
	// limit returns how many there may be, and what raises that.
	limit func() (limit, error)
	unit  string
}

// limit is the value of a quota.
type limit struct {
	value int
	// raise is what to do for a larger one, with a verb for the number.
	raise func(wanted int) string
}

// checkQuotas finds quotas that the update would exceed. Of what the stack has already,
// nothing is counted again; where it has everything, AWS is not asked.
func checkQuotas(s *session) []Line {
	n, err := s.needs()
	if err != nil {
		return []Line{unchecked("quotas", err)}
	}
	var rows []quota
	for _, q := range s.quotas(n) {
		if q.more > 0 {
			rows = append(rows, q)
		}
	}
	lines := make([]Line, len(rows))
	var all sync.WaitGroup
	for i, q := range rows {
		all.Go(func() { lines[i] = q.check() })
	}
	grow := Line{}
	if s.global == nil && n.maxStorageGiB > 0 {
		all.Go(func() { grow = s.checkGrowth(n) })
	}
	all.Wait()
	if grow.Subject != "" {
		lines = append(lines, grow)
	}
	return lines
}

// needs counts what the stack is made of.
func (s *session) needs() (*needs, error) {
	if s.global != nil {
		return globalNeeds(s.sites), nil
	}
	zones, err := s.zones()
	if err != nil {
		return nil, err
	}
	return siteNeeds(s.site, zones), nil
}

// check compares a quota with what is there and what comes.
func (q quota) check() Line {
	limit, err := q.limit()
	if err != nil {
		return unchecked(q.subject, err)
	}
	line := Line{Severity: OK, Subject: q.subject, Found: fmt.Sprintf("a quota of %d%s", limit.value, q.unit), Needed: fmt.Sprintf("%d%s", q.more, q.unit)}
	wanted := q.more
	if q.used != nil {
		used, err := q.used()
		if err != nil {
			return unchecked(q.subject, err)
		}
		line.Found = fmt.Sprintf("%d of %d%s in use", used, limit.value, q.unit)
		line.Needed = fmt.Sprintf("%d%s more", q.more, q.unit)
		wanted += used
	}
	if wanted > limit.value {
		line.Severity, line.Do = Fail, limit.raise(wanted)
	}
	return line
}

// quotas are all that the stack needs something of.
func (s *session) quotas(n *needs) []quota {
	had := s.had(s.has)
	region := s.region()
	var rows []quota
	for _, row := range countedQuotas {
		k, at := kind{row.typ, row.edge}, region
		if row.edge || row.account {
			at = edgeRegion
		}
		subject := row.name + " in " + at
		if row.account {
			subject = row.name + " of the account"
		}
		rows = append(rows, quota{
			subject: subject, more: n.counts[k] - had[k],
			used:  func() (int, error) { return row.used(s, at) },
			limit: func() (limit, error) { return row.limit(s, at) },
		})
	}
	if s.global != nil {
		return rows
	}
	for _, zone := range n.natZones {
		more := 1
		if s.hasNAT(zone) {
			more = 0
		}
		rows = append(rows, quota{
			subject: "NAT gateways in " + zone, more: more,
			used:  func() (int, error) { return s.countNATs(zone) },
			limit: func() (limit, error) { return s.serviceQuota(region, "vpc", "L-FE5A380F") },
		})
	}
	storage := s.attribute("rds", region, "AllocatedStorage")
	rows = append(rows, quota{
		subject: "RDS storage in " + region, more: n.storageGiB - s.storage(), unit: " GiB",
		used: storage.used, limit: storage.limit,
	})
	for _, part := range []struct {
		name, code string
		count      int
	}{
		{"IPv4 blocks per VPC", "L-83CA0A9D", n.blocks},
		{"interface endpoints per VPC", "L-29B6F2EB", n.endpoints},
		{"rules per security group", "L-0EA8095F", n.rules},
	} {
		rows = append(rows, quota{
			subject: part.name + " in " + region, more: part.count,
			limit: func() (limit, error) { return s.serviceQuota(region, "vpc", part.code) },
		})
	}
	return append(rows, quota{
		subject: "read replicas per database in " + region, more: n.replicas,
		limit: s.attribute("rds", region, "ReadReplicasPerMaster").limit,
	})
}

// checkGrowth finds databases that cannot all grow as far as they may.
func (s *session) checkGrowth(n *needs) Line {
	a := s.attribute("rds", s.region(), "AllocatedStorage")
	subject := "RDS storage in " + s.region() + " when all databases are as large as maxStorageGiB lets them"
	used, err := a.used()
	if err != nil {
		return unchecked(subject, err)
	}
	limit, err := a.limit()
	if err != nil {
		return unchecked(subject, err)
	}
	wanted := used - s.storage() + n.maxStorageGiB
	line := Line{Severity: OK, Subject: subject, Found: fmt.Sprintf("a quota of %d GiB", limit.value), Needed: fmt.Sprintf("%d GiB", wanted)}
	if wanted > limit.value {
		line.Severity, line.Do = Warn, limit.raise(wanted)
	}
	return line
}

// storage is that of the stack's databases, in GiB, as the last update or refresh found it.
func (s *session) storage() int {
	sum := 0
	for _, database := range s.own(awstypes.DBInstance) {
		sum += number(database, "allocatedStorage")
	}
	return sum
}

func number(r pulumicli.Resource, output string) int {
	value, _ := r.Outputs[output].(float64)
	return int(value)
}

// hasNAT reports whether the stack has a NAT gateway in a zone.
func (s *session) hasNAT(zone string) bool {
	subnets := map[string]string{}
	for _, subnet := range s.own(awstypes.Subnet) {
		subnets[subnet.ID] = subnet.Text("availabilityZone")
	}
	for _, nat := range s.own(awstypes.NATGateway) {
		if subnets[nat.Text("subnetId")] == zone {
			return true
		}
	}
	return false
}

// countNATs counts those of an account in a zone: all but what has failed or is deleted
// (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, "Gateways").
func (s *session) countNATs(zone string) (int, error) {
	var subnets struct {
		Subnets []struct {
			SubnetID         string `json:"SubnetId"`
			AvailabilityZone string
		}
	}
	if err := s.ask.aws(&subnets, s.region(), "ec2", "describe-subnets"); err != nil {
		return 0, err
	}
	var gateways struct {
		NatGateways []struct {
			SubnetID string `json:"SubnetId"`
			State    string
		}
	}
	if err := s.ask.aws(&gateways, s.region(), "ec2", "describe-nat-gateways"); err != nil {
		return 0, err
	}
	zones := map[string]string{}
	for _, subnet := range subnets.Subnets {
		zones[subnet.SubnetID] = subnet.AvailabilityZone
	}
	count := 0
	for _, gateway := range gateways.NatGateways {
		if zones[gateway.SubnetID] == zone && gateway.State != "failed" && gateway.State != "deleted" {
			count++
		}
	}
	return count, nil
}

// requestIncrease is the command that asks AWS for more.
func requestIncrease(region, service, code string) func(int) string {
	return func(wanted int) string {
		return fmt.Sprintf("aws service-quotas request-service-quota-increase --service-code %s --quota-code %s --desired-value %d --region %s", service, code, wanted, region)
	}
}

// remove is what helps where AWS raises nothing.
func remove(int) string { return "remove what nobody uses: AWS does not raise this quota" }

// isOf reports whether a quota's name has all of some words.
func isOf(name string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(strings.ToLower(name), strings.ToLower(word)) {
			return false
		}
	}
	return true
}
