package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// checkPlaces checks the tier, the zone and the group of each resource.
func checkPlaces(t *testing.T, state map[string]engine.Resource) {
	id := func(name string) any { return state["aws:ec2:"+name].ID }
	outputs := state["pulumi:pulumi:Stack multisite-california"].Outputs
	for tier, blocks := range map[string][]string{
		"public":  {"10.48.128.0/22", "10.48.136.0/22"},
		"private": {"10.48.0.0/20", "10.48.32.0/20"},
		"data":    {"10.48.160.0/22", "10.48.168.0/22"},
	} {
		for i, letter := range []string{"a", "c"} {
			subnet := state["aws:ec2:Subnet california-network-"+tier+"-"+letter]
			assert.Equal(t, blocks[i], subnet.Inputs["cidrBlock"])
			assert.Equal(t, "us-west-1"+letter, subnet.Inputs["availabilityZone"])
			assert.Equal(t, subnet.ID, outputs[tier+"SubnetIds"].([]any)[i])
		}
	}
	for _, letter := range []string{"a", "c"} {
		nat := state["aws:ec2:NatGateway california-network-nat-"+letter].Inputs
		assert.Equal(t, id("Subnet california-network-public-"+letter), nat["subnetId"])
		assert.Equal(t, id("Eip california-network-nat-"+letter), nat["allocationId"])
	}
	database := state["aws:rds:Instance california-ecommerce"].Inputs
	assert.Equal(t, state["aws:rds:SubnetGroup california-ecommerce"].ID, database["dbSubnetGroupName"])
	assert.Equal(t, state["aws:rds:ParameterGroup california-ecommerce"].ID, database["parameterGroupName"])
	assert.Equal(t, outputs["dataSubnetIds"], state["aws:rds:SubnetGroup california-ecommerce"].Inputs["subnetIds"])
	assert.Equal(t, []any{map[string]any{
		"originId":              "bucket",
		"domainName":            state["aws:s3:BucketV2 california-cdn-origin"].Outputs["bucketRegionalDomainName"],
		"originAccessControlId": state["aws:cloudfront:OriginAccessControl california-cdn"].ID,
	}}, state["aws:cloudfront:Distribution california-cdn"].Inputs["origins"])
}

// checkRoutes checks each tier's route to the internet.
func checkRoutes(t *testing.T, state map[string]engine.Resource) {
	targets := map[any][]string{}
	for name, r := range state {
		if strings.HasPrefix(name, "aws:ec2:Route ") {
			for _, target := range []string{"gatewayId", "natGatewayId"} {
				if id, ok := r.Inputs[target].(string); ok {
					targets[r.Inputs["routeTableId"]] = append(targets[r.Inputs["routeTableId"]], id)
				}
			}
		}
	}
	id := func(name string) string { return state["aws:ec2:"+name].ID }
	for subnet, want := range map[string][]string{
		"public-a":  {id("InternetGateway california-network-internet")},
		"public-c":  {id("InternetGateway california-network-internet")},
		"private-a": {id("NatGateway california-network-nat-a")},
		"private-c": {id("NatGateway california-network-nat-c")},
		"data-a":    nil,
		"data-c":    nil,
	} {
		association := state["aws:ec2:RouteTableAssociation california-network-"+subnet].Inputs
		assert.Equal(t, id("Subnet california-network-"+subnet), association["subnetId"])
		assert.Equal(t, want, targets[association["routeTableId"]], subnet)
		assert.NotEqual(t, true, state["aws:ec2:Subnet california-network-"+subnet].Inputs["mapPublicIpOnLaunch"])
	}
}

