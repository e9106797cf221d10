package adopt

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
)

// step is what a preview would do to one resource.
type step struct {
	Op       string
	URN      string
	NewState map[string]any
}

// label names a resource of the program: TYPE NAME.
func label(u urn.URN) string { return string(u.Type()) + " " + u.Name() }

// edgeRegion is where CloudFront and Route 53 are run from, and listed.
const edgeRegion = "us-east-1"

// hostedZone is the ID of a zone that exists.
var hostedZone = regexp.MustCompile(`^Z[0-9A-Z]+$`)

// suffix is what Pulumi adds to a name that the program leaves open.
var suffix = regexp.MustCompile(`-[0-9a-f]{7}$`)

// existing has the IDs of untagged resources, by type and awstypes.Import.Key.
type existing map[string]string

// add adds a resource whose key is its ID.
func (e existing) add(typ, id string) { e[typ+" "+id] = id }

// text is an input; empty if there is none.
func text(inputs map[string]any, name string) string {
	value, _ := inputs[name].(string)
	return value
}

// inspect returns the IDs of what exists, by TYPE NAME of the program.
func inspect(stack string, regions []string, steps []step) (map[string]string, error) {
	found := map[string]string{}
	inputs := map[string]map[string]any{}
	zones := map[string]bool{}
	for _, s := range steps {
		if s.Op == "create" {
			in, _ := s.NewState["inputs"].(map[string]any)
			inputs[label(urn.URN(s.URN))] = in
			zones[text(in, "zoneId")], zones[text(in, "hostedZoneId")] = true, true
		}
	}
	exist := existing{}
	for _, region := range regions {
		if err := inspectRegion(region, stack, found, exist); err != nil {
			return nil, err
		}
	}
	if err := inspectGlobal(stack, found, exist); err != nil {
		return nil, err
	}
	for zone := range zones {
		if err := inspectZone(zone, exist); err != nil {
			return nil, err
		}
	}
	for name, in := range inputs {
		typ, _, _ := strings.Cut(name, " ")
		by := awstypes.Of(typ).Import
		if id := exist[typ+" "+by.KeyOf(in)]; by.Key != "" && id != "" {
			found[name] = id
		}
		if by.Input != "" && found[name] != "" {
			found[name] = text(in, by.Input)
		}
	}
	return found, nil
}

// inspectZone looks for what belongs to a zone of Route 53, where its ID is known.
func inspectZone(zone string, exist existing) error {
	if !hostedZone.MatchString(zone) {
		return nil
	}
	var records struct {
		ResourceRecordSets []struct{ Name, Type, SetIdentifier string }
	}
	if err := cli.AWS(&records, edgeRegion, "route53", "list-resource-record-sets", "--hosted-zone-id", zone); err != nil {
		return err
	}
	for _, r := range records.ResourceRecordSets {
		exist.add(awstypes.Record, awstypes.Of(awstypes.Record).Import.KeyOf(map[string]any{
			"zoneId": zone, "name": strings.ReplaceAll(strings.TrimSuffix(r.Name, "."), `\052`, "*"), "type": r.Type, "setIdentifier": r.SetIdentifier,
		}))
	}
	var signing struct {
		Status         struct{ ServeSignature string }
		KeySigningKeys []struct{ Name string }
	}
	if err := cli.AWS(&signing, edgeRegion, "route53", "get-dnssec", "--hosted-zone-id", zone); err != nil {
		return err
	}
	if signing.Status.ServeSignature == "SIGNING" {
		exist.add(awstypes.ZoneSigning, zone)
	}
	for _, key := range signing.KeySigningKeys {
		exist.add(awstypes.KeySigningKey, zone+","+key.Name)
	}
	return nil
}

