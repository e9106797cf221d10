// Package preflight reads an AWS account and reports what would stop `pulumi up` of a stack
// there, or what is wrong with the stack. It changes nothing.
package preflight

import (
	"context"
	"errors"
	"slices"
	"sync"

	"example.com/multisite/internal/preflight/query"
	"example.com/multisite/internal/preflight/quotas"
	"example.com/multisite/internal/preflight/report"
	"example.com/multisite/internal/pulumicli"
)

// Options are the inputs of Run.
type Options struct {
	// Dir is the project's folder, with Pulumi.yaml and state/regions.yaml.
	Dir string
	// Stack is a site of register/register.yaml, or global.
	Stack string
	// Resolver queries public DNS; the resolvers of the machine if nil.
	Resolver Resolver
	// Runner runs pulumi and aws in a folder; cli.Output if nil.
	Runner query.Runner
	// Progress, if not nil, is called after each command with the number of commands that
	// have ended, from several goroutines at a time.
	Progress func(ended int)
}

// session is one run: the stack, and what the checks have read from the account.
type session struct {
	*target
	ctx      context.Context
	client   *query.Client
	resolver Resolver
	// backend is the URL of the state backend that Pulumi is logged in to; empty if none.
	backend string
	// account is the AWS account of the credentials, 12 digits; empty if there are none.
	account string
	// resources are the resources in the stack's state; empty if the stack does not exist.
	resources []pulumicli.Resource
	// zones returns the availability zones of the site's network.
	zones func() ([]string, error)
}

// A check reports on one subject.
type check func(s *session) []report.Line

var errNoCredentials = errors.New("there are no AWS credentials")

// Run checks a stack. It returns an error if the stack does not exist or the project's files
// are wrong; the report states what is wrong with the account.
func Run(ctx context.Context, o Options) (*report.Report, error) {
	t, err := load(o.Dir, o.Stack)
	if err != nil {
		return nil, err
	}
	return t.run(ctx, o), nil
}

func (t *target) run(ctx context.Context, o Options) *report.Report {
	s := &session{target: t, ctx: ctx, client: query.New(ctx, o.Dir, o.Runner, o.Progress), resolver: o.Resolver}
	if s.resolver == nil {
		s.resolver = publicDNS{}
	}
	s.zones = sync.OnceValues(s.chooseZones)
	r := &report.Report{
		Stack: o.Stack,
		Lines: s.parallel(checkPulumi, checkCLI, checkIdentity, checkBackend, checkSecretsProvider, readState),
	}
	if s.account == "" {
		r.Lines = append(r.Lines, report.Unchecked("everything in AWS", errNoCredentials))
		return r
	}
	r.Lines = append(r.Lines, s.parallel(s.checks()...)...)
	return r
}

// checks returns the checks that need the account and the state.
func (s *session) checks() []check {
	common := []check{checkAccount, checkStateBucket, checkSecretsKey}
	switch {
	case s.global != nil:
		return append(common, checkBoundary, checkGlobalZone, checkTopics, checkQuotas)
	case s.site.IsLocal():
		return append(common, checkPlugin)
	default:
		return append(common, checkBoundary, checkZones, checkDatabases, checkReplication, checkDomain, checkNames, checkTopics, checkQuotas)
	}
}

// parallel runs checks at the same time and returns their lines in the order of the checks.
func (s *session) parallel(checks ...check) []report.Line {
	lines := make([][]report.Line, len(checks))
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() { lines[i] = c(s) })
	}
	all.Wait()
	return slices.Concat(lines...)
}

// ofType returns the resources of a type in the stack's state.
func (s *session) ofType(typ string) (found []pulumicli.Resource) {
	for _, r := range s.resources {
		if r.Type == typ {
			found = append(found, r)
		}
	}
	return found
}

// checkQuotas compares the quotas of the account with the resources that the update creates.
func checkQuotas(s *session) []report.Line {
	return quotas.Check(&quotas.Stack{
		Name: s.stack, Sites: s.sites, Site: s.site, Region: s.region(),
		Resources: s.resources, Zones: s.zones, Client: s.client,
	})
}
