package stacks

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/components"
	"example.com/multisite/components/localdc"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/placement"
	"example.com/multisite/internal/siteconfig"
)

// outputs exports what application teams read through a StackReference. They
// are flat: one secret inside an exported object would make all of it secret.
type outputs struct{ ctx *pulumi.Context }

// site says who hosts the site, and which one serves in its stead until it does.
func (o outputs) site(site *siteconfig.Site) {
	o.ctx.Export("provider", pulumi.String(site.Provider))
	for _, name := range ordered.Keys(site.Services) {
		if standIn := site.Services[name].StandIn; standIn != "" {
			o.ctx.Export(name+".standIn", pulumi.String(standIn))
		}
	}
}

// phases exports how far the site's markets have moved: as the configuration has it once
// the status that was published has it too, and until then as it was recorded. So an
// update of other resources alone (pulumi up --target) records no step.
func (o outputs) phases(site *siteconfig.Site, published pulumi.StringOutput) error {
	text, err := internals.UnsafeAwaitOutput(o.ctx.Context(), published)
	if err != nil {
		return err
	}
	moved := site.MoveOutputs()
	if text.Known { // a preview may not know what it will be
		var status siteconfig.Status
		if written := text.Value.(string); written != "" { // or it is left out, too
			if err := json.Unmarshal([]byte(written), &status); err != nil {
				return fmt.Errorf("the parameter %s: %w", statusPath+site.Name, err)
			}
		}
		if !reflect.DeepEqual(status.Moves, site.StatusMoves()) {
			moved = site.Recorded
		}
	}
	for output, value := range moved {
		o.ctx.Export(output, pulumi.Any(value))
	}
	return nil
}

// placement says why the site's markets are here, and what else might be.
func (o outputs) placement(list []placement.Comparison) error {
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
