package simulation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Properties are a resource's plain values. In a preview, unknown values have the type
// resource.Computed.
type Properties = map[string]any

// Provider serves one Pulumi package from the simulated account.
type Provider struct {
	pulumirpc.UnimplementedResourceProviderServer

	account *Account
	pkg     string
	// Sessions by the peer's address. The engine opens one connection per provider resource
	// of a program; calls contain nothing else that identifies the provider resource.
	sessions sync.Map
}

// versions are the versions of the real providers that the model follows.
var versions = map[string]string{"aws": "6.83.2", "random": "4.19.1"}

type session struct {
	region  string
	tags    map[string]any
	account *Account
	reads   string // the only parameter that an assumed role may read; empty without a role
	sts     string // the region whose STS the provider asks
	// attempts is how often the provider tries a call before it fails.
	attempts int
}

// NewProvider returns a provider of the package "aws" or "random".
func NewProvider(pkg string, account *Account) *Provider {
	return &Provider{pkg: pkg, account: account}
}

func (p *Provider) session(ctx context.Context) session {
	if client, ok := peer.FromContext(ctx); ok {
		if s, ok := p.sessions.Load(client.Addr.String()); ok {
			return s.(session)
		}
	}
	return session{region: Global, account: p.account, sts: Global, attempts: attempts}
}

// Attach does nothing: the sandbox does not call the engine.
func (*Provider) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Cancel does nothing: no call takes long.
func (*Provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// GetPluginInfo returns the version that the program's SDK requires.
func (p *Provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: versions[p.pkg]}, nil
}

// CheckConfig refuses invalid regions. As in a bridged provider, it encodes settings that
// are not strings as JSON.
func (p *Provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	settings, err := unmarshal(req.GetNews())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{}
	if region := text(settings, "region"); p.pkg == "aws" && len(zonesOf(region)) == 0 {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{
			Property: "region",
			Reason:   fmt.Sprintf("invalid AWS Region: %q", region),
		})
	}
	for name, value := range settings {
		if _, isText := value.(string); !isText {
			encoded, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			settings[name] = string(encoded)
		}
	}
	response.Inputs, err = marshal(settings)
	return response, err
}

// DiffConfig reports a changed region as a replacement of the provider, and so of all its
// resources.
func (p *Provider) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, news, err := unmarshalBoth(req.GetOldInputs(), req.GetNews())
	if err != nil {
		return nil, err
	}
	return diff(olds, news, []string{"region"}), nil
}

// statusRole matches the role that lets another account read a site's status.
var statusRole = regexp.MustCompile(`^arn:aws:iam::(\d{12}):role/multisite-status-([a-z0-9-]+)$`)

// assume gives a session the account and the rights of a status role, which state/setup
// creates.
func (s *session) assume(role string) (err error) {
	match := statusRole.FindStringSubmatch(role)
	if match == nil {
		return fmt.Errorf("Cannot assume IAM Role: IAM Role (%s) cannot be assumed.", role) //nolint:revive,staticcheck // the provider's words
	}
	s.account, err = s.account.other(match[1])
	s.reads = "/multisite/sites/" + match[2]
	return err
}

// settings are the settings of a provider resource that the sandbox models.
type settings struct {
	DefaultTags       struct{ Tags map[string]any }
	AssumeRole        struct{ RoleArn string }
	AllowedAccountIDs []string `json:"allowedAccountIds"`
}

