package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// terraformTypes are the types whose properties are values, lists and maps of them,
// and have the same names in both languages, but for how words are joined.
var terraformTypes = map[string]string{
	"aws:cloudwatch/logGroup:LogGroup":                       "aws_cloudwatch_log_group",
	"aws:ec2/eip:Eip":                                        "aws_eip",
	"aws:ec2/internetGateway:InternetGateway":                "aws_internet_gateway",
	"aws:ec2/natGateway:NatGateway":                          "aws_nat_gateway",
	"aws:ec2/route:Route":                                    "aws_route",
	"aws:ec2/routeTable:RouteTable":                          "aws_route_table",
	"aws:ec2/routeTableAssociation:RouteTableAssociation":    "aws_route_table_association",
	"aws:ec2/subnet:Subnet":                                  "aws_subnet",
	"aws:ec2/vpc:Vpc":                                        "aws_vpc",
	"aws:iam/role:Role":                                      "aws_iam_role",
	"aws:iam/rolePolicy:RolePolicy":                          "aws_iam_role_policy",
	"aws:kms/alias:Alias":                                    "aws_kms_alias",
	"aws:kms/key:Key":                                        "aws_kms_key",
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "aws_s3_bucket_public_access_block",
	"aws:s3/bucketV2:BucketV2":                               "aws_s3_bucket",
	"aws:sns/topic:Topic":                                    "aws_sns_topic",
}

// resource is one that both languages declare. A value {"of": NAME, "output": "id"}
// is an output of another.
type resource struct {
	Name, Type string
	Inputs     map[string]any
}

// translatable deploys Oregon on the simulated cloud, and takes from its state the
// resources that Terraform can have too, in the order in which they were made.
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

// refer puts references in place of what earlier resources gave out.
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

// configure writes the resources in Terraform's language, and where its provider is.
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

// express renders a value as Terraform's JSON does.
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
