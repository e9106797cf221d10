package simulation

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

// CLI runs a command of the AWS CLI and returns its result, which the caller encodes as
// JSON. It models the commands that docs/runbook.md and `sites adopt` use.
func CLI(account *Account, args []string) (answer any, err error) {
	// The service and the operation are the first words that are neither options nor their values.
	var words []string
	options := map[string][]string{}
	option := ""
	for _, arg := range args {
		switch {
		case strings.HasPrefix(arg, "--"):
			option = arg
			options[option] = nil
		case option == "" || len(words) < 2 && len(options[option]) > 0:
			words = append(words, arg)
		default:
			options[option] = append(options[option], arg)
		}
	}
	command := strings.Join(words, " ")
	answers := cliAnswers[command]
	if answers == nil {
		return nil, fmt.Errorf("the sandbox does not model %q: add it to internal/simulation/cli.go", "aws "+command)
	}
	if err := account.dial(words[0], strings.Join(options["--region"], "")); err != nil {
		return nil, err
	}
	if words[0] == "acm" {
		if err := account.issue(); err != nil {
			return nil, err
		}
	}
	err = account.Do(func() error {
		answer = answers(account, func(name string) string { return strings.Join(options["--"+name], " ") })
		failed, _ := answer.(error)
		return failed
	})
	return answer, err
}

