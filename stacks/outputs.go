package stacks

import (
	"strings"

	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"multisite/components"
	"multisite/components/localdc"
)

// outputs exports what application teams read through a StackReference. They
// are flat: one secret inside an exported object would make all of it secret.
type outputs struct{ ctx *pulumi.Context }

// site says who hosts the site, which one serves in its stead until it does, and how
// far its markets have moved.
func (o outputs) site(site *Site, last map[string]any) {
	o.ctx.Export("provider", pulumi.String(site.Provider))
	for output, phase := range last { // of markets that the site serves no more, should they come back
		if strings.Contains(output, phaseOutput("", "")) {
			o.ctx.Export(output, pulumi.Any(phase))
		}
	}
	for _, name := range names(site.Services) {
		if standIn := site.Services[name].StandIn; standIn != "" {
			o.ctx.Export(name+".standIn", pulumi.String(standIn))
		}
		for _, market := range site.Services[name].Markets {
			o.ctx.Export(phaseOutput(name, market), pulumi.String(site.phase(name, market)))
			if site.Services[name].Moves[market].cutOver {
				o.ctx.Export(cutOverOutput(name, market), pulumi.Bool(true))
			}
			if share := site.Services[name].Moves[market].SharePercent; share > 0 {
				o.ctx.Export(shareOutput(name, market), pulumi.Int(share))
			}
		}
	}
}

// placement says why the site's markets are here, and what else might be.
func (o outputs) placement(list []Comparison) error {
	text, err := json.Marshal(list)
	o.ctx.Export("placement", pulumi.String(text))
	return err
}

// state says how far the site has come, planned or active, and whether its endpoints answer.
func (o outputs) state(status pulumi.StringInput, serving pulumi.BoolInput) {
	o.ctx.Export("status", status)
	o.ctx.Export("serving", serving)
}

func (o outputs) network(n *components.Network) {
	o.ctx.Export("vpcId", n.VpcID)
	o.ctx.Export("publicSubnetIds", n.SubnetIDs[components.Public])
	o.ctx.Export("privateSubnetIds", n.SubnetIDs[components.Private])
	o.ctx.Export("dataSubnetIds", n.SubnetIDs[components.Data])
	o.ctx.Export("publicSecurityGroupId", n.PublicSecurityGroupID)
	o.ctx.Export("privateSecurityGroupId", n.PrivateSecurityGroupID)
	o.ctx.Export("natAddresses", n.NatAddresses)
}

func (o outputs) keys(k siteKeys) {
	o.ctx.Export("dataKeyArn", k.data.ARN)
	o.ctx.Export("secretsKeyArn", k.secrets.ARN)
	o.ctx.Export("contentKeyArn", k.content.ARN)
	o.ctx.Export("logsKeyArn", k.logs.ARN)
}

func (o outputs) cdn(c *components.Cdn) {
	o.ctx.Export("cdnDomainName", c.DomainName)
	o.ctx.Export("cdnBucketName", c.BucketName)
}

func (o outputs) operations(l *components.LogBucket, alarms, edgeAlarms *components.AlarmTopic) {
	o.ctx.Export("logBucketName", l.Name)
	o.ctx.Export("alarmTopicArn", alarms.ARN)
	o.ctx.Export("edgeAlarmTopicArn", edgeAlarms.ARN)
}

func (o outputs) database(service string, d *components.Database) {
	o.ctx.Export(service+".databaseEndpoint", d.Endpoint)
	o.ctx.Export(service+".databaseSecretArn", d.SecretARN)
	if len(d.ReplicaEndpoints) > 0 {
		o.ctx.Export(service+".databaseReplicaEndpoints", d.ReplicaEndpoints)
	}
}

func (o outputs) bucket(service, purpose string, b *components.Bucket) {
	o.ctx.Export(service+".bucketName."+purpose, b.Name)
}

func (o outputs) local(network, data, public, content, cdn *localdc.Resource) {
	o.ctx.Export("networkId", network.ID())
	o.ctx.Export("dataKeyId", data.ID())
	o.ctx.Export("contentKeyId", public.ID())
	o.ctx.Export("cdnDomainName", cdn.Endpoint)
	o.ctx.Export("cdnBucketName", content.ID())
	o.ctx.Export("cdnBucketEndpoint", content.Endpoint)
}

func (o outputs) localDatabase(service string, d *localdc.Resource) {
	o.ctx.Export(service+".databaseEndpoint", pulumi.Sprintf("%s:%d", d.Endpoint, components.PostgresPort))
}

func (o outputs) localBucket(service, purpose string, b *localdc.Resource) {
	o.ctx.Export(service+".bucketName."+purpose, b.ID())
	o.ctx.Export(service+".bucketEndpoint."+purpose, b.Endpoint)
}
