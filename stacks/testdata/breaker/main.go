// Command breaker registers the resources that test:resources lists, as resources of the site
// oregon and checked by its guardrails.
package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/guardrails"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/residency"
)

type declared struct {
	Type, Name string
	Inputs     map[string]any
	Edge       bool // under the provider of us-east-1
	Protect    bool
	Option     string         // an option that the resource gets, by its name in reports
	Value      string         // the option's value
	Late       map[string]any // inputs that a transform sets, which is registered after the guardrails
	Strip      bool           // that transform also removes the hooks
	Component  bool           // the resource is the child of a component
	Call       bool           // Type is a function, which the program calls
	Read       string         // the resource that the program reads instead of creating one, as "id of NAME"
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
		site, err := siteconfig.Load(ctx.Stack(), raw, rules)
		if err != nil {
			return err
		}
		guard, err := guardrails.Watch(ctx, guardrails.Site{
			Name: "oregon", Region: "us-west-2", EdgeRegion: "us-east-1",
			Places: map[string]string{"us-west-2": "oregon", "us-west-1": "california", "ap-southeast-1": "singapore"},
			Tags:   map[string]string{"Site": "oregon"},
			Refuse: func(resource, from, to string) string { return rules.Refuse(site.Residency(), resource, from, to) },
			Origin: map[string]string{"oregon-open": "MX is copied"},
			Copies: map[string]guardrails.Copy{
				"oregon-open-mx": {Market: "MX", Part: "mx"}, "oregon-open-back": {Market: "MX", Part: "mx", ToOrigin: true},
			},
			RefuseCopy: func(resource, market, from, to string) string {
				return rules.RefuseCopy(site.Residency(), resource, market, from, to)
			},
			Declared: map[guardrails.Input][]string{
				{Type: awstypes.TopicSubscription, Path: "endpoint"}:                   {"a@b.c"},
				{Type: awstypes.BucketReplication, Path: "rules[].destination.bucket"}: {"arn:aws:s3:::x"},
				{Type: awstypes.Distribution, Path: "origins[].domainName"}:            {"content.s3.us-west-2.amazonaws.com"},
				{Type: awstypes.DataSyncObjectStorage, Path: "serverHostname"}:         {"objects.example.com"},
			},
			Exceptions: site.Exceptions,
			Existing:   map[string]bool{},
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
		if r.Option != "" {
			options = append(options, option(ctx, r))
		}
		if r.Component {
			var component pulumi.ResourceState
			if err := ctx.RegisterComponentResource("test:index:Component", r.Name, &component); err != nil {
				return err
			}
			options = append(options, pulumi.Parent(&component))
		}
		if len(r.Late) > 0 {
			if err := ctx.RegisterResourceTransform(late(r)); err != nil {
				return err
			}
		}
		if r.Call {
			_ = ctx.Invoke(r.Type, r.Inputs, &struct{}{}, pulumi.Provider(providers["oregon"])) // the guardrails report it
			continue
		}
		var state pulumi.CustomResource = &pulumi.CustomResourceState{}
		switch {
		case r.Type[:len("pulumi:")] == "pulumi:":
			state = &provider{}
		case r.Edge:
			options = append(options, pulumi.Provider(providers["oregon-edge"]))
		default:
			options = append(options, pulumi.Provider(providers["oregon"]))
		}
		if r.Read != "" {
			if err := ctx.ReadResource(r.Type, r.Name, outputs[r.Read].(pulumi.IDOutput), nil, state, options...); err != nil {
				return err
			}
			continue
		}
		if err := ctx.RegisterResource(r.Type, r.Name, inputs, state, options...); err != nil {
			return err
		}
		outputs["id of "+r.Name] = state.ID()
	}
	return nil
}

// option returns the option that a resource gets.
func option(ctx *pulumi.Context, r declared) pulumi.ResourceOption {
	unchanged := func(context.Context, *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult { return nil }
	switch r.Option {
	case "aliases":
		return pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(r.Value)}})
	case "deletedWith":
		var other pulumi.ResourceState
		_ = ctx.RegisterComponentResource("test:index:Component", "other", &other)
		return pulumi.DeletedWith(&other)
	case "hideDiffs":
		return pulumi.HideDiffs([]string{r.Value})
	case "ignoreChanges":
		return pulumi.IgnoreChanges([]string{r.Value})
	case "import":
		return pulumi.Import(pulumi.ID(r.Value))
	case "pluginDownloadURL":
		return pulumi.PluginDownloadURL(r.Value)
	case "retainOnDelete":
		return pulumi.RetainOnDelete(true)
	case "transforms":
		return pulumi.Transforms([]pulumi.ResourceTransform{unchanged})
	case "version":
		return pulumi.Version(r.Value)
	}
	panic(r.Option)
}

// late returns a transform that changes a resource's inputs.
func late(r declared) pulumi.ResourceTransform {
	return func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if args.Name != r.Name {
			return nil
		}
		for name, value := range r.Late {
			args.Props[name] = pulumi.Any(value)
		}
		if r.Strip {
			args.Opts.Hooks = nil
		}
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
	}
}
