package preflight

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/preflight/query"
	"example.com/multisite/internal/preflight/report"
)

// storageType is the storage type of the program's databases.
const storageType = "gp3"

// orderable is an instance option that RDS offers in a region.
type orderable struct {
	EngineVersion, DBInstanceClass, StorageType           string
	AvailabilityZones                                     []struct{ Name string }
	MultiAZCapable                                        bool
	SupportsStorageEncryption, SupportsEnhancedMonitoring bool
	SupportsPerformanceInsights                           bool
	SupportsIAMDatabaseAuthentication                     bool
	SupportsStorageAutoscaling                            bool
	MinStorageSize, MaxStorageSize                        int // GiB; 0 if RDS states none
}

// serves reports whether the option has every property of a database.
func (o orderable) serves(database *components.DatabaseArgs) bool {
	major, _, _ := strings.Cut(o.EngineVersion, ".")
	return major == database.EngineVersion && o.StorageType == storageType && o.MultiAZCapable && o.SupportsStorageEncryption &&
		o.SupportsEnhancedMonitoring && o.SupportsPerformanceInsights && o.SupportsIAMDatabaseAuthentication && o.SupportsStorageAutoscaling &&
		o.MinStorageSize <= database.StorageGiB && (o.MaxStorageSize == 0 || database.MaxStorageGiB <= o.MaxStorageSize)
}

// checkDatabases fails if RDS offers a database's class, version, size or other properties in
// fewer than two zones of the network.
func checkDatabases(s *session) []report.Line {
	var lines []report.Line
	for _, name := range ordered.Keys(s.site.Services) {
		if database := s.site.Services[name].Database; database != nil {
			lines = append(lines, s.checkDatabase(name, database))
		}
	}
	return lines
}

func (s *session) checkDatabase(service string, database *components.DatabaseArgs) report.Line {
	subject := fmt.Sprintf("database of %s: %s, PostgreSQL %s", service, database.InstanceClass, database.EngineVersion)
	var offers struct{ OrderableDBInstanceOptions []orderable }
	if err := s.client.AWS(&offers, s.site.Region, "rds", "describe-orderable-db-instance-options",
		"--engine", "postgres", "--db-instance-class", database.InstanceClass, "--vpc"); err != nil {
		return report.Unchecked(subject, err)
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
	return s.offered(subject, ordered.Keys(zones), do)
}

// offered compares the zones in which AWS offers an instance with the zones of the network.
// It fails for fewer than two zones, because the instances are Multi-AZ, and warns if the
// offer does not cover all zones of the network.
func (s *session) offered(subject string, zones []string, do string) report.Line {
	wanted, err := s.zones()
	if err != nil {
		return report.Unchecked(subject, err)
	}
	var both []string
	for _, zone := range wanted {
		if slices.Contains(zones, zone) {
			both = append(both, zone)
		}
	}
	line := report.Line{Severity: report.OK, Subject: subject, Found: "an offer in " + list(zones), Needed: "an offer in " + list(wanted)}
	switch {
	case len(both) < 2:
		line.Severity, line.Do = report.Fail, do
	case len(both) < len(wanted):
		line.Severity, line.Do = report.Warn, "expect standbys only in "+list(both)+", or "+do
	}
	return line
}

func list(names []string) string {
	if len(names) == 0 {
		return "no zone"
	}
	return strings.Join(names, ", ")
}

// replicationRoles are the roles that AWS DMS assumes, which have fixed names
// (https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole).
var replicationRoles = []string{"dms-vpc-role", "dms-cloudwatch-logs-role"}

// checkReplication fails if the account lacks a role of AWS DMS, or the region the class of
// the replication instance. It checks only sites that copy databases.
func checkReplication(s *session) []report.Line {
	if !s.site.CopiesDatabases() {
		return nil
	}
	var lines []report.Line
	for _, role := range replicationRoles {
		subject := "role " + role
		var found struct{ Role struct{ Arn string } }
		err := s.client.AWS(&found, awstypes.EdgeRegion, "iam", "get-role", "--role-name", role)
		switch {
		case query.IsNotFound(err):
			lines = append(lines, report.Line{
				Severity: report.Fail, Subject: subject, Found: "none", Needed: "the role, which AWS DMS finds by its name",
				Do: "run state/account, once per account",
			})
		case err != nil:
			lines = append(lines, report.Unchecked(subject, err))
		default:
			lines = append(lines, report.Line{Severity: report.OK, Subject: subject, Found: found.Role.Arn})
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
	if err := s.client.AWS(&offers, s.site.Region, "dms", "describe-orderable-replication-instances"); err != nil {
		return append(lines, report.Unchecked(subject, err))
	}
	zones := map[string]bool{}
	for _, offer := range offers.OrderableReplicationInstances {
		if offer.ReplicationInstanceClass == class && offer.ReleaseStatus != "beta" {
			for _, zone := range offer.AvailabilityZones {
				zones[zone] = true
			}
		}
	}
	return append(lines, s.offered(subject, ordered.Keys(zones),
		"choose another multisite:migration.replication.instanceClass in "+s.file()+" (aws dms describe-orderable-replication-instances --region "+s.site.Region+")"))
}
