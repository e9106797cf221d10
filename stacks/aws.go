package stacks

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// provisionAWS composes a site in an AWS region.
func provisionAWS(ctx *pulumi.Context, site *siteconfig.Site, reg *register.Register, guard *guardrails.Guard) error {
	regional, err := newProvider(ctx, site, site.Name, site.Region, reg)
	if err != nil {
		return err
	}
	edge, err := newProvider(ctx, site, site.Name+"-edge", siteconfig.EdgeRegion, reg)
	if err != nil {
		return err
	}
	account, err := callerIdentity(ctx, reg, pulumi.Provider(regional))
	if err != nil {
		return err
	}
	guard.SetAccount(account.AccountId)
	zones, err := chooseZones(ctx, site, regional)
	if err != nil {
		return err
	}
	passwords, err := random.NewProvider(ctx, site.Name, nil)
	if err != nil {
		return err
	}
	in, atEdge := pulumi.Providers(regional, passwords), pulumi.Provider(edge)
	keys, err := newKeys(ctx, site, account.AccountId, in, atEdge)
	if err != nil {
		return err
	}
	site.Logs.AccountID, site.Logs.DeliverySources = account.AccountId, []string{site.Name + "-cdn"}
	logs, err := components.NewLogBucket(ctx, components.LogBucketPrefix+site.Name, &site.Logs, in)
	if err != nil {
		return err
	}
	alarms, err := components.NewAlarmTopic(ctx, site.Name+"-alarms", &components.AlarmTopicArgs{
		AccountID: account.AccountId, KeyARN: keys.alarms.ARN, Emails: site.AlarmEmails,
	}, in)
	if err != nil {
		return err
	}
	// CloudFront's metrics are in us-east-1, and alarms tell topics of their own region.
	edgeAlarms, err := components.NewAlarmTopic(ctx, site.Name+"-edge-alarms", &components.AlarmTopicArgs{
		AccountID: account.AccountId, KeyARN: keys.edgeAlarms.ARN, Emails: site.AlarmEmails,
	}, atEdge)
	if err != nil {
		return err
	}
	network, err := components.NewNetwork(ctx, site.Name+"-network", &components.NetworkArgs{
		Region:                 site.Region,
		CidrBlock:              site.Network.CidrBlock,
		IPFamily:               site.Network.IPFamily,
		SecondaryCidrBlocks:    site.Network.SecondaryCidrBlocks,
		Zones:                  zones,
		NatGateways:            site.Network.NatGateways,
		Egress:                 site.Network.Egress,
		InterfaceEndpoints:     site.Endpoints(),
		LogsKeyARN:             keys.logs.ARN,
		LogRetentionDays:       site.Logs.RetentionDays,
		AlarmTopicARN:          alarms.ARN,
		PermissionsBoundaryARN: site.Boundary(),
		AllowDeletion:          !site.DeletionProtection,
	}, in)
	if err != nil {
		return err
	}
	content := site.Cdn
	content.AccountID, content.Region, content.KeyARN, content.LogBucket = account.AccountId, site.Region, keys.content.ARN, logs.Name
	content.EdgeProvider, content.AlarmTopicARN = edge, edgeAlarms.ARN
	cdn, err := components.NewCdn(ctx, site.Name+"-cdn", &content, in)
	if err != nil {
		return err
	}
	copies, err := newCopyBuilder(ctx, site, network, keys, alarms, in)
	if err != nil {
		return err
	}
	out := outputs{ctx}
	out.state(pulumi.String("active"), pulumi.Bool(true))
	out.network(network)
	out.keys(keys)
	out.cdn(cdn)
	out.operations(logs, alarms, edgeAlarms)
	for _, name := range ordered.Keys(site.Services) {
		if err := provisionService(ctx, site, name, network, keys, logs, alarms, copies, in); err != nil {
			return err
		}
	}
	return publishStatus(ctx, site, cdn.DomainName, pulumi.Bool(true), append(copies.made, cdn), atEdge)
}

