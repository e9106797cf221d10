// Command live proves on a real, throw-away AWS account what no emulator can: it
// brings up one small site, tries out the promises whose proof needs AWS itself, and
// takes everything down again. docs/live.md describes it.
//
// Never run on AWS as of this commit: only against the emulator and fakes of the CLIs.
//
// The folder can be deleted whole. Nothing else depends on it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// neverRun is part of every report until a run on AWS has been recorded in docs/live.md.
const neverRun = "The experiments were never run on AWS as of this commit: a `broken` may be the experiment's own fault."

const usage = `Proves the promises of a site on a real AWS account that holds nothing else.

  live -site SITE [flags] [up|check|down]    without a step: up, check and down

Run it in the repository, with pulumi, aws and the credentials of the account.
It asks before it makes anything. What it knows of a run is in .live/SITE.

`

// step is a part of a run that can be run by itself.
type step string

const (
	stepAll   step = ""
	stepUp    step = "up"
	stepCheck step = "check"
	stepDown  step = "down"
)

// options are the flags of a run. Those that belong to a run are kept with it by up.
type options struct {
	site, root, program, adopt, dir string
	step                            step
	cap, hours                      float64
	until, domain, zone             string
	skip                            string
}

func main() {
	received := make(chan os.Signal, 3)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, received, wallClock{}))
}

// run returns the exit status: 0 when every promise was kept and nothing is left, 1
// when not, 2 for wrong arguments and 130 when a signal stopped it with things left.
func run(args []string, in io.Reader, out io.Writer, received <-chan os.Signal, clock clock) int {
	o, err := parse(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintln(out, "live:", err)
		return 2
	}
	out = &shared{to: out}
	a := &app{options: o, in: in, out: out, clock: clock}
	work, last, stop := a.interrupts(received)
	defer stop()
	err = a.do(work, last)
	if last.Err() != nil {
		_, _ = fmt.Fprintf(out, "live: stopped. Things are left in the account, at a cost. To take them down:\n\n    %s\n", a.resume(stepDown))
		return 130
	}
	if err != nil {
		_, _ = fmt.Fprintln(out, "live:", err)
		return 1
	}
	return 0
}

func parse(args []string, out io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("live", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.site, "site", "", "the `SITE` to bring up, such as oregon")
	flags.StringVar(&o.root, "root", ".", "the repository, a `folder`")
	flags.StringVar(&o.program, "program", "bin/multisite", "the built Pulumi program, a `file`")
	flags.StringVar(&o.adopt, "adopt", "bin/adopt", "the built command adopt, a `file`: finds what a killed update made")
	flags.StringVar(&o.dir, "dir", ".live", "the `folder` for the state of runs")
	flags.Float64Var(&o.cap, "cap", 25, "refuse to begin or to go on above this cost, in `USD`")
	flags.Float64Var(&o.hours, "hours", 6, "how long the site is to be up, in `hours`, for the estimate")
	flags.StringVar(&o.until, "until", "", "the last `day` of the run, YYYY-MM-DD in UTC, which tags every resource; tomorrow unless given")
	flags.StringVar(&o.zone, "zone", "", "the `ID` of a delegated public Route 53 zone of the account; without it nothing with a domain is tried")
	flags.StringVar(&o.domain, "domain", "", "the `name` of that zone")
	flags.StringVar(&o.skip, "skip", "", "`names` of experiments to leave out, separated by commas: "+strings.Join(experimentNames(), ", "))
	flags.Usage = func() {
		_, _ = io.WriteString(out, usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.step = step(flags.Arg(0))
	if flags.NArg() > 1 || o.step != stepAll && o.step != stepUp && o.step != stepCheck && o.step != stepDown {
		return o, fmt.Errorf("step: found %q; allowed: up, check, down, or none for all three", flags.Args())
	}
	for _, path := range []*string{&o.root, &o.program, &o.adopt, &o.dir} {
		if *path, err = filepath.Abs(*path); err != nil {
			return o, err
		}
	}
	return o, o.check()
}

// app is one command on one run.
type app struct {
	options
	in    io.Reader
	out   io.Writer
	clock clock
	run   *record // nil until a run has begun
	last  context.Context
}

// do takes the steps. Work ends with the first signal, last with the second: what
// has begun is taken down after the first.
func (a *app) do(work, last context.Context) error {
	unlock, err := a.open()
	if err != nil {
		return err
	}
	defer unlock()
	switch a.step {
	case stepDown:
		return a.down(last)
	case stepUp:
		err = a.up(work)
	case stepCheck:
		err = a.check(work)
	case stepAll:
		if err = a.up(work); err == nil {
			err = a.check(work)
		}
	}
	begun := a.run != nil && !a.run.Ended
	if begun && (a.step == stepAll || work.Err() != nil) {
		return errors.Join(err, a.down(last))
	}
	if begun {
		next := stepCheck
		if err != nil && a.step == stepUp {
			next = stepUp // which goes on where it was left
		}
		_, _ = fmt.Fprintf(a.out, "\nWhat was made costs about %.2f USD per hour, and is to go by the end of %s. Next:\n\n    %s\n    %s\n",
			a.run.Rate, a.run.Until, a.resume(next), a.resume(stepDown))
	}
	return err
}

// resume is the command that goes on with a run.
func (a *app) resume(s step) string {
	return fmt.Sprintf("make live SITE=%s STEP=%s", a.site, s)
}

// interrupts ends the first context at the first signal, the second at the second. A
// third one ends the process, as it would without this.
func (a *app) interrupts(received <-chan os.Signal) (work, last context.Context, stop func()) {
	work, endWork := context.WithCancel(context.Background())
	last, endLast := context.WithCancel(context.Background())
	a.last = last
	done := make(chan struct{})
	go func() {
		for _, next := range []struct {
			end     func()
			message string
		}{
			{endWork, "live: stopping, then taking down what was made. Once more to stop at once and leave it."},
			{endLast, "live: stopping at once."},
		} {
			select {
			case <-received:
				_, _ = fmt.Fprintln(a.out, next.message)
				next.end()
			case <-done:
				return
			}
		}
		signal.Reset(os.Interrupt, syscall.SIGTERM)
	}()
	return work, last, func() { close(done); endWork(); endLast() }
}

// shared is written to by commands, and by who waits for signals meanwhile.
type shared struct {
	sync.Mutex
	to io.Writer
}

func (s *shared) Write(text []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.to.Write(text)
}

// A clock tells the time and passes it. Tests have one that passes it at once.
type clock interface {
	Now() time.Time
	// Sleep returns early, with the context's error, when the context ends.
	Sleep(ctx context.Context, d time.Duration) error
}

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now().UTC() }

func (wallClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
