package guardrails

import (
	"strings"
	"testing"
	"time"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
)

// stand is the guard of one kind of stack, with a provider and a resource of each type.
type stand struct {
	kind  string
	guard *Guard
	log   *recorder
	// provider is the provider of the resources of a package.
	provider map[string]string
	refused  []attempt
}

const (
	account  = "123456789012"
	declared = "declared.example.com"
)

// newStands returns the guards of each kind of stack, in an update.
func newStands(t *testing.T) []*stand {
	places := map[string]string{"us-west-2": "oregon", "us-west-1": "california"}
	edge := newStand(t, "AWS, resources in us-east-1", Site{Name: "oregon", Region: "us-west-2", Places: places}, awstypes.EdgeRegion)
	return []*stand{
		newStand(t, "AWS", Site{Name: "oregon", Region: "us-west-2", Places: places}, "us-west-2"),
		edge,
		newStand(t, "local", Site{Name: "india", Places: places}, awstypes.EdgeRegion),
		newStand(t, "`global`", Site{Name: "global", Region: awstypes.EdgeRegion, Places: places}, awstypes.EdgeRegion),
	}
}

func newStand(t *testing.T, kind string, site Site, region string) *stand {
	t.Helper()
	site.EdgeRegion = awstypes.EdgeRegion
	site.Today = time.Now()
	site.Declared = map[Input][]string{}
	for _, token := range awstypes.Tokens() {
		for _, path := range awstypes.Of(token).Declared {
			site.Declared[Input{token, path}] = []string{declared}
		}
	}
	site.Refuse = func(_, from, to string) string {
		if from == to {
			return ""
		}
		return "flows within the site"
	}
	s := &stand{kind: kind, log: &recorder{}, provider: map[string]string{}}
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		s.guard = newGuard(ctx, site)
		return nil
	}, pulumi.WithMocks("multisite", site.Name, noResources{})))
	s.guard.ctx.Log = s.log
	if site.Region != "" {
		s.guard.SetAccount(account)
	}
	for pkg, inputs := range map[string]map[string]any{
		"aws": {"region": region}, "localdc": {"site": site.Name}, "random": {},
	} {
		provider := &resource{urn: urnOf(providerPrefix+pkg, site.Name), typ: providerPrefix + pkg, name: site.Name, custom: true, inputs: inputs}
		s.guard.inspect(provider)
		s.provider[pkg] = provider.urn
	}
	read := make(chan struct{})
	close(read)
	for _, token := range awstypes.Tokens() {
		s.guard.owned = append(s.guard.owned, &owned{typ: token, name: site.Name + "-own", names: []string{own(token), bucketARN + own(token)}, read: read})
	}
	return s
}

// own returns the ID of the stack's own resource of a type.
func own(token string) string {
	return "own-" + strings.NewReplacer(":", "-", "/", "-").Replace(token)
}

// findings returns what the guard reports of a resource of a type, as PROPERTY: rule RULE: ....
func (s *stand) findings(token string, inputs map[string]any) []string {
	return s.findingsOf(token, s.guard.site.Name+"-tried", inputs)
}

// findingsOf is findings of a resource with a name.
func (s *stand) findingsOf(token, name string, inputs map[string]any) []string {
	pkg, _, _ := strings.Cut(token, ":")
	r := &resource{urn: urnOf(token, name), typ: token, name: name, custom: true, inputs: inputs, provider: s.provider[pkg]}
	s.log.lines, s.guard.reported = nil, map[string]bool{} // the guard reports a line once
	s.guard.inspect(r)
	var list []string
	for _, line := range s.log.lines {
		_, found, _ := strings.Cut(line, r.String()+": ")
		list = append(list, found)
	}
	return list
}

// recorder records errors.
type recorder struct {
	pulumi.Log
	lines []string
}

func (r *recorder) Error(line string, _ *pulumi.LogArgs) error {
	r.lines = append(r.lines, line)
	return nil
}

// noResources is an engine for a program without resources.
type noResources struct{}

func (noResources) NewResource(pulumi.MockResourceArgs) (string, presource.PropertyMap, error) {
	return "", nil, nil
}

func (noResources) Call(pulumi.MockCallArgs) (presource.PropertyMap, error) { return nil, nil }

// urnOf returns the URN of a resource without a parent.
func urnOf(typ, name string) string { return "urn:pulumi:stack::project::" + typ + "::" + name }
