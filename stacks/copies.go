package stacks

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"multisite/components"
)

// copier makes what copies data between the origin and a site, while there is any to copy.
type copier struct {
	ctx      *pulumi.Context
	site     *Site
	keys     siteKeys
	alarms   *components.AlarmTopic
	in       pulumi.ResourceOption
	instance *components.ReplicationInstance // nil while no database is copied
	log      *components.TransferLog         // nil while no objects are
	made     []pulumi.Resource               // with what they copy
}

// Endpoints are the site's interface endpoints, with the one that copies need.
func (s *Site) Endpoints() []string {
	const secrets = "secretsmanager"
	if s.CopiesDatabases() && !slices.Contains(s.Network.InterfaceEndpoints, secrets) {
		return append(slices.Clone(s.Network.InterfaceEndpoints), secrets)
	}
	return s.Network.InterfaceEndpoints
}

// CopiesDatabases reports whether the site has a replication instance.
func (s *Site) CopiesDatabases() bool { return s.copies(hasDatabase) }

// CopiesObjects reports whether the site transfers objects between the origin and its buckets.
func (s *Site) CopiesObjects() bool { return s.copies(hasBuckets) }

func hasDatabase(service Service) bool { return service.Database != nil }

func hasBuckets(service Service) bool { return len(service.Buckets) > 0 }

// copies reports whether data is copied of a service for which something holds.
func (s *Site) copies(has func(Service) bool) bool {
	for _, service := range s.Services {
		if service.Copying() && has(service) {
			return true
		}
	}
	return false
}

// newCopier makes what all copies of a site share.
func newCopier(ctx *pulumi.Context, site *Site, network *components.Network, keys siteKeys, alarms *components.AlarmTopic, in pulumi.ResourceOption) (*copier, error) {
	c := &copier{ctx: ctx, site: site, keys: keys, alarms: alarms, in: in}
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
		if c.instance, err = components.NewReplicationInstance(ctx, site.replicationName(), &args, in); err != nil {
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
func (c *copier) database(name string, database *components.Database) error {
	service := c.site.Services[name]
	markets := map[string]components.MarketCopy{}
	for market, direction := range service.copied() {
		markets[market] = components.MarketCopy{Direction: direction, ChangesOnly: service.Moves[market].cutOver}
	}
	c.made = append(c.made, database)
	if len(markets) == 0 {
		return nil
	}
	origin := service.Origin.Database
	origin.Port, origin.Certificates = c.site.Migration.Replication.OriginPort, c.site.Migration.Certificates
	made, err := components.NewDatabaseCopy(c.ctx, c.site.copyName(name), &components.DatabaseCopyArgs{
		Origin: origin, Database: database, DatabaseName: strings.ReplaceAll(c.site.ResourceName(name), "-", "_"), DatabaseSecretARN: database.SecretARN,
		DatabaseCertificates: c.site.Migration.DatabaseCertificates,
		Markets:              markets, AccountID: c.site.Logs.AccountID, Region: c.site.Region, ReplicationInstance: c.instance,
		DataKeyARN: c.keys.data.ARN, SecretsKeyARN: c.keys.secrets.ARN, AlarmTopicARN: c.alarms.ARN,
		PermissionsBoundaryARN: c.site.boundary(),
	}, c.in)
	c.made = append(c.made, made)
	return err
}

// bucket copies the objects of those markets.
func (c *copier) bucket(name, purpose string, bucket *components.Bucket) error {
	service := c.site.Services[name]
	markets := map[string]components.MarketObjects{}
	for market, direction := range service.copied() {
		markets[market] = components.MarketObjects{Direction: direction}
	}
	c.made = append(c.made, bucket)
	if len(markets) == 0 {
		return nil
	}
	origin := service.Origin.Objects
	origin.Bucket, origin.Certificates = service.Origin.Buckets[purpose], c.site.Migration.Certificates
	made, err := components.NewObjectTransfer(c.ctx, c.site.transferName(name, purpose), &components.ObjectTransferArgs{
		Origin: origin, AgentARNs: c.site.Migration.AgentARNs, BucketARN: bucket.ARN, DataKeyARN: c.keys.data.ARN,
		Markets: markets, Schedule: service.Origin.Schedule, AccountID: c.site.Logs.AccountID, LogGroupARN: c.log.GroupARN,
		PermissionsBoundaryARN: c.site.boundary(),
	}, c.in)
	c.made = append(c.made, made)
	return err
}

func (s *Site) copyName(service string) string { return s.ResourceName(service) + "-copy" }

func (s *Site) transferName(service, bucket string) string {
	return s.ResourceName(service) + "-" + bucket + "-transfer"
}

func (s *Site) replicationName() string { return s.Name + "-replication" }

// opened are the names of what may talk to the origin, with why.
func (s *Site) opened() map[string]string {
	opened := map[string]string{}
	for _, name := range names(s.Services) {
		service := s.Services[name]
		if !service.Copying() {
			continue
		}
		why := name + " is moving"
		if service.Database != nil {
			opened[s.copyName(name)+"-origin"] = why
		}
		for bucket := range service.Buckets {
			opened[s.transferName(name, bucket)+"-origin"] = why
		}
	}
	return opened
}
