// Package preflight reads an AWS account and reports what would stop or hurt `pulumi up`
// of a stack there. It changes nothing.
package preflight

import (
	"context"
	"slices"
	"sync"

	"example.com/multisite/internal/pulumicli"
)

// Options say what is checked.
type Options struct {
	// Dir is the project's folder, with Pulumi.yaml and state/regions.yaml.
	Dir string
	// Stack is a site of register/register.yaml, or global.
	Stack string
	// Resolver answers questions to public DNS; the machine's own if nil.
	Resolver Resolver
	// Runner runs pulumi and aws in a folder; cli.Output if nil.
	Runner Runner
	// Progress is told how many commands have ended, after each; nobody if nil. It may be
	// called from several goroutines at a time.
	Progress func(ended int)
}

// Runner runs a program in a folder and returns what it prints. Where the program fails,
// the error is a *cli.Error.
type Runner func(ctx context.Context, dir, name string, args ...string) ([]byte, error)

// session is one run: the stack, and what is known of the account so far.
type session struct {
	*target
	ctx      context.Context
	ask      *asker
	resolver Resolver
	// backend is the URL of the state backend that Pulumi is logged in to, empty if none.
	backend string
	// account is the credentials' AWS account, 12 digits.
	account string
	// has are the resources in the stack's state, none where there is no such stack.
	has []pulumicli.Resource
	// zones returns the availability zones that the site's network spans.
	zones func() ([]string, error)
}

// A check reports on one subject.
type check func(s *session) []Line

// Run checks a stack. The error is one of the project's files, or of the stack's name; what
// is wrong with the account is in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	t, err := load(o.Dir, o.Stack)
	if err != nil {
		return nil, err
	}
	return t.run(ctx, o), nil
}

func (t *target) run(ctx context.Context, o Options) *Report {
	s := &session{target: t, ctx: ctx, ask: newAsker(ctx, o), resolver: o.Resolver}
	if s.resolver == nil {
		s.resolver = publicDNS{}
	}
	s.zones = sync.OnceValues(s.chooseZones)
	report := &Report{Stack: o.Stack, Lines: s.together(checkPulumi, checkCLI, checkIdentity, checkBackend, checkSecretsProvider, readState)}
	if s.account == "" {
		report.Lines = append(report.Lines, unchecked("everything in AWS", errNoCredentials))
		return report
	}
	report.Lines = append(report.Lines, s.together(s.checks()...)...)
	return report
}

// checks are what there is to check once the account and the state are known.
func (s *session) checks() []check {
	common := []check{checkAccount, checkStateBucket, checkSecretsKey}
	switch {
	case s.global != nil:
		return append(common, checkBoundary, checkOwnZone, checkTopics, checkQuotas)
	case s.site.IsLocal():
		return append(common, checkPlugin)
	default:
		return append(common, checkBoundary, checkZones, checkDatabases, checkReplication, checkDomain, checkTopics, checkQuotas)
	}
}

// together runs checks side by side and returns their lines in the checks' order.
func (s *session) together(checks ...check) []Line {
	lines := make([][]Line, len(checks))
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() { lines[i] = c(s) })
	}
	all.Wait()
	return slices.Concat(lines...)
}
