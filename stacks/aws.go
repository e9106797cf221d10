package stacks

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
)

// awsSite is a site in an AWS region that is being provisioned, with the resources that its
// services share.
type awsSite struct {
	*stack
	accountID  string
	in, atEdge pulumi.ResourceOption // the providers of the site's region and of us-east-1

	keys    siteKeys
	logs    *components.LogBucket
	alarms  *components.AlarmTopic
	network *components.Network
	entry   *components.Entry // nil if the project has no domain
	copies  *copyBuilder
}

// provisionAWS composes a site in an AWS region.
func provisionAWS(s *stack) error {
	site := s.site
	regional, err := s.newProvider(site.Name, site.Region)
	if err != nil {
		return err
	}
	edge, err := s.newProvider(site.Name+"-edge", awstypes.EdgeRegion)
	if err != nil {
		return err
	}
	account, err := s.accountID(pulumi.Provider(regional))
	if err != nil {
		return err
	}
	s.guard.SetAccount(account)
	zones, err := s.chooseZones(regional)
	if err != nil {
		return err
	}
	passwords, err := random.NewProvider(s.ctx, site.Name, nil)
	if err != nil {
		return err
	}
	a := &awsSite{stack: s, accountID: account, in: pulumi.Providers(regional, passwords), atEdge: pulumi.Provider(edge)}
	if err := a.newKeys(); err != nil {
		return err
	}
	site.Logs.AccountID, site.Logs.Region, site.Logs.DeliverySources = account, site.Region, []string{site.Name + "-cdn"}
	if a.logs, err = components.NewLogBucket(s.ctx, components.LogBucketPrefix+site.Name, &site.Logs, a.in); err != nil {
		return err
	}
	if a.alarms, err = a.newAlarmTopic("alarms", a.keys.alarms, a.in); err != nil {
		return err
	}
	// CloudFront's metrics are in us-east-1, and an alarm notifies a topic in the same region.
	edgeAlarms, err := a.newAlarmTopic("edge-alarms", a.keys.edgeAlarms, a.atEdge)
	if err != nil {
		return err
	}
	a.network, err = components.NewNetwork(s.ctx, site.Name+"-network", &components.NetworkArgs{
		Region:                 site.Region,
		CidrBlock:              site.Network.CidrBlock,
		IPFamily:               site.Network.IPFamily,
		SecondaryCidrBlocks:    site.Network.SecondaryCidrBlocks,
		Zones:                  zones,
		NatGateways:            site.Network.NatGateways,
		Egress:                 site.Network.Egress,
		InterfaceEndpoints:     site.Endpoints(),
		LogsKeyARN:             a.keys.logs.ARN,
		LogRetentionDays:       site.Logs.RetentionDays,
		AlarmTopicARN:          a.alarms.ARN,
		PermissionsBoundaryARN: site.Boundary(),
		AllowDeletion:          !site.DeletionProtection,
	}, a.in)
	if err != nil {
		return err
	}
	if err := a.newEntry(regional); err != nil {
		return err
	}
	content := site.Cdn
	if content.SiteName = site.ContentHostname(); content.SiteName != "" {
		content.SiteNameIssued, err = s.issued(content.SiteName, components.SiteNameCertificate(site.Name+"-cdn"), s.before.Text(awstypes.Distribution, site.Name+"-cdn", "aliases[]") == content.SiteName, edge)
		if err != nil {
			return err
		}
	}
	content.AccountID, content.Region, content.KeyARN, content.LogBucket = account, site.Region, a.keys.content.ARN, a.logs.Name
	content.EdgeProvider, content.AlarmTopicARN = edge, edgeAlarms.ARN
	cdn, err := components.NewCdn(s.ctx, site.Name+"-cdn", &content, a.in)
	if err != nil {
		return err
	}
	if a.copies, err = newCopyBuilder(a); err != nil {
		return err
	}
	s.exportState(pulumi.String("active"), pulumi.Bool(true))
	a.export(cdn, edgeAlarms)
	for _, name := range ordered.Keys(site.Services) {
		if err := a.provisionService(name); err != nil {
			return err
		}
	}
	if err := s.logPending(); err != nil {
		return err
	}
	return s.publishStatus(a.status(cdn), append(a.published(), cdn), a.atEdge)
}

