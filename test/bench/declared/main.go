// Command declared declares the resources of the JSON file that BENCH_RESOURCES names.
// Terraform declares the same resources.
package main

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// resource is a resource of the file. A value {"of": NAME, "output": "id"} is an output of
// the resource NAME.
type resource struct {
	Name, Type string
	Inputs     map[string]any
}

type provider struct{ pulumi.ProviderResourceState }

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		data, err := os.ReadFile(os.Getenv("BENCH_RESOURCES"))
		if err != nil {
			return err
		}
		var resources []resource
		if err := json.Unmarshal(data, &resources); err != nil {
			return err
		}
		aws := &provider{}
		if err := ctx.RegisterResource("pulumi:providers:aws", "aws", pulumi.Map{"region": pulumi.String("us-west-2")}, aws); err != nil {
			return err
		}
		known := map[string]*made{}
		for _, r := range resources {
			inputs := pulumi.Map{}
			for name, value := range r.Inputs {
				inputs[name] = input(value, known)
			}
			state := &made{}
			if err := ctx.RegisterResource(r.Type, r.Name, inputs, state, pulumi.Provider(aws)); err != nil {
				return err
			}
			known[r.Name] = state
		}
		return nil
	})
}

// made is a declared resource with its ARN, to which other resources refer.
type made struct {
	pulumi.CustomResourceState
	ARN pulumi.StringOutput `pulumi:"arn"`
}

// input returns a value in which references are replaced by outputs.
func input(value any, resources map[string]*made) pulumi.Input {
	switch value := value.(type) {
	case map[string]any:
		if of, isReference := value["of"].(string); isReference {
			if value["output"] == "arn" {
				return resources[of].ARN
			}
			return resources[of].ID().ToStringOutput()
		}
		inputs := pulumi.Map{}
		for name, nested := range value {
			inputs[name] = input(nested, resources)
		}
		return inputs
	case []any:
		inputs := pulumi.Array{}
		for _, nested := range value {
			inputs = append(inputs, input(nested, resources))
		}
		return inputs
	default:
		return pulumi.Any(value)
	}
}
