// Command copier creates a network, a database and a bucket, and copies data between the
// origin and them. test:copies sets the markets and the direction. The site's guardrails check
// all resources.
package main

import (
	"cmp"
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/migration"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/awstypes"
)

const (
	account = "123456789012"
	region  = "us-west-2"
	block   = "10.16.0.0/16"

	boundary = "arn:aws:iam::" + account + ":policy/multisite-boundary-oregon"
)

// copies is the value of test:copies.
type copies struct {
	Markets     map[string]migration.Direction
	Schemas     map[string]string
	ChangesOnly bool
	MaxLargeKiB int
	Database    string // the name of the origin's database
	Closed      bool   // the guardrails allow no access to the origin
}

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var raw map[string]string
		if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &raw); err != nil {
			return err
		}
		var wanted copies
		if err := json.Unmarshal([]byte(raw["test:copies"]), &wanted); err != nil {
			return err
		}
		site := guardrails.Site{
			Name: "oregon", Region: region, EdgeRegion: "us-east-1", Places: map[string]string{region: "oregon"},
			Refuse: func(string, string, string) string { return "" },
			Origin: map[string]string{"oregon-mi-cloud-copy-origin": "IN is copied", "oregon-photos-transfer-origin": "IN is copied"},
			Declared: map[guardrails.Input][]string{
				{Type: awstypes.DataSyncObjectStorage, Path: "serverHostname"}: {"objects.example.com"},
				{Type: awstypes.DataSyncObjectStorage, Path: "agentArns[]"}:    {"arn:aws:datasync:us-west-2:123456789012:agent/agent-0123456789abcdef0"},
			},
			Copies:     map[string]guardrails.Copy{"oregon-mi-cloud-copy-origin-target": {ToOrigin: true}},
			RefuseCopy: func(string, string, string, string) string { return "" },
			Egress:     map[string][]string{"oregon-replication": {"203.0.113.0/28"}},
			Deletable:  map[string]string{"": "a test"},
			Today:      time.Now(),
		}
		for market, direction := range wanted.Markets {
			part := cmp.Or(wanted.Schemas[market], strings.ToLower(market))
			copied := guardrails.Copy{Market: market, Part: part, ToOrigin: direction == migration.ToOrigin}
			site.Copies["oregon-mi-cloud-copy-"+strings.ToLower(market)] = copied
			site.Copies["oregon-photos-transfer-"+strings.ToLower(market)] = copied
		}
		if wanted.Closed {
			site.Origin = nil
		}
		guard, err := guardrails.Watch(ctx, site)
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

