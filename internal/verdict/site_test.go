package verdict

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"multisite/internal/command"
	"multisite/internal/engine"
	"multisite/internal/stateful"
)

// replaceable are the types that a site can lose and make again. A new type of
// the program belongs here or to the stateful ones.
var replaceable = []string{
	"aws:acm/certificate:Certificate",
	"aws:acm/certificateValidation:CertificateValidation",
	"aws:cloudfront/distribution:Distribution",
	"aws:cloudfront/originAccessControl:OriginAccessControl",
	"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
	"aws:cloudwatch/eventRule:EventRule",
	"aws:cloudwatch/eventTarget:EventTarget",
	"aws:cloudwatch/logDelivery:LogDelivery",
	"aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
	"aws:cloudwatch/logDeliverySource:LogDeliverySource",
	"aws:cloudwatch/logGroup:LogGroup",
	"aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
	"aws:cloudwatch/metricAlarm:MetricAlarm",
	"aws:datasync/locationObjectStorage:LocationObjectStorage",
	"aws:datasync/s3Location:S3Location",
	"aws:datasync/task:Task",
	"aws:dms/certificate:Certificate",
	"aws:dms/endpoint:Endpoint",
	"aws:dms/replicationInstance:ReplicationInstance",
	"aws:dms/replicationSubnetGroup:ReplicationSubnetGroup",
	"aws:dms/replicationTask:ReplicationTask",
	"aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
	"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
	"aws:ec2/eip:Eip",
	"aws:ec2/flowLog:FlowLog",
	"aws:ec2/internetGateway:InternetGateway",
	"aws:ec2/natGateway:NatGateway",
	"aws:ec2/networkAcl:NetworkAcl",
	"aws:ec2/route:Route",
	"aws:ec2/routeTable:RouteTable",
	"aws:ec2/routeTableAssociation:RouteTableAssociation",
	"aws:ec2/securityGroup:SecurityGroup",
	"aws:ec2/vpcEndpoint:VpcEndpoint",
	"aws:iam/role:Role",
	"aws:iam/rolePolicy:RolePolicy",
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment",
	"aws:kms/alias:Alias",
	"aws:rds/eventSubscription:EventSubscription",
	"aws:rds/parameterGroup:ParameterGroup",
	"aws:rds/subnetGroup:SubnetGroup",
	"aws:route53/record:Record",
	"aws:route53/healthCheck:HealthCheck",
	"aws:route53/hostedZoneDnsSec:HostedZoneDnsSec",
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
	"aws:s3/bucketLoggingV2:BucketLoggingV2",
	"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls",
	"aws:s3/bucketPolicy:BucketPolicy",
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig",
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
	"aws:s3/bucketVersioningV2:BucketVersioningV2",
	"aws:secretsmanager/secretVersion:SecretVersion",
	"aws:sns/topic:Topic",
	"aws:sns/topicPolicy:TopicPolicy",
	"aws:sns/topicSubscription:TopicSubscription",
	"aws:ssm/parameter:Parameter",
	"aws:wafv2/webAcl:WebAcl",
	"aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
	"random:index/randomId:RandomId",
}

// TestASitesResources takes a site through the real engine: what its previews
// say is read as the engine means it.
func TestASitesResources(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.EveryOption("california") // for every type that there is
	p.Edit("california", func(config map[string]any) { config["multisite:deletionProtection"] = false })
	got := verdictOn(p.Pulumi("preview", "--stack", "california", "--json"), "california")
	assert.Equal(t, command.Success, got.exit)
	assert.Contains(t, got.out, "no update, no replacement, no deletion")

	p.Up("california")
	for name, r := range p.State("california") {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
			assert.NotEqual(t, stateful.Types[r.Type], slices.Contains(replaceable, r.Type), "%s: is %s stateful or replaceable?", name, r.Type)
		}
	}
	p.Edit("california", func(config map[string]any) {
		services := config["multisite:services"].(map[string]any)
		delete(services["ecommerce"].(map[string]any), "database")
	})
	got = verdictOn(p.Pulumi("preview", "--stack", "california", "--json"), "california")
	assert.Equal(t, command.Failure, got.exit)
	assert.Contains(t, got.out, "> - delete `aws:rds:Instance california-ecommerce`\n")

	plan := p.Plan("california")
	assert.Equal(t, "[secret]", plan["aws:rds:Instance california-ecommerce"].OldState.Inputs["password"], "the engine keeps secrets out of its JSON")
	assert.Equal(t, "[secret]", plan["random:index:RandomPassword california-ecommerce"].OldState.Outputs["result"])
}
