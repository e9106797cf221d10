package simulation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// routed creates a network, a load balancer, and a target group to which it forwards.
func routed(c *client) (vpcID, target string) {
	c.t.Helper()
	vpcID, balancer := entry(c, nil)
	target = group(c, "g", vpcID)
	c.create(listenerRule, "r", forward(https(c, balancer), target))
	return vpcID, target
}

// tryService creates an ECS service of two tasks behind a target group, which may fail.
func tryService(c *client, vpcID, target string, more Properties) (string, error) {
	c.t.Helper()
	home := c.create(subnet, "private", Properties{"vpcId": vpcID, "cidrBlock": "10.0.8.0/24", "availabilityZone": "us-west-1a"})
	admits := c.create(securityGroup, "private", Properties{"vpcId": vpcID, "ingress": []any{tcp(8443, "10.0.0.0/16")}})
	task := c.create(taskDefinition, "app", Properties{
		"family": "app", "networkMode": "awsvpc",
		"containerDefinitions": `[{"name": "app", "image": "app", "portMappings": [{"containerPort": 8443}]}]`,
	})
	return c.try(ecsService, "app", merge(Properties{
		"name": "app", "cluster": c.create(cluster, "c", Properties{"name": "c"}), "taskDefinition": c.read(taskDefinition, task)["arn"], "desiredCount": 2.0,
		"networkConfiguration": map[string]any{"subnets": []any{home}, "securityGroups": []any{admits}},
		"loadBalancers":        []any{map[string]any{"targetGroupArn": target, "containerName": "app", "containerPort": 8443.0}},
	}, more))
}

// healthOf returns the answer of the AWS CLI on the health of a group's targets.
func healthOf(c *client, target string) []any {
	c.t.Helper()
	answer, err := CLI(c.p.account, []string{"elbv2", "describe-target-health", "--region", "us-west-1", "--target-group-arn", target})
	require.NoError(c.t, err)
	return at(answer, "TargetHealthDescriptions[]")
}

// reason returns the one state and reason of all targets.
func reason(c *client, target string) string {
	c.t.Helper()
	found := ""
	for _, one := range healthOf(c, target) {
		health := one.(map[string]any)["TargetHealth"].(map[string]any)
		found = text(health, "State") + " " + text(health, "Reason")
	}
	return found
}

func TestTheTasksOfAServiceAreHealthyTargets(t *testing.T) {
	c := newAccount(t)
	vpcID, target := routed(c)
	assert.Empty(t, healthOf(c, target))
	service, err := tryService(c, vpcID, target, nil)
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:ecs:us-west-1:123456789012:service/c/app", service)
	assert.Equal(t, []any{"10.0.8.4", "10.0.8.5"}, at(map[string]any{"all": healthOf(c, target)}, "all[].Target.Id"))
	assert.Equal(t, "healthy ", reason(c, target))
	require.NoError(t, c.modify(ecsService, service, Properties{"desiredCount": 0.0}))
	assert.Empty(t, healthOf(c, target))
}

func TestTargetsAreUnhealthy(t *testing.T) {
	for name, row := range map[string]struct {
		fail   func(c *client, vpcID, service string) error
		reason string
	}{
		"behind a security group for another port": {func(c *client, vpcID, service string) error {
			closed := c.create(securityGroup, "closed", Properties{"vpcId": vpcID, "ingress": []any{tcp(80, "10.0.0.0/16")}})
			return restart(c, service, "securityGroups", closed)
		}, "unhealthy Target.Timeout"},
		"behind a security group for other peers": {func(c *client, vpcID, service string) error {
			closed := c.create(securityGroup, "closed", Properties{"vpcId": vpcID, "ingress": []any{tcp(8443, "10.0.0.0/24")}})
			return restart(c, service, "securityGroups", closed)
		}, "unhealthy Target.Timeout"},
		"in another network": {func(c *client, _, service string) error {
			other := c.create(vpc, "other", Properties{"cidrBlock": "10.0.0.0/16"})
			return restart(c, service, "subnets", c.create(subnet, "other", Properties{"vpcId": other, "cidrBlock": "10.0.8.0/24", "availabilityZone": "us-west-1a"}))
		}, "unhealthy Target.Timeout"},
		"by a fault": {func(c *client, _, _ string) error {
			fault, err := ParseFault("unhealthy name=ap?")
			c.p.account.Suffer([]*Fault{fault})
			return err
		}, "unhealthy Target.ResponseCodeMismatch"},
		"unless a fault concerns another service": {func(c *client, _, _ string) error {
			fault, err := ParseFault("unhealthy name=web")
			c.p.account.Suffer([]*Fault{fault})
			return err
		}, "healthy "},
	} {
		t.Run(name, func(t *testing.T) {
			c := newAccount(t)
			vpcID, target := routed(c)
			service, err := tryService(c, vpcID, target, nil)
			require.NoError(t, err)
			require.NoError(t, row.fail(c, vpcID, service))
			assert.Equal(t, row.reason, reason(c, target))
		})
	}
}

