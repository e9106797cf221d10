package adopt

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/pulumicli"
)

// opCreate is the operation of a preview's step for a resource that the state lacks.
const opCreate = "create"

// typeAndName returns TYPE NAME of a resource of the program.
func typeAndName(u urn.URN) string { return string(u.Type()) + " " + u.Name() }

// hostedZoneID matches a hosted zone ID. The input of a missing zone is empty or unknown.
var hostedZoneID = regexp.MustCompile(`^Z[0-9A-Z]+$`)

// suffix matches the random suffix that Pulumi adds to a name.
var suffix = regexp.MustCompile(`-[0-9a-f]{7}$`)

// inventory collects the resources that exist in AWS.
type inventory struct {
	stack string
	// byName maps TYPE NAME of the program to import IDs.
	byName map[string]string
	// byKey maps a type, a space and awstypes.Import.Key to import IDs, for resources
	// whose logical name AWS does not have.
	byKey map[string]string
}

// addKey adds a resource whose key is its ID.
func (i inventory) addKey(typ, id string) { i.byKey[typ+" "+id] = id }

// addSuffixed adds a resource of the stack by its physical name, which is the logical name with
// Pulumi's random suffix. It ignores other names.
func (i inventory) addSuffixed(typ, physical, id string) {
	if name := suffix.ReplaceAllString(physical, ""); name != physical && strings.HasPrefix(name, i.stack+"-") {
		i.byName[typ+" "+name] = id
	}
}

// findResources returns the import IDs of resources that exist in AWS, by TYPE NAME of the
// program. It searches for the resources that the steps of a preview would create.
func findResources(stack string, regions []string, steps []pulumicli.Step) (map[string]string, error) {
	inputs := map[string]map[string]any{}
	zones := map[string]bool{}
	for _, s := range steps {
		if s.Op == opCreate {
			resource, err := s.Resource()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.URN, err)
			}
			in := resource.Inputs
			inputs[typeAndName(urn.URN(s.URN))] = in
			zones[awstypes.Text(in, "zoneId")], zones[awstypes.Text(in, "hostedZoneId")] = true, true
		}
	}
	found := inventory{stack, map[string]string{}, map[string]string{}}
	for _, region := range regions {
		for _, list := range []func(region string) error{found.listTagged, found.listRoutes, found.listNetworkBlocks, found.listKeyAliases, found.listListenerCertificates, found.listWebACLAssociations, found.listReplicatedBackups} {
			if err := list(region); err != nil {
				return nil, err
			}
		}
	}
	for _, list := range []func() error{found.listOriginAccessControls, found.listResponseHeadersPolicies, found.listRoles} {
		if err := list(); err != nil {
			return nil, err
		}
	}
	for zone := range zones {
		if !hostedZoneID.MatchString(zone) { // the zone itself is missing, or the input is empty
			continue
		}
		for _, list := range []func(zone string) error{found.listRecords, found.listZoneSigning} {
			if err := list(zone); err != nil {
				return nil, err
			}
		}
	}
	return found.importIDs(inputs), nil
}

// importIDs returns the import IDs of the program's resources with the given inputs, and of all
// others that were found by name.
func (i inventory) importIDs(inputs map[string]map[string]any) map[string]string {
	for name, in := range inputs {
		typ, _, _ := strings.Cut(name, " ")
		by := awstypes.Of(typ).Import
		if id := i.byKey[typ+" "+by.KeyOf(in)]; by.Key != "" && id != "" {
			i.byName[name] = id
		}
		if by.Input != "" && i.byName[name] != "" {
			i.byName[name] = awstypes.Text(in, by.Input)
		}
	}
	return i.byName
}

// listTagged lists the resources in a region that have the stack's tags. The tag Name holds
// the logical name.
func (i inventory) listTagged(region string) error {
	var resources struct {
		ResourceTagMappingList []struct {
			ResourceARN string
			Tags        []struct{ Key, Value string }
		}
	}
	if err := cli.AWS(&resources, region, "resourcegroupstaggingapi", "get-resources",
		"--tag-filters", "Key=Project,Values=multisite", "Key=Site,Values="+i.stack); err != nil {
		return err
	}
	for _, r := range resources.ResourceTagMappingList {
		for _, tag := range r.Tags {
			if tag.Key != "Name" {
				continue
			}
			for _, typ := range awstypes.Tokens() {
				if id, matches := awstypes.Of(typ).Import.IDFromARN(r.ResourceARN); matches {
					i.byName[typ+" "+tag.Value] = id
				}
			}
		}
	}
	return nil
}

// listRoutes lists the routes and subnet associations of the stack's route tables in a region.
func (i inventory) listRoutes(region string) error {
	var tables struct {
		RouteTables []struct {
			RouteTableID string `json:"RouteTableId"`
			Routes       []struct{ DestinationCidrBlock, DestinationIpv6CidrBlock string }
			Associations []struct {
				SubnetID string `json:"SubnetId"`
			}
		}
	}
	if err := cli.AWS(&tables, region, "ec2", "describe-route-tables", "--filters", "Name=tag:Site,Values="+i.stack); err != nil {
		return err
	}
	for _, table := range tables.RouteTables {
		for _, r := range table.Routes {
			i.addKey(awstypes.Route, table.RouteTableID+"_"+r.DestinationCidrBlock+r.DestinationIpv6CidrBlock)
		}
		for _, a := range table.Associations {
			i.addKey(awstypes.RouteTableAssociation, a.SubnetID+"/"+table.RouteTableID)
		}
	}
	return nil
}