// cliAnswers holds the modelled commands, by service and operation. A result may be an error.
var cliAnswers = map[string]func(a *Account, option func(string) string) any{
	"resourcegroupstaggingapi get-resources": func(a *Account, option func(string) string) any {
		region, list := option("region"), []any{}
		for _, r := range a.All(func(r *Resource) bool {
			// Global resources are listed in us-east-1. AWS's API lists no roles.
			return r.Type != role && (r.Region == region || r.Region == Global && region == awstypes.EdgeRegion) && r.tagged(option("tag-filters"))
		}) {
			tags := []any{}
			for key, value := range r.Properties["tagsAll"].(Properties) {
				tags = append(tags, Properties{"Key": key, "Value": value})
			}
			list = append(list, Properties{"ResourceARN": r.arn(), "Tags": tags})
		}
		return Properties{"ResourceTagMappingList": list}
	},
	"ec2 describe-route-tables": func(a *Account, option func(string) string) any {
		tables := []any{}
		for _, table := range a.All(func(r *Resource) bool { return r.Type == routeTable && r.Region == option("region") }) {
			routes, associations := []any{}, []any{}
			for _, r := range a.All(func(r *Resource) bool { return r.Properties["routeTableId"] == table.ID }) {
				if r.Type == "aws:ec2/route:Route" {
					routes = append(routes, Properties{"DestinationCidrBlock": r.Properties["destinationCidrBlock"], "DestinationIpv6CidrBlock": r.Properties["destinationIpv6CidrBlock"]})
				} else {
					associations = append(associations, Properties{"SubnetId": r.Properties["subnetId"]})
				}
			}
			tables = append(tables, Properties{"RouteTableId": table.ID, "Routes": routes, "Associations": associations})
		}
		return Properties{"RouteTables": tables}
	},
	"ec2 describe-vpcs": func(a *Account, option func(string) string) any {
		networks := []any{}
		for _, network := range a.All(func(r *Resource) bool { return r.Type == vpc && r.Region == option("region") }) {
			blocks := []any{}
			for _, r := range a.All(func(r *Resource) bool { return r.Type == secondaryBlock && r.Properties["vpcId"] == network.ID }) {
				blocks = append(blocks, Properties{"AssociationId": r.ID, "CidrBlock": r.Properties["cidrBlock"]})
			}
			networks = append(networks, Properties{"VpcId": network.ID, "CidrBlockAssociationSet": blocks})
		}
		return Properties{"Vpcs": networks}
	},
	"kms list-aliases": func(a *Account, option func(string) string) any {
		return Properties{"Aliases": a.list("aws:kms/alias:Alias", option("region"), func(r *Resource) any {
			return Properties{"AliasName": r.ID, "TargetKeyId": r.Properties["targetKeyId"]}
		})}
	},
	"kms cancel-key-deletion": func(a *Account, option func(string) string) any {
		file := a.file(kmsKey, option("region"), option("key-id"))
		if err := os.Rename(file+".gone", file); err != nil {
			return apiError("KMSInvalidStateException", "%s is not pending deletion.", option("key-id"))
		}
		if err := a.wrote(); err != nil {
			return err
		}
		return Properties{"KeyId": option("key-id")}
	},
	"sts get-caller-identity": func(a *Account, _ func(string) string) any {
		return Properties{"Account": a.ID}
	},
	"kms enable-key": func(*Account, func(string) string) any { return Properties{} },
	"cloudfront list-origin-access-controls": func(a *Account, _ func(string) string) any {
		return Properties{"OriginAccessControlList": Properties{"Items": a.list(accessControl, Global, func(r *Resource) any {
			return Properties{"Id": r.ID, "Name": r.Properties["name"]}
		})}}
	},
	"cloudfront list-response-headers-policies": func(a *Account, _ func(string) string) any {
		return Properties{"ResponseHeadersPolicyList": Properties{"Items": a.list(headersPolicy, Global, func(r *Resource) any {
			return Properties{"ResponseHeadersPolicy": Properties{"Id": r.ID, "ResponseHeadersPolicyConfig": Properties{"Name": r.Properties["name"]}}}
		})}}
	},
	"route53 list-resource-record-sets": func(a *Account, option func(string) string) any {
		sets := []any{}
		for _, r := range a.All(func(r *Resource) bool { return r.Type == record && r.Properties["zoneId"] == option("hosted-zone-id") }) {
			sets = append(sets, Properties{"Name": text(r.Properties, "name") + ".", "Type": r.Properties["type"], "SetIdentifier": r.Properties["setIdentifier"]})
		}
		return Properties{"ResourceRecordSets": sets}
	},
	"route53 get-dnssec": func(a *Account, option func(string) string) any {
		status, signingKeys := "NOT_SIGNING", []any{}
		for _, r := range a.All(func(r *Resource) bool { return r.Properties["hostedZoneId"] == option("hosted-zone-id") }) {
			if r.Type == signingKey {
				signingKeys = append(signingKeys, Properties{"Name": r.Properties["name"]})
			} else {
				status = "SIGNING"
			}
		}
		return Properties{"Status": Properties{"ServeSignature": status}, "KeySigningKeys": signingKeys}
	},
	"rds describe-db-instance-automated-backups": func(a *Account, option func(string) string) any {
		return Properties{"DBInstanceAutomatedBackups": a.list(backupReplication, option("region"), func(r *Resource) any {
			return Properties{"DBInstanceArn": r.Properties["sourceDbInstanceArn"], "DBInstanceAutomatedBackupsArn": r.ID, "Status": "replicating"}
		})}
	},
	"iam list-roles": func(a *Account, _ func(string) string) any {
		return Properties{"Roles": a.list(role, Global, func(r *Resource) any { return Properties{"RoleName": r.ID} })}
	},
	"iam list-role-policies": func(a *Account, option func(string) string) any {
		names := []any{}
		for _, r := range a.All(func(r *Resource) bool {
			return r.Type == rolePolicy && r.Properties["role"] == option("role-name")
		}) {
			names = append(names, r.Properties["name"])
		}
		return Properties{"PolicyNames": names}
	},
}

// list returns the descriptions of a type's resources in a region.
func (a *Account) list(token, region string, describe func(*Resource) any) []any {
	list := []any{}
	for _, r := range a.All(func(r *Resource) bool { return r.Type == token && r.Region == region }) {
		list = append(list, describe(r))
	}
	return list
}

// tagged reports whether a resource has all tags in filters, such as Key=Site,Values=oregon.
func (r *Resource) tagged(filters string) bool {
	tags, _ := r.Properties["tagsAll"].(Properties)
	return tags != nil && !slices.ContainsFunc(strings.Fields(filters), func(filter string) bool {
		key, value, _ := strings.Cut(strings.TrimPrefix(filter, "Key="), ",Values=")
		return tags[key] != value
	})
}

// arn returns the resource's ARN, even if the provider does not return it for the type.
func (r *Resource) arn() string {
	if arn := text(r.Properties, cmp.Or(types[r.Type].ARN, "arn")); arn != "" {
		return arn
	}
	kind := strings.ToLower(filepath.Base(strings.ReplaceAll(r.Type, ":", "/")))
	if kind == "egressonlyinternetgateway" {
		kind = "egress-only-internet-gateway"
	}
	return "arn:aws:ec2:" + r.Region + ":" + r.account + ":" + kind + "/" + r.ID
}
