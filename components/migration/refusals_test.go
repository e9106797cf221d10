package migration

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/componenttest"
)

func TestRefusals(t *testing.T) {
	componenttest.Refusals(t, map[string]componenttest.Refusal{
		"ReplicationInstance": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewReplicationInstance(ctx, "r--", &ReplicationInstanceArgs{
					InstanceClass: "db.m7g.large", StorageGiB: 1, OriginCidrBlocks: []string{"0.0.0.0/0", "203.0.113.1/28", "db"}, OriginPort: 65536, LogRetentionDays: 2,
				})
				return err
			},
			Messages: []string{
				`ReplicationInstance r--: name: found "r--"`, `InstanceClass: found "db.m7g.large"`, `StorageGiB: found 1; allowed: 5 to 6144`, `MaintenanceWindow: found ""; allowed: 30 minutes to a day, in UTC, such as`,
				`NetworkCidrBlock: `, `OriginCidrBlocks: found "0.0.0.0/0"; allowed: IPv4 blocks of /16 or smaller`, `OriginCidrBlocks: found "203.0.113.1/28"`, `OriginCidrBlocks: found "db"`, `OriginPort: found 65536`,
				`VpcID: found none`, `SubnetIDs: found none`, `DataKeyARN: found none`, `LogsKeyARN: found none`, `AlarmTopicARN: found none`, `LogRetentionDays: found 2`,
			},
		},
		"DatabaseCopy": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewDatabaseCopy(ctx, "c_", &DatabaseCopyArgs{
					Origin:               DatabaseOrigin{Host: "10.0.0.1/x", Port: -1, Certificates: "trust me"},
					DatabaseCertificates: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
					Markets:              map[string]MarketCopy{"in": {Schema: "%", Direction: "sideways"}}, MaxLargeObjectKiB: 102401,
				})
				return err
			},
			Messages: []string{
				`DatabaseCopy c_: name: found "c_"`, `Origin.Host: found "10.0.0.1/x"`, `Origin.Port: found -1`, `Origin.DatabaseName: found none`, `Origin.Username: found none`, `Origin.Password: found none`,
				`Origin.Certificates: found no certificate`, `DatabaseName: found ""`, `DatabaseSecretARN: found none`, `DatabaseCertificates: found no certificate`,
				`Markets: found "in"`, `Markets[in].Schema: found "%"`, `Markets[in].Direction: found "sideways"; allowed: one of ["to-site" "to-origin"]`, `MaxLargeObjectKiB: found 102401`,
				`AccountID: found ""`, `Region: found ""`, `ReplicationInstance: found none`, `DataKeyARN: found none`, `SecretsKeyARN: found none`, `AlarmTopicARN: found none`,
			},
		},
		"DatabaseCopy without markets": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewDatabaseCopy(ctx, "c", &DatabaseCopyArgs{})
				return err
			},
			Messages: []string{`Markets: found none; allowed: at least one market`},
		},
		"DatabaseCopy with one schema for two markets": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewDatabaseCopy(ctx, "c", &DatabaseCopyArgs{Markets: map[string]MarketCopy{"MX": {}, "PE": {Schema: "mx"}}})
				return err
			},
			Messages: []string{`Markets[PE].Schema: found "mx"; allowed: a schema other than that of market MX`},
		},
		"TransferLog": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewTransferLog(ctx, "t", &TransferLogArgs{LogRetentionDays: 2})
				return err
			},
			Messages: []string{`TransferLog t: AccountID: found ""`, `LogsKeyARN: found none`, `AlarmTopicARN: found none`, `LogRetentionDays: found 2`},
		},
		"ObjectTransfer": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewObjectTransfer(ctx, "t", &ObjectTransferArgs{
					Origin: ObjectOrigin{Host: "objects", Port: 65536, Bucket: "B", Certificates: "trust me"}, AgentARNs: []string{"agent"}, Schedule: "rate(5 minutes)",
					Markets: map[string]MarketObjects{"India": {Prefix: "/in//", Direction: "sideways"}},
				})
				return err
			},
			Messages: []string{
				`ObjectTransfer t: Origin.Host: found "objects"`, `Origin.Port: found 65536`, `Origin.Bucket: found "B"`, `Origin.AccessKey: found none`, `Origin.SecretKey: found none`, `Origin.Certificates: found no certificate`,
				`AgentARNs: found "agent"`, `BucketARN: found none`, `DataKeyARN: found none`, `Markets: found "India"`, `Markets[India].Prefix: found "/in//"`, `Markets[India].Direction: found "sideways"`,
				`Schedule: found "rate(5 minutes)"`, `AccountID: found ""`, `LogGroupARN: found none`,
			},
		},
		"ObjectTransfer with one prefix for two markets": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewObjectTransfer(ctx, "t", &ObjectTransferArgs{Markets: map[string]MarketObjects{"MX": {}, "PE": {Prefix: "mx"}}})
				return err
			},
			Messages: []string{`Markets[PE].Prefix: found "mx"; allowed: a prefix other than that of market MX`},
		},
		"ObjectTransfer without agents and markets": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewObjectTransfer(ctx, "t", &ObjectTransferArgs{Schedule: "cron(*/5 * * * ? *)"})
				return err
			},
			Messages: []string{`AgentARNs: found none; allowed: at least one agent`, `Markets: found none; allowed: at least one market`, `Schedule: found "cron(*/5 * * * ? *)"`},
		},
	})
}