// listNetworkBlocks lists the CIDR blocks of the stack's VPCs in a region.
func (i inventory) listNetworkBlocks(region string) error {
	var networks struct {
		Vpcs []struct {
			VpcID                   string `json:"VpcId"`
			CidrBlockAssociationSet []struct {
				AssociationID string `json:"AssociationId"`
				CidrBlock     string
			}
		}
	}
	if err := cli.AWS(&networks, region, "ec2", "describe-vpcs", "--filters", "Name=tag:Site,Values="+i.stack); err != nil {
		return err
	}
	for _, network := range networks.Vpcs {
		for _, block := range network.CidrBlockAssociationSet {
			i.byKey[awstypes.VPCCidrBlock+" "+network.VpcID+" "+block.CidrBlock] = block.AssociationID
		}
	}
	return nil
}

// listKeyAliases lists the aliases of KMS keys in a region.
func (i inventory) listKeyAliases(region string) error {
	var aliases struct{ Aliases []struct{ AliasName string } }
	if err := cli.AWS(&aliases, region, "kms", "list-aliases"); err != nil {
		return err
	}
	for _, a := range aliases.Aliases {
		i.addKey(awstypes.KeyAlias, a.AliasName)
	}
	return nil
}

// listOriginAccessControls lists CloudFront's origin access controls.
func (i inventory) listOriginAccessControls() error {
	var controls struct {
		OriginAccessControlList struct {
			Items []struct {
				ID   string `json:"Id"`
				Name string
			}
		}
	}
	if err := cli.AWS(&controls, awstypes.EdgeRegion, "cloudfront", "list-origin-access-controls"); err != nil {
		return err
	}
	for _, c := range controls.OriginAccessControlList.Items {
		i.addSuffixed(awstypes.OriginAccessControl, c.Name, c.ID)
	}
	return nil
}

// listResponseHeadersPolicies lists CloudFront's response headers policies.
func (i inventory) listResponseHeadersPolicies() error {
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
	if err := cli.AWS(&policies, awstypes.EdgeRegion, "cloudfront", "list-response-headers-policies", "--type", "custom"); err != nil {
		return err
	}
	for _, p := range policies.ResponseHeadersPolicyList.Items {
		i.addSuffixed(awstypes.ResponseHeadersPolicy, p.ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name, p.ResponseHeadersPolicy.ID)
	}
	return nil
}

// listRoles lists IAM roles, which AWS does not list by tag, and the inline policies of the stack's
// roles.
func (i inventory) listRoles() error {
	var roles struct{ Roles []struct{ RoleName string } }
	if err := cli.AWS(&roles, awstypes.EdgeRegion, "iam", "list-roles"); err != nil {
		return err
	}
	for _, r := range roles.Roles {
		i.addKey(awstypes.Role, r.RoleName)
		if !strings.HasPrefix(r.RoleName, i.stack+"-") {
			continue
		}
		i.addSuffixed(awstypes.Role, r.RoleName, r.RoleName)
		if err := i.listRolePolicies(r.RoleName); err != nil {
			return err
		}
	}
	return nil
}

// listRolePolicies lists the inline policies of a role.
func (i inventory) listRolePolicies(role string) error {
	var inline struct{ PolicyNames []string }
	if err := cli.AWS(&inline, awstypes.EdgeRegion, "iam", "list-role-policies", "--role-name", role); err != nil {
		return err
	}
	for _, policy := range inline.PolicyNames {
		i.addSuffixed(awstypes.RolePolicy, policy, role+":"+policy)
	}
	return nil
}

// listRecords lists the records of a hosted zone.
func (i inventory) listRecords(zone string) error {
	var records struct {
		ResourceRecordSets []struct{ Name, Type, SetIdentifier string }
	}
	if err := cli.AWS(&records, awstypes.EdgeRegion, "route53", "list-resource-record-sets", "--hosted-zone-id", zone); err != nil {
		return err
	}
	for _, r := range records.ResourceRecordSets {
		// Route 53 prints an asterisk as an octal code.
		name := strings.ReplaceAll(strings.TrimSuffix(r.Name, "."), `\052`, "*")
		i.addKey(awstypes.Record, awstypes.Of(awstypes.Record).Import.KeyOf(map[string]any{
			"zoneId": zone, "name": name, "type": r.Type, "setIdentifier": r.SetIdentifier,
		}))
	}
	return nil
}

// listZoneSigning lists the DNSSEC signing of a hosted zone and its key-signing keys.
func (i inventory) listZoneSigning(zone string) error {
	var signing struct {
		Status         struct{ ServeSignature string }
		KeySigningKeys []struct{ Name string }
	}
	if err := cli.AWS(&signing, awstypes.EdgeRegion, "route53", "get-dnssec", "--hosted-zone-id", zone); err != nil {
		return err
	}
	if signing.Status.ServeSignature == "SIGNING" {
		i.addKey(awstypes.ZoneSigning, zone)
	}
	for _, key := range signing.KeySigningKeys {
		i.addKey(awstypes.KeySigningKey, zone+","+key.Name)
	}
	return nil
}
