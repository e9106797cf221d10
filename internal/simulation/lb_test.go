package simulation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entry creates a network and a load balancer with additional properties.
func entry(c *client, more Properties) (vpcID, balancer string) {
	c.t.Helper()
	vpcID, balancer, err := tryEntry(c, more)
	require.NoError(c.t, err)
	return vpcID, balancer
}

// tryEntry creates a network and a load balancer, which may fail.
func tryEntry(c *client, more Properties) (vpcID, balancer string, err error) {
	c.t.Helper()
	vpcID, a, b := network(c)
	c.create(gateway, "g", Properties{"vpcId": vpcID})
	group := c.create(securityGroup, "public", Properties{"vpcId": vpcID, "egress": []any{tcp(8443, "0.0.0.0/0")}})
	balancer, err = c.try(loadBalancer, "l", merge(Properties{"name": "site-entry", "subnets": []any{a, b}, "securityGroups": []any{group}}, more))
	return vpcID, balancer, err
}

// tcp returns a rule of a security group.
func tcp(port float64, blocks ...any) map[string]any {
	return map[string]any{"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": blocks}
}

// https creates a listener for HTTPS with an issued certificate.
func https(c *client, balancer string) string {
	c.t.Helper()
	return c.create(listener, "s", Properties{
		"loadBalancerArn": balancer, "port": 443.0, "protocol": "HTTPS", "certificateArn": issuedCertificate(c, "app.example.com"),
		"defaultActions": []any{map[string]any{"type": "fixed-response", "fixedResponse": map[string]any{"contentType": "text/plain", "statusCode": "404"}}},
	})
}

// group creates a target group for port 8443.
func group(c *client, name, vpcID string) string {
	c.t.Helper()
	return c.create(targetGroup, name, Properties{"name": name, "vpcId": vpcID, "port": 8443.0, "protocol": "HTTPS", "targetType": "ip"})
}

// forward returns a rule that forwards a host's requests to a target group.
func forward(listener, group string) Properties {
	return Properties{
		"listenerArn": listener,
		"conditions":  []any{map[string]any{"hostHeader": map[string]any{"values": []any{"app.example.com"}}}},
		"actions":     []any{map[string]any{"type": "forward", "targetGroupArn": group}},
	}
}

