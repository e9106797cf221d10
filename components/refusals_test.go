package components

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/componenttest"
)

func TestRefusals(t *testing.T) {
	key := pulumi.String("arn:aws:kms:us-west-2:123456789012:key/1")
	componenttest.Refusals(t, map[string]componenttest.Refusal{
		"Network": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/8", Zones: []string{"us-west-2"}, NatGateways: "two", InterfaceEndpoints: []string{"Secrets", "s3"}, LogRetentionDays: 2})
				return err
			},
			Messages: []string{`Network n: CidrBlock: `, `Region: found none`, `LogsKeyARN: found none`, `found "10.0.0.0/8"`, `AlarmTopicARN: found none`, `PermissionsBoundaryARN: found ""`, `Zones: found 1 zones; allowed: at least 2`, `Zones: found "us-west-2"`, `InterfaceEndpoints: found "Secrets"`, `InterfaceEndpoints: found "s3"`, `LogRetentionDays: found 2; allowed: one of [1 3 5`, `NatGateways: found "two"; allowed: one of ["none" "single" "per-zone"]`},
		},
		"Network with a repeated zone": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/16", Zones: []string{"us-west-2a", "us-west-2a"}})
				return err
			},
			Messages: []string{`Zones: found ["us-west-2a" "us-west-2a"]; allowed: each zone once`},
		},
		"Network with invalid blocks": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/16", IPFamily: "ipv6", SecondaryCidrBlocks: []string{"8.8.0.0/16", "100.64.0.0/16", "100.64.0.0/17"}})
				return err
			},
			Messages: []string{`IPFamily: found "ipv6"; allowed: one of ["ipv4" "dual-stack"]`, `SecondaryCidrBlocks: found "8.8.0.0/16"`, `SecondaryCidrBlocks: found "100.64.0.0/17"; allowed: a block that does not overlap 100.64.0.0/16`},
		},
		"Key": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewKey(ctx, "k", &KeyArgs{AccountID: "root", Service: "ec2"})
				return err
			},
			Messages: []string{`Key k: Description: found none`, `AccountID: found "root"; allowed: 12 digits`, `Service: found "ec2"`},
		},
		"Parameter": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewParameter(ctx, "p", &ParameterArgs{Path: "multisite"})
				return err
			},
			Messages: []string{`Parameter p: Path: found "multisite"`, `Description: found none`, `Value: found none`},
		},
		"Key for logs": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewKey(ctx, "k", &KeyArgs{Description: "Logs", AccountID: "123456789012", Service: CloudWatchLogs})
				return err
			},
			Messages: []string{`Key k: Region: found none`},
		},
		"Bucket": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "Photos", &BucketArgs{})
				return err
			},
			Messages: []string{`Bucket Photos: name: found "Photos"`, `KeyARN: found none`, `LogBucket: found none`},
		},
		"Bucket with invalid options": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "b", &BucketArgs{StorageClass: "glacier", ExpireAfterDays: -1, Deletion: "yes", ObjectLock: &ObjectLock{}, Replication: &Replication{}})
				return err
			},
			Messages: []string{
				`StorageClass: found "glacier"; allowed: one of ["standard" "intelligent-tiering"]`, `ExpireAfterDays: found -1`, `Deletion: found "yes"; allowed: one of ["never" "when-empty" "with-objects"]`,
				`ObjectLock.Mode: found ""; allowed: one of ["governance" "compliance"]`, `ObjectLock.Days: found 0; allowed: 1 to 36500`, `Replication.Bucket: found ""`, `Replication.KeyARN: found ""`,
			},
		},
		"Bucket with object lock that deletes its objects": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "b", &BucketArgs{ObjectLock: &ObjectLock{Governance, 1}, Deletion: DeleteWithObjects})
				return err
			},
			Messages: []string{`Deletion: found "with-objects"; allowed: "never" or "when-empty" with ObjectLock`},
		},
		"LogBucket": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewLogBucket(ctx, "logs", &LogBucketArgs{RetentionDays: -1, Deletion: "yes"})
				return err
			},
			Messages: []string{`LogBucket logs: name: found "logs"; allowed: aws-waf-logs-`, `AccountID: found ""`, `Region: found none`, `RetentionDays: found -1`, `Deletion: found "yes"`},
		},
		"AlarmTopic": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewAlarmTopic(ctx, "a", &AlarmTopicArgs{Emails: []string{"ops", "ops"}})
				return err
			},
			Messages: []string{`AlarmTopic a: AccountID: found ""`, `KeyARN: found none`, `Emails: found "ops"`, `Emails: found ["ops" "ops"]; allowed: each address once`},
		},
		"Cdn": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewCdn(ctx, "c", &CdnArgs{
					PriceClass: "300", RateLimit: 1, RateLimitAction: "drop", ContentSecurityPolicy: "a\nb", Domain: &Domain{}, GeoRestriction: &GeoRestriction{Countries: []string{"sg"}},
					FailoverOrigin: "example.com", ErrorPages: map[int]string{200: "ok"}, Deletion: "yes",
				})
				return err
			},
			Messages: []string{
				`Region: found none`, `LogBucket: found none`, `AlarmTopicARN: found none`, `RateLimit: found 1; allowed: 10 to`, `RateLimitAction: found "drop"; allowed: one of ["count" "block"]`, `ContentSecurityPolicy: found "a\nb"; allowed: one line`,
				`Domain.Name: found ""`, `Domain.HostedZoneID: found ""`, `GeoRestriction.Mode: found ""`, `GeoRestriction.Countries: found "sg"`,
				`FailoverOrigin: found "example.com"`, `ErrorPages: found 200`, `ErrorPages[200]: found "ok"`, `Deletion: found "yes"`,
				`Cdn c: AccountID: found ""`, `PriceClass: found "300"; allowed: one of ["100" "200" "All"]`, `EdgeProvider: found none`},
		},
		"Cdn with two names": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewCdn(ctx, "c", &CdnArgs{Domain: &Domain{Name: "cdn.example.com"}, SiteName: "static.oregon.example.com"})
				return err
			},
			Messages: []string{`SiteName: found "static.oregon.example.com"; allowed: none with Domain`},
		},
		"Cdn with an invalid own name": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewCdn(ctx, "c", &CdnArgs{SiteName: "static." + strings.Repeat("a", 60) + ".com"})
				return err
			},
			Messages: []string{`SiteName: found "static.aaa`},
		},
		"Cdn with a certificate for no name": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewCdn(ctx, "c", &CdnArgs{SiteNameIssued: true})
				return err
			},
			Messages: []string{`SiteNameIssued: found true; allowed: false without SiteName`},
		},
		"Entry": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewEntry(ctx, "internal-e", &EntryArgs{
					IPFamily: "ipv6", RateLimit: 1, RateLimitAction: "drop", ManagedRulesAction: "drop", HealthPath: "health",
				})
				return err
			},
			Messages: []string{
				`Entry internal-e: name: found "internal-e"`, `VpcID: found none`, `SubnetIDs: found none`, `SecurityGroupID: found none`, `LogBucket: found none`, `AlarmTopicARN: found none`,
				`IPFamily: found "ipv6"; allowed: one of ["ipv4" "dual-stack"]`, `RateLimit: found 1; allowed: 10 to`, `RateLimitAction: found "drop"`,
				`ManagedRulesAction: found "drop"; allowed: one of ["count" "block"]`, `HealthPath: found "health"; allowed: a path such as /health, at most 50 characters`,
			},
		},
		"Entry with invalid services": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewEntry(ctx, "e", &EntryArgs{HealthPath: "/" + strings.Repeat("h", 50), Services: map[string]EntryService{
					strings.Repeat("s", 44): {},
					"A":                     {}, "b": {Hostnames: []string{"*.example.com", strings.Repeat("a.", 63) + "com"}, Port: 65536, Protocol: "tcp", LivePath: "live"},
					"c": {Hostnames: []string{"c.example.com"}}, "d": {Hostnames: []string{"d." + strings.Repeat("a", 60) + ".com", "c.example.com"}},
				}})
				return err
			},
			Messages: []string{
				`HealthPath: found "/hhh`, `Services: found "A"`, `Services: found "` + strings.Repeat("s", 44) + `"; allowed: at most 44 characters together with the entry's name`, `Services[A].Hostnames: found 0 names; allowed: 1 to 5`,
				`Services[b].Hostnames: found "*.example.com"`, `at most 128 characters`, `Services[b].Port: found 65536`, `Services[b].Protocol: found "tcp"; allowed: one of ["https" "http"]`, `Services[b].LivePath: found "live"`,
				`Services[d].Hostnames: found c.example.com, as in Services[c]; allowed: each name once`, `Services[d].Hostnames: found "d.aaa`, `at most 64 characters`,
			},
		},
		"Entry with invalid claims": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewEntry(ctx, "e", &EntryArgs{
					Claims: &EntryClaims{Hostname: "c.example.com", Claimed: map[string]string{"Oregon": "2026-11-30T12:00:00Z", "oregon": "2026-11-30T13:00:00+01:00", "tokyo": "now"}},
					Services: map[string]EntryService{
						"claims": {}, "claims-oregon": {}, "shop": {Hostnames: []string{"c.example.com"}},
					},
				})
				return err
			},
			Messages: []string{
				`Claims.Claimed: found ["Oregon" "oregon" "tokyo"]; allowed: none before the certificate of c.example.com is issued`, `Claims.Claimed: found "Oregon"`,
				`Claims.Claimed[oregon]: found "2026-11-30T13:00:00+01:00"; allowed: a time in UTC`, `Claims.Claimed[tokyo]: found "now"`,
				`Services: found "claims"; allowed: names other than claims, and not beginning with claims-`, `Services: found "claims-oregon"; allowed: names other than claims`,
				`Services[shop].Hostnames: found c.example.com, as in Claims`,
			},
		},
		"Entry with claims without a name": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewEntry(ctx, "e", &EntryArgs{Claims: &EntryClaims{Hostname: "claims"}})
				return err
			},
			Messages: []string{`Claims.Hostname: found "claims"; allowed: a DNS name such as claims.example.com, at most 64 characters`},
		},
		"BackupReplication": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewBackupReplication(ctx, "b", &BackupReplicationArgs{DatabaseARN: "arn:aws-cn:rds:cn-north-1:123456789012:db:b"})
				return err
			},
			Messages: []string{`BackupReplication b: DatabaseARN: found "arn:aws-cn:rds:cn-north-1:123456789012:db:b"`, `KeyARN: found none`},
		},
		"BackupReplication of all databases": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewBackupReplication(ctx, "b", &BackupReplicationArgs{DatabaseARN: "arn:aws:rds:us-west-2:123456789012:db:*", KeyARN: key})
				return err
			},
			Messages: []string{`DatabaseARN: found "arn:aws:rds:us-west-2:123456789012:db:*"; allowed: the ARN of a database`},
		},
		"Database restored from nothing": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewDatabase(ctx, "d", &DatabaseArgs{Standby: true, Restore: &Restore{At: "latest"}})
				return err
			},
			Messages: []string{
				`Database d: DatabaseName: found none; allowed: with Standby or Restore`, `Restore: found a backup; allowed: none with Standby`, `Restore.BackupARN: found none`,
				`Restore.At: found "latest"; allowed: a time in UTC such as 2026-11-30T12:00:00Z`,
			},
		},
		"Bucket with alarms without a topic": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "b", &BucketArgs{Replication: &Replication{TimeControl: true}, ReplicaOf: &ReplicaOf{Bucket: "B"}})
				return err
			},
			Messages: []string{`Replication.AlarmTopicARN: found none`, `ReplicaOf.Bucket: found "B"`, `ReplicaOf.AlarmTopicARN: found none`},
		},
		"Certificate": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewCertificate(ctx, "c", &CertificateArgs{})
				return err
			},
			Messages: []string{`Certificate c: Names: found 0 names; allowed: 1 to 10`, `AlarmTopicARN: found none`},
		},
		"Certificate with invalid names": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewCertificate(ctx, "c", &CertificateArgs{Names: []string{strings.Repeat("a", 61) + ".com", "*.example.com"}})
				return err
			},
			Messages: []string{`"*.example.com"]; allowed: DNS names such as www.example.com`, `allowed: at most 64 characters in the first name`},
		},
		"Database": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewDatabase(ctx, "9d", &DatabaseArgs{InstanceClass: "m7g.large", StorageGiB: 10, MaxStorageGiB: 10, DataKeyARN: key, EngineVersion: "12", ReadReplicas: 16})
				return err
			},
			Messages: []string{
				`Database 9d: DatabaseName: found "9d"`, `InstanceClass: found "m7g.large"`, `StorageGiB: found 10`, `MaxStorageGiB: found 10`,
				`VpcID: found none`, `SubnetIDs: found none`, `ClientSecurityGroupID: found none`, `SecretsKeyARN: found none`, `LogsKeyARN: found none`,
				`EngineVersion: found "12"; allowed: one of ["15" "16" "17"]`, `ReadReplicas: found 16`, `BackupWindow: found ""`, `MaintenanceWindow: found ""`, `AlarmTopicARN: found none`,
			},
		},
	})
}