func provision(ctx *pulumi.Context, wanted copies) error {
	regional, err := aws.NewProvider(ctx, "oregon", &aws.ProviderArgs{Region: pulumi.String(region)})
	if err != nil {
		return err
	}
	passwords, err := random.NewProvider(ctx, "oregon", nil)
	if err != nil {
		return err
	}
	in := pulumi.Providers(regional, passwords)
	keys := map[components.KeyService]*components.Key{}
	for _, service := range []components.KeyService{"", components.CloudWatchLogs, components.Alarms} {
		if keys[service], err = components.NewKey(ctx, "oregon-"+cmp.Or(string(service), "data"), &components.KeyArgs{
			Description: "Test", AccountID: account, Service: service, Region: region, AllowDeletion: true,
		}, in); err != nil {
			return err
		}
	}
	data, logs := keys[""].ARN, keys[components.CloudWatchLogs].ARN
	topic, err := components.NewAlarmTopic(ctx, "oregon-alarms", &components.AlarmTopicArgs{AccountID: account, KeyARN: keys[components.Alarms].ARN}, in)
	if err != nil {
		return err
	}
	network, err := components.NewNetwork(ctx, "oregon-network", &components.NetworkArgs{
		Region: region, CidrBlock: block, Zones: []string{region + "a", region + "b"}, NatGateways: components.NatNone,
		InterfaceEndpoints: []string{"secretsmanager"}, LogsKeyARN: logs, AlarmTopicARN: topic.ARN, AllowDeletion: true, PermissionsBoundaryARN: boundary,
	}, in)
	if err != nil {
		return err
	}
	database := &components.DatabaseArgs{
		InstanceClass: "db.m7g.large", BackupWindow: "18:00-18:30", MaintenanceWindow: "sun:19:00-sun:20:00", StorageGiB: 20, MaxStorageGiB: 40,
		VpcID: network.VpcID, SubnetIDs: network.SubnetIDs[components.Data], ClientSecurityGroupID: network.PrivateSecurityGroupID,
		DataKeyARN: data, SecretsKeyARN: data, LogsKeyARN: logs, AlarmTopicARN: topic.ARN, AllowDeletion: true, LogicalReplication: len(wanted.Markets) > 0,
		PermissionsBoundaryARN: boundary,
	}
	bucketLogs, err := components.NewLogBucket(ctx, components.LogBucketPrefix+"oregon", &components.LogBucketArgs{AccountID: account, Region: "us-west-2", Deletion: components.DeleteWithObjects}, in)
	if err != nil {
		return err
	}
	photos, err := components.NewBucket(ctx, "oregon-photos", &components.BucketArgs{KeyARN: data, LogBucket: bucketLogs.Name, Deletion: components.DeleteWithObjects}, in)
	if err != nil {
		return err
	}
	if len(wanted.Markets) == 0 { // every copy is finished
		_, err = components.NewDatabase(ctx, "oregon-mi-cloud", database, in)
		return err
	}
	instance, err := migration.NewReplicationInstance(ctx, "oregon-replication", &migration.ReplicationInstanceArgs{
		InstanceClass: "dms.c6i.large", MaintenanceWindow: "sun:19:00-sun:20:00", NetworkCidrBlock: block, OriginCidrBlocks: []string{"203.0.113.0/28"},
		VpcID: network.VpcID, SubnetIDs: network.SubnetIDs[components.Private],
		DataKeyARN: data, LogsKeyARN: logs, AlarmTopicARN: topic.ARN,
	}, in)
	if err != nil {
		return err
	}
	database.ReplicationSecurityGroupID = instance.SecurityGroupID
	server, err := components.NewDatabase(ctx, "oregon-mi-cloud", database, in)
	if err != nil {
		return err
	}
	schemas, prefixes := map[string]migration.MarketCopy{}, map[string]migration.MarketObjects{}
	for market, direction := range wanted.Markets {
		schemas[market] = migration.MarketCopy{Direction: direction, ChangesOnly: wanted.ChangesOnly, Schema: wanted.Schemas[market]}
		prefixes[market] = migration.MarketObjects{Direction: direction, Prefix: wanted.Schemas[market]}
	}
	if _, err := migration.NewDatabaseCopy(ctx, "oregon-mi-cloud-copy", &migration.DatabaseCopyArgs{
		Origin: migration.DatabaseOrigin{
			Host: "mi-cloud.db.example.com", DatabaseName: cmp.Or(wanted.Database, "mi_cloud"), Username: "replication", Password: pulumi.ToSecret(pulumi.String("beijing")).(pulumi.StringOutput),
			Certificates: certificate,
		},
		Database: server, DatabaseName: "oregon_mi_cloud", DatabaseSecretARN: server.SecretARN, DatabaseCertificates: certificate, Markets: schemas, WayBack: true, MaxLargeObjectKiB: wanted.MaxLargeKiB,
		AccountID: account, Region: region, ReplicationInstance: instance, DataKeyARN: data, SecretsKeyARN: data, AlarmTopicARN: topic.ARN, PermissionsBoundaryARN: boundary,
	}, in); err != nil {
		return err
	}
	log, err := migration.NewTransferLog(ctx, "oregon-transfers", &migration.TransferLogArgs{
		AccountID: account, LogsKeyARN: logs, AlarmTopicARN: topic.ARN,
	}, in)
	if err != nil {
		return err
	}
	_, err = migration.NewObjectTransfer(ctx, "oregon-photos-transfer", &migration.ObjectTransferArgs{
		Origin: migration.ObjectOrigin{
			Host: "objects.example.com", Bucket: "photos", AccessKey: pulumi.String("key"), SecretKey: pulumi.ToSecret(pulumi.String("beijing")).(pulumi.StringOutput),
			Certificates: certificate,
		},
		AgentARNs: []string{"arn:aws:datasync:us-west-2:123456789012:agent/agent-0123456789abcdef0"},
		BucketARN: photos.ARN, DataKeyARN: data, Markets: prefixes, AccountID: account, LogGroupARN: log.GroupARN, PermissionsBoundaryARN: boundary,
	}, in)
	return err
}

// certificate is the certificate of a test authority.
const certificate = `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUG0hJSM5Ss84Xw35FmkPTmpf/EIkwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTIyMTc0NjAyWhgPMjEy
NjEwMjkxNzQ2MDJaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE7jnls9OUnqYECkiWAH8Eoz9p94aj68XEf2OFvIGZ
9CedTCft71wdPTN73dmQP5OEeRKHPuUSnSHxGMHmVqWZUaNTMFEwHQYDVR0OBBYE
FNB+I8LjE2LZoMTUuQ2UtxAsBPC3MB8GA1UdIwQYMBaAFNB+I8LjE2LZoMTUuQ2U
txAsBPC3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAJmRyRcG
3qS65kDgBghCP5z29+iuSBfivIpTTXTf4/7FAiEAkIalSDbixrEAw1vV/+TS+vhS
TqMi1ug4mqoQ2pC0nHo=
-----END CERTIFICATE-----
`
