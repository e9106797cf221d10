// Command recoverer creates a database and a bucket at a site, or the copies of them at a recovery
// site, by test:recovery. The site's guardrails check all resources.
package main

import (
	"cmp"
	"encoding/json"
	"os"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/awstypes"
)

const account = "123456789012"

// recovery is the value of test:recovery.
type recovery struct {
	Region string
	// Copies is where the site's objects are replicated to.
	Copies *components.Replication
	// Recovers is the database whose backups a recovery site has, and Source the bucket whose
	// objects it has.
	Recovers, Source string
	// Standby, Restored and At are the arguments of the recovery site's database.
	Standby, Restored bool
	At                string
	// Claims are the claims of the recovery site.
	Claims *components.EntryClaims
}

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var raw map[string]string
		if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &raw); err != nil {
			return err
		}
		var wanted recovery
		if err := json.Unmarshal([]byte(raw["test:recovery"]), &wanted); err != nil {
			return err
		}
		declared := map[guardrails.Input][]string{{Type: awstypes.BackupReplication, Path: "sourceDbInstanceArn"}: {wanted.Recovers}}
		if wanted.Claims != nil {
			declared[guardrails.Input{Type: awstypes.Certificate, Path: "domainName"}] = []string{wanted.Claims.Hostname}
		}
		if wanted.Copies != nil {
			declared[guardrails.Input{Type: awstypes.BucketReplication, Path: "rules[].destination.bucket"}] = []string{"arn:aws:s3:::" + wanted.Copies.Bucket}
			declared[guardrails.Input{Type: awstypes.RolePolicy, Path: "policy"}] = []string{"arn:aws:s3:::" + wanted.Copies.Bucket, wanted.Copies.KeyARN}
			declared[guardrails.Input{Type: awstypes.BucketReplication, Path: "rules[].destination.encryptionConfiguration.replicaKmsKeyId"}] = []string{wanted.Copies.KeyARN}
		}
		guard, err := guardrails.Watch(ctx, guardrails.Site{
			Name: ctx.Stack(), Region: wanted.Region, EdgeRegion: awstypes.EdgeRegion, Places: map[string]string{"us-west-2": "oregon", "us-east-2": "ohio"},
			Refuse: func(string, string, string) string { return "" }, Declared: declared, Deletable: map[string]string{"": "a test"}, Today: time.Now(),
		})
		if err != nil {
			return err
		}
		guard.SetAccount(account)
		if err := provision(ctx, wanted); err != nil {
			return err
		}
		return guard.Close()
	})
}

func provision(ctx *pulumi.Context, wanted recovery) error {
	site := ctx.Stack()
	boundary := "arn:aws:iam::" + account + ":policy/multisite-boundary-" + site
	regional, err := aws.NewProvider(ctx, site, &aws.ProviderArgs{Region: pulumi.String(wanted.Region)})
	if err != nil {
		return err
	}
	passwords, err := random.NewProvider(ctx, site, nil)
	if err != nil {
		return err
	}
	in := pulumi.Providers(regional, passwords)
	keys := map[components.KeyService]*components.Key{}
	for _, service := range []components.KeyService{"", components.CloudWatchLogs, components.Alarms} {
		if keys[service], err = components.NewKey(ctx, site+"-"+cmp.Or(string(service), "data"), &components.KeyArgs{
			Description: "Test", AccountID: account, Service: service, Region: wanted.Region, AllowDeletion: true,
		}, in); err != nil {
			return err
		}
	}
	data, logs := keys[""].ARN, keys[components.CloudWatchLogs].ARN
	topic, err := components.NewAlarmTopic(ctx, site+"-alarms", &components.AlarmTopicArgs{AccountID: account, KeyARN: keys[components.Alarms].ARN}, in)
	if err != nil {
		return err
	}
	network, err := components.NewNetwork(ctx, site+"-network", &components.NetworkArgs{
		Region: wanted.Region, CidrBlock: "10.16.0.0/16", Zones: []string{wanted.Region + "a", wanted.Region + "b"}, NatGateways: components.NatNone,
		LogsKeyARN: logs, AlarmTopicARN: topic.ARN, AllowDeletion: true, PermissionsBoundaryARN: boundary,
	}, in)
	if err != nil {
		return err
	}
	bucketLogs, err := components.NewLogBucket(ctx, components.LogBucketPrefix+site, &components.LogBucketArgs{AccountID: account, Region: wanted.Region, Deletion: components.DeleteWithObjects}, in)
	if err != nil {
		return err
	}
	database := &components.DatabaseArgs{
		InstanceClass: "db.m7g.large", BackupWindow: "18:00-18:30", MaintenanceWindow: "sun:19:00-sun:20:00", StorageGiB: 20, MaxStorageGiB: 100,
		VpcID: network.VpcID, SubnetIDs: network.SubnetIDs[components.Data], ClientSecurityGroupID: network.PrivateSecurityGroupID,
		DataKeyARN: data, SecretsKeyARN: data, LogsKeyARN: logs, AlarmTopicARN: topic.ARN, AllowDeletion: true, PermissionsBoundaryARN: boundary,
		DatabaseName: "oregon_shop", Standby: wanted.Standby,
	}
	if wanted.Recovers != "" {
		backup, err := components.NewBackupReplication(ctx, site+"-shop", &components.BackupReplicationArgs{DatabaseARN: wanted.Recovers, KeyARN: data, AllowDeletion: true}, in)
		if err != nil {
			return err
		}
		if wanted.Restored {
			database.Restore = &components.Restore{BackupARN: backup.BackupARN, At: wanted.At}
		}
	}
	photos := &components.BucketArgs{KeyARN: data, LogBucket: bucketLogs.Name, Deletion: components.DeleteWithObjects, Replication: wanted.Copies, PermissionsBoundaryARN: boundary}
	if wanted.Copies != nil {
		photos.Replication.AlarmTopicARN = topic.ARN
	}
	if wanted.Source != "" {
		photos.ReplicaOf = &components.ReplicaOf{Bucket: wanted.Source, AlarmTopicARN: topic.ARN}
	}
	if _, err := components.NewBucket(ctx, site+"-photos", photos, in); err != nil {
		return err
	}
	if _, err := components.NewDatabase(ctx, site+"-shop", database, in); err != nil || wanted.Claims == nil {
		return err
	}
	_, err = components.NewEntry(ctx, site+"-entry", &components.EntryArgs{
		VpcID: network.VpcID, SubnetIDs: network.SubnetIDs[components.Public], SecurityGroupID: network.PublicSecurityGroupID,
		LogBucket: bucketLogs.Name, AlarmTopicARN: topic.ARN, HealthPath: "/health", Claims: wanted.Claims, Standby: wanted.Standby, AllowDeletion: true,
	}, in)
	return err
}
