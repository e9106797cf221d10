package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"multisite/components"
)

// outputs exports what application teams read through a StackReference. They
// are flat: one secret inside an exported object would make all of it secret.
type outputs struct{ ctx *pulumi.Context }

func (o outputs) network(n *components.Network) {
	o.ctx.Export("vpcId", n.VpcID)
	o.ctx.Export("publicSubnetIds", n.SubnetIDs[components.Public])
	o.ctx.Export("privateSubnetIds", n.SubnetIDs[components.Private])
	o.ctx.Export("dataSubnetIds", n.SubnetIDs[components.Data])
	o.ctx.Export("publicSecurityGroupId", n.PublicSecurityGroupID)
	o.ctx.Export("privateSecurityGroupId", n.PrivateSecurityGroupID)
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
