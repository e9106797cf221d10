package stacks

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/components"
	"example.com/multisite/components/localdc"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/placement"
	"example.com/multisite/internal/siteconfig"
)

// Application teams read the outputs, for example through a StackReference in the site's own
// state backend. The outputs are flat: one secret inside an exported object would make the whole
// object secret.

// exportSite exports what hosts the site, and which sites stand in for it.
func (s *stack) exportSite() {
	s.ctx.Export("provider", pulumi.String(s.site.Provider))
	for _, name := range ordered.Keys(s.site.Services) {
		if standIn := s.site.Services[name].StandIn; standIn != "" {
			s.ctx.Export(name+".standIn", pulumi.String(standIn))
		}
	}
}

// exportPhases exports the phase of each market: the phase in the configuration if the status
// parameter contains it; otherwise the phase that the last update recorded. So an update of
// other resources alone (pulumi up --target) records no step.
func (s *stack) exportPhases(published pulumi.StringOutput) error {
	text, err := internals.UnsafeAwaitOutput(s.ctx.Context(), published)
	if err != nil {
		return err
	}
	moved := s.site.MoveOutputs()
	if text.Known { // it may be unknown in a preview
		var status siteconfig.Status
		if written := text.Value.(string); written != "" { // empty if --target leaves it out
			if err := json.Unmarshal([]byte(written), &status); err != nil {
				return fmt.Errorf("the parameter %s: %w", awstypes.StatusPath+s.site.Name, err)
			}
		}
		if !reflect.DeepEqual(status.Moves, s.site.StatusMoves()) {
			moved = s.site.Recorded
		}
	}
	for output, value := range moved {
		s.ctx.Export(output, pulumi.Any(value))
	}
	return nil
}

// exportPlacement exports why the site's markets are served from here, and the alternatives.
func (s *stack) exportPlacement(list []placement.Comparison) error {
	text, err := json.Marshal(list)
	s.ctx.Export("placement", pulumi.String(text))
	return err
}

// exportState exports whether the site is planned or active, and whether its endpoints answer.
func (s *stack) exportState(status pulumi.StringInput, serving pulumi.BoolInput) {
	s.ctx.Export("status", status)
	s.ctx.Export("serving", serving)
}

// export exports what all services of an AWS site share.
func (a *awsSite) export(cdn *components.Cdn, edgeAlarms *components.AlarmTopic) {
	a.ctx.Export("vpcId", a.network.VpcID)
	a.ctx.Export("publicSubnetIds", a.network.SubnetIDs[components.Public])
	a.ctx.Export("privateSubnetIds", a.network.SubnetIDs[components.Private])
	a.ctx.Export("dataSubnetIds", a.network.SubnetIDs[components.Data])
	a.ctx.Export("publicSecurityGroupId", a.network.PublicSecurityGroupID)
	a.ctx.Export("privateSecurityGroupId", a.network.PrivateSecurityGroupID)
	a.ctx.Export("natAddresses", a.network.NatAddresses)
	a.ctx.Export("dataKeyArn", a.keys.data.ARN)
	a.ctx.Export("secretsKeyArn", a.keys.secrets.ARN)
	a.ctx.Export("contentKeyArn", a.keys.content.ARN)
	a.ctx.Export("logsKeyArn", a.keys.logs.ARN)
	a.ctx.Export("cdnDomainName", cdn.DomainName)
	a.ctx.Export("cdnDistributionHost", cdn.DistributionHost)
	a.ctx.Export("cdnBucketName", cdn.BucketName)
	a.ctx.Export("logBucketName", a.logs.Name)
	a.ctx.Export("alarmTopicArn", a.alarms.ARN)
	a.ctx.Export("edgeAlarmTopicArn", edgeAlarms.ARN)
}

// exportEntry exports the load balancer, and the names that it answers.
func (a *awsSite) exportEntry() {
	a.ctx.Export("entryHost", a.entry.Host)
	a.ctx.Export("entryZoneId", a.entry.ZoneID)
	for service, group := range a.entry.TargetGroupARNs {
		a.ctx.Export(service+".targetGroupArn", group)
	}
	a.exportNames(pulumi.ToStringArray(a.ready()))
}

// exportNames exports the names of the services at this site, and whether it answers them.
func (s *stack) exportNames(ready pulumi.StringArrayInput) {
	for service := range s.site.Services {
		s.ctx.Export(service+".hostname", pulumi.String(s.site.Hostnames(service)[1]))
		s.ctx.Export(service+".ready", ready.ToStringArrayOutput().ApplyT(func(all []string) bool { return slices.Contains(all, service) }))
	}
}

func (a *awsSite) exportDatabase(service string, d *components.Database) {
	a.ctx.Export(service+".databaseEndpoint", d.Endpoint)
	a.ctx.Export(service+".databaseSecretArn", d.SecretARN)
	if len(d.ReplicaEndpoints) > 0 {
		a.ctx.Export(service+".databaseReplicaEndpoints", d.ReplicaEndpoints)
	}
}

func (a *awsSite) exportBucket(service, purpose string, b *components.Bucket) {
	a.ctx.Export(service+".bucketName."+purpose, b.Name)
}

func (l *localSite) exportDatabase(service string, d *localdc.Resource) {
	l.ctx.Export(service+".databaseEndpoint", pulumi.Sprintf("%s:%d", d.Endpoint, components.PostgresPort))
}

func (l *localSite) exportBucket(service, purpose string, b *localdc.Resource) {
	l.ctx.Export(service+".bucketName."+purpose, b.ID())
	l.ctx.Export(service+".bucketEndpoint."+purpose, b.Endpoint)
}

func (l *localSite) exportEntry() {
	l.ctx.Export("entryHost", l.entry.Endpoint)
	for service, pool := range l.entry.TargetPoolIDs {
		l.ctx.Export(service+".targetPoolId", pool)
	}
	l.exportNames(l.entry.Ready)
}
