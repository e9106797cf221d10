package guardrails

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
)

const (
	elb         = "arn:aws:elasticloadbalancing:us-west-2:" + acct + ":"
	entryARN    = elb + "loadbalancer/app/oregon-entry/1"
	httpARN     = elb + "listener/app/oregon-entry/1/80"
	httpsARN    = elb + "listener/app/oregon-entry/1/443"
	targetARN   = elb + "targetgroup/oregon-entry-mi-cloud/1"
	certARN     = "arn:aws:acm:us-west-2:" + acct + ":certificate/1"
	firewallARN = "arn:aws:wafv2:us-west-2:" + acct + ":regional/webacl/oregon-entry/1"
	clusterARN  = "arn:aws:ecs:us-west-2:" + acct + ":cluster/oregon-mi-cloud"
	taskARN     = "arn:aws:ecs:us-west-2:" + acct + ":task-definition/oregon-mi-cloud:1"
	secretARN   = "arn:aws:secretsmanager:us-west-2:" + acct + ":secret:s-1"
)

// entryFixture are the resources that an entry and the workloads behind it name.
var entryFixture = append([]*owned{
	ownedOf(awstypes.LoadBalancer, "oregon-entry", entryARN), ownedOf(awstypes.TargetGroup, "oregon-entry-mi-cloud", targetARN),
	ownedOf(awstypes.Listener, "oregon-entry-http", httpARN), ownedOf(awstypes.Listener, "oregon-entry-https", httpsARN),
	ownedOf(awstypes.Certificate, "oregon-entry-mi-cloud", certARN), ownedOf(awstypes.WebACL, "oregon-entry", firewallARN),
	ownedOf(awstypes.SecurityGroup, "oregon-network-public", "sg-1"), ownedOf(awstypes.Subnet, "oregon-network-private-0", "subnet-1"),
	ownedOf(awstypes.Subnet, "oregon-network-public-0", "subnet-2"), ownedOf(awstypes.LogGroup, "oregon-mi-cloud", "oregon-mi-cloud-1"),
	ownedOf(awstypes.ECSCluster, "oregon-mi-cloud", clusterARN), ownedOf(awstypes.ECSTaskDefinition, "oregon-mi-cloud", taskARN),
	ownedOf(awstypes.Bucket, "aws-waf-logs-oregon", "aws-waf-logs-oregon-1", bucketARN+"aws-waf-logs-oregon-1"),
}, fixture...)

// object are the inputs of a resource.
type object = map[string]any