func TestRefusalsOfLoadBalancers(t *testing.T) {
	logs := func(bucketPolicy string) func(c *client) error {
		return func(c *client) error {
			name := c.create(bucket, "b", Properties{"bucket": "logs"})
			if bucketPolicy != "" {
				c.create("aws:s3/bucketPolicy:BucketPolicy", "b", Properties{"bucket": name, "policy": bucketPolicy})
			}
			_, _, err := tryEntry(c, Properties{"accessLogs": map[string]any{"bucket": name, "enabled": true}})
			return err
		}
	}
	for name, row := range map[string]struct {
		try     func(c *client) error
		message string
	}{
		"a name of 33 characters": {func(c *client) error {
			_, _, err := tryEntry(c, Properties{"name": strings.Repeat("a", 33)})
			return err
		}, "name: "},
		"a second load balancer of the same name": {func(c *client) error {
			_, balancer := entry(c, nil)
			state := c.read(loadBalancer, balancer)
			_, err := c.try(loadBalancer, "m", Properties{"name": "site-entry", "subnets": state["subnets"], "securityGroups": state["securityGroups"]})
			return err
		}, "api error DuplicateLoadBalancerName"},
		"subnets in one zone": {func(c *client) error {
			_, balancer := entry(c, nil)
			_, err := c.try(loadBalancer, "m", Properties{"name": "m", "subnets": c.read(loadBalancer, balancer)["subnets"].([]any)[:1]})
			return err
		}, "api error ValidationError: At least two subnets in two different Availability Zones must be specified"},
		"a subnet that does not exist": {func(c *client) error {
			_, _, err := tryEntry(c, Properties{"subnets": []any{"subnet-0"}})
			return err
		}, "api error SubnetNotFound"},
		"a network without an internet gateway": {func(c *client) error {
			_, a, b := network(c)
			_, err := c.try(loadBalancer, "l", Properties{"name": "l", "subnets": []any{a, b}})
			return err
		}, "has no internet gateway"},
		"a dual-stack load balancer in subnets without IPv6": {func(c *client) error {
			_, _, err := tryEntry(c, Properties{"ipAddressType": "dualstack"})
			return err
		}, "You must specify subnets with an associated IPv6 CIDR block."},
		"deleting the internet gateway of a public load balancer": {func(c *client) error {
			entry(c, nil)
			return c.delete(gateway, gatewayOf(c))
		}, "api error DependencyViolation"},
		"deleting a protected load balancer": {func(c *client) error {
			_, balancer := entry(c, Properties{"enableDeletionProtection": true})
			return c.delete(loadBalancer, balancer)
		}, "api error OperationNotPermitted"},
		"logs into a bucket without a policy":            {logs(""), "api error InvalidConfigurationRequest: Access Denied for bucket: logs. Please check S3bucket permission"},
		"logs into a bucket that admits another account": {logs(balancerPolicy("111122223333", "us-west-1")), "api error InvalidConfigurationRequest"},
		"logs into a bucket that admits another region":  {logs(balancerPolicy(AccountID, "us-west-2")), "api error InvalidConfigurationRequest"},
		"logs into a bucket of another region": {func(c *client) error {
			c.in("us-west-2").create(bucket, "b", Properties{"bucket": "logs"})
			_, _, err := tryEntry(c, Properties{"accessLogs": map[string]any{"bucket": "logs", "enabled": true}})
			return err
		}, "api error InvalidConfigurationRequest"},
		"HTTPS without a certificate": {func(c *client) error {
			_, balancer := entry(c, nil)
			_, err := c.try(listener, "s", Properties{"loadBalancerArn": balancer, "port": 443.0, "protocol": "HTTPS"})
			return err
		}, "A certificate must be specified for HTTPS listeners"},
		"a certificate that is not issued": {func(c *client) error {
			_, balancer := entry(c, nil)
			_, err := c.try(listener, "s", Properties{
				"loadBalancerArn": balancer, "port": 443.0, "protocol": "HTTPS", "certificateArn": c.create(certificate, "c", Properties{"domainName": "app.example.com"}),
			})
			return err
		}, "api error UnsupportedCertificate"},
		"adding a certificate that is not issued": {func(c *client) error {
			_, balancer := entry(c, nil)
			_, err := c.try(listenerCertificate, "s", Properties{
				"listenerArn": https(c, balancer), "certificateArn": c.create(certificate, "c", Properties{"domainName": "web.example.com"}),
			})
			return err
		}, "api error UnsupportedCertificate"},
		"a certificate of another region": {func(c *client) error {
			_, balancer := entry(c, nil)
			_, err := c.try(listener, "s", Properties{
				"loadBalancerArn": balancer, "port": 443.0, "protocol": "HTTPS", "certificateArn": issuedCertificate(c.in("us-east-1"), "app.example.com"),
			})
			return err
		}, "api error CertificateNotFound"},
		"deleting a certificate in use": {func(c *client) error {
			_, balancer := entry(c, nil)
			return c.delete(certificate, text(c.read(listener, https(c, balancer)), "certificateArn"))
		}, "api error ResourceInUseException"},
		"a second listener of the same port": {func(c *client) error {
			_, balancer := entry(c, nil)
			https(c, balancer)
			_, err := c.try(listener, "t", Properties{"loadBalancerArn": balancer, "port": 443.0, "protocol": "HTTP"})
			return err
		}, "api error DuplicateListener"},
		"a priority in use": {func(c *client) error {
			vpcID, balancer := entry(c, nil)
			rule := merge(forward(https(c, balancer), group(c, "g", vpcID)), Properties{"priority": 7.0})
			c.create(listenerRule, "r", rule)
			_, err := c.try(listenerRule, "s", rule)
			return err
		}, "api error PriorityInUse"},
		"deleting a target group in use": {func(c *client) error {
			vpcID, balancer := entry(c, nil)
			id := group(c, "g", vpcID)
			c.create(listenerRule, "r", forward(https(c, balancer), id))
			return c.delete(targetGroup, id)
		}, "api error ResourceInUse"},
		"a second target group of the same name": {func(c *client) error {
			vpcID, _ := entry(c, nil)
			group(c, "g", vpcID)
			_, err := c.try(targetGroup, "h", Properties{"name": "g", "vpcId": vpcID, "port": 80.0, "protocol": "HTTP"})
			return err
		}, "api error DuplicateTargetGroupName"},
		"deleting a web ACL that guards a load balancer": {func(c *client) error {
			_, balancer := entry(c, nil)
			acl := c.create(webACL, "a", Properties{"name": "a", "scope": "REGIONAL"})
			c.create(webACLAssociation, "a", Properties{"webAclArn": c.read(webACL, acl)["arn"], "resourceArn": balancer})
			return c.delete(webACL, acl)
		}, "api error WAFAssociatedItemException"},
		"a container service without a load balancer for its target group": {func(c *client) error {
			vpcID, _ := entry(c, nil)
			_, err := tryService(c, vpcID, group(c, "g", vpcID), nil)
			return err
		}, "does not have an associated load balancer"},
		"a container service whose container lacks the port": {func(c *client) error {
			vpcID, id := routed(c)
			_, err := tryService(c, vpcID, id, Properties{"loadBalancers": []any{map[string]any{"targetGroupArn": id, "containerName": "app", "containerPort": 80.0}}})
			return err
		}, "did not have a container port 80 defined"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, row.try(newAccount(t)), row.message)
		})
	}
}

