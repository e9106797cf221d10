package simulation

import "strings"

const (
	loadBalancer        = "aws:lb/loadBalancer:LoadBalancer"
	listener            = "aws:lb/listener:Listener"
	listenerRule        = "aws:lb/listenerRule:ListenerRule"
	listenerCertificate = "aws:lb/listenerCertificate:ListenerCertificate"
	targetGroup         = "aws:lb/targetGroup:TargetGroup"
)

const lbARN = "arn:aws:elasticloadbalancing:{region}:{account}:"

// lbName is the form of the names of load balancers and target groups
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html).
var lbName = match(`^[0-9A-Za-z]([0-9A-Za-z-]{0,30}[0-9A-Za-z])?$`, "only alphanumeric characters and hyphens are allowed, at most 32, and no hyphen first or last")

func init() {
	model(map[string]*Type{
		loadBalancer: {
			ID: lbARN + "loadbalancer/app/{name}/{hex16}", Name: "name", Tagged: true,
			Missing: "LoadBalancerNotFound", Taken: "DuplicateLoadBalancerName",
			MissingRef: map[string]string{
				"subnets[]": "SubnetNotFound", "securityGroups[]": "InvalidSecurityGroup",
				"accessLogs.bucket": "InvalidConfigurationRequest", "connectionLogs.bucket": "InvalidConfigurationRequest",
			},
			Outputs: map[string]any{
				"arn": "{id}", "arnSuffix": func(r *Resource) any { return afterSlash(r.ID) },
				"dnsName": balancerHost, "zoneId": balancerZone, "vpcId": kept("vpcId", ""), "subnetMappings": kept("subnetMappings", []any{}),
				"namePrefix": "", "internal": false, "ipAddressType": "ipv4", "loadBalancerType": "application", "securityGroups": []any{},
				"clientKeepAlive": 3600, "customerOwnedIpv4Pool": "", "desyncMitigationMode": "defensive",
				"dropInvalidHeaderFields":      false,
				"enableCrossZoneLoadBalancing": true, "enableDeletionProtection": false, "enableHttp2": true,
				"enableTlsVersionAndCipherSuiteHeaders": false, "enableWafFailOpen": false, "enableXffClientPort": false,
				"enableZonalShift": false, "idleTimeout": 60, "preserveHostHeader": false, "xffHeaderProcessingMode": "append",
				"accessLogs": map[string]any{"bucket": "", "enabled": false, "prefix": ""}, "accessLogs.enabled": false, "accessLogs.prefix": "",
				"connectionLogs": map[string]any{"bucket": "", "enabled": false, "prefix": ""}, "connectionLogs.enabled": false, "connectionLogs.prefix": "",
				"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "",
			},
			Replace: []string{"name", "internal", "loadBalancerType", "customerOwnedIpv4Pool"},
			Unique:  []string{"name"},
			Valid: map[string]Rule{
				"name": lbName, "loadBalancerType": oneOf("application"), "ipAddressType": oneOf("ipv4", "dualstack", "dualstack-without-public-ipv4"),
				"desyncMitigationMode": oneOf("monitor", "defensive", "strictest"), "xffHeaderProcessingMode": oneOf("append", "preserve", "remove"),
			},
			Put:    putLoadBalancer,
			Delete: deleteLoadBalancer,
		},
		listener: {
			ID: lbARN + "listener/{path_loadBalancerArn}/{hex16}", Tagged: true,
			Missing: "ListenerNotFound", Taken: "DuplicateListener",
			MissingRef: map[string]string{"certificateArn": "CertificateNotFound"},
			Outputs: merge(headers, map[string]any{
				"arn": "{id}", "protocol": "HTTP", "sslPolicy": sslPolicy,
				"mutualAuthentication": ofHTTPS(map[string]any{
					"mode": "off", "trustStoreArn": "", "ignoreClientCertificateExpiry": false, "advertiseTrustStoreCaNames": "",
				}),
				"routingHttpResponseServerEnabled": true,
				"defaultActions[].order":           1, "defaultActions[].targetGroupArn": "", "defaultActions[].fixedResponse.messageBody": "",
				"defaultActions[].redirect.host": "#{host}", "defaultActions[].redirect.path": "/#{path}", "defaultActions[].redirect.port": "#{port}",
				"defaultActions[].redirect.protocol": "#{protocol}", "defaultActions[].redirect.query": "#{query}",
			}),
			Replace: []string{"loadBalancerArn"},
			Unique:  []string{"loadBalancerArn", "port"},
			Valid: map[string]Rule{
				"port": between(1, 65535), "protocol": oneOf("HTTP", "HTTPS"), "defaultActions[].type": actionType,
				"defaultActions[].redirect.statusCode":       oneOf("HTTP_301", "HTTP_302"),
				"defaultActions[].redirect.protocol":         oneOf("#{protocol}", "HTTP", "HTTPS"),
				"defaultActions[].fixedResponse.contentType": oneOf("text/plain", "text/css", "text/html", "application/javascript", "application/json"),
				"defaultActions[].fixedResponse.statusCode":  match(`^[245]\d\d$`, "a status is 2XX, 4XX or 5XX"),
			},
			Before: (*Account).issue, Put: putListener,
			Delete: func(a *Account, r *Resource) error {
				return a.deleteAll(listenerRule, "listenerArn", r.ID, listenerCertificate)
			},
		},
		listenerRule: {
			ID: lbARN + "listener-rule/{path_listenerArn}/{hex16}", Tagged: true,
			Missing: "RuleNotFound",
			// The provider takes the next free number for a rule without one.
			Outputs: map[string]any{"arn": "{id}", "priority": 0, "actions[].order": 1, "actions[].targetGroupArn": "", "actions[].fixedResponse.messageBody": "", "conditions[].queryStrings": []any{}}, Computed: []string{"priority"},
			Replace: []string{"listenerArn"},
			Valid: map[string]Rule{
				"priority": between(1, 50000), "actions[].type": actionType, "actions[].fixedResponse.statusCode": match(`^[245]\d\d$`, "a status is 2XX, 4XX or 5XX"),
				"conditions[].pathPattern.values[]": match(`^[\w.$/~"'@:+*?&-]{1,128}$`, "invalid characters in a path pattern, or more than 128"),
			},
			Put: putRule,
		},
		// AddListenerCertificates succeeds for a certificate that the listener has, also for its
		// default certificate.
		listenerCertificate: {
			ID: "{listenerArn}_{certificateArn}", Overwritten: true,
			Missing: "CertificateNotFound", Taken: "CertificateInUse",
			MissingRef: map[string]string{"certificateArn": "CertificateNotFound"},
			Replace:    []string{"listenerArn", "certificateArn"}, Before: (*Account).issue,
			Put: func(a *Account, r *Resource) error {
				if a.find(listener, r.Region, r.Properties["listenerArn"]).Properties["protocol"] != "HTTPS" {
					return apiError("ValidationError", "A certificate can be added only to an HTTPS listener")
				}
				return a.usable(r)
			},
		},
		targetGroup: {
			ID: lbARN + "targetgroup/{name}/{hex16}", Name: "name", Tagged: true,
			Missing: "TargetGroupNotFound", Taken: "DuplicateTargetGroupName", InUse: "ResourceInUse",
			MissingRef: map[string]string{"vpcId": "ValidationError"},
			Outputs: map[string]any{
				"arn": "{id}", "arnSuffix": "targetgroup/{path_arn}", "namePrefix": "", "targetType": "instance", "protocolVersion": "HTTP1", "ipAddressType": "ipv4",
				"deregistrationDelay": 300, "slowStart": 0, "lambdaMultiValueHeadersEnabled": false, "proxyProtocolV2": false, "loadBalancerArns": []any{},
				"loadBalancingAlgorithmType": "round_robin", "loadBalancingAnomalyMitigation": "off",
				"loadBalancingCrossZoneEnabled": "use_load_balancer_configuration",
				"healthCheck":                   func(*Resource) any { return map[string]any{} }, "healthCheck.enabled": true, "healthCheck.healthyThreshold": 3, "healthCheck.interval": 30,
				"healthCheck.matcher": "200", "healthCheck.path": "/", "healthCheck.port": "traffic-port", "healthCheck.protocol": "HTTP",
				"healthCheck.timeout": 5, "healthCheck.unhealthyThreshold": 3,
				"stickiness":                map[string]any{"enabled": false, "type": "lb_cookie", "cookieDuration": 86400, "cookieName": ""},
				"stickiness.cookieDuration": 86400, "stickiness.cookieName": "", "stickiness.enabled": true,
				// Attributes of other load balancers.
				"targetFailovers": []any{map[string]any{}}, "targetHealthStates": []any{map[string]any{}},
				"targetGroupHealth": map[string]any{
					"dnsFailover":           map[string]any{"minimumHealthyTargetsCount": "1", "minimumHealthyTargetsPercentage": "off"},
					"unhealthyStateRouting": map[string]any{"minimumHealthyTargetsCount": 1, "minimumHealthyTargetsPercentage": "off"},
				},
			},
			Replace: []string{"name", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"},
			Unique:  []string{"name"},
			Valid: map[string]Rule{
				"name": lbName, "port": between(1, 65535), "protocol": oneOf("HTTP", "HTTPS"), "targetType": oneOf("instance", "ip"),
				"healthCheck.healthyThreshold": between(2, 10), "healthCheck.unhealthyThreshold": between(2, 10),
				"healthCheck.interval": between(5, 300), "healthCheck.timeout": between(2, 120), "healthCheck.protocol": oneOf("HTTP", "HTTPS"),
				"healthCheck.path": match(`^/`, "a path begins with /"), "slowStart": between(30, 900, 0), "stickiness.type": oneOf("lb_cookie", "app_cookie"),
				"loadBalancingAlgorithmType": oneOf("round_robin", "least_outstanding_requests", "weighted_random"),
			},
			Check: func(p Properties) []Problem {
				return required(p, "for an HTTP target group", "port", "protocol", "vpcId")
			},
			Put: putTargetGroup,
		},
	})
}

// headers are the listener's attributes for headers, which are empty if they are not set.
var headers = func() Properties {
	outputs := Properties{}
	for _, name := range []string{
		"AccessControlAllowCredentials", "AccessControlAllowHeaders", "AccessControlAllowMethods", "AccessControlAllowOrigin", "AccessControlExposeHeaders",
		"AccessControlMaxAge", "ContentSecurityPolicy", "StrictTransportSecurity", "XContentTypeOptions", "XFrameOptions",
	} {
		outputs["routingHttpResponse"+name+"HeaderValue"] = ""
	}
	for _, name := range []string{
		"MtlsClientcert", "MtlsClientcertIssuer", "MtlsClientcertLeaf", "MtlsClientcertSerialNumber", "MtlsClientcertSubject", "MtlsClientcertValidity",
		"TlsCipherSuite", "TlsVersion",
	} {
		outputs["routingHttpRequestXAmzn"+name+"HeaderName"] = ofHTTPS("")
	}
	return outputs
}()

var actionType = oneOf("forward", "redirect", "fixed-response", "authenticate-oidc", "authenticate-cognito")

// ofHTTPS returns an output that only HTTPS listeners have.
func ofHTTPS(output any) func(r *Resource) any {
	return func(r *Resource) any {
		if r.Properties["protocol"] == "HTTPS" {
			return output
		}
		return nil
	}
}

// sslPolicy returns the security policy of a listener that sets none.
func sslPolicy(r *Resource) any {
	if r.Properties["protocol"] == "HTTPS" {
		return "ELBSecurityPolicy-2016-08"
	}
	return ""
}

// balancerHost returns the DNS name of a load balancer.
func balancerHost(r *Resource) any {
	name := r.render("dnsName", "{name}-{digits10}.{region}.elb.amazonaws.com")
	if r.Properties["internal"] == true {
		return "internal-" + name
	}
	return name
}

// balancerZone returns the hosted zone of a load balancer's DNS name, which is the same for
// all load balancers in a region.
func balancerZone(r *Resource) any {
	return (&Resource{Seed: r.Region}).render("zoneId", "Z{upper13}")
}

// afterSlash returns the part of an ARN after its first slash.
func afterSlash(arn string) string {
	if _, path, found := strings.Cut(arn, "/"); found {
		return path
	}
	return arn
}