// entryResources are the resources of an entry and of a workload that the guardrails allow.
var entryResources = map[string]object{
	awstypes.LoadBalancer: {
		"name": "oregon-entry", "internal": false, "loadBalancerType": "application", "ipAddressType": "dualstack",
		"securityGroups": []any{"sg-1"}, "subnets": []any{"subnet-2"}, "enableDeletionProtection": true, "dropInvalidHeaderFields": true,
		"accessLogs": object{"bucket": "aws-waf-logs-oregon-1", "enabled": true, "prefix": "entry"},
	},
	awstypes.Listener: {
		"loadBalancerArn": entryARN, "port": 443, "protocol": "HTTPS", "sslPolicy": tlsPolicies[0], "certificateArn": certARN,
		"defaultActions": []any{object{"type": "fixed-response", "fixedResponse": object{"contentType": "text/plain", "statusCode": "404"}}},
	},
	awstypes.ListenerRule: {
		"listenerArn": httpsARN, "priority": 1, "actions": []any{object{"type": "forward", "targetGroupArn": targetARN}},
		"conditions": []any{object{"hostHeader": object{"values": []any{"mi-cloud.example.com"}}}},
	},
	awstypes.ListenerCertificate: {"listenerArn": httpsARN, "certificateArn": certARN},
	awstypes.TargetGroup: {
		"vpcId": "vpc-1", "port": 8443, "protocol": "HTTPS", "targetType": "ip", "healthCheck": object{"path": "/live", "protocol": "HTTPS"},
	},
	awstypes.WebACLAssociation: {"webAclArn": firewallARN, "resourceArn": entryARN},
	awstypes.Certificate: {
		"domainName": "mi-cloud.example.com", "subjectAlternativeNames": []any{"mi-cloud.oregon.example.com"}, "validationMethod": "DNS",
	},
	awstypes.ECSTaskDefinition: {
		"family": "oregon-mi-cloud", "networkMode": "awsvpc", "requiresCompatibilities": []any{"FARGATE"}, "cpu": "512", "memory": "1024",
		"executionRoleArn": "arn:aws:iam::" + acct + ":role/r", "containerDefinitions": container,
	},
	awstypes.MetricAlarm: {
		"namespace": "AWS/CertificateManager", "metricName": "DaysToExpiry", "dimensions": object{"CertificateArn": certARN},
		"extendedStatistic": "p99", "evaluateLowSampleCountPercentiles": "ignore",
		"metricQueries": []any{object{"id": "errors", "metric": object{"dimensions": object{"LoadBalancer": "app/oregon-entry/1"}, "stat": "Sum"}}},
	},
	awstypes.ECSService: {
		"cluster": clusterARN, "taskDefinition": taskARN, "launchType": "FARGATE", "desiredCount": 2, "enableExecuteCommand": false,
		"networkConfiguration": object{"subnets": []any{"subnet-1"}, "securityGroups": []any{"sg-1"}, "assignPublicIp": false},
		"loadBalancers":        []any{object{"targetGroupArn": targetARN, "containerName": "mi-cloud", "containerPort": 8443}},
	},
	awstypes.Parameter: {
		"name": "/multisite/services/oregon/mi-cloud", "type": "String",
		"insecureValue": `{"targetGroupArn":"` + targetARN + `","databaseSecretArn":"` + secretARN + `","buckets":{"photos":"oregon-mi-cloud-photos-1"},` +
			`"permissionsBoundaryArn":"arn:aws:iam::` + acct + `:policy/multisite-boundary-oregon"}`,
	},
}

const container = `[{"name":"mi-cloud","image":"` + acct + `.dkr.ecr.us-west-2.amazonaws.com/mi-cloud:1","essential":true,` +
	`"portMappings":[{"containerPort":8443}],"secrets":[{"name":"DATABASE","valueFrom":"` + secretARN + `:password::"}],` +
	`"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"oregon-mi-cloud-1","awslogs-region":"us-west-2"}}}]`

// redirect is the default action of a listener without TLS.
var redirect = object{"type": "redirect", "redirect": object{"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301", "host": "#{host}", "path": "/#{path}", "query": "#{query}"}}

