// Package experiments tests the promises of a site that only AWS can prove. Each
// experiment is in a file with its name.
package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/live/account"
	"example.com/multisite/internal/live/workspace"
)

// Experiment tests one promise.
type Experiment struct {
	// Name is the experiment's name in the report and in the flag --skip.
	Name string
	// promise is what the project promises, and done how the experiment tests it.
	promise, done string
	// emulator is the capability that the emulator lacks; empty if the experiment runs
	// on the emulator.
	emulator string
	// needs lists experiments whose outcome must be Kept.
	needs []string
	// try returns the evidence that the promise is kept. A brokenPromise is the evidence
	// that it is not; any other error means that the experiment had no result.
	try func(ctx context.Context, t *Trial) (evidence string, err error)
}

// All returns the experiments in the order in which they run.
func All() []Experiment {
	return []Experiment{
		driftAfterUp, alarm, edgeAlarm, databaseEvent, image, replication, firewallLog, cdnLog, databaseLog,
		certificate, dnssec, databaseCopy, event, flowLog, bucketLog, drift,
	}
}

// Names returns the names of all experiments.
func Names() []string {
	var names []string
	for _, e := range All() {
		names = append(names, e.Name)
	}
	return names
}

// Trial is the run that experiments test.
type Trial struct {
	*workspace.Workspace
	// Outputs are the outputs of the site's stack.
	Outputs workspace.Outputs
	// IDs are the physical IDs of the support stacks' resources, by their logical IDs.
	IDs map[string]string
}

// Run runs the experiment, unless it is skipped or cannot run. It returns an error, in
// addition to the result, if the promise is broken or the experiment failed.
func (e Experiment) Run(ctx context.Context, t *Trial) (workspace.Result, error) {
	r := workspace.Result{Name: e.Name, Promise: e.promise, Done: e.done, Outcome: workspace.NotRun, At: t.Clock.Now()}
	missing := slices.IndexFunc(e.needs, func(name string) bool { return t.Record.Outcome(name) != workspace.Kept })
	switch {
	case slices.Contains(t.Record.Skip, e.Name):
		r.Evidence = "skipped"
		return r, nil
	case e.emulator != "" && account.Emulated():
		r.Evidence = "the emulator has no " + e.emulator
		return r, nil
	case missing >= 0:
		r.Evidence = "needs " + e.needs[missing]
		return r, nil
	}
	_, _ = fmt.Fprintf(t.Out, "trying   %s: %s\n", e.Name, e.done)
	evidence, err := e.try(ctx, t)
	var difference brokenPromise
	switch {
	case err == nil:
		r.Outcome, r.Evidence = workspace.Kept, evidence
		return r, nil
	case errors.Is(err, errNotRun):
		r.Evidence = strings.TrimPrefix(err.Error(), errNotRun.Error()+": ")
		return r, nil
	case errors.As(err, &difference):
		r.Outcome = workspace.Broken
	}
	r.Evidence = err.Error()
	return r, fmt.Errorf("%s: %s", e.Name, r.Outcome)
}

// errNotRun is the error of an experiment that does not apply to the site.
var errNotRun = errors.New("not run")

// brokenPromise is evidence that AWS behaves differently.
type brokenPromise struct{ evidence string }

func (b brokenPromise) Error() string { return b.evidence }

func broken(format string, args ...any) error { return brokenPromise{fmt.Sprintf(format, args...)} }

// inTime returns the result of Await, with a brokenPromise in place of a timeout.
func inTime(evidence string, err error) (string, error) {
	if errors.Is(err, workspace.ErrTimeout) {
		return "", broken("%v", err)
	}
	return evidence, err
}
