package awstypes

// Types of Elastic Load Balancing, and the association of AWS WAF with a load balancer.
const (
	LoadBalancer        = "aws:lb/loadBalancer:LoadBalancer"
	Listener            = "aws:lb/listener:Listener"
	ListenerRule        = "aws:lb/listenerRule:ListenerRule"
	ListenerCertificate = "aws:lb/listenerCertificate:ListenerCertificate"
	TargetGroup         = "aws:lb/targetGroup:TargetGroup"
	WebACLAssociation   = "aws:wafv2/webAclAssociation:WebAclAssociation"
)

var entry = map[string]Type{
	LoadBalancer: {
		Stateful:   true,
		Companions: []string{WebACLAssociation},
		Import:     byARN(`^(arn:[^:]*:elasticloadbalancing:.*:loadbalancer/.*)$`),
		Refs: []Ref{
			{"securityGroups[]", SecurityGroup}, {"subnets[]", Subnet}, {"accessLogs.bucket", Bucket},
		},
		IDs: paths("arn dnsName zoneId"),
		Fixed: []Setting{
			{Path: "loadBalancerType", Allowed: []any{"application"}},
			{Path: "dnsRecordClientRoutingPolicy", Allowed: []any{"any_availability_zone"}}, // the provider's default
		},
		Plain: paths(`
			accessLogs.enabled accessLogs.prefix clientKeepAlive desyncMitigationMode dropInvalidHeaderFields
			enableCrossZoneLoadBalancing enableDeletionProtection enableHttp2 enableTlsVersionAndCipherSuiteHeaders
			enableWafFailOpen enableXffClientPort enableZonalShift idleTimeout internal ipAddressType name
			preserveHostHeader xffHeaderProcessingMode
		`),
	},
	// A listener answers without a body, or redirects to the same host over HTTPS. The rule tls checks
	// which. Actions that authenticate send users to another host.
	Listener: {
		Import: byARN(`^(arn:[^:]*:elasticloadbalancing:.*:listener/.*)$`),
		Refs:   []Ref{{"loadBalancerArn", LoadBalancer}, {"certificateArn", Certificate}},
		Fixed: []Setting{
			{Path: "defaultActions[].type", Allowed: []any{"redirect", "fixed-response"}},
			{Path: "defaultActions[].fixedResponse.contentType", Allowed: []any{"text/plain"}},
			{Path: "defaultActions[].redirect.host", Allowed: []any{"#{host}"}},
			{Path: "defaultActions[].redirect.path", Allowed: []any{"/#{path}"}},
			{Path: "defaultActions[].redirect.port", Allowed: []any{"443"}},
			{Path: "defaultActions[].redirect.protocol", Allowed: []any{"HTTPS"}},
			{Path: "defaultActions[].redirect.query", Allowed: []any{"#{query}"}},
			{Path: "defaultActions[].redirect.statusCode", Allowed: []any{"HTTP_301", "HTTP_302"}},
		},
		Plain: paths(`
			defaultActions[].fixedResponse.statusCode port protocol routingHttpResponseServerEnabled
			routingHttpResponseStrictTransportSecurityHeaderValue sslPolicy
		`),
	},
	// A rule forwards to targets, or answers that a site is claimed: the rule flow checks the text.
	ListenerRule: {
		Import: byARN(`^(arn:[^:]*:elasticloadbalancing:.*:listener-rule/.*)$`),
		Refs:   []Ref{{"listenerArn", Listener}, {"actions[].targetGroupArn", TargetGroup}},
		Fixed: []Setting{
			{Path: "actions[].type", Allowed: []any{"forward", "fixed-response"}},
			{Path: "actions[].fixedResponse.contentType", Allowed: []any{"text/plain"}},
			{Path: "actions[].fixedResponse.statusCode", Allowed: []any{"200"}},
		},
		Plain: paths("actions[].fixedResponse.messageBody conditions[].hostHeader.values[] conditions[].pathPattern.values[] priority"),
	},
	ListenerCertificate: {
		Import: Import{Key: "{listenerArn}_{certificateArn}"},
		Refs:   []Ref{{"listenerArn", Listener}, {"certificateArn", Certificate}},
	},
	// Targets are addresses within the network of the site: ECS registers them.
	TargetGroup: {
		Import: byARN(`^(arn:[^:]*:elasticloadbalancing:.*:targetgroup/.*)$`),
		Refs:   []Ref{{"vpcId", VPC}},
		Fixed: []Setting{
			{Path: "targetType", Allowed: []any{"ip"}},
			{Path: "protocol", Allowed: []any{"HTTPS", "HTTP"}},
			{Path: "lambdaMultiValueHeadersEnabled", Allowed: []any{false}}, // the provider's default, as the next one
			{Path: "proxyProtocolV2", Allowed: []any{false}},
		},
		Plain: paths(`
			deregistrationDelay healthCheck.enabled healthCheck.healthyThreshold healthCheck.interval healthCheck.matcher
			healthCheck.path healthCheck.port healthCheck.protocol healthCheck.timeout healthCheck.unhealthyThreshold
			ipAddressType loadBalancingAlgorithmType name port protocolVersion slowStart stickiness.cookieDuration
			stickiness.enabled stickiness.type
		`),
	},
	WebACLAssociation: {
		Import: Import{Key: "{webAclArn},{resourceArn}"},
		Refs:   []Ref{{"webAclArn", WebACL}, {"resourceArn", LoadBalancer}},
	},
}
