package stacks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/internal/siteconfig"
)

// copyBuilder makes what copies data between the origin and a site, while there is any to copy.
type copyBuilder struct {
	ctx      *pulumi.Context
	site     *siteconfig.Site
	keys     siteKeys
	alarms   *components.AlarmTopic
	in       pulumi.ResourceOption
	instance *components.ReplicationInstance // nil while no database is copied
	log      *components.TransferLog         // nil while no objects are
	made     []pulumi.Resource               // with what they copy
}

// newCopyBuilder makes what all copies of a site share.
func newCopyBuilder(ctx *pulumi.Context, site *siteconfig.Site, network *components.Network, keys siteKeys, alarms *components.AlarmTopic, in pulumi.ResourceOption) (*copyBuilder, error) {
	c := &copyBuilder{ctx: ctx, site: site, keys: keys, alarms: alarms, in: in}
	var err error
	for _, service := range site.Services {
		if !service.Copying() || service.Database == nil || c.instance != nil {
			continue
		}
		args := site.Migration.Replication
		args.MaintenanceWindow, args.NetworkCidrBlock = service.Database.MaintenanceWindow, site.Network.CidrBlock
		args.VpcID, args.SubnetIDs = network.VpcID, network.SubnetIDs[components.Private]
		args.DataKeyARN, args.LogsKeyARN = keys.data.ARN, keys.logs.ARN
		args.AlarmTopicARN, args.LogRetentionDays = alarms.ARN, site.Logs.RetentionDays
		if c.instance, err = components.NewReplicationInstance(ctx, site.ReplicationName(), &args, in); err != nil {
			return nil, err
		}
	}
	if site.CopiesObjects() {
		c.log, err = components.NewTransferLog(ctx, site.Name+"-transfers", &components.TransferLogArgs{
			AccountID: site.Logs.AccountID, LogsKeyARN: keys.logs.ARN, AlarmTopicARN: alarms.ARN, LogRetentionDays: site.Logs.RetentionDays,
		}, in)
	}
	return c, err
}

// database copies a service's markets that move.
func (c *copyBuilder) database(name string, database *components.Database) error {
	service := c.site.Services[name]
	markets := map[string]components.MarketCopy{}
	for market, direction := range service.Copied() {
		markets[market] = components.MarketCopy{Direction: direction, ChangesOnly: service.Moves[market].CutOver}
	}
	c.made = append(c.made, database)
	if len(markets) == 0 {
		return nil
	}
	origin := service.Origin.Database
	origin.Port, origin.Certificates = c.site.Migration.Replication.OriginPort, c.site.Migration.Certificates
	made, err := components.NewDatabaseCopy(c.ctx, c.site.CopyName(name), &components.DatabaseCopyArgs{
		Origin: origin, Database: database, DatabaseName: strings.ReplaceAll(c.site.ResourceName(name), "-", "_"), DatabaseSecretARN: database.SecretARN,
		DatabaseCertificates: c.site.Migration.DatabaseCertificates,
		Markets:              markets, AccountID: c.site.Logs.AccountID, Region: c.site.Region, ReplicationInstance: c.instance,
		DataKeyARN: c.keys.data.ARN, SecretsKeyARN: c.keys.secrets.ARN, AlarmTopicARN: c.alarms.ARN,
		PermissionsBoundaryARN: c.site.Boundary(),
	}, c.in)
	c.made = append(c.made, made)
	return err
}

// bucket copies the objects of those markets.
func (c *copyBuilder) bucket(name, purpose string, bucket *components.Bucket) error {
	service := c.site.Services[name]
	markets := map[string]components.MarketObjects{}
	for market, direction := range service.Copied() {
		markets[market] = components.MarketObjects{Direction: direction}
	}
	c.made = append(c.made, bucket)
	if len(markets) == 0 {
		return nil
	}
	origin := service.Origin.Objects
	origin.Bucket, origin.Certificates = service.Origin.Buckets[purpose], c.site.Migration.Certificates
	made, err := components.NewObjectTransfer(c.ctx, c.site.TransferName(name, purpose), &components.ObjectTransferArgs{
		Origin: origin, AgentARNs: c.site.Migration.AgentARNs, BucketARN: bucket.ARN, DataKeyARN: c.keys.data.ARN,
		Markets: markets, Schedule: service.Origin.Schedule, AccountID: c.site.Logs.AccountID, LogGroupARN: c.log.GroupARN,
		PermissionsBoundaryARN: c.site.Boundary(),
	}, c.in)
	c.made = append(c.made, made)
	return err
}