// TestEntryAttacks checks that one edit of a resource of an entry, or of a workload behind it, that
// would lead users or their data elsewhere is refused, and that the resource without the edit is
// not.
func TestEntryAttacks(t *testing.T) {
	with := func(change object) []any {
		action := object{"type": "redirect", "redirect": merged(redirect["redirect"].(object), change)}
		return []any{action}
	}
	for _, row := range []struct {
		title, typ string
		edit       object
		refused    string // empty if the edit is allowed
	}{
		{"a redirect", awstypes.Listener, object{"port": 80, "protocol": "HTTP", "sslPolicy": nil, "certificateArn": nil, "defaultActions": []any{redirect}}, ""},
		{"redirect to another host", awstypes.Listener, object{"defaultActions": with(object{"host": "elsewhere.example.com"})}, "defaultActions[0].redirect.host: rule property: "},
		{"redirect with the host in the path", awstypes.Listener, object{"defaultActions": with(object{"path": "//elsewhere.example.com"})}, "defaultActions[0].redirect.path: rule property: "},
		{"redirect to a port", awstypes.Listener, object{"defaultActions": with(object{"port": "8080"})}, "defaultActions[0].redirect.port: rule property: "},
		{"redirect that keeps HTTP", awstypes.Listener, object{"port": 80, "protocol": "HTTP", "defaultActions": with(object{"protocol": "#{protocol}"})}, "defaultActions[].redirect.protocol: rule tls: "},
		{"redirect without a protocol", awstypes.Listener, object{"port": 80, "protocol": "HTTP", "defaultActions": with(object{"protocol": nil})}, "defaultActions[].redirect.protocol: rule tls: "},
		{"HTTP without a redirect", awstypes.Listener, object{"port": 80, "protocol": "HTTP"}, "defaultActions[].type: rule tls: found fixed-response"},
		{"HTTP on another port", awstypes.Listener, object{"port": 8080, "protocol": "HTTP", "defaultActions": []any{redirect}}, "protocol: rule tls: found HTTP on port 8080"},
		{"no protocol, which is HTTP", awstypes.Listener, object{"protocol": nil, "port": 80}, "protocol: rule tls: "},
		{"a protocol in small letters", awstypes.Listener, object{"protocol": "http", "port": 80}, "protocol: rule tls: "},
		{"TLS 1.0", awstypes.Listener, object{"sslPolicy": "ELBSecurityPolicy-2016-08"}, "sslPolicy: rule tls: found ELBSecurityPolicy-2016-08"},
		{"TLS 1.0 next to 1.3", awstypes.Listener, object{"sslPolicy": "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09"}, "sslPolicy: rule tls: "},
		{"AWS's default policy", awstypes.Listener, object{"sslPolicy": nil}, "sslPolicy: rule tls: found nothing"},
		{"a page", awstypes.Listener, object{"defaultActions": []any{object{"type": "fixed-response", "fixedResponse": object{"contentType": "text/plain", "messageBody": "elsewhere.example.com"}}}}, "defaultActions[0].fixedResponse.messageBody: rule property: "},
		{"a page with a script", awstypes.Listener, object{"defaultActions": []any{object{"type": "fixed-response", "fixedResponse": object{"contentType": "text/html", "messageBody": "<script src=//elsewhere.example.com>"}}}}, "defaultActions[0].fixedResponse.contentType: rule property: "},
		{"authentication elsewhere", awstypes.Listener, object{"defaultActions": []any{object{"type": "authenticate-oidc", "authenticateOidc": object{"issuer": "elsewhere.example.com"}}}}, "defaultActions[0].authenticateOidc.issuer: rule property: "},
		{"certificates of clients of an own authority", awstypes.Listener, object{"mutualAuthentication": object{"mode": "verify", "trustStoreArn": elb + "truststore/t/1"}}, "mutualAuthentication.mode: rule property: "},
		{"a header that lets another site read answers", awstypes.Listener, object{"routingHttpResponseAccessControlAllowOriginHeaderValue": "*"}, "routingHttpResponseAccessControlAllowOriginHeaderValue: rule property: "},
		{"another stack's certificate", awstypes.Listener, object{"certificateArn": certARN + "0"}, "certificateArn: rule property: "},

		{"forward to a foreign target group", awstypes.ListenerRule, object{"actions": []any{object{"type": "forward", "targetGroupArn": elb + "targetgroup/elsewhere/1"}}}, "actions[0].targetGroupArn: rule property: "},
		{"forward to another account's target group", awstypes.ListenerRule, object{"actions": []any{object{"type": "forward", "targetGroupArn": strings.ReplaceAll(targetARN, acct, otherAccount)}}}, "actions[0].targetGroupArn: rule account: "},
		{"mirror to a foreign target group", awstypes.ListenerRule, object{"actions": []any{object{"type": "forward", "forward": object{"targetGroups": []any{object{"arn": targetARN}, object{"arn": targetARN + "0"}}}}}}, "actions[0].forward.targetGroups[0].arn: rule property: "},
		{"redirect by a rule", awstypes.ListenerRule, object{"actions": with(object{"host": "elsewhere.example.com"})}, "actions[0].type: rule property: found redirect"},
		{"rule of the listener without TLS", awstypes.ListenerRule, object{"listenerArn": httpARN}, "listenerArn: rule tls: found aws:lb:Listener oregon-entry-http with the protocol HTTP"},

		{"access logs elsewhere", awstypes.LoadBalancer, object{"accessLogs": object{"bucket": "elsewhere", "enabled": true}}, "accessLogs.bucket: rule property: "},
		{"connection logs elsewhere", awstypes.LoadBalancer, object{"connectionLogs": object{"bucket": "elsewhere", "enabled": true}}, "connectionLogs.bucket: rule property: "},
		{"a network load balancer", awstypes.LoadBalancer, object{"loadBalancerType": "network"}, "loadBalancerType: rule property: "},
		{"addresses of an own pool", awstypes.LoadBalancer, object{"ipamPools": object{"ipv4IpamPoolId": "ipam-pool-1"}}, "ipamPools.ipv4IpamPoolId: rule property: "},
		{"no protection against deletion", awstypes.LoadBalancer, object{"enableDeletionProtection": false}, "enableDeletionProtection: rule protection: "},
		{"a Lambda function as target", awstypes.TargetGroup, object{"targetType": "lambda"}, "targetType: rule property: "},
		{"another load balancer as target", awstypes.TargetGroup, object{"targetType": "alb", "protocol": "TCP"}, "targetType: rule property: "},
		{"targets in another network", awstypes.TargetGroup, object{"vpcId": "vpc-2"}, "vpcId: rule property: "},
		{"another load balancer's firewall", awstypes.WebACLAssociation, object{"webAclArn": strings.ReplaceAll(firewallARN, acct, otherAccount)}, "webAclArn: rule account: "},
		{"certificate of another domain", awstypes.Certificate, object{"domainName": "elsewhere.example.com"}, "domainName: rule property: "},
		{"certificate with a name of another domain", awstypes.Certificate, object{"subjectAlternativeNames": []any{"mi-cloud.oregon.example.com", "elsewhere.example.com"}}, "subjectAlternativeNames[1]: rule property: "},
		{"certificate of all names", awstypes.Certificate, object{"subjectAlternativeNames": []any{"*.example.com"}}, "subjectAlternativeNames[0]: rule property: "},
		{"alarm about another account's certificate", awstypes.MetricAlarm, object{"dimensions": object{"CertificateArn": strings.ReplaceAll(certARN, acct, otherAccount)}}, "dimensions.CertificateArn: rule account: "},
		{"alarm about another account's metric", awstypes.MetricAlarm, object{"metricQueries": []any{object{"id": "a", "accountId": otherAccount}}}, "metricQueries[0].accountId: rule property: "},
		{"targets that attach themselves", "aws:lb/targetGroupAttachment:TargetGroupAttachment", object{"targetGroupArn": targetARN, "targetId": "203.0.113.7"}, "type: rule type: "},

		{"image of another account", awstypes.ECSTaskDefinition, edited(acct+".dkr", otherAccount+".dkr"), "containerDefinitions[0].image: rule property: "},
		{"image of another region", awstypes.ECSTaskDefinition, edited("ecr.us-west-2", "ecr.eu-west-1"), "containerDefinitions[0].image: rule flow: found eu-west-1"},
		{"image of another registry", awstypes.ECSTaskDefinition, edited(acct+".dkr.ecr.us-west-2.amazonaws.com/", "registry.example.com/"), "containerDefinitions[0].image: rule property: "},
		{"image of a public registry", awstypes.ECSTaskDefinition, edited(acct+".dkr.ecr.us-west-2.amazonaws.com/", ""), "containerDefinitions[0].image: rule property: "},
		{"image whose host begins like the site's", awstypes.ECSTaskDefinition, edited("amazonaws.com/", "amazonaws.com.example.com/"), "containerDefinitions[0].image: rule property: "},
		{"secret of another account", awstypes.ECSTaskDefinition, edited("us-west-2:"+acct+":secret", "us-west-2:"+otherAccount+":secret"), "containerDefinitions[0].secrets[0].valueFrom: rule account: "},
		{"secret of another region", awstypes.ECSTaskDefinition, edited("secretsmanager:us-west-2", "secretsmanager:us-west-1"), "containerDefinitions[0].secrets[0].valueFrom: rule flow: "},
		{"secret of another service", awstypes.ECSTaskDefinition, edited("secret:s-1", "secret:s-2"), "containerDefinitions[0].secrets[0].valueFrom: rule property: "},
		{"secret whose name begins with the stack's", awstypes.ECSTaskDefinition, edited("secret:s-1:", "secret:s-10:"), "containerDefinitions[0].secrets[0].valueFrom: rule property: "},
		{"logs in another region", awstypes.ECSTaskDefinition, edited(`awslogs-region":"us-west-2`, `awslogs-region":"eu-west-1`), "containerDefinitions[0].logConfiguration.options.awslogs-region: rule flow: found eu-west-1"},
		{"logs in another group", awstypes.ECSTaskDefinition, edited(`"oregon-mi-cloud-1"`, `"elsewhere"`), "containerDefinitions[0].logConfiguration.options.awslogs-group: rule property: "},
		{"logs to another service", awstypes.ECSTaskDefinition, edited(`"awslogs",`, `"splunk",`), "containerDefinitions[0].logConfiguration.logDriver: rule property: "},
		{"an option of the logs", awstypes.ECSTaskDefinition, edited(`"awslogs-group"`, `"splunk-url":"elsewhere","awslogs-group"`), "containerDefinitions[0].logConfiguration.options.splunk-url: rule property: "},
		{"variables from a bucket", awstypes.ECSTaskDefinition, edited(`"essential":true`, `"environmentFiles":[{"type":"s3","value":"arn:aws:s3:::elsewhere/x.env"}]`), "containerDefinitions[0].environmentFiles[0].value: rule property: "},
		{"a name server elsewhere", awstypes.ECSTaskDefinition, edited(`"essential":true`, `"dnsServers":["203.0.113.7"]`), "containerDefinitions[0].dnsServers[0]: rule property: "},
		{"rights of the host", awstypes.ECSTaskDefinition, edited(`"essential":true`, `"privileged":true`), "containerDefinitions[0].privileged: rule property: "},
		{"a second image", awstypes.ECSTaskDefinition, edited(`"essential":true`, `"Image":"elsewhere"`), "containerDefinitions: rule property: "},
		{"an image twice", awstypes.ECSTaskDefinition, edited(`"essential":true`, `"image":"elsewhere"`), "containerDefinitions: rule property: "},
		{"a URL in a variable", awstypes.ECSTaskDefinition, edited(`"essential":true`, `"environment":[{"name":"A","value":"https://elsewhere.example.com"}]`), "containerDefinitions[0].environment[0].value: rule property: "},
		{"containers as an unclosed list", awstypes.ECSTaskDefinition, edited("}}}]", "}}}"), "containerDefinitions: rule property: "},
		{"a file system elsewhere", awstypes.ECSTaskDefinition, object{"volumes": []any{object{"name": "v", "efsVolumeConfiguration": object{"fileSystemId": "fs-1"}}}}, "volumes[0].efsVolumeConfiguration.fileSystemId: rule property: "},
		{"a public address", awstypes.ECSService, object{"networkConfiguration": object{"subnets": []any{"subnet-1"}, "assignPublicIp": true}}, "networkConfiguration.assignPublicIp: rule public: "},
		{"a shell in the containers", awstypes.ECSService, object{"enableExecuteCommand": true}, "enableExecuteCommand: rule property: "},
		{"another stack's targets", awstypes.ECSService, object{"loadBalancers": []any{object{"targetGroupArn": targetARN + "0"}}}, "loadBalancers[0].targetGroupArn: rule property: "},
		{"another stack's network", awstypes.ECSService, object{"networkConfiguration": object{"subnets": []any{"subnet-9"}}}, "networkConfiguration.subnets[0]: rule property: "},

		{"the site's status", awstypes.Parameter, object{"insecureValue": `{"host":"d1.cloudfront.net","serving":true,"moves":{"mi-cloud":{"TW":{"phase":"copy","sharePercent":5}}},"records":{"_a.mi-cloud.example.com.":"_b.acm-validations.aws."}}`}, ""},
		{"another secret for applications", awstypes.Parameter, object{"insecureValue": `{"databaseSecretArn":"` + secretARN + `0"}`}, "insecureValue.databaseSecretArn: rule property: "},
		{"a database elsewhere for applications", awstypes.Parameter, object{"insecureValue": `{"databaseEndpoint":"elsewhere.example.com:5432"}`}, "insecureValue.databaseEndpoint: rule property: "},
		{"another account's boundary for applications", awstypes.Parameter, object{"insecureValue": `{"permissionsBoundaryArn":"arn:aws:iam::` + acct + `:policy/elsewhere"}`}, "insecureValue.permissionsBoundaryArn: rule property: "},
		{"a bucket elsewhere for applications", awstypes.Parameter, object{"insecureValue": `{"buckets":{"a.b":"elsewhere"}}`}, `insecureValue.buckets["a.b"]: rule property: `},
		{"another load balancer", awstypes.Parameter, object{"insecureValue": `{"entry":{"host":"elsewhere.eu-west-1.elb.amazonaws.com"}}`}, "insecureValue.entry.host: rule property: "},
		{"a field that no reader has", awstypes.Parameter, object{"insecureValue": `{"key":"elsewhere"}`}, "insecureValue.key: rule property: "},
	} {
		t.Run(row.title, func(t *testing.T) {
			s := newEntryStand(t)
			name := "oregon-entry"
			if row.typ == awstypes.Listener {
				name = "oregon-tried"
			}
			if row.refused == "" {
				assert.Empty(t, s.findingsOf(row.typ, name, merged(entryResources[row.typ], row.edit)))
				return
			}
			reported := strings.Join(s.findingsOf(row.typ, name, merged(entryResources[row.typ], row.edit)), "\n")
			assert.Contains(t, reported, row.refused)
		})
	}
	for typ, inputs := range entryResources {
		t.Run("allowed "+typ, func(t *testing.T) {
			s := newEntryStand(t)
			found := s.findingsOf(typ, "oregon-mi-cloud", merged(inputs, nil))
			if typ == awstypes.LoadBalancer { // findingsOf gives no options
				assert.Equal(t, []string{"protect: rule protection: found false; allowed: true, unless the configuration allows the deletion"}, found)
				return
			}
			assert.Empty(t, found)
		})
	}
}