// gatewayOf returns the ID of the account's internet gateway.
func gatewayOf(c *client) (id string) {
	c.t.Helper()
	require.NoError(c.t, c.p.account.Do(func() error {
		id = c.p.account.All(func(r *Resource) bool { return r.Type == gateway })[0].ID
		return nil
	}))
	return id
}

// balancerPolicy returns a bucket policy that lets the load balancers of an account and a
// region write logs, as AWS documents it.
func balancerPolicy(account, region string) string {
	return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow", "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, "Action": "s3:PutObject",
		"Resource": "arn:aws:s3:::logs/AWSLogs/%s/*",
		"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:elasticloadbalancing:%s:%[1]s:loadbalancer/*"}}
	}]}`, account, region)
}

func TestALoadBalancerWritesItsLogsIntoABucketThatAdmitsThem(t *testing.T) {
	c := newAccount(t)
	c.create(bucket, "b", Properties{"bucket": "logs"})
	c.create(bucketPolicy, "b", Properties{"bucket": "logs", "policy": balancerPolicy(AccountID, "us-west-1")})
	_, balancer := entry(c, Properties{"accessLogs": map[string]any{"bucket": "logs", "enabled": true}})
	assert.Equal(t, false, at(c.read(loadBalancer, balancer), "connectionLogs.enabled")[0])
	c.create(bucketEncryption, "b", Properties{"bucket": "logs", "rules": []any{
		map[string]any{"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "aws:kms"}},
	}})
	assert.ErrorContains(t, c.modify(loadBalancer, balancer, Properties{"idleTimeout": 30.0}), "InvalidConfigurationRequest", "ELB does not encrypt logs with KMS keys")
}

func TestLoadBalancersHaveAWSFormats(t *testing.T) {
	c := newAccount(t)
	vpcID, balancer := entry(c, nil)
	secure := https(c, balancer)
	target := group(c, "g", vpcID)
	rule := c.create(listenerRule, "r", forward(secure, target))
	const arn = `^arn:aws:elasticloadbalancing:us-west-1:123456789012:`
	assert.Regexp(t, arn+`loadbalancer/app/site-entry/[0-9a-f]{16}$`, balancer)
	assert.Regexp(t, arn+`listener/app/site-entry/[0-9a-f]{16}/[0-9a-f]{16}$`, secure)
	assert.Regexp(t, arn+`listener-rule/app/site-entry/[0-9a-f]{16}/[0-9a-f]{16}/[0-9a-f]{16}$`, rule)
	assert.Regexp(t, arn+`targetgroup/g/[0-9a-f]{16}$`, target)
	state := c.read(loadBalancer, balancer)
	assert.Regexp(t, `^site-entry-\d{10}\.us-west-1\.elb\.amazonaws\.com$`, state["dnsName"])
	assert.Regexp(t, `^app/site-entry/[0-9a-f]{16}$`, state["arnSuffix"])
	assert.Equal(t, vpcID, state["vpcId"])
	assert.Regexp(t, `^targetgroup/g/[0-9a-f]{16}$`, c.read(targetGroup, target)["arnSuffix"])
}

func TestARuleWithoutAPriorityGetsTheNextOne(t *testing.T) {
	c := newAccount(t)
	vpcID, balancer := entry(c, nil)
	secure := https(c, balancer)
	first := c.create(listenerRule, "r", forward(secure, group(c, "g", vpcID)))
	second := c.create(listenerRule, "s", forward(secure, group(c, "h", vpcID)))
	assert.EqualValues(t, 1, c.read(listenerRule, first)["priority"])
	assert.EqualValues(t, 2, c.read(listenerRule, second)["priority"])
}

func TestAListenersOwnCertificateMayBeAddedToIt(t *testing.T) {
	c := newAccount(t)
	_, balancer := entry(c, nil)
	secure := https(c, balancer)
	own := c.read(listener, secure)["certificateArn"]
	assert.Equal(t, fmt.Sprintf("%s_%s", secure, own), c.create(listenerCertificate, "c", Properties{"listenerArn": secure, "certificateArn": own}))
}

func TestALoadBalancerIsDeletedWithItsListeners(t *testing.T) {
	c := newAccount(t)
	vpcID, balancer := entry(c, nil)
	secure, target := https(c, balancer), group(c, "g", vpcID)
	own := text(c.read(listener, secure), "certificateArn")
	c.create(listenerRule, "r", forward(secure, target))
	c.create(listenerCertificate, "c", Properties{"listenerArn": secure, "certificateArn": own})
	require.NoError(t, c.delete(loadBalancer, balancer))
	assert.Empty(t, c.read(listener, secure))
	require.NoError(t, c.delete(targetGroup, target), "no rule uses it")
	assert.NoError(t, c.delete(certificate, own), "no listener uses it")
}

// TestAWebACLIsDissociatedByTheLoadBalancerAlone checks that the deletion of an old
// association ends the new association of the same load balancer too.
func TestAWebACLIsDissociatedByTheLoadBalancerAlone(t *testing.T) {
	c := newAccount(t)
	_, balancer := entry(c, nil)
	associate := func(name string) string {
		acl := c.create(webACL, name, Properties{"name": name, "scope": "REGIONAL"})
		arn := text(c.read(webACL, acl), "arn")
		assert.Contains(t, arn, ":regional/webacl/"+name+"/")
		return c.create(webACLAssociation, name, Properties{"webAclArn": arn, "resourceArn": balancer})
	}
	first, second := associate("a"), associate("b")
	require.NoError(t, c.delete(webACLAssociation, first))
	assert.Empty(t, c.read(webACLAssociation, second))
}

// TestARegionalWebACLsLogsComeFromItsRegion compares with the statement that AWS documents
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html).
func TestARegionalWebACLsLogsComeFromItsRegion(t *testing.T) {
	c := newAccount(t)
	c.create(bucket, "b", Properties{"bucket": "aws-waf-logs-x"})
	id := c.create(bucketPolicy, "b", Properties{"bucket": "aws-waf-logs-x", "policy": `{"Statement": [{"Effect": "Deny", "Action": "s3:*"}]}`})
	acl := c.create(webACL, "a", Properties{"name": "a", "scope": "REGIONAL"})
	c.create("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "a", Properties{
		"resourceArn": c.read(webACL, acl)["arn"], "logDestinationConfigs": []any{"arn:aws:s3:::aws-waf-logs-x"},
	})
	assert.Contains(t, c.read(bucketPolicy, id)["policy"], `"aws:SourceArn":"arn:aws:logs:us-west-1:123456789012:*"`)
}