// Configure stores the settings of one provider resource, and refuses an account that is not
// in the setting allowedAccountIds.
func (p *Provider) Configure(ctx context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	args, err := unmarshal(req.GetArgs())
	if err != nil {
		return nil, err
	}
	s := session{region: Global, account: p.account, attempts: attempts}
	if region, ok := args["region"].(string); ok {
		s.region = region
	}
	s.sts = cmp.Or(text(args, "stsRegion"), s.region)
	if retries, err := strconv.Atoi(fmt.Sprint(args["maxRetries"])); err == nil {
		s.attempts = retries
	}
	var given settings
	for name, value := range map[string]any{"defaultTags": &given.DefaultTags, "assumeRole": &given.AssumeRole, "allowedAccountIds": &given.AllowedAccountIDs} {
		if encoded := text(args, name); encoded != "" {
			if err := json.Unmarshal([]byte(encoded), value); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	s.tags = given.DefaultTags.Tags
	if role := given.AssumeRole.RoleArn; role != "" {
		if err := s.assume(role); err != nil {
			return nil, err
		}
	}
	if err := p.identify(s, args, given.AllowedAccountIDs); err != nil {
		return nil, err
	}
	if client, ok := peer.FromContext(ctx); ok {
		p.sessions.Store(client.Addr.String(), s)
	}
	return &pulumirpc.ConfigureResponse{SupportsPreview: true}, nil
}

// Check generates a name if the program sets none, and reports problems with the inputs.
func (p *Provider) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	t, err := lookup(urnOf(req).Type().String())
	if err != nil {
		return nil, err
	}
	olds, news, err := unmarshalBoth(req.GetOlds(), req.GetNews())
	if err != nil {
		return nil, err
	}
	if t.Name != "" && news[t.Name] == nil {
		if news[t.Name] = olds[t.Name]; news[t.Name] == nil {
			prefix := strings.ToLower(urnOf(req).Name()) + "-"
			if news[t.Name], err = resource.NewUniqueName(req.GetRandomSeed(), prefix, 7, 63, nil); err != nil {
				return nil, err
			}
		}
	}
	inputs, err := marshal(news)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{Inputs: inputs}
	if prefix := t.Name + "Prefix"; news[prefix] != nil { // Check sets a name, which conflicts with a prefix
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: prefix, Reason: "conflicts with " + t.Name})
	}
	for _, problem := range t.check(news) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: problem.Property, Reason: problem.Reason})
	}
	return response, nil
}

// Diff compares the old and the new inputs, and the provider's default tags.
func (p *Provider) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	t, err := lookup(urnOf(req).Type().String())
	if err != nil {
		return nil, err
	}
	olds, news, err := unmarshalBoth(req.GetOldInputs(), req.GetNews())
	if err != nil {
		return nil, err
	}
	state, err := unmarshal(req.GetOlds())
	if err != nil {
		return nil, err
	}
	if t.Suppressed != nil {
		for _, name := range t.Suppressed(state, news) {
			olds[name] = news[name]
		}
	}
	for name, value := range news {
		// An imported resource's inputs lack the values that AWS set.
		if _, given := olds[name]; !given && reflect.DeepEqual(state[name], value) {
			olds[name] = value
		}
	}
	for _, name := range t.Computed {
		if _, given := news[name]; !given {
			delete(olds, name)
		}
	}
	if t.Tagged {
		olds["tagsAll"], news["tagsAll"] = state["tagsAll"], merge(p.session(ctx).tags, news["tags"])
	}
	return diff(olds, news, t.Replace), nil
}

func diff(olds, news Properties, replace []string) *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true,
		DetailedDiff: map[string]*pulumirpc.PropertyDiff{},
	}
	for name := range merge(olds, news) {
		if reflect.DeepEqual(olds[name], news[name]) {
			continue
		}
		kind := pulumirpc.PropertyDiff_UPDATE
		if slices.Contains(replace, name) {
			kind = pulumirpc.PropertyDiff_UPDATE_REPLACE
			response.Replaces = append(response.Replaces, name)
		}
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.Diffs = append(response.Diffs, name)
		response.DetailedDiff[name] = &pulumirpc.PropertyDiff{Kind: kind, InputDiff: true}
	}
	slices.Sort(response.Diffs)
	slices.Sort(response.Replaces)
	return response
}

func urnOf(req interface{ GetUrn() string }) resource.URN { return resource.URN(req.GetUrn()) }

func unmarshal(s *structpb.Struct) (Properties, error) {
	properties, err := plugin.UnmarshalProperties(s, plugin.MarshalOptions{KeepUnknowns: true, SkipNulls: true})
	if err != nil {
		return nil, err
	}
	return properties.Mappable(), nil
}

func unmarshalBoth(a, b *structpb.Struct) (Properties, Properties, error) {
	olds, err := unmarshal(a)
	if err != nil {
		return nil, nil, err
	}
	news, err := unmarshal(b)
	return olds, news, err
}

func marshal(properties Properties) (*structpb.Struct, error) {
	return plugin.MarshalProperties(resource.NewPropertyMapFromMap(properties),
		plugin.MarshalOptions{KeepUnknowns: true, SkipNulls: true})
}
