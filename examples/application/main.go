// Application runs a service's containers at a site, behind the site's load balancer:
// pulumi up -s oregon. It is where an application team starts from: replace what newWorkload
// creates, and keep the rest.
package main

import (
	"errors"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/guardrails"
	"example.com/multisite/register"
)

func main() { pulumi.Run(run) }

// run makes all checks before it registers a resource other than the provider.
func run(ctx *pulumi.Context) error {
	reg, err := register.Default()
	if err != nil {
		return err
	}
	s := readSettings(ctx, reg)
	if s.region == "" {
		return s.check("")
	}
	guard, err := guardrails.Watch(ctx, s.guarded(ctx, reg))
	if err != nil {
		return err
	}
	args := &aws.ProviderArgs{Region: pulumi.String(s.region), DefaultTags: aws.ProviderDefaultTagsArgs{Tags: pulumi.ToStringMap(s.tags(ctx))}}
	if s.account != "" {
		args.AllowedAccountIds = pulumi.ToStringArray([]string{s.account})
	}
	provider, err := aws.NewProvider(ctx, s.name(), args)
	if err != nil {
		return err
	}
	identity, err := aws.GetCallerIdentity(ctx, nil, pulumi.Provider(provider))
	if err != nil {
		return err
	}
	if err := s.check(identity.AccountId); err != nil {
		return err
	}
	guard.SetAccount(identity.AccountId)
	place, err := readPlace(ctx, s, pulumi.Provider(provider))
	if err != nil {
		return err
	}
	place.declare(guard)
	w := &workload{ctx: ctx, settings: s, place: place, account: identity.AccountId, in: pulumi.Provider(provider)}
	return errors.Join(w.provision(), guard.Close())
}

// guarded describes the site to the guardrails. The stack has no resources that hold data, and
// none in another region than the site's.
func (s *settings) guarded(ctx *pulumi.Context, reg *register.Register) guardrails.Site {
	places := map[string]string{}
	for name, site := range reg.Sites {
		if site.Region != "" { // local sites have none
			places[site.Region] = name
		}
	}
	declared := map[guardrails.Input][]string{}
	if s.account != "" {
		declared[guardrails.Input{Type: "pulumi:providers:aws", Path: "allowedAccountIds[]"}] = []string{s.account}
	}
	return guardrails.Site{
		Name: s.site, Region: s.region, EdgeRegion: s.region, Places: places, Tags: s.tags(ctx),
		Refuse: func(_, from, to string) string {
			if from == to {
				return ""
			}
			return "flows within " + s.site
		},
		Declared: declared,
		Today:    time.Now(),
	}
}
