// Package quotas compares the quotas of an AWS account with the resources that an update of
// a stack creates there.
package quotas

import (
	"fmt"
	"sync"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/preflight/query"
	"example.com/multisite/internal/preflight/report"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
)

// Stack is the stack that the update changes, and its account.
type Stack struct {
	// Name is a site of register/register.yaml, or global.
	Name string
	// Sites are all sites of the project by name.
	Sites map[string]*siteconfig.Site
	// Site is the configuration of the stack's site; nil for the stack global.
	Site *siteconfig.Site
	// Region is the AWS region of the stack's resources, except the resources at the edge.
	Region string
	// Resources are the resources in the stack's state; empty before the first update.
	Resources []pulumicli.Resource
	// Zones returns the availability zones of the site's network.
	Zones func() ([]string, error)
	// Client calls AWS.
	Client *query.Client
}

// Check reports the quotas that the update would exceed, and the quotas with room for it.
// It counts only resources that the state lacks; a quota that needs nothing more is not read.
func Check(s *Stack) []report.Line {
	n, err := s.needs()
	if err != nil {
		return []report.Line{report.Unchecked("quotas", err)}
	}
	var rows []quota
	for _, q := range s.quotas(n) {
		if q.more > 0 {
			rows = append(rows, q)
		}
	}
	lines := make([]report.Line, len(rows))
	var all sync.WaitGroup
	for i, q := range rows {
		all.Go(func() { lines[i] = q.check() })
	}
	growth := report.Line{}
	if s.Site != nil && n.maxStorageGiB > 0 {
		all.Go(func() { growth = s.checkGrowth(n) })
	}
	all.Wait()
	if growth.Subject != "" {
		lines = append(lines, growth)
	}
	return lines
}

// A quota limits the resources of one type in a region or an account, or the parts of one
// resource.
type quota struct {
	subject string
	// more is the number that the update adds; for parts of a resource, the number of parts
	// of the largest resource.
	more int
	// used returns the number in use; nil for parts of a resource.
	used func() (int, error)
	// limit returns the quota's value.
	limit func() (limit, error)
	unit  string
}

// limit is the value of a quota.
type limit struct {
	value int
	// raise returns what the user must do if the stack needs the wanted number.
	raise func(wanted int) string
}

// check compares the limit with the number in use and the number that the update adds.
func (q quota) check() report.Line {
	limit, err := q.limit()
	if err != nil {
		return report.Unchecked(q.subject, err)
	}
	line := report.Line{
		Severity: report.OK, Subject: q.subject, Found: fmt.Sprintf("a quota of %d%s", limit.value, q.unit), Needed: fmt.Sprintf("%d%s", q.more, q.unit),
	}
	wanted := q.more
	if q.used != nil {
		used, err := q.used()
		if err != nil {
			return report.Unchecked(q.subject, err)
		}
		line.Found = fmt.Sprintf("%d of %d%s in use", used, limit.value, q.unit)
		line.Needed = fmt.Sprintf("%d%s more", q.more, q.unit)
		wanted += used
	}
	if wanted > limit.value {
		line.Severity, line.Do = report.Fail, limit.raise(wanted)
	}
	return line
}

// quotas returns all quotas that a stack of this kind counts against.
func (s *Stack) quotas(n *needs) []quota {
	existing := s.existing()
	var rows []quota
	for _, row := range countedQuotas {
		k, region := kind{row.typ, row.edge}, s.Region
		if row.edge || row.account {
			region = awstypes.EdgeRegion
		}
		subject := row.name + " in " + region
		if row.account {
			subject = row.name + " of the account"
		}
		rows = append(rows, quota{
			subject: subject, more: n.counts[k] - existing[k],
			used:  func() (int, error) { return row.used(s, region) },
			limit: func() (limit, error) { return row.limit(s, region) },
		})
	}
	if s.Site == nil {
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
			limit: func() (limit, error) { return s.serviceQuota(s.Region, "vpc", "L-FE5A380F") },
		})
	}
	storage := s.attribute("rds", s.Region, "AllocatedStorage")
	rows = append(rows, quota{
		subject: "RDS storage in " + s.Region, more: n.storageGiB - s.storage(), unit: " GiB",
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
			subject: part.name + " in " + s.Region, more: part.count,
			limit: func() (limit, error) { return s.serviceQuota(s.Region, "vpc", part.code) },
		})
	}
	return append(rows, quota{
		subject: "read replicas per database in " + s.Region, more: n.replicas,
		limit: s.attribute("rds", s.Region, "ReadReplicasPerMaster").limit,
	})
}

// checkGrowth warns if the storage quota is less than the maximum sizes of all databases.
func (s *Stack) checkGrowth(n *needs) report.Line {
	a := s.attribute("rds", s.Region, "AllocatedStorage")
	subject := "RDS storage in " + s.Region + " when all databases have grown to maxStorageGiB"
	used, err := a.used()
	if err != nil {
		return report.Unchecked(subject, err)
	}
	limit, err := a.limit()
	if err != nil {
		return report.Unchecked(subject, err)
	}
	wanted := used - s.storage() + n.maxStorageGiB
	line := report.Line{Severity: report.OK, Subject: subject, Found: fmt.Sprintf("a quota of %d GiB", limit.value), Needed: fmt.Sprintf("%d GiB", wanted)}
	if wanted > limit.value {
		line.Severity, line.Do = report.Warn, limit.raise(wanted)
	}
	return line
}

// storage returns the storage of the stack's databases in GiB, as of the last update or refresh.
func (s *Stack) storage() int {
	sum := 0
	for _, r := range s.Resources {
		if r.Type == awstypes.DBInstance {
			size, _ := r.Outputs["allocatedStorage"].(float64)
			sum += int(size)
		}
	}
	return sum
}

// hasNAT reports whether the stack has a NAT gateway in a zone.
func (s *Stack) hasNAT(zone string) bool {
	zones := map[string]string{} // by subnet
	for _, r := range s.Resources {
		if r.Type == awstypes.Subnet {
			zones[r.ID] = r.Text("availabilityZone")
		}
	}
	for _, r := range s.Resources {
		if r.Type == awstypes.NATGateway && zones[r.Text("subnetId")] == zone {
			return true
		}
	}
	return false
}
