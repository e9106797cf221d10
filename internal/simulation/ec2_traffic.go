package simulation

// Types for logs and restrictions of a network's traffic.
func init() {
	acl := map[string]any{
		"arn": ec2ARN + "network-acl/{id}", "ownerId": "{account}",
		"ingress": []any{}, "egress": []any{}, "ingress[].cidrBlock": "", "ingress[].ipv6CidrBlock": "", "egress[].cidrBlock": "", "egress[].ipv6CidrBlock": "",
	}
	model(map[string]*Type{
		"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
			ID: "sg-{hex17}", Tagged: true, Overwritten: true,
			Missing: "InvalidGroup.NotFound",
			Outputs: map[string]any{
				"arn": ec2ARN + "security-group/{id}", "ownerId": "{account}", "name": "default", "namePrefix": "",
				"description": "default VPC security group", "ingress": []any{}, "egress": []any{}, "revokeRulesOnDelete": false,
			},
			Replace: []string{"vpcId"},
		},
		"aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": {
			ID: "{defaultNetworkAclId}", Tagged: true, Overwritten: true,
			Missing: "InvalidNetworkAclID.NotFound",
			Outputs: merge(acl, map[string]any{"vpcId": ""}),
			Replace: []string{"defaultNetworkAclId"},
		},
		"aws:ec2/networkAcl:NetworkAcl": {
			ID: "acl-{hex17}", Tagged: true,
			Missing: "InvalidNetworkAclID.NotFound",
			Outputs: merge(acl, map[string]any{"subnetIds": []any{}}),
			Replace: []string{"vpcId"},
			Valid: map[string]Rule{
				"ingress[].cidrBlock": cidr(0, 32), "egress[].cidrBlock": cidr(0, 32),
				"ingress[].action": oneOf("allow", "deny"), "egress[].action": oneOf("allow", "deny"),
			},
		},
		"aws:ec2/vpcEndpoint:VpcEndpoint": {
			ID: "vpce-{hex17}", Tagged: true,
			Missing: "InvalidVpcEndpointId.NotFound",
			Outputs: map[string]any{
				"arn": ec2ARN + "vpc-endpoint/{id}", "ownerId": "{account}", "state": "available", "requesterManaged": false,
				"vpcEndpointType": "Gateway", "prefixListId": prefixList, "privateDnsEnabled": false, "ipAddressType": "ipv4",
				"cidrBlocks": []any{}, "dnsEntries": []any{}, "networkInterfaceIds": []any{}, "routeTableIds": []any{},
				"securityGroupIds": []any{}, "subnetIds": []any{}, "subnetConfigurations": []any{}, "policy": "",
				"resourceConfigurationArn": "", "serviceNetworkArn": "", "serviceRegion": "{region}",
			},
			Replace: []string{"vpcId", "serviceName", "vpcEndpointType"},
			Put:     putEndpoint,
			Valid:   map[string]Rule{"vpcEndpointType": oneOf("Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"), "policy": policy},
		},
		"aws:ec2/flowLog:FlowLog": {
			ID: "fl-{hex17}", Tagged: true,
			Missing: "InvalidFlowLogId.NotFound",
			Outputs: map[string]any{
				"arn": ec2ARN + "vpc-flow-log/{id}", "logDestinationType": "cloud-watch-logs", "logGroupName": "",
				"logFormat":              "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
				"maxAggregationInterval": 600, "deliverCrossAccountRole": "", "iamRoleArn": "",
			},
			Replace: []string{"vpcId", "trafficType", "logDestination", "iamRoleArn", "logFormat", "maxAggregationInterval"},
			Valid:   map[string]Rule{"trafficType": oneOf("ACCEPT", "REJECT", "ALL"), "maxAggregationInterval": oneOf("60", "600")},
		},
	})
}

// prefixList returns a gateway endpoint's prefix list. Interface endpoints have none.
func prefixList(r *Resource) any {
	if kind := r.Properties["vpcEndpointType"]; kind != nil && kind != "Gateway" {
		return nil
	}
	return r.render("prefixListId", "pl-{hex8}")
}

// putEndpoint requires subnets in different zones.
func putEndpoint(a *Account, r *Resource) error {
	zones := map[any]any{}
	for _, id := range at(r.Properties, "subnetIds[]") {
		zone := a.find(subnet, r.Region, id).Properties["availabilityZone"]
		if other, taken := zones[zone]; taken {
			return apiError("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone of %v. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service: %v.", id, other)
		}
		zones[zone] = id
	}
	return nil
}