// provisionService creates a service's database and buckets.
func (a *awsSite) provisionService(name string) error {
	site, service := a.site, a.site.Services[name]
	var database *components.Database
	buckets := pulumi.StringMap{}
	if service.Database != nil {
		args := *service.Database
		args.VpcID, args.SubnetIDs, args.ClientSecurityGroupID = a.network.VpcID, a.network.SubnetIDs[components.Data], a.network.PrivateSecurityGroupID
		args.DataKeyARN, args.SecretsKeyARN, args.LogsKeyARN = a.keys.data.ARN, a.keys.secrets.ARN, a.keys.logs.ARN
		args.AlarmTopicARN, args.LogRetentionDays = a.alarms.ARN, site.Logs.RetentionDays
		args.PermissionsBoundaryARN = site.Boundary()
		if service.Copying() {
			args.ReplicationSecurityGroupID, args.LogicalReplication = a.copies.instance.SecurityGroupID, true
		}
		var err error
		if database, err = components.NewDatabase(a.ctx, site.ResourceName(name), &args, a.in); err != nil {
			return err
		}
		a.exportDatabase(name, database)
		if err := a.copies.copyDatabase(name, database); err != nil {
			return err
		}
	}
	for _, purpose := range ordered.Keys(service.Buckets) {
		args := service.Buckets[purpose]
		args.KeyARN, args.LogBucket, args.PermissionsBoundaryARN = a.keys.data.ARN, a.logs.Name, site.Boundary()
		bucket, err := components.NewBucket(a.ctx, site.ResourceName(name)+"-"+purpose, &args, a.in)
		if err != nil {
			return err
		}
		buckets[purpose] = bucket.Name
		a.exportBucket(name, purpose, bucket)
		if err := a.copies.copyBucket(name, purpose, bucket); err != nil {
			return err
		}
	}
	return a.publishForApplications(name, database, buckets)
}

// siteKeys are a site's keys, one for each purpose.
type siteKeys struct{ data, secrets, logs, content, alarms, edgeAlarms *components.Key }

func (a *awsSite) newKeys() error {
	k := &a.keys
	for _, key := range []struct {
		key         **components.Key
		purpose     string
		description string
		service     components.KeyService
		place       pulumi.ResourceOption
	}{
		{&k.data, "data", "Databases and buckets", "", a.in},
		{&k.secrets, "secrets", "Secrets", "", a.in},
		{&k.logs, "logs", "Logs", components.CloudWatchLogs, a.in},
		// The only key that CloudFront may use. It encrypts nothing but public content.
		{&k.content, "content", "Public content", components.CloudFront, a.in},
		{&k.alarms, "alarms", "Alarms", components.Alarms, a.in},
		{&k.edgeAlarms, "edge-alarms", "Alarms of the CDN", components.Alarms, a.atEdge},
	} {
		var err error
		*key.key, err = components.NewKey(a.ctx, a.site.Name+"-"+key.purpose, &components.KeyArgs{
			Description:   key.description + " of " + a.site.Name,
			AccountID:     a.accountID,
			Service:       key.service,
			Region:        a.site.Region,
			AllowDeletion: !a.site.DeletionProtection,
		}, key.place)
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *awsSite) newAlarmTopic(name string, key *components.Key, place pulumi.ResourceOption) (*components.AlarmTopic, error) {
	return components.NewAlarmTopic(a.ctx, a.site.Name+"-"+name, &components.AlarmTopicArgs{
		AccountID: a.accountID, KeyARN: key.ARN, Emails: a.site.AlarmEmails,
	}, place)
}

// chooseZones returns the zones that the configuration names, or the region's first zones by
// name. It includes zones that are impaired; otherwise the subnets of an impaired zone would
// move to another zone.
func (s *stack) chooseZones(regional *aws.Provider) ([]string, error) {
	offered, err := aws.GetAvailabilityZones(s.ctx, &aws.GetAvailabilityZonesArgs{
		Filters: []aws.GetAvailabilityZonesFilter{
			{Name: "opt-in-status", Values: []string{"opt-in-not-required"}}, // no local zones
		},
	}, pulumi.Provider(regional))
	if err != nil {
		return nil, err
	}
	return s.site.PickZones(offered.Names)
}