// restart changes a property of a service's network.
func restart(c *client, service, property string, value any) error {
	network := c.read(ecsService, service)["networkConfiguration"]
	return c.modify(ecsService, service, Properties{"networkConfiguration": merge(network.(map[string]any), Properties{property: []any{value}})})
}

// TestASecurityGroupAdmitsALoadBalancersGroup checks rules with security groups instead of
// address blocks.
func TestASecurityGroupAdmitsALoadBalancersGroup(t *testing.T) {
	c := newAccount(t)
	vpcID, target := routed(c)
	service, err := tryService(c, vpcID, target, nil)
	require.NoError(t, err)
	answer, err := CLI(c.p.account, []string{"elbv2", "describe-load-balancers", "--region", "us-west-1", "--names", "site-entry"})
	require.NoError(t, err)
	balancer := at(answer, "LoadBalancers[].LoadBalancerArn")[0].(string)
	rule := merge(tcp(8443), Properties{"securityGroups": c.read(loadBalancer, balancer)["securityGroups"]})
	admits := c.create(securityGroup, "admits", Properties{"vpcId": vpcID, "ingress": []any{rule}})
	require.NoError(t, restart(c, service, "securityGroups", admits))
	assert.Equal(t, "healthy ", reason(c, target))
}

func TestTargetsOfADeletedRuleAreUnused(t *testing.T) {
	c := newAccount(t)
	vpcID, balancer := entry(c, nil)
	target := group(c, "g", vpcID)
	rule := c.create(listenerRule, "r", forward(https(c, balancer), target))
	_, err := tryService(c, vpcID, target, nil)
	require.NoError(t, err)
	require.NoError(t, c.delete(listenerRule, rule))
	assert.Equal(t, "unused Target.NotInUse", reason(c, target))
}

func TestANewRevisionOfATaskDefinitionIsCreatedBeforeTheOldOneIsDeleted(t *testing.T) {
	c := newAccount(t)
	inputs := Properties{"family": "app", "containerDefinitions": `[]`}
	first, second := c.create(taskDefinition, "app", inputs), c.create(taskDefinition, "app", inputs)
	require.NoError(t, c.delete(taskDefinition, first))
	assert.Equal(t, "arn:aws:ecs:us-west-1:123456789012:task-definition/app:2", c.read(taskDefinition, second)["arn"])
}

func TestTheAWSCLIDescribesACertificate(t *testing.T) {
	c := newAccount(t)
	_, balancer := entry(c, nil)
	https(c, balancer)
	list, err := CLI(c.p.account, []string{"acm", "list-certificates", "--region", "us-west-1", "--certificate-statuses", "ISSUED"})
	require.NoError(t, err)
	arns := at(list, "CertificateSummaryList[].CertificateArn")
	require.Len(t, arns, 1)
	answer, err := CLI(c.p.account, []string{"acm", "describe-certificate", "--region", "us-west-1", "--certificate-arn", arns[0].(string)})
	require.NoError(t, err)
	assert.Equal(t, []any{"SUCCESS"}, at(answer, "Certificate.DomainValidationOptions[].ValidationStatus"))
	assert.Equal(t, []any{balancer}, at(answer, "Certificate.InUseBy[]"))
}