// inspectRegion looks for what belongs to one region.
func inspectRegion(region, stack string, found map[string]string, exist existing) error {
	var resources struct {
		ResourceTagMappingList []struct {
			ResourceARN string
			Tags        []struct{ Key, Value string }
		}
	}
	if err := cli.AWS(&resources, region, "resourcegroupstaggingapi", "get-resources",
		"--tag-filters", "Key=Project,Values=multisite", "Key=Site,Values="+stack); err != nil {
		return err
	}
	for _, r := range resources.ResourceTagMappingList {
		for _, tag := range r.Tags {
			if tag.Key != "Name" {
				continue
			}
			for _, typ := range awstypes.Tokens() {
				if id, matches := awstypes.Of(typ).Import.IDFromARN(r.ResourceARN); matches {
					found[typ+" "+tag.Value] = id
				}
			}
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
	if err := cli.AWS(&tables, region, "ec2", "describe-route-tables", "--filters", "Name=tag:Site,Values="+stack); err != nil {
		return err
	}
	for _, table := range tables.RouteTables {
		for _, r := range table.Routes {
			exist.add(awstypes.Route, table.RouteTableID+"_"+r.DestinationCidrBlock+r.DestinationIpv6CidrBlock)
		}
		for _, a := range table.Associations {
			exist.add(awstypes.RouteTableAssociation, a.SubnetID+"/"+table.RouteTableID)
		}
	}
	var networks struct {
		Vpcs []struct {
			VpcID                   string `json:"VpcId"`
			CidrBlockAssociationSet []struct {
				AssociationID string `json:"AssociationId"`
				CidrBlock     string
			}
		}
	}
	if err := cli.AWS(&networks, region, "ec2", "describe-vpcs", "--filters", "Name=tag:Site,Values="+stack); err != nil {
		return err
	}
	for _, network := range networks.Vpcs {
		for _, block := range network.CidrBlockAssociationSet {
			exist[awstypes.VPCCidrBlock+" "+network.VpcID+" "+block.CidrBlock] = block.AssociationID
		}
	}
	var aliases struct{ Aliases []struct{ AliasName string } }
	if err := cli.AWS(&aliases, region, "kms", "list-aliases"); err != nil {
		return err
	}
	for _, a := range aliases.Aliases {
		exist.add(awstypes.KeyAlias, a.AliasName)
	}
	return nil
}

// inspectGlobal looks for what belongs to no region and has no tags, or none that
// AWS lists it by.
func inspectGlobal(stack string, found map[string]string, exist existing) error {
	own := func(typ, physical, id string) {
		if name := suffix.ReplaceAllString(physical, ""); name != physical && strings.HasPrefix(name, stack+"-") {
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
	if err := cli.AWS(&controls, edgeRegion, "cloudfront", "list-origin-access-controls"); err != nil {
		return err
	}
	for _, c := range controls.OriginAccessControlList.Items {
		own(awstypes.OriginAccessControl, c.Name, c.ID)
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
	if err := cli.AWS(&policies, edgeRegion, "cloudfront", "list-response-headers-policies", "--type", "custom"); err != nil {
		return err
	}
	for _, p := range policies.ResponseHeadersPolicyList.Items {
		own(awstypes.ResponseHeadersPolicy, p.ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name, p.ResponseHeadersPolicy.ID)
	}
	var roles struct{ Roles []struct{ RoleName string } }
	if err := cli.AWS(&roles, edgeRegion, "iam", "list-roles"); err != nil {
		return err
	}
	for _, r := range roles.Roles {
		exist.add(awstypes.Role, r.RoleName)
		if !strings.HasPrefix(r.RoleName, stack+"-") {
			continue
		}
		own(awstypes.Role, r.RoleName, r.RoleName)
		var inline struct{ PolicyNames []string }
		if err := cli.AWS(&inline, edgeRegion, "iam", "list-role-policies", "--role-name", r.RoleName); err != nil {
			return err
		}
		for _, policy := range inline.PolicyNames {
			own(awstypes.RolePolicy, policy, r.RoleName+":"+policy)
		}
	}
	return nil
}
