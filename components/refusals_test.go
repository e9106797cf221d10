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
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/8", Zones: []string{"us-west-2"}, NatGateways: "two", InterfaceEndpoints: []string{"Secrets"}, LogRetentionDays: 2})
				return err
			},
			[]string{`Network n: CidrBlock: `, `Region: found none`, `LogsKeyARN: found none`, `found "10.0.0.0/8"`, `Zones: found 1`, `Zones: zone: found "us-west-2"`, `InterfaceEndpoints: found "Secrets"`, `LogRetentionDays: found 2, allowed are [1 3 5`, `NatGateways: found "two", allowed are ["none" "single" "per-zone"]`},
		},
		"Network with a zone twice": {
			func(ctx *pulumi.Context) error {
				_, err := NewNetwork(ctx, "n", &NetworkArgs{CidrBlock: "10.0.0.0/16", Zones: []string{"us-west-2a", "us-west-2a"}})
				return err
			},
			[]string{`Zones: found ["us-west-2a" "us-west-2a"], allowed is each zone once`},
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
			[]string{`Bucket Photos: name: found "Photos"`, `KeyARN: found none`},
		},
		"Cdn": {
			func(ctx *pulumi.Context) error {
				_, err := NewCdn(ctx, "c", &CdnArgs{PriceClass: "300"})
				return err
			},
			[]string{`Cdn c: KeyARN: found none`, `PriceClass: found "300", allowed are ["100" "200" "All"]`, `EdgeProvider: found none`},
		},
		"Database": {
			func(ctx *pulumi.Context) error {
				_, err := NewDatabase(ctx, "9d", &DatabaseArgs{InstanceClass: "m7g.large", StorageGiB: 10, MaxStorageGiB: 10, DataKeyARN: key})
				return err
			},
			[]string{
				`Database 9d: DatabaseName: found "9d"`, `InstanceClass: found "m7g.large"`, `StorageGiB: found 10`, `MaxStorageGiB: found 10`,
				`VpcID: found none`, `SubnetIDs: found none`, `ClientSecurityGroupID: found none`, `SecretsKeyARN: found none`, `LogsKeyARN: found none`,
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
