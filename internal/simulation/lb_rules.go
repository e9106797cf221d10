package simulation

import (
	"fmt"
	"slices"
	"strings"
)

// putLoadBalancer requires subnets of one VPC in at least two zones, an internet gateway, and
// a bucket that admits the access logs.
func putLoadBalancer(a *Account, r *Resource) error {
	zones, mappings := map[any]bool{}, []any{}
	for _, id := range at(r.Properties, "subnets[]") {
		member := a.find(subnet, r.Region, id)
		zone, network := member.Properties["availabilityZone"], member.Properties["vpcId"]
		switch first := r.Properties["vpcId"]; {
		case zones[zone]:
			return apiError("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		case len(zones) > 0 && network != first:
			return apiError("InvalidConfigurationRequest", "All subnets must belong to the same VPC: '%v'", first)
		case r.Properties["ipAddressType"] != "ipv4" && text(member.Properties, "ipv6CidrBlock") == "":
			return apiError("InvalidConfigurationRequest", "You must specify subnets with an associated IPv6 CIDR block.")
		}
		zones[zone], r.Properties["vpcId"] = true, network
		mappings = append(mappings, map[string]any{"subnetId": id, "allocationId": "", "ipv6Address": "", "outpostId": "", "privateIpv4Address": ""})
	}
	r.Properties["subnetMappings"] = mappings
	network := r.Properties["vpcId"]
	if len(zones) < 2 {
		return apiError("ValidationError", "At least two subnets in two different Availability Zones must be specified")
	}
	for _, id := range at(r.Properties, "securityGroups[]") {
		if a.find(securityGroup, r.Region, id).Properties["vpcId"] != network {
			return apiError("InvalidConfigurationRequest", "One or more security groups are invalid")
		}
	}
	if r.Properties["internal"] != true && len(a.All(func(o *Resource) bool { return o.Type == gateway && o.Properties["vpcId"] == network })) == 0 {
		return apiError("InvalidSubnet", "VPC %v has no internet gateway", network)
	}
	for _, logs := range []string{"accessLogs", "connectionLogs"} {
		if settings, _ := r.Properties[logs].(map[string]any); settings["enabled"] == true {
			if err := a.admitsBalancer(r, text(settings, "bucket"), text(settings, "prefix")); err != nil {
				return err
			}
		}
	}
	return nil
}

// deleteLoadBalancer deletes the load balancer's listeners and its association with a web
// ACL, unless the load balancer is protected.
func deleteLoadBalancer(a *Account, r *Resource) error {
	if r.Properties["enableDeletionProtection"] == true {
		return apiError("OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", r.ID)
	}
	for _, l := range a.All(func(o *Resource) bool { return o.Type == listener && o.Properties["loadBalancerArn"] == r.ID }) {
		if err := a.deleteAll(listenerRule, "listenerArn", l.ID, listenerCertificate); err != nil {
			return err
		}
	}
	if err := a.deleteAll(listener, "loadBalancerArn", r.ID); err != nil {
		return err
	}
	return a.deleteAll(webACLAssociation, "resourceArn", r.ID)
}

// deleteAll deletes the resources of a type, and of further types, that have a value.
func (a *Account) deleteAll(typ, property string, value any, more ...string) error {
	for _, r := range a.All(func(o *Resource) bool {
		return (o.Type == typ || slices.Contains(more, o.Type)) && o.Properties[property] == value
	}) {
		if err := a.Delete(r); err != nil {
			return err
		}
	}
	return nil
}

// putListener requires an issued certificate for HTTPS.
func putListener(a *Account, r *Resource) error {
	certificate, policy := text(r.Properties, "certificateArn"), text(r.Properties, "sslPolicy")
	switch {
	case r.Properties["protocol"] != "HTTPS" && (certificate != "" || policy != ""):
		return apiError("ValidationError", "A certificate and an SSL policy cannot be specified for HTTP listeners")
	case r.Properties["protocol"] != "HTTPS":
		return nil
	case certificate == "":
		return apiError("ValidationError", "A certificate must be specified for HTTPS listeners")
	case !strings.HasPrefix(policy, "ELBSecurityPolicy-"):
		return apiError("SSLPolicyNotFound", "SSL policy '%s' not found", policy)
	}
	return a.usable(r)
}

// usable returns the API's error for a listener's certificate that is not issued.
func (a *Account) usable(r *Resource) error {
	arn := r.Properties["certificateArn"]
	if a.find(certificate, r.Region, arn).Properties["status"] != issued {
		return apiError("UnsupportedCertificate", "The certificate '%v' must have a fully-qualified domain name, a supported signature, and a supported key size.", arn)
	}
	return nil
}

// putRule gives a rule without a priority the next one, and refuses a priority in use, more
// than five values in conditions, and a target group of another load balancer.
func putRule(a *Account, r *Resource) error {
	others := slices.DeleteFunc(siblings(a, r), func(o *Resource) bool { return o.Properties["listenerArn"] != r.Properties["listenerArn"] })
	if fmt.Sprint(r.Properties["priority"]) == "0" {
		next := 1.0
		for _, o := range others {
			next = max(next, number(o.Properties["priority"])+1)
		}
		if old := a.Get(r.Type, r.Region, r.ID); old != nil {
			next = number(old.Properties["priority"])
		}
		r.Properties["priority"] = next
	}
	if slices.ContainsFunc(others, func(o *Resource) bool { return number(o.Properties["priority"]) == number(r.Properties["priority"]) }) {
		return apiError("PriorityInUse", "Priority '%v' is currently in use", r.Properties["priority"])
	}
	if values := len(at(r.Properties, "conditions[].hostHeader.values[]")) + len(at(r.Properties, "conditions[].pathPattern.values[]")); values > 5 {
		return apiError("ValidationError", "A rule can only have '5' condition values")
	}
	for _, group := range groupsOf(r) {
		balancers := a.balancersOf(group)
		if own := a.balancerOf(r); len(balancers) > 0 && balancers[0] != own {
			return apiError("TargetGroupAssociationLimit", "The following target groups cannot be associated with more than one load balancer: %v", group)
		}
	}
	return nil
}

// number returns a number of a program or of the account's files.
func number(value any) float64 {
	var n float64
	_, _ = fmt.Sscan(fmt.Sprint(value), &n)
	return n
}

// groupsOf returns the ARNs of the target groups to which a listener or rule forwards.
func groupsOf(r *Resource) []any {
	var groups []any
	for _, path := range []string{"actions[]", "defaultActions[]"} {
		groups = append(groups, at(r.Properties, path+".targetGroupArn")...)
		groups = append(groups, at(r.Properties, path+".forward.targetGroups[].arn")...)
	}
	return slices.DeleteFunc(groups, func(arn any) bool { return arn == "" })
}

// balancerOf returns the load balancer of a listener, or of its rule or certificate. It is nil
// for other types.
func (a *Account) balancerOf(r *Resource) *Resource {
	if r.Type == listenerRule || r.Type == listenerCertificate {
		if r = a.find(listener, r.Region, r.Properties["listenerArn"]); r == nil {
			return nil
		}
	}
	if r.Type != listener {
		return nil
	}
	return a.find(loadBalancer, r.Region, r.Properties["loadBalancerArn"])
}

// balancersOf returns the load balancers that forward to a target group: one at most.
func (a *Account) balancersOf(group any) []*Resource {
	var balancers []*Resource
	for _, r := range a.All(func(o *Resource) bool { return o.Type == listener || o.Type == listenerRule }) {
		if b := a.balancerOf(r); b != nil && slices.Contains(groupsOf(r), group) && !slices.Contains(balancers, b) {
			balancers = append(balancers, b)
		}
	}
	return balancers
}

// putTargetGroup refuses health checks that take longer than their interval, and slow start
// with another algorithm than round robin.
func putTargetGroup(_ *Account, r *Resource) error {
	check, _ := r.Properties["healthCheck"].(map[string]any)
	if number(check["timeout"]) >= number(check["interval"]) {
		return apiError("ValidationError", "Health check interval must be greater than the timeout.")
	}
	if number(r.Properties["slowStart"]) > 0 && r.Properties["loadBalancingAlgorithmType"] != "round_robin" {
		return apiError("InvalidConfigurationRequest", "Slow start mode is supported only with the round robin algorithm")
	}
	return nil
}
