package main

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
)

// step is what a preview would do to one resource.
type step struct {
	Op       string
	URN      string
	NewState map[string]any
}

// label names a resource of the program: TYPE NAME.
func label(u urn.URN) string { return string(u.Type()) + " " + u.Name() }

// tagged are the types that AWS lists by tag, with what follows the service in
// their ARNs, and the part of an ARN that pulumi import wants, all of it if none.
var tagged = map[string]*regexp.Regexp{
	"aws:acm/certificate:Certificate":                              regexp.MustCompile(`^(arn:[^:]*:acm:.*:certificate/.*)$`),
	"aws:cloudfront/distribution:Distribution":                     regexp.MustCompile(`:cloudfront:.*:distribution/(.*)$`),
	"aws:cloudwatch/logDelivery:LogDelivery":                       regexp.MustCompile(`:logs:.*:delivery:(.*)$`),
	"aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": regexp.MustCompile(`:logs:.*:delivery-destination:(.*)$`),
	"aws:cloudwatch/logDeliverySource:LogDeliverySource":           regexp.MustCompile(`:logs:.*:delivery-source:(.*)$`),
	"aws:cloudwatch/logGroup:LogGroup":                             regexp.MustCompile(`:logs:.*:log-group:(.*)$`),
	"aws:cloudwatch/metricAlarm:MetricAlarm":                       regexp.MustCompile(`:cloudwatch:.*:alarm:(.*)$`),
	"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway":  regexp.MustCompile(`:egress-only-internet-gateway/(.*)$`),
	"aws:ec2/eip:Eip":                             regexp.MustCompile(`:elastic-ip/(.*)$`),
	"aws:ec2/flowLog:FlowLog":                     regexp.MustCompile(`:vpc-flow-log/(.*)$`),
	"aws:ec2/internetGateway:InternetGateway":     regexp.MustCompile(`:internet-gateway/(.*)$`),
	"aws:ec2/natGateway:NatGateway":               regexp.MustCompile(`:natgateway/(.*)$`),
	"aws:ec2/networkAcl:NetworkAcl":               regexp.MustCompile(`:network-acl/(.*)$`),
	"aws:ec2/routeTable:RouteTable":               regexp.MustCompile(`:route-table/(.*)$`),
	"aws:ec2/securityGroup:SecurityGroup":         regexp.MustCompile(`:security-group/(.*)$`),
	"aws:ec2/subnet:Subnet":                       regexp.MustCompile(`:subnet/(.*)$`),
	"aws:ec2/vpc:Vpc":                             regexp.MustCompile(`:vpc/(.*)$`),
	"aws:ec2/vpcEndpoint:VpcEndpoint":             regexp.MustCompile(`:vpc-endpoint/(.*)$`),
	"aws:kms/key:Key":                             regexp.MustCompile(`:kms:.*:key/(.*)$`),
	"aws:rds/eventSubscription:EventSubscription": regexp.MustCompile(`:rds:.*:es:(.*)$`),
	"aws:rds/instance:Instance":                   regexp.MustCompile(`:rds:.*:db:(.*)$`),
	"aws:rds/parameterGroup:ParameterGroup":       regexp.MustCompile(`:rds:.*:pg:(.*)$`),
	"aws:rds/subnetGroup:SubnetGroup":             regexp.MustCompile(`:rds:.*:subgrp:(.*)$`),
	"aws:s3/bucketV2:BucketV2":                    regexp.MustCompile(`:s3:::(.*)$`),
	"aws:secretsmanager/secret:Secret":            regexp.MustCompile(`^(arn:[^:]*:secretsmanager:.*)$`),
	"aws:sns/topic:Topic":                         regexp.MustCompile(`^(arn:[^:]*:sns:.*)$`),
	"aws:wafv2/webAcl:WebAcl":                     regexp.MustCompile(`:global/webacl/(.*)$`),
}

// derived are the types without tags that AWS refuses to make again, with the
// inputs that their IDs are made of. What is not in here or below, AWS overwrites.
var derived = map[string]func(inputs map[string]any) string{
	"aws:ec2/route:Route": func(in map[string]any) string {
		if destination := text(in, "destinationCidrBlock"); destination != "" {
			return text(in, "routeTableId") + "_" + destination
		}
		return text(in, "routeTableId") + "_" + text(in, "destinationIpv6CidrBlock")
	},
	"aws:ec2/routeTableAssociation:RouteTableAssociation": func(in map[string]any) string {
		return text(in, "subnetId") + "/" + text(in, "routeTableId")
	},
	"aws:kms/alias:Alias": func(in map[string]any) string { return text(in, "name") },
}

func text(inputs map[string]any, name string) string {
	value, _ := inputs[name].(string)
	return value
}

// edgeRegion is where CloudFront is run from, and listed.
const edgeRegion = "us-east-1"

// suffix is what Pulumi adds to a name that the program leaves open.
var suffix = regexp.MustCompile(`-[0-9a-f]{7}$`)

