package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
)

// publishForApplications publishes what the workloads of a service need, in a parameter in the
// site's region: application teams read it, and need no access to this stack's state. database is
// nil if the service has none.
func (a *awsSite) publishForApplications(service string, database *components.Database, buckets pulumi.StringMap) error {
	if a.entry == nil {
		return nil
	}
	site, entry := a.site, a.site.Services[service].Entry
	// ECS refuses a target group to which no listener forwards.
	var after []pulumi.Resource
	listening, ready := a.entry.Listening[service]
	if ready {
		after = append(after, listening)
	}
	facts := pulumi.Map{
		"site": pulumi.String(site.Name), "region": pulumi.String(site.Region), "ready": pulumi.Bool(ready),
		"hostnames":              pulumi.ToStringArray(site.Hostnames(service)),
		"targetGroupArn":         a.entry.TargetGroupARNs[service],
		"targetPort":             pulumi.Int(entry.Port),
		"targetProtocol":         pulumi.String(entry.Protocol),
		"livePath":               pulumi.String(entry.LivePath),
		"healthPath":             pulumi.String(site.HealthPath),
		"vpcId":                  a.network.VpcID,
		"subnetIds":              a.network.SubnetIDs[components.Private],
		"securityGroupId":        a.network.PrivateSecurityGroupID,
		"buckets":                buckets,
		"dataKeyArn":             a.keys.data.ARN,
		"secretsKeyArn":          a.keys.secrets.ARN,
		"logsKeyArn":             a.keys.logs.ARN,
		"permissionsBoundaryArn": pulumi.String(site.Boundary()),
	}
	if database != nil {
		facts["databaseEndpoint"], facts["databaseSecretArn"] = database.Endpoint, database.SecretARN
	}
	_, err := components.NewParameter(a.ctx, site.ResourceName(service)+"-directory", &components.ParameterArgs{
		Path:        awstypes.ServicePath + site.Name + "/" + service,
		Description: "What the workloads of " + service + " in " + site.Name + " need",
		Value:       pulumi.JSONMarshal(facts),
		After:       after,
	}, a.in)
	return err
}
