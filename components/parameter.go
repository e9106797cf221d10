package components

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// ParameterArgs are the arguments of NewParameter.
type ParameterArgs struct {
	// Path is the name of the parameter, such as /multisite/sites/oregon.
	Path string
	// Description is the description of the parameter, which names its readers.
	Description string
	// Value is the text of the parameter, at most 4096 characters. It must not contain
	// secrets.
	Value pulumi.StringInput
	// After lists the resources that the text names. The parameter is written once these
	// resources exist.
	After []pulumi.Resource
}

// Parameter is a text in Systems Manager Parameter Store that other stacks of the account
// read.
type Parameter struct {
	pulumi.ResourceState

	// Value is the text of the parameter.
	Value pulumi.StringOutput
}

// ParameterPath matches the name of a parameter.
var ParameterPath = regexp.MustCompile(`^(/[\w.-]+)+$`)

// NewParameter creates a parameter in Systems Manager Parameter Store, without
// encryption.
func NewParameter(ctx *pulumi.Context, name string, args *ParameterArgs, opts ...pulumi.ResourceOption) (*Parameter, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	p := &Parameter{}
	if err := ctx.RegisterComponentResource("multisite:index:Parameter", name, p, opts...); err != nil {
		return nil, err
	}
	parameter, err := ssm.NewParameter(ctx, name, &ssm.ParameterArgs{
		Name:        pulumi.String(args.Path),
		Description: pulumi.String(args.Description),
		Type:        ssm.ParameterTypeString,
		// The provider would treat Value as a secret, and hide it from reviewers.
		InsecureValue: args.Value,
		Tags:          provision.NameTag(name),
	}, pulumi.Parent(p), pulumi.DependsOn(args.After))
	if err != nil {
		return nil, err
	}
	p.Value = parameter.InsecureValue
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{})
}

func (args ParameterArgs) validate(name string) error {
	var p provision.Problems
	p.Check(ParameterPath.MatchString(args.Path), "Path: found %q; allowed: a path such as /multisite/sites/oregon", args.Path)
	p.Check(args.Description != "", "Description: found none; allowed: any text")
	p.Check(args.Value != nil, "Value: found none; allowed: any text")
	return p.Err("Parameter", name)
}
