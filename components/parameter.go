package components

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ParameterArgs describe a Parameter.
type ParameterArgs struct {
	// Path is the parameter's name, such as /multisite/sites/oregon.
	Path string
	// Description says who reads it.
	Description string
	// Value is the text, of up to 4096 characters. It is no secret.
	Value pulumi.StringInput
	// After is what the text speaks of: it is written when all of that is there.
	After []pulumi.Resource
}

// Parameter is a text in Systems Manager that other stacks of the account read.
type Parameter struct {
	pulumi.ResourceState

	// Value is the text that the parameter has.
	Value pulumi.StringOutput
}

// ParameterPath is the form of a parameter's name.
var ParameterPath = regexp.MustCompile(`^(/[\w.-]+)+$`)

// NewParameter creates a parameter.
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
		// The provider would hide the other one from reviewers.
		InsecureValue: args.Value,
		Tags:          nameTag(name),
	}, pulumi.Parent(p), pulumi.DependsOn(args.After))
	if err != nil {
		return nil, err
	}
	p.Value = parameter.InsecureValue
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{})
}

func (args ParameterArgs) validate(name string) error {
	var p problems
	p.check(ParameterPath.MatchString(args.Path), "Path: found %q, allowed is a path such as /multisite/sites/oregon", args.Path)
	p.check(args.Description != "", "Description: found none, allowed is any text")
	p.check(args.Value != nil, "Value: found none, allowed is any text")
	return p.err("Parameter", name)
}