// checkSecurityGroups checks that only the public tier's ports of HTTPS, and of the redirect to it,
// are open to all addresses.
func checkSecurityGroups(t *testing.T, state map[string]engine.Resource) {
	rules := func(name string, number int) []any {
		list := state["aws:ec2:SecurityGroup california-"+name].Inputs["ingress"].([]any)
		require.Len(t, list, number, name)
		return list
	}
	ingress := func(name string) map[string]any { return rules(name, 1)[0].(map[string]any) }
	id := func(name string) any { return state["aws:ec2:SecurityGroup california-"+name].ID }
	private, database := ingress("network-private"), ingress("ecommerce")
	for i, port := range []any{443.0, 80.0} {
		public := rules("network-public", 2)[i].(map[string]any)
		assert.Equal(t, []any{port, port, []any{"0.0.0.0/0"}}, []any{public["fromPort"], public["toPort"], public["cidrBlocks"]})
	}
	assert.Equal(t, []any{[]any{id("network-public")}, nil}, []any{private["securityGroups"], private["cidrBlocks"]})
	assert.Equal(t, []any{5432.0, 5432.0, []any{id("network-private")}, nil},
		[]any{database["fromPort"], database["toPort"], database["securityGroups"], database["cidrBlocks"]})
	assert.Empty(t, state["aws:ec2:SecurityGroup california-ecommerce"].Inputs["egress"], "a database opens no connections")
	list := func(service string) any {
		return state["aws:ec2:VpcEndpoint california-network-"+service].Outputs["prefixListId"]
	}
	var reached []any
	for _, rule := range state["aws:ec2:SecurityGroup california-network-private"].Inputs["egress"].([]any) {
		rule := rule.(map[string]any)
		reached = append(reached, []any{rule["protocol"], rule["fromPort"], rule["cidrBlocks"], rule["prefixListIds"]})
	}
	assert.Equal(t, []any{
		[]any{"-1", 0.0, []any{"10.48.0.0/16"}, nil},
		[]any{"tcp", 443.0, nil, []any{list("s3"), list("dynamodb")}},
		[]any{"tcp", 443.0, []any{"0.0.0.0/0"}, nil},
	}, reached, "workloads reach the network, S3, DynamoDB, and the blocks that Pulumi.california.yaml names")
	outward := state["aws:ec2:SecurityGroup california-network-public"].Inputs["egress"].([]any)
	require.Len(t, outward, 1)
	assert.Equal(t, []any{"10.48.0.0/16"}, outward[0].(map[string]any)["cidrBlocks"], "load balancers connect only to the VPC")
	assert.Equal(t, []any{id("ecommerce")}, state["aws:rds:Instance california-ecommerce"].Inputs["vpcSecurityGroupIds"])
}

// checkNetworkACLs checks that the data tier exchanges traffic only with the private tier.
func checkNetworkACLs(t *testing.T, state map[string]engine.Resource) {
	for tier, peer := range map[string]string{"public": "0.0.0.0/0", "private": "0.0.0.0/0", "data": "10.48.0.0/17"} {
		acl := state["aws:ec2:NetworkAcl california-network-"+tier].Inputs
		rules := []any{map[string]any{"ruleNo": 100.0, "action": "allow", "cidrBlock": peer, "protocol": "-1", "fromPort": 0.0, "toPort": 0.0}}
		assert.Equal(t, rules, acl["ingress"], tier)
		assert.Equal(t, rules, acl["egress"], tier)
		assert.Equal(t, []any{
			state["aws:ec2:Subnet california-network-"+tier+"-a"].ID, state["aws:ec2:Subnet california-network-"+tier+"-c"].ID,
		}, acl["subnetIds"], tier)
	}
	assert.Equal(t, state["aws:ec2:Vpc california-network"].Outputs["defaultNetworkAclId"],
		state["aws:ec2:DefaultNetworkAcl california-network"].Inputs["defaultNetworkAclId"])
}

// checkEndpoints checks that the private tier reaches S3 and DynamoDB through endpoints.
func checkEndpoints(t *testing.T, state map[string]engine.Resource) {
	for _, service := range []string{"s3", "dynamodb"} {
		endpoint := state["aws:ec2:VpcEndpoint california-network-"+service].Inputs
		assert.Equal(t, "com.amazonaws.us-west-1."+service, endpoint["serviceName"])
		assert.Equal(t, []any{
			state["aws:ec2:RouteTable california-network-private-a"].ID, state["aws:ec2:RouteTable california-network-private-c"].ID,
		}, endpoint["routeTableIds"])
	}
	own := statement{Effect: "Allow", Action: "*", Principal: map[string]any{"AWS": "*"}, Resource: "*", Condition: map[string]map[string]string{
		"StringEqualsIfExists": {"aws:PrincipalAccount": "123456789012"},
	}}
	images := statement{Sid: "ImageLayers", Effect: "Allow", Action: "s3:GetObject", Principal: map[string]any{"AWS": "*"}, Resource: "arn:aws:s3:::prod-us-west-1-starport-layer-bucket/*"}
	assert.Equal(t, []statement{own, images}, policyOf(t, state["aws:ec2:VpcEndpoint california-network-s3"]), "ECR's image layers come from a bucket of AWS")
	assert.Equal(t, []statement{own}, policyOf(t, state["aws:ec2:VpcEndpoint california-network-dynamodb"]))
}
