package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/multisite/internal/awstypes"
)

// terraformTypes maps Pulumi's types to Terraform's. It holds the types whose properties are
// values, lists or maps, and whose property names differ only in how words are joined.
var terraformTypes = map[string]string{
	awstypes.LogGroup:                "aws_cloudwatch_log_group",
	awstypes.ElasticIP:               "aws_eip",
	awstypes.InternetGateway:         "aws_internet_gateway",
	awstypes.NATGateway:              "aws_nat_gateway",
	awstypes.Route:                   "aws_route",
	awstypes.RouteTable:              "aws_route_table",
	awstypes.RouteTableAssociation:   "aws_route_table_association",
	awstypes.Subnet:                  "aws_subnet",
	awstypes.VPC:                     "aws_vpc",
	awstypes.Role:                    "aws_iam_role",
	awstypes.RolePolicy:              "aws_iam_role_policy",
	awstypes.KeyAlias:                "aws_kms_alias",
	awstypes.Key:                     "aws_kms_key",
	awstypes.BucketPublicAccessBlock: "aws_s3_bucket_public_access_block",
	awstypes.Bucket:                  "aws_s3_bucket",
	awstypes.Topic:                   "aws_sns_topic",
}

// resource is a resource that both tools declare. A value {"of": NAME, "output": "id"} is an
// output of the resource NAME.
type resource struct {
	Name, Type string
	Inputs     map[string]any
}

// translatable deploys Oregon on the simulated cloud, and returns the resources in its state
// that Terraform can also declare, in the order of their creation.
func (b *bench) translatable() ([]resource, error) {
	x, err := b.box(b.site())
	if err != nil {
		return nil, err
	}
	if err := x.ready(); err != nil {
		return nil, err
	}
	if _, err := x.pulumi("up", "--yes", "--skip-preview", "--stack", "oregon"); err != nil {
		return nil, err
	}
	exported, err := x.pulumi("stack", "export", "--stack", "oregon")
	if err != nil {
		return nil, err
	}
	var export struct {
		Deployment struct {
			Resources []struct {
				URN, Type, ID, Provider string
				Inputs, Outputs         map[string]any
			}
		}
	}
	if err := json.Unmarshal([]byte(exported.output), &export); err != nil {
		return nil, err
	}
	var resources []resource
	references := map[any]any{}
	for _, r := range export.Deployment.Resources {
		if terraformTypes[r.Type] == "" || strings.Contains(r.Provider, "-edge") {
			continue
		}
		name := fmt.Sprintf("r%03d-%s", len(resources), r.URN[strings.LastIndex(r.URN, "::")+2:])
		resources = append(resources, resource{name, r.Type, refer(r.Inputs, references).(map[string]any)})
		references[r.ID] = map[string]any{"of": name, "output": "id"}
		if arn, ok := r.Outputs["arn"].(string); ok {
			references[arn] = map[string]any{"of": name, "output": "arn"}
		}
	}
	return resources, nil
}

// refer replaces the IDs and ARNs of earlier resources by references to these resources.
func refer(value any, references map[any]any) any {
	switch value := value.(type) {
	case map[string]any:
		changed := map[string]any{}
		for name, nested := range value {
			changed[name] = refer(nested, references)
		}
		return changed
	case []any:
		changed := make([]any, len(value))
		for i, nested := range value {
			changed[i] = refer(nested, references)
		}
		return changed
	case string:
		if reference, ok := references[value]; ok {
			return reference
		}
	}
	return value
}

// configure writes the resources in Terraform's language, and a setting with the folder of
// the provider.
func configure(folder, provider string, resources []resource) error {
	types := map[string]string{}
	declared := map[string]map[string]any{}
	for _, r := range resources {
		typ := terraformTypes[r.Type]
		types[r.Name] = typ
		if declared[typ] == nil {
			declared[typ] = map[string]any{}
		}
		arguments := map[string]any{}
		for property, value := range r.Inputs {
			arguments[snake(property)] = express(value, types)
		}
		declared[typ][r.Name] = arguments
	}
	config, err := json.MarshalIndent(map[string]any{
		"terraform": map[string]any{"required_providers": map[string]any{"aws": map[string]any{"source": "hashicorp/aws"}}},
		"provider":  map[string]any{"aws": map[string]any{"region": "us-west-2", "s3_use_path_style": true}},
		"resource":  declared,
	}, "", " ")
	rc := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"hashicorp/aws\" = %q\n  }\n}\n", provider)
	return errors.Join(err, os.MkdirAll(folder, 0o700),
		os.WriteFile(filepath.Join(folder, "main.tf.json"), config, 0o600),
		os.WriteFile(filepath.Join(folder, "terraform.rc"), []byte(rc), 0o600))
}

// express returns a value in the form of Terraform's JSON syntax.
func express(value any, types map[string]string) any {
	switch value := value.(type) {
	case map[string]any:
		if of, ok := value["of"].(string); ok {
			return fmt.Sprintf("${%s.%s.%s}", types[of], of, value["output"])
		}
		changed := map[string]any{}
		for name, nested := range value {
			changed[name] = express(nested, types)
		}
		return changed
	case []any:
		changed := make([]any, len(value))
		for i, nested := range value {
			changed[i] = express(nested, types)
		}
		return changed
	case string:
		return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(value)
	}
	return value
}

var word = regexp.MustCompile(`[A-Z]`)

func snake(name string) string {
	return word.ReplaceAllStringFunc(name, func(letter string) string { return "_" + strings.ToLower(letter) })
}
