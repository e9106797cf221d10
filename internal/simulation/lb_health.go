package simulation

import (
	"net/netip"
	"slices"
	"strings"
)

// targets returns the targets of a target group: the tasks of the ECS services that name it,
// with the health that DescribeTargetHealth reports
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html).
func (a *Account) targets(group *Resource) []any {
	services := a.All(func(r *Resource) bool { return r.Type == ecsService && r.Region == group.Region })
	slices.SortFunc(services, func(x, y *Resource) int { return strings.Compare(x.ID, y.ID) })
	targets, taken := []any{}, map[netip.Addr]bool{}
	for _, service := range services {
		for _, value := range at(service.Properties, "loadBalancers[]") {
			balancer := value.(map[string]any)
			subnets := at(service.Properties, "networkConfiguration.subnets[]")
			if balancer["targetGroupArn"] != group.ID || len(subnets) == 0 {
				continue
			}
			for task := range int(number(service.Properties["desiredCount"])) {
				home := a.find(subnet, group.Region, subnets[task%len(subnets)])
				if home == nil {
					continue
				}
				// AWS reserves the first four addresses of a subnet.
				address := netip.MustParsePrefix(text(home.Properties, "cidrBlock")).Addr()
				for n := 0; n < 4 || taken[address]; n++ {
					address = address.Next()
				}
				taken[address] = true
				targets = append(targets, map[string]any{
					"Target": map[string]any{
						"Id": address.String(), "Port": balancer["containerPort"], "AvailabilityZone": home.Properties["availabilityZone"],
					},
					"HealthCheckPort": balancer["containerPort"],
					"TargetHealth":    a.health(group, service, balancer, home),
				})
			}
		}
	}
	return targets
}

// health returns the health of a service's task in a subnet.
func (a *Account) health(group, service *Resource, named map[string]any, home *Resource) map[string]any {
	state := func(state, reason, description string) map[string]any {
		return map[string]any{"State": state, "Reason": reason, "Description": description}
	}
	balancers := a.balancersOf(group.ID)
	if len(balancers) == 0 {
		return state("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
	}
	balancer := balancers[0]
	inZone := slices.ContainsFunc(at(balancer.Properties, "subnets[]"), func(id any) bool {
		own := a.find(subnet, group.Region, id)
		return own != nil && own.Properties["availabilityZone"] == home.Properties["availabilityZone"]
	})
	task := a.find(taskDefinition, group.Region, service.Properties["taskDefinition"])
	switch {
	case !inZone:
		return state("unused", "Target.NotInUse", "Target is in an Availability Zone that is not enabled for the load balancer")
	case home.Properties["vpcId"] != group.Properties["vpcId"] || !a.reaches(balancer, service, home, number(named["containerPort"])):
		return state("unhealthy", "Target.Timeout", "Request timed out")
	case task == nil || !exposes(task, named):
		return state("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
	case a.suffers("unhealthy", text(service.Properties, "name")):
		return state("unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]")
	}
	return map[string]any{"State": "healthy"}
}

// reaches reports whether the security groups let a load balancer connect to a port of a
// service's task in a subnet.
func (a *Account) reaches(balancer, service, home *Resource, port float64) bool {
	from, to := at(balancer.Properties, "securityGroups[]"), at(service.Properties, "networkConfiguration.securityGroups[]")
	var blocks []any
	for _, id := range at(balancer.Properties, "subnets[]") {
		if own := a.find(subnet, balancer.Region, id); own != nil {
			blocks = append(blocks, own.Properties["cidrBlock"])
		}
	}
	return a.admit(balancer.Region, from, "egress[]", to, []any{home.Properties["cidrBlock"]}, port) &&
		a.admit(balancer.Region, to, "ingress[]", from, blocks, port)
}

// admit reports whether a rule of some security groups admits TCP connections to a port with
// peers of other groups, or with all addresses of some blocks.
func (a *Account) admit(region string, groups []any, rules string, peers, blocks []any, port float64) bool {
	return slices.ContainsFunc(groups, func(id any) bool {
		group := a.find(securityGroup, region, id)
		return group != nil && slices.ContainsFunc(at(group.Properties, rules), func(value any) bool {
			rule := value.(map[string]any)
			switch rule["protocol"] {
			case "-1":
			case "tcp":
				if port < number(rule["fromPort"]) || port > number(rule["toPort"]) {
					return false
				}
			default:
				return false
			}
			named := slices.ContainsFunc(peers, func(peer any) bool {
				return slices.Contains(at(rule, "securityGroups[]"), peer) || rule["self"] == true && peer == id
			})
			return named || len(blocks) > 0 && !slices.ContainsFunc(blocks, func(block any) bool { return !within(block, at(rule, "cidrBlocks[]")) })
		})
	})
}

// within reports whether a block is within one of the others.
func within(block any, others []any) bool {
	inner, err := netip.ParsePrefix(block.(string))
	return err == nil && slices.ContainsFunc(others, func(other any) bool {
		outer, err := netip.ParsePrefix(other.(string))
		return err == nil && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
	})
}
