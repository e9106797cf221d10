package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

// none fails a test in which a component registers a resource.
type none struct{ t *testing.T }

func (n none) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	assert.Fail(n.t, "registered", args.Name)
	return "", nil, nil
}

// TestRefusals checks that each component reports every wrong argument in one error,
// before it registers any resource.
func TestRefusals(t *testing.T) {
	key := pulumi.String("arn:aws:kms:us-west-2:123456789012:key/1")
	for name, row := range map[string]struct {
		create   func(ctx *pulumi.Context) error
		messages []string
	}{
		"Network": {
			func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/8", Zones: []string{"us-west-2"}, NatGateways: "two", InterfaceEndpoints: []string{"Secrets", "s3"}, LogRetentionDays: 2})
				return err
			},
			[]string{`Network n: CidrBlock: `, `Region: found none`, `LogsKeyARN: found none`, `found "10.0.0.0/8"`, `AlarmTopicARN: found none`, `PermissionsBoundaryARN: found ""`, `Zones: found 1 zones; allowed: at least 2`, `Zones: found "us-west-2"`, `InterfaceEndpoints: found "Secrets"`, `InterfaceEndpoints: found "s3"`, `LogRetentionDays: found 2; allowed: one of [1 3 5`, `NatGateways: found "two"; allowed: one of ["none" "single" "per-zone"]`},
		},
		"Network with a repeated zone": {
			func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/16", Zones: []string{"us-west-2a", "us-west-2a"}})
				return err
			},
			[]string{`Zones: found ["us-west-2a" "us-west-2a"]; allowed: each zone once`},
		},
		"Network with invalid blocks": {
			func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/16", IPFamily: "ipv6", SecondaryCidrBlocks: []string{"8.8.0.0/16", "100.64.0.0/16", "100.64.0.0/17"}})
				return err
			},
			[]string{`IPFamily: found "ipv6"; allowed: one of ["ipv4" "dual-stack"]`, `SecondaryCidrBlocks: found "8.8.0.0/16"`, `SecondaryCidrBlocks: found "100.64.0.0/17"; allowed: a block that does not overlap 100.64.0.0/16`},
		},
		"Key": {
			func(ctx *pulumi.Context) error {
				_, err := NewKey(ctx, "k", &KeyArgs{AccountID: "root", Service: "ec2"})
				return err
			},
			[]string{`Key k: Description: found none`, `AccountID: found "root"; allowed: 12 digits`, `Service: found "ec2"`},
		},
		"Parameter": {
			func(ctx *pulumi.Context) error {
				_, err := NewParameter(ctx, "p", &ParameterArgs{Path: "multisite"})
				return err
			},
			[]string{`Parameter p: Path: found "multisite"`, `Description: found none`, `Value: found none`},
		},
		"Zone": {
			func(ctx *pulumi.Context) error {
				_, err := NewZone(ctx, "z", &ZoneArgs{DomainName: "example", AccountID: "root"})
				return err
			},
			[]string{`Zone z: DomainName: found "example"`, `AccountID: found "root"`, `AlarmTopicARN: found none`},
		},
		"HealthCheck": {
			func(ctx *pulumi.Context) error {
				_, err := NewHealthCheck(ctx, "h", &HealthCheckArgs{Host: "https://example.com", Path: "health"})
				return err
			},
			[]string{`HealthCheck h: Host: found "https://example.com"`, `Path: found "health"`, `AlarmTopicARN: found none`},
		},
		"Routes": {
			func(ctx *pulumi.Context) error {
				_, err := NewRoutes(ctx, "r", &RoutesArgs{
					Hostname: "www", China: "x", Elsewhere: "oregon", Sites: map[string]SiteEndpoint{"singapore": {Host: "singapore"}},
					Markets: map[string]MarketRoute{
						"CN": {Home: "singapore", Failover: "singapore"}, "sg": {Failover: "singapore"}, "TW": {Home: "ohio", Origin: "x", HomePercent: 101},
					},
				})
				return err
			},
			[]string{
				`Routes r: ZoneID: found none`, `Hostname: found "www"`, `Sites[singapore].Host: found "singapore"`, `Sites[singapore].HealthCheckID: found none`,
				`Markets: found "CN"; allowed: ISO 3166 codes other than CN, mainland China`, `Markets[CN].Failover: found "singapore"; allowed: a site other than the home`,
				`Markets: found "sg"`, `Markets[sg].Failover: found "singapore"`, `Markets[TW].Home: found "ohio"; allowed: one of ["singapore"]`,
				`Markets[TW].Origin: found "x"`, `Markets[TW].HomePercent: found 101`, `China: found "x"`, `Elsewhere: found "oregon"`,
			},
		},
		"Key for logs": {
			func(ctx *pulumi.Context) error {
				_, err := NewKey(ctx, "k", &KeyArgs{Description: "Logs", AccountID: "123456789012", Service: CloudWatchLogs})
				return err
			},
			[]string{`Key k: Region: found none`},
		},
		"Bucket": {
			func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "Photos", &BucketArgs{})
				return err
			},
			[]string{`Bucket Photos: name: found "Photos"`, `KeyARN: found none`, `LogBucket: found none`},
		},
		"Bucket with invalid options": {
			func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "b", &BucketArgs{StorageClass: "glacier", ExpireAfterDays: -1, Deletion: "yes", ObjectLock: &ObjectLock{}, Replication: &Replication{}})
				return err
			},
			[]string{
				`StorageClass: found "glacier"; allowed: one of ["standard" "intelligent-tiering"]`, `ExpireAfterDays: found -1`, `Deletion: found "yes"; allowed: one of ["never" "when-empty" "with-objects"]`,
				`ObjectLock.Mode: found ""; allowed: one of ["governance" "compliance"]`, `ObjectLock.Days: found 0; allowed: 1 to 36500`, `Replication.Bucket: found ""`, `Replication.KeyARN: found ""`,
			},
		},
		"Bucket with object lock that deletes its objects": {
			func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "b", &BucketArgs{ObjectLock: &ObjectLock{Governance, 1}, Deletion: DeleteWithObjects})
				return err
			},
			[]string{`Deletion: found "with-objects"; allowed: "never" or "when-empty" with ObjectLock`},
		},
		"LogBucket": {
			func(ctx *pulumi.Context) error {
				_, err := NewLogBucket(ctx, "logs", &LogBucketArgs{RetentionDays: -1, Deletion: "yes"})
				return err
			},
			[]string{`LogBucket logs: name: found "logs"; allowed: aws-waf-logs-`, `AccountID: found ""`, `RetentionDays: found -1`, `Deletion: found "yes"`},
		},
		"AlarmTopic": {
			func(ctx *pulumi.Context) error {
				_, err := NewAlarmTopic(ctx, "a", &AlarmTopicArgs{Emails: []string{"ops", "ops"}})
				return err
			},
			[]string{`AlarmTopic a: AccountID: found ""`, `KeyARN: found none`, `Emails: found "ops"`, `Emails: found ["ops" "ops"]; allowed: each address once`},
		},
		"ReplicationInstance": {
			func(ctx *pulumi.Context) error {
				_, err := NewReplicationInstance(ctx, "r--", &ReplicationInstanceArgs{
					InstanceClass: "db.m7g.large", StorageGiB: 1, OriginCidrBlocks: []string{"0.0.0.0/0", "203.0.113.1/28", "db"}, OriginPort: 65536, LogRetentionDays: 2,
				})
				return err
			},
			[]string{
				`ReplicationInstance r--: name: found "r--"`, `InstanceClass: found "db.m7g.large"`, `StorageGiB: found 1; allowed: 5 to 6144`, `MaintenanceWindow: found ""; allowed: 30 minutes to a day, in UTC, such as`,
				`NetworkCidrBlock: `, `OriginCidrBlocks: found "0.0.0.0/0"; allowed: IPv4 blocks of /16 or smaller`, `OriginCidrBlocks: found "203.0.113.1/28"`, `OriginCidrBlocks: found "db"`, `OriginPort: found 65536`,
				`VpcID: found none`, `SubnetIDs: found none`, `DataKeyARN: found none`, `LogsKeyARN: found none`, `AlarmTopicARN: found none`, `LogRetentionDays: found 2`,
			},
		},
		"DatabaseCopy": {
			func(ctx *pulumi.Context) error {
				_, err := NewDatabaseCopy(ctx, "c_", &DatabaseCopyArgs{
					Origin:               DatabaseOrigin{Host: "10.0.0.1/x", Port: -1, Certificates: "trust me"},
					DatabaseCertificates: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
					Markets:              map[string]MarketCopy{"in": {Schema: "%", Direction: "sideways"}}, MaxLargeObjectKiB: 102401,
				})
				return err
			},
			[]string{
				`DatabaseCopy c_: name: found "c_"`, `Origin.Host: found "10.0.0.1/x"`, `Origin.Port: found -1`, `Origin.DatabaseName: found none`, `Origin.Username: found none`, `Origin.Password: found none`,
				`Origin.Certificates: found no certificate`, `DatabaseName: found ""`, `DatabaseSecretARN: found none`, `DatabaseCertificates: found no certificate`,
				`Markets: found "in"`, `Markets[in].Schema: found "%"`, `Markets[in].Direction: found "sideways"; allowed: one of ["to-site" "to-origin"]`, `MaxLargeObjectKiB: found 102401`,
				`AccountID: found ""`, `Region: found ""`, `ReplicationInstance: found none`, `DataKeyARN: found none`, `SecretsKeyARN: found none`, `AlarmTopicARN: found none`,
			},
		},
		"DatabaseCopy without markets": {
			func(ctx *pulumi.Context) error {
				_, err := NewDatabaseCopy(ctx, "c", &DatabaseCopyArgs{})
				return err
			},
			[]string{`Markets: found none; allowed: at least one market`},
		},
		"DatabaseCopy with one schema for two markets": {
			func(ctx *pulumi.Context) error {
				_, err := NewDatabaseCopy(ctx, "c", &DatabaseCopyArgs{Markets: map[string]MarketCopy{"MX": {}, "PE": {Schema: "mx"}}})
				return err
			},
			[]string{`Markets[PE].Schema: found "mx"; allowed: a schema other than that of market MX`},
		},
		"TransferLog": {
			func(ctx *pulumi.Context) error {
				_, err := NewTransferLog(ctx, "t", &TransferLogArgs{LogRetentionDays: 2})
				return err
			},
			[]string{`TransferLog t: AccountID: found ""`, `LogsKeyARN: found none`, `AlarmTopicARN: found none`, `LogRetentionDays: found 2`},
		},
		"ObjectTransfer": {
			func(ctx *pulumi.Context) error {
				_, err := NewObjectTransfer(ctx, "t", &ObjectTransferArgs{
					Origin: ObjectOrigin{Host: "objects", Port: 65536, Bucket: "B", Certificates: "trust me"}, AgentARNs: []string{"agent"}, Schedule: "rate(5 minutes)",
					Markets: map[string]MarketObjects{"India": {Prefix: "/in//", Direction: "sideways"}},
				})
				return err
			},
			[]string{
				`ObjectTransfer t: Origin.Host: found "objects"`, `Origin.Port: found 65536`, `Origin.Bucket: found "B"`, `Origin.AccessKey: found none`, `Origin.SecretKey: found none`, `Origin.Certificates: found no certificate`,
				`AgentARNs: found "agent"`, `BucketARN: found none`, `DataKeyARN: found none`, `Markets: found "India"`, `Markets[India].Prefix: found "/in//"`, `Markets[India].Direction: found "sideways"`,
				`Schedule: found "rate(5 minutes)"`, `AccountID: found ""`, `LogGroupARN: found none`,
			},
		},
		"ObjectTransfer with one prefix for two markets": {
			func(ctx *pulumi.Context) error {
				_, err := NewObjectTransfer(ctx, "t", &ObjectTransferArgs{Markets: map[string]MarketObjects{"MX": {}, "PE": {Prefix: "mx"}}})
				return err
			},
			[]string{`Markets[PE].Prefix: found "mx"; allowed: a prefix other than that of market MX`},
		},
		"ObjectTransfer without agents and markets": {
			func(ctx *pulumi.Context) error {
				_, err := NewObjectTransfer(ctx, "t", &ObjectTransferArgs{Schedule: "cron(*/5 * * * ? *)"})
				return err
			},
			[]string{`AgentARNs: found none; allowed: at least one agent`, `Markets: found none; allowed: at least one market`, `Schedule: found "cron(*/5 * * * ? *)"`},
		},
		"Cdn": {
			func(ctx *pulumi.Context) error {
				_, err := NewCdn(ctx, "c", &CdnArgs{
					PriceClass: "300", RateLimit: 1, RateLimitAction: "drop", ContentSecurityPolicy: "a\nb", Domain: &Domain{}, GeoRestriction: &GeoRestriction{Countries: []string{"sg"}},
					FailoverOrigin: "example.com", ErrorPages: map[int]string{200: "ok"}, Deletion: "yes",
				})
				return err
			},
			[]string{
				`Region: found none`, `LogBucket: found none`, `AlarmTopicARN: found none`, `RateLimit: found 1; allowed: 10 to`, `RateLimitAction: found "drop"; allowed: one of ["count" "block"]`, `ContentSecurityPolicy: found "a\nb"; allowed: one line`,
				`Domain.Name: found ""`, `Domain.HostedZoneID: found ""`, `GeoRestriction.Mode: found ""`, `GeoRestriction.Countries: found "sg"`,
				`FailoverOrigin: found "example.com"`, `ErrorPages: found 200`, `ErrorPages[200]: found "ok"`, `Deletion: found "yes"`,
				`Cdn c: AccountID: found ""`, `PriceClass: found "300"; allowed: one of ["100" "200" "All"]`, `EdgeProvider: found none`},
		},
		"Database": {
			func(ctx *pulumi.Context) error {
				_, err := NewDatabase(ctx, "9d", &DatabaseArgs{InstanceClass: "m7g.large", StorageGiB: 10, MaxStorageGiB: 10, DataKeyARN: key, EngineVersion: "12", ReadReplicas: 16})
				return err
			},
			[]string{
				`Database 9d: DatabaseName: found "9d"`, `InstanceClass: found "m7g.large"`, `StorageGiB: found 10`, `MaxStorageGiB: found 10`,
				`VpcID: found none`, `SubnetIDs: found none`, `ClientSecurityGroupID: found none`, `SecretsKeyARN: found none`, `LogsKeyARN: found none`,
				`EngineVersion: found "12"; allowed: one of ["15" "16" "17"]`, `ReadReplicas: found 16`, `BackupWindow: found ""`, `MaintenanceWindow: found ""`, `AlarmTopicARN: found none`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := pulumi.RunErr(row.create, pulumi.WithMocks("multisite", "test", none{t}))
			for _, message := range row.messages {
				assert.ErrorContains(t, err, message)
			}
		})
	}
}

func (none) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }
