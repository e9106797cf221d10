package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// An experiment tries out one promise. Each is in a file of its own, try_NAME.go.
type experiment struct {
	name string
	// promise is what the project says of itself, and done what the experiment does.
	promise, done string
	// emulator is what an emulator lacks for it; empty where it can be tried there.
	emulator string
	// needs are experiments whose promise must have been kept.
	needs []string
	// try returns the evidence that the promise is kept. An error that is a broken
	// says that it is not; any other one that this could not be found out.
	try func(ctx context.Context, t *trial) (evidence string, err error)
}

// experiments are in the order in which they are run.
var experiments = []experiment{
	driftAfterUp, alarm, edgeAlarm, databaseEvent, image, replication, firewallLog, cdnLog, databaseLog,
	certificate, dnssec, databaseCopy, event, flowLog, bucketLog, drift,
}

func experimentNames() []string {
	var names []string
	for _, e := range experiments {
		names = append(names, e.name)
	}
	return names
}

// outcome is what an experiment found.
type outcome string

const (
	kept   outcome = "kept"
	broken outcome = "broken"
	notRun outcome = "not run"
)

// result is one line of the report.
type result struct {
	Name     string    `json:"name"`
	Promise  string    `json:"promise"`
	Done     string    `json:"done"`
	Outcome  outcome   `json:"result"`
	Evidence string    `json:"evidence"`
	At       time.Time `json:"at"`
}

// errNotRun is the error of an experiment that had no reason to run.
var errNotRun = errors.New("not run")

// promiseBroken is what contradicts a promise.
type promiseBroken struct{ evidence string }

func (b promiseBroken) Error() string { return b.evidence }

func isBroken(format string, args ...any) error { return promiseBroken{fmt.Sprintf(format, args...)} }

// within turns the end of a wait into a broken promise.
func within(evidence string, err error) (string, error) {
	if errors.Is(err, errWaited) {
		return "", isBroken("%v", err)
	}
	return evidence, err
}

// trial is what experiments know of the run.
type trial struct {
	*app
	site   map[string]any    // the outputs of its stack
	beside map[string]string // the IDs of what beside.yaml names
}

// output returns one of the site's outputs as text.
func (t *trial) output(name string) string {
	text, _ := t.site[name].(string)
	return text
}

// check runs the experiments that are not skipped and have not been kept yet, and
// reports. It fails when a promise is broken, or an experiment could not be run.
func (a *app) check(ctx context.Context) error {
	if a.run == nil || !slices.Contains(a.run.Up, a.run.Site) {
		return fmt.Errorf("%s: found no site that is up; allowed: one that has been brought up: %s", a.folder(), a.resume(stepUp))
	}
	if err := errors.Join(a.sameAccount(), a.mayGoOn(), a.makeProject()); err != nil {
		return err
	}
	t := &trial{app: a}
	var err error
	if t.site, err = a.outputs(a.run.Site); err != nil {
		return err
	}
	if t.beside, err = a.besideIDs(); err != nil {
		return err
	}
	if a.skip != "" {
		a.run.Skip = a.skipped()
	}
	var problems []error
	for _, e := range experiments {
		if a.outcome(e.name) == kept {
			continue
		}
		if err := a.mayGoOn(); err != nil {
			problems = append(problems, err)
			break
		}
		r, failed := e.run(ctx, t)
		if ctx.Err() != nil {
			problems = append(problems, ctx.Err())
			break
		}
		problems = append(problems, failed)
		a.note(r)
		_, _ = fmt.Fprintf(a.out, "%-8s %s: %s\n", r.Outcome, r.Name, r.Evidence)
		if err := a.save(); err != nil {
			return err
		}
	}
	return errors.Join(append(problems, a.report())...)
}

// run returns an experiment's result, with an error unless it is kept or not to be run.
func (e experiment) run(ctx context.Context, t *trial) (result, error) {
	r := result{Name: e.name, Promise: e.promise, Done: e.done, Outcome: notRun, At: t.clock.Now()}
	missing := slices.IndexFunc(e.needs, func(name string) bool { return t.outcome(name) != kept })
	switch {
	case slices.Contains(t.run.Skip, e.name):
		r.Evidence = "skipped"
		return r, nil
	case e.emulator != "" && emulated():
		r.Evidence = "the emulator has no " + e.emulator
		return r, nil
	case missing >= 0:
		r.Evidence = "needs " + e.needs[missing]
		return r, nil
	}
	_, _ = fmt.Fprintf(t.out, "trying   %s: %s\n", e.name, e.done)
	evidence, err := e.try(ctx, t)
	var contradiction promiseBroken
	switch {
	case err == nil:
		r.Outcome, r.Evidence = kept, evidence
		return r, nil
	case errors.Is(err, errNotRun):
		r.Evidence = strings.TrimPrefix(err.Error(), errNotRun.Error()+": ")
		return r, nil
	case errors.As(err, &contradiction):
		r.Outcome = broken
	}
	r.Evidence = err.Error()
	return r, fmt.Errorf("%s: %s", e.name, r.Outcome)
}

// emulated reports whether an emulator answers for AWS.
func emulated() bool { return os.Getenv("AWS_ENDPOINT_URL") != "" }

// outcome is that of an experiment's last trial.
func (a *app) outcome(name string) outcome {
	for _, r := range a.run.Results {
		if r.Name == name {
			return r.Outcome
		}
	}
	return notRun
}

// note keeps a result in the place of an earlier one.
func (a *app) note(r result) {
	a.run.Results = append(slices.DeleteFunc(a.run.Results, func(old result) bool { return old.Name == r.Name }), r)
}
