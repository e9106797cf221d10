package preflight

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/multisite/components"
)

// storageType is the one that the program asks RDS for.
const storageType = "gp3"

// orderable is one combination that RDS offers in a region.
type orderable struct {
	EngineVersion, DBInstanceClass, StorageType           string
	AvailabilityZones                                     []struct{ Name string }
	MultiAZCapable                                        bool
	SupportsStorageEncryption, SupportsEnhancedMonitoring bool
	SupportsPerformanceInsights                           bool
	SupportsIAMDatabaseAuthentication                     bool
	SupportsStorageAutoscaling                            bool
	MinStorageSize, MaxStorageSize                        int // GiB; 0 if RDS does not say
}

// serves reports whether a database can be made of an offer.
func (o orderable) serves(database *components.DatabaseArgs) bool {
	major, _, _ := strings.Cut(o.EngineVersion, ".")
	return major == database.EngineVersion && o.StorageType == storageType && o.MultiAZCapable && o.SupportsStorageEncryption &&
		o.SupportsEnhancedMonitoring && o.SupportsPerformanceInsights && o.SupportsIAMDatabaseAuthentication && o.SupportsStorageAutoscaling &&
		o.MinStorageSize <= database.StorageGiB && (o.MaxStorageSize == 0 || database.MaxStorageGiB <= o.MaxStorageSize)
}

// checkDatabases finds databases of a class or a version that the region, or the zones of
// the network, do not offer.
func checkDatabases(s *session) []Line {
	var lines []Line
	for _, name := range slices.Sorted(maps.Keys(s.site.Services)) {
		if database := s.site.Services[name].Database; database != nil {
			lines = append(lines, s.checkDatabase(name, database))
		}
	}
	return lines
}

func (s *session) checkDatabase(service string, database *components.DatabaseArgs) Line {
	subject := fmt.Sprintf("database of %s: %s, PostgreSQL %s", service, database.InstanceClass, database.EngineVersion)
	var offers struct{ OrderableDBInstanceOptions []orderable }
	if err := s.ask.aws(&offers, s.site.Region, "rds", "describe-orderable-db-instance-options",
		"--engine", "postgres", "--db-instance-class", database.InstanceClass, "--vpc"); err != nil {
		return unchecked(subject, err)
	}
	zones := map[string]bool{}
	for _, offer := range offers.OrderableDBInstanceOptions {
		if offer.DBInstanceClass == database.InstanceClass && offer.serves(database) {
			for _, zone := range offer.AvailabilityZones {
				zones[zone.Name] = true
			}
		}
	}
	do := fmt.Sprintf("choose another class, version or size for multisite:services.%s.database in %s (aws rds describe-orderable-db-instance-options --engine postgres --region %s)", service, s.file(), s.site.Region)
	return s.offered(subject, slices.Sorted(maps.Keys(zones)), do)
}

// offered is a line on what two zones of the network have to offer, since it is Multi-AZ.
func (s *session) offered(subject string, zones []string, do string) Line {
	wanted, err := s.zones()
	if err != nil {
		return unchecked(subject, err)
	}
	var both []string
	for _, zone := range wanted {
		if slices.Contains(zones, zone) {
			both = append(both, zone)
		}
	}
	line := Line{Severity: OK, Subject: subject, Found: "offered in " + list(zones), Needed: "an offer in " + list(wanted)}
	switch {
	case len(both) < 2:
		line.Severity, line.Do = Fail, do
	case len(both) < len(wanted):
		line.Severity, line.Do = Warn, "expect standbys in "+list(both)+" alone, or "+do
	}
	return line
}

func list(names []string) string {
	if len(names) == 0 {
		return "no zone"
	}
	return strings.Join(names, ", ")
}

// replicationRoles are those that AWS DMS takes on under fixed names
// (https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole).
var replicationRoles = []string{"dms-vpc-role", "dms-cloudwatch-logs-role"}

// checkReplication finds an account or a region in which a site that copies databases
// gets no replication instance.
func checkReplication(s *session) []Line {
	if !s.site.CopiesDatabases() {
		return nil
	}
	var lines []Line
	for _, role := range replicationRoles {
		subject := "role " + role
		var found struct{ Role struct{ Arn string } }
		err := s.ask.aws(&found, edgeRegion, "iam", "get-role", "--role-name", role)
		switch {
		case isMissing(err):
			lines = append(lines, Line{Severity: Fail, Subject: subject, Found: "none", Needed: "one, which AWS DMS looks for by its name", Do: "run state/account, once per account"})
		case err != nil:
			lines = append(lines, unchecked(subject, err))
		default:
			lines = append(lines, Line{Severity: OK, Subject: subject, Found: found.Role.Arn})
		}
	}
	class := s.site.Migration.Replication.InstanceClass
	subject := "replication instance: " + class
	var offers struct {
		OrderableReplicationInstances []struct {
			ReplicationInstanceClass string
			AvailabilityZones        []string
			ReleaseStatus            string
		}
	}
	if err := s.ask.aws(&offers, s.site.Region, "dms", "describe-orderable-replication-instances"); err != nil {
		return append(lines, unchecked(subject, err))
	}
	zones := map[string]bool{}
	for _, offer := range offers.OrderableReplicationInstances {
		if offer.ReplicationInstanceClass == class && offer.ReleaseStatus != "beta" {
			for _, zone := range offer.AvailabilityZones {
				zones[zone] = true
			}
		}
	}
	return append(lines, s.offered(subject, slices.Sorted(maps.Keys(zones)),
		"choose another multisite:migration.replication.instanceClass in "+s.file()+" (aws dms describe-orderable-replication-instances --region "+s.site.Region+")"))
}
