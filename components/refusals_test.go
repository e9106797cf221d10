package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

// none fails a test in which a component registers anything.
type none struct{ t *testing.T }

func (n none) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	assert.Fail(n.t, "registered", args.Name)
	return "", nil, nil
}

// TestRefusals holds each component to naming every wrong argument in one
// error, before it registers any resource.
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
			[]string{`Network n: CidrBlock: `, `Region: found none`, `LogsKeyARN: found none`, `found "10.0.0.0/8"`, `AlarmTopicARN: found none`, `Zones: found 1`, `Zones: zone: found "us-west-2"`, `InterfaceEndpoints: found "Secrets"`, `InterfaceEndpoints: found "s3"`, `LogRetentionDays: found 2, allowed are [1 3 5`, `NatGateways: found "two", allowed are ["none" "single" "per-zone"]`},
		},
		"Network with a zone twice": {
			func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/16", Zones: []string{"us-west-2a", "us-west-2a"}})
				return err
			},
			[]string{`Zones: found ["us-west-2a" "us-west-2a"], allowed is each zone once`},
		},
		"Network with odd blocks": {
			func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/16", IPFamily: "ipv6", SecondaryCidrBlocks: []string{"8.8.0.0/16", "100.64.0.0/16", "100.64.0.0/17"}})
				return err
			},
			[]string{`IPFamily: found "ipv6", allowed are ["ipv4" "dual-stack"]`, `SecondaryCidrBlocks: found "8.8.0.0/16"`, `SecondaryCidrBlocks: found "100.64.0.0/17", allowed is a block apart from 100.64.0.0/16`},
		},
		"Key": {
			func(ctx *pulumi.Context) error {
				_, err := NewKey(ctx, "k", &KeyArgs{AccountID: "root", Service: "ec2"})
				return err
			},
			[]string{`Key k: Description: found none`, `AccountID: found "root", allowed are 12 digits`, `Service: found "ec2"`},
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
		"Bucket with odd options": {
			func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "b", &BucketArgs{StorageClass: "glacier", ExpireAfterDays: -1, Deletion: "yes", ObjectLock: &ObjectLock{}, Replication: &Replication{}})
				return err
			},
			[]string{
				`StorageClass: found "glacier", allowed are ["standard" "intelligent-tiering"]`, `ExpireAfterDays: found -1`, `Deletion: found "yes", allowed are ["never" "when-empty" "with-objects"]`,
				`ObjectLock.Mode: found "", allowed are ["governance" "compliance"]`, `ObjectLock.Days: found 0, allowed are 1 to 36500`, `Replication.Bucket: found ""`, `Replication.KeyARN: found ""`,
			},
		},
		"Bucket that would drop locked objects": {
			func(ctx *pulumi.Context) error {
				_, err := NewBucket(ctx, "b", &BucketArgs{ObjectLock: &ObjectLock{Governance, 1}, Deletion: DeleteWithObjects})
				return err
			},
			[]string{`Deletion: found "with-objects", allowed are "never" and "when-empty" beside ObjectLock`},
		},
		"LogBucket": {
			func(ctx *pulumi.Context) error {
				_, err := NewLogBucket(ctx, "logs", &LogBucketArgs{RetentionDays: -1, Deletion: "yes"})
				return err
			},
			[]string{`LogBucket logs: name: found "logs", allowed is aws-waf-logs-`, `AccountID: found ""`, `RetentionDays: found -1`, `Deletion: found "yes"`},
		},
		"AlarmTopic": {
			func(ctx *pulumi.Context) error {
				_, err := NewAlarmTopic(ctx, "a", &AlarmTopicArgs{Emails: []string{"ops", "ops"}})
				return err
			},
			[]string{`AlarmTopic a: AccountID: found ""`, `KeyARN: found none`, `Emails: found "ops"`, `Emails: found ["ops" "ops"], allowed is each address once`},
		},
		"Cdn": {
			func(ctx *pulumi.Context) error {
				_, err := NewCdn(ctx, "c", &CdnArgs{
					PriceClass: "300", RateLimit: 1, ContentSecurityPolicy: "a\nb", Domain: &Domain{}, GeoRestriction: &GeoRestriction{Countries: []string{"sg"}},
					FailoverOrigin: "example.com", ErrorPages: map[int]string{200: "ok"}, Deletion: "yes",
				})
				return err
			},
			[]string{
				`Region: found none`, `LogBucket: found none`, `AlarmTopicARN: found none`, `RateLimit: found 1, allowed are 10 to`, `ContentSecurityPolicy: found more than one line`,
				`Domain.Name: found ""`, `Domain.HostedZoneID: found ""`, `GeoRestriction.Mode: found ""`, `GeoRestriction.Countries: found "sg"`,
				`FailoverOrigin: found "example.com"`, `ErrorPages: found 200`, `ErrorPages[200]: found "ok"`, `Deletion: found "yes"`,
				`Cdn c: Region: found none`, `PriceClass: found "300", allowed are ["100" "200" "All"]`, `EdgeProvider: found none`},
		},
		"Database": {
			func(ctx *pulumi.Context) error {
				_, err := NewDatabase(ctx, "9d", &DatabaseArgs{InstanceClass: "m7g.large", StorageGiB: 10, MaxStorageGiB: 10, DataKeyARN: key, EngineVersion: "12", ReadReplicas: 16})
				return err
			},
			[]string{
				`Database 9d: DatabaseName: found "9d"`, `InstanceClass: found "m7g.large"`, `StorageGiB: found 10`, `MaxStorageGiB: found 10`,
				`VpcID: found none`, `SubnetIDs: found none`, `ClientSecurityGroupID: found none`, `SecretsKeyARN: found none`, `LogsKeyARN: found none`,
				`EngineVersion: found "12", allowed are ["15" "16" "17"]`, `ReadReplicas: found 16`, `BackupWindow: found ""`, `MaintenanceWindow: found ""`, `AlarmTopicARN: found none`,
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