// newEntryStand returns the guard of a site with the resources of entryFixture.
func newEntryStand(t *testing.T) *stand {
	t.Helper()
	s := newStand(t, "an AWS site", Site{
		Name: "oregon", Region: "us-west-2", Places: map[string]string{"us-west-2": "oregon", "us-west-1": "california"}, Public: []string{"oregon-cdn-origin"},
	}, "us-west-2")
	s.guard.owned = entryFixture
	for input, names := range map[Input][]string{
		{awstypes.Certificate, "domainName"}:                {"mi-cloud.example.com"},
		{awstypes.Certificate, "subjectAlternativeNames[]"}: {"mi-cloud.oregon.example.com"},
		{awstypes.Parameter, "name"}:                        {awstypes.ServicePath + "oregon/mi-cloud"},
	} {
		s.guard.Declare(input, names...)
	}
	s.findingsOf(awstypes.Listener, "oregon-entry-http", object{"port": 80.0, "protocol": "HTTP"})
	s.findingsOf(awstypes.Listener, "oregon-entry-https", object{"port": 443.0, "protocol": "HTTPS"})
	return s
}

// edited returns the containers of a task with a change of the text.
func edited(old, replacement string) object {
	return object{"containerDefinitions": strings.Replace(container, old, replacement, 1)}
}

// merged returns inputs with changes, as encoding/json decodes them. A change to nil removes an
// input.
func merged(inputs, change object) (all object) {
	both := object{}
	for _, part := range []object{inputs, change} {
		for name, value := range part {
			both[name] = value
		}
	}
	content, _ := json.Marshal(both)
	_ = json.Unmarshal(content, &all)
	for name, value := range all {
		if value == nil {
			delete(all, name)
		}
	}
	return all
}