// look returns the IDs of what exists, by TYPE NAME of the program.
func look(site, region string, steps []step) (map[string]string, error) {
	found := map[string]string{}
	inputs := map[string]map[string]any{}
	for _, s := range steps {
		if s.Op == "create" {
			inputs[label(urn.URN(s.URN))], _ = s.NewState["inputs"].(map[string]any)
		}
	}
	exist := map[string]bool{}
	for _, region := range []string{region, edgeRegion} {
		if err := lookIn(region, site, found, exist); err != nil {
			return nil, err
		}
	}
	if err := lookEverywhere(site, found); err != nil {
		return nil, err
	}
	for name, in := range inputs {
		typ, _, _ := strings.Cut(name, " ")
		if id := derived[typ]; id != nil && exist[typ+" "+id(in)] {
			found[name] = id(in)
		}
	}
	return found, nil
}

// lookIn looks for what belongs to one region.
func lookIn(region, site string, found map[string]string, exist map[string]bool) error {
	var resources struct {
		ResourceTagMappingList []struct {
			ResourceARN string
			Tags        []struct{ Key, Value string }
		}
	}
	if err := aws(&resources, "--region", region, "resourcegroupstaggingapi", "get-resources",
		"--tag-filters", "Key=Project,Values=multisite", "Key=Site,Values="+site); err != nil {
		return err
	}
	for _, r := range resources.ResourceTagMappingList {
		for _, tag := range r.Tags {
			for typ, pattern := range tagged {
				if match := pattern.FindStringSubmatch(r.ResourceARN); match != nil && tag.Key == "Name" {
					found[typ+" "+tag.Value] = match[1]
				}
			}
		}
	}
	const acl = "aws:wafv2/webAcl:WebAcl"
	for name, id := range found {
		if parts := strings.Split(id, "/"); strings.HasPrefix(name, acl) && len(parts) == 2 { // NAME/ID
			found[name] = parts[1] + "/" + parts[0] + "/CLOUDFRONT"
		}
	}
	var tables struct {
		RouteTables []struct {
			RouteTableID string `json:"RouteTableId"`
			Routes       []struct{ DestinationCidrBlock, DestinationIpv6CidrBlock string }
			Associations []struct {
				SubnetID string `json:"SubnetId"`
			}
		}
	}
	if err := aws(&tables, "--region", region, "ec2", "describe-route-tables", "--filters", "Name=tag:Site,Values="+site); err != nil {
		return err
	}
	for _, table := range tables.RouteTables {
		for _, r := range table.Routes {
			exist["aws:ec2/route:Route "+table.RouteTableID+"_"+r.DestinationCidrBlock+r.DestinationIpv6CidrBlock] = true
		}
		for _, a := range table.Associations {
			exist["aws:ec2/routeTableAssociation:RouteTableAssociation "+a.SubnetID+"/"+table.RouteTableID] = true
		}
	}
	var aliases struct{ Aliases []struct{ AliasName string } }
	if err := aws(&aliases, "--region", region, "kms", "list-aliases"); err != nil {
		return err
	}
	for _, a := range aliases.Aliases {
		exist["aws:kms/alias:Alias "+a.AliasName] = true
	}
	return nil
}

// lookEverywhere looks for what belongs to no region and has no tags, or none that
// AWS lists it by.
func lookEverywhere(site string, found map[string]string) error {
	own := func(typ, physical, id string) {
		if name := suffix.ReplaceAllString(physical, ""); name != physical && strings.HasPrefix(name, site+"-") {
			found[typ+" "+name] = id
		}
	}
	var controls struct {
		OriginAccessControlList struct {
			Items []struct {
				ID   string `json:"Id"`
				Name string
			}
		}
	}
	if err := aws(&controls, "cloudfront", "list-origin-access-controls"); err != nil {
		return err
	}
	for _, c := range controls.OriginAccessControlList.Items {
		own("aws:cloudfront/originAccessControl:OriginAccessControl", c.Name, c.ID)
	}
	var policies struct {
		ResponseHeadersPolicyList struct {
			Items []struct {
				ResponseHeadersPolicy struct {
					ID                          string `json:"Id"`
					ResponseHeadersPolicyConfig struct{ Name string }
				}
			}
		}
	}
	if err := aws(&policies, "cloudfront", "list-response-headers-policies", "--type", "custom"); err != nil {
		return err
	}
	for _, p := range policies.ResponseHeadersPolicyList.Items {
		own("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", p.ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name, p.ResponseHeadersPolicy.ID)
	}
	var roles struct{ Roles []struct{ RoleName string } }
	if err := aws(&roles, "iam", "list-roles"); err != nil {
		return err
	}
	for _, r := range roles.Roles {
		if !strings.HasPrefix(r.RoleName, site+"-") {
			continue
		}
		own("aws:iam/role:Role", r.RoleName, r.RoleName)
		var inline struct{ PolicyNames []string }
		if err := aws(&inline, "iam", "list-role-policies", "--role-name", r.RoleName); err != nil {
			return err
		}
		for _, policy := range inline.PolicyNames {
			own("aws:iam/rolePolicy:RolePolicy", policy, r.RoleName+":"+policy)
		}
	}
	return nil
}

func aws(into any, args ...string) error {
	return run(into, "aws", append([]string{"--output", "json"}, args...)...)
}
