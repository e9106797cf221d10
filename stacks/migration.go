package stacks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/migration"
)

// copyBuilder creates the replication between the origin and a site, while any market of
// the site is moving.
type copyBuilder struct {
	*awsSite
	instance *migration.ReplicationInstance // nil while no database is copied
	log      *migration.TransferLog         // nil while no objects are copied
	// published are the resources that must exist before the site publishes its status.
	published []pulumi.Resource
}

// newCopyBuilder creates the resources that all copies of a site share.
func newCopyBuilder(a *awsSite) (*copyBuilder, error) {
	c := &copyBuilder{awsSite: a}
	site := a.site
	var err error
	for _, service := range site.Services {
		if !service.Copying() || service.Database == nil || c.instance != nil {
			continue
		}
		args := site.Migration.Replication
		args.MaintenanceWindow, args.NetworkCidrBlock = service.Database.MaintenanceWindow, site.Network.CidrBlock
		args.VpcID, args.SubnetIDs = a.network.VpcID, a.network.SubnetIDs[components.Private]
		args.DataKeyARN, args.LogsKeyARN = a.keys.data.ARN, a.keys.logs.ARN
		args.AlarmTopicARN, args.LogRetentionDays = a.alarms.ARN, site.Logs.RetentionDays
		if c.instance, err = migration.NewReplicationInstance(a.ctx, site.ReplicationName(), &args, a.in); err != nil {
			return nil, err
		}
	}
	if site.CopiesObjects() {
		c.log, err = migration.NewTransferLog(a.ctx, site.Name+"-transfers", &migration.TransferLogArgs{
			AccountID: a.accountID, LogsKeyARN: a.keys.logs.ARN, AlarmTopicARN: a.alarms.ARN, LogRetentionDays: site.Logs.RetentionDays,
		}, a.in)
	}
	return c, err
}

// copyDatabase copies the rows of a service's moving markets.
func (c *copyBuilder) copyDatabase(name string, database *components.Database) error {
	service := c.site.Services[name]
	markets := map[string]migration.MarketCopy{}
	for market, direction := range service.Copied() {
		markets[market] = migration.MarketCopy{Direction: direction, ChangesOnly: service.Moves[market].CutOver}
	}
	c.published = append(c.published, database)
	if len(markets) == 0 {
		return nil
	}
	origin := service.Origin.Database
	origin.Port, origin.Certificates = c.site.Migration.Replication.OriginPort, c.site.Migration.Certificates
	copied, err := migration.NewDatabaseCopy(c.ctx, c.site.CopyName(name), &migration.DatabaseCopyArgs{
		Origin: origin, Database: database, DatabaseName: strings.ReplaceAll(c.site.ResourceName(name), "-", "_"), DatabaseSecretARN: database.SecretARN,
		DatabaseCertificates: c.site.Migration.DatabaseCertificates,
		Markets:              markets, WayBack: service.WayBack(), AccountID: c.accountID, Region: c.site.Region, ReplicationInstance: c.instance,
		DataKeyARN: c.keys.data.ARN, SecretsKeyARN: c.keys.secrets.ARN, AlarmTopicARN: c.alarms.ARN,
		PermissionsBoundaryARN: c.site.Boundary(),
	}, c.in)
	c.published = append(c.published, copied)
	return err
}

// copyBucket copies the objects of a service's moving markets.
func (c *copyBuilder) copyBucket(name, purpose string, bucket *components.Bucket) error {
	service := c.site.Services[name]
	markets := map[string]migration.MarketObjects{}
	for market, direction := range service.Copied() {
		markets[market] = migration.MarketObjects{Direction: direction}
	}
	c.published = append(c.published, bucket)
	if len(markets) == 0 {
		return nil
	}
	origin := service.Origin.Objects
	origin.Bucket, origin.Certificates = service.Origin.Buckets[purpose], c.site.Migration.Certificates
	copied, err := migration.NewObjectTransfer(c.ctx, c.site.TransferName(name, purpose), &migration.ObjectTransferArgs{
		Origin: origin, AgentARNs: c.site.Migration.AgentARNs, BucketARN: bucket.ARN, DataKeyARN: c.keys.data.ARN,
		Markets: markets, Schedule: service.Origin.Schedule, AccountID: c.accountID, LogGroupARN: c.log.GroupARN,
		PermissionsBoundaryARN: c.site.Boundary(),
	}, c.in)
	c.published = append(c.published, copied)
	return err
}
