// Command breaker registers the resources that test:resources lists, as resources of the site
// oregon and checked by its guardrails.
package main

import (
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/guardrails"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/residency"
)

type declared struct {
	Type, Name string
	Inputs     map[string]any
	Edge       bool // under the provider of us-east-1
	Protect    bool
}

type provider struct{ pulumi.ProviderResourceState }

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var raw map[string]string
		if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &raw); err != nil {
			return err
		}
		var resources []declared
		if err := json.Unmarshal([]byte(raw["test:resources"]), &resources); err != nil {
			return err
		}
		referring := strings.Contains(raw["test:resources"], `"the `)
		delete(raw, "test:resources")
		rules, err := residency.Default()
		if err != nil {
			return err
		}
		site, err := siteconfig.Load(ctx.Stack(), raw, rules.Register)
		if err != nil {
			return err
		}
		guard, err := guardrails.Watch(ctx, guardrails.Site{
			Name: "oregon", Region: "us-west-2", EdgeRegion: "us-east-1",
			Places:     map[string]string{"us-west-2": "oregon", "us-west-1": "california", "ap-southeast-1": "singapore"},
			Tags:       map[string]string{"Site": "oregon"},
			Refuse:     func(resource, from, to string) string { return rules.Refuse(site.Residency(), resource, from, to) },
			Origin:     map[string]string{"oregon-open": "MX is copied"},
			Declared:   []string{"a@b.c", "arn:aws:s3:::x", "content.s3.us-west-2.amazonaws.com", "objects.example.com"},
			Exceptions: site.Exceptions,
			Today:      time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC),
		})
		if err != nil {
			return err
		}
		guard.SetAccount("123456789012")
		if err := declare(ctx, resources, referring); err != nil {
			return err
		}
		return guard.Close()
	})
}

// declare registers the resources, and before them the fixtures if the resources refer to any.
func declare(ctx *pulumi.Context, resources []declared, referring bool) error {
	providers := map[string]*provider{}
	for name, region := range map[string]string{"oregon": "us-west-2", "oregon-edge": "us-east-1"} {
		providers[name] = &provider{}
		if err := ctx.RegisterResource("pulumi:providers:aws", name, pulumi.Map{
			"region": pulumi.String(region), "defaultTags": pulumi.Map{"tags": pulumi.Map{"Site": pulumi.String("oregon")}},
		}, providers[name]); err != nil {
			return err
		}
	}
	outputs := map[string]pulumi.Input{}
	if referring {
		var err error
		if outputs, err = fixtures(ctx, pulumi.Provider(providers["oregon"])); err != nil {
			return err
		}
	}
	for _, r := range resources {
		inputs := pulumi.Map{}
		for name, value := range r.Inputs {
			inputs[name] = resolve(value, outputs)
		}
		options := []pulumi.ResourceOption{pulumi.Protect(r.Protect)}
		var state pulumi.CustomResource = &pulumi.CustomResourceState{}
		switch {
		case r.Type[:len("pulumi:")] == "pulumi:":
			state = &provider{}
		case r.Edge:
			options = append(options, pulumi.Provider(providers["oregon-edge"]))
		default:
			options = append(options, pulumi.Provider(providers["oregon"]))
		}
		if err := ctx.RegisterResource(r.Type, r.Name, inputs, state, options...); err != nil {
			return err
		}
		outputs["id of "+r.Name] = state.ID()
	}
	return nil
}