// provisionService makes a service's database and buckets.
func provisionService(ctx *pulumi.Context, site *siteconfig.Site, name string, network *components.Network, keys siteKeys,
	logs *components.LogBucket, alarms *components.AlarmTopic, copies *copyBuilder, in pulumi.ResourceOption,
) error {
	service, out := site.Services[name], outputs{ctx}
	if service.Database != nil {
		args := *service.Database
		args.VpcID, args.SubnetIDs, args.ClientSecurityGroupID = network.VpcID, network.SubnetIDs[components.Data], network.PrivateSecurityGroupID
		args.DataKeyARN, args.SecretsKeyARN, args.LogsKeyARN = keys.data.ARN, keys.secrets.ARN, keys.logs.ARN
		args.AlarmTopicARN, args.LogRetentionDays = alarms.ARN, site.Logs.RetentionDays
		args.PermissionsBoundaryARN = site.Boundary()
		if service.Copying() {
			args.ReplicationSecurityGroupID, args.LogicalReplication = copies.instance.SecurityGroupID, true
		}
		database, err := components.NewDatabase(ctx, site.ResourceName(name), &args, in)
		if err != nil {
			return err
		}
		out.database(name, database)
		if err := copies.database(name, database); err != nil {
			return err
		}
	}
	for _, purpose := range ordered.Keys(service.Buckets) {
		args := service.Buckets[purpose]
		args.KeyARN, args.LogBucket, args.PermissionsBoundaryARN = keys.data.ARN, logs.Name, site.Boundary()
		bucket, err := components.NewBucket(ctx, site.ResourceName(name)+"-"+purpose, &args, in)
		if err != nil {
			return err
		}
		out.bucket(name, purpose, bucket)
		if err := copies.bucket(name, purpose, bucket); err != nil {
			return err
		}
	}
	return nil
}

// siteKeys are a site's keys, one for each purpose.
type siteKeys struct{ data, secrets, logs, content, alarms, edgeAlarms *components.Key }

func newKeys(ctx *pulumi.Context, site *siteconfig.Site, account string, in, atEdge pulumi.ResourceOption) (siteKeys, error) {
	k := siteKeys{}
	for _, key := range []struct {
		key         **components.Key
		purpose     string
		description string
		service     components.KeyService
		place       pulumi.ResourceOption
	}{
		{&k.data, "data", "Databases and buckets", "", in},
		{&k.secrets, "secrets", "Secrets", "", in},
		{&k.logs, "logs", "Logs", components.CloudWatchLogs, in},
		// CloudFront may use this one, and it opens nothing but public content.
		{&k.content, "content", "Public content", components.CloudFront, in},
		{&k.alarms, "alarms", "Alarms", components.Alarms, in},
		{&k.edgeAlarms, "edge-alarms", "Alarms of the CDN", components.Alarms, atEdge},
	} {
		var err error
		*key.key, err = components.NewKey(ctx, site.Name+"-"+key.purpose, &components.KeyArgs{
			Description:   key.description + " of " + site.Name,
			AccountID:     account,
			Service:       key.service,
			Region:        site.Region,
			AllowDeletion: !site.DeletionProtection,
		}, key.place)
		if err != nil {
			return k, err
		}
	}
	return k, nil
}

// newProvider makes a provider of one region, whose resources all carry the site's tags.
// It is bound to the account that the register has for the stack.
func newProvider(ctx *pulumi.Context, site *siteconfig.Site, name, region string, reg *register.Register) (*aws.Provider, error) {
	return aws.NewProvider(ctx, name, providerArgs(ctx, site, region, reg.AccountOf(site.Name)))
}

// providerArgs are those of a provider that accepts credentials of an account, or of any.
func providerArgs(ctx *pulumi.Context, site *siteconfig.Site, region, account string) *aws.ProviderArgs {
	args := &aws.ProviderArgs{
		Region:      pulumi.String(region),
		DefaultTags: aws.ProviderDefaultTagsArgs{Tags: pulumi.ToStringMap(requiredTags(ctx, site))},
	}
	if account != "" {
		args.AllowedAccountIds = pulumi.ToStringArray([]string{account})
	}
	return args
}

// chooseZones takes the zones that the configuration names, or the first of the
// region's. Zones that are impaired at the moment count: leaving one out would
// move its subnets.
func chooseZones(ctx *pulumi.Context, site *siteconfig.Site, regional *aws.Provider) ([]string, error) {
	offered, err := aws.GetAvailabilityZones(ctx, &aws.GetAvailabilityZonesArgs{
		Filters: []aws.GetAvailabilityZonesFilter{
			{Name: "opt-in-status", Values: []string{"opt-in-not-required"}}, // no local zones
		},
	}, pulumi.Provider(regional))
	if err != nil {
		return nil, err
	}
	return site.PickZones(offered.Names)
}
