// Package live proves on a real, throw-away AWS account what no emulator can: it
// brings up one small site, tries out the promises whose proof needs AWS itself, and
// takes everything down again. docs/live.md describes it.
//
// Never run on AWS as of this commit: only against the emulator and fakes of the CLIs.
//
// The folder can be deleted whole. Nothing else depends on it.
package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// neverRun is part of every report until a run on AWS has been recorded in docs/live.md.
const neverRun = "The experiments were never run on AWS as of this commit: a `broken` may be the experiment's own fault."

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
	site, root, program, sites, dir string
	step                            step
	cap, hours                      float64
	until, domain, zone             string
	skip                            string
}

// Command returns the command live.
func Command() *cobra.Command {
	received := make(chan os.Signal, 3)
	return newCommand(received, wallClock{})
}

func newCommand(received chan os.Signal, clock clock) *cobra.Command {
	o := options{}
	c := &cobra.Command{
		Use:   "live SITE [up|check|down]",
		Short: "Prove the promises of a site on an AWS account that holds nothing else",
		Long: `Prove the promises of SITE on a real AWS account that holds nothing else: create one small
site, try the promises that only AWS can prove, and delete everything. Without a step it
takes all three.

Run it in the repository, with pulumi, aws and the credentials of the account. It asks
before it creates anything. The record of a run is in .live/SITE.

The exit status is 0 when every promise was kept and nothing is left, 1 when not, and 130
when a signal stopped it with resources left.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			o.site = args[0]
			if len(args) > 1 {
				o.step = step(args[1])
			}
			if err := o.complete(); err != nil {
				return command.Misused{Err: err}
			}
			signal.Notify(received, os.Interrupt, syscall.SIGTERM)
			return o.run(c.InOrStdin(), c.OutOrStdout(), received, clock)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.root, "root", ".", "the repository, a `FOLDER`")
	flags.StringVar(&o.program, "program", "bin/multisite", "the built Pulumi program, a `FILE`")
	flags.StringVar(&o.sites, "sites", "bin/sites", "the built tool sites, a `FILE`, whose adopt finds what a killed update created")
	flags.StringVar(&o.dir, "dir", ".live", "the `FOLDER` for the state of runs")
	flags.Float64Var(&o.cap, "cap", 25, "refuse to begin or to continue above this cost, in `USD`")
	flags.Float64Var(&o.hours, "hours", 6, "how long the site is up, in `HOURS`, for the estimate")
	flags.StringVar(&o.until, "until", "", "the last `DAY` of the run, YYYY-MM-DD in UTC, which tags every resource (default tomorrow)")
	flags.StringVar(&o.zone, "zone", "", "the `ID` of a delegated public Route 53 zone of the account; without it nothing with a domain is tried")
	flags.StringVar(&o.domain, "domain", "", "the `NAME` of that zone")
	flags.StringVar(&o.skip, "skip", "", "`NAMES` of experiments to leave out, separated by commas: "+strings.Join(experimentNames(), ", "))
	return c
}

// complete makes the paths absolute, and checks the options.
func (o *options) complete() (err error) {
	if o.step != stepAll && o.step != stepUp && o.step != stepCheck && o.step != stepDown {
		return fmt.Errorf("step: found %q; allowed: up, check, down, or none for all three", o.step)
	}
	for _, path := range []*string{&o.root, &o.program, &o.sites, &o.dir} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	return o.check()
}

// run takes the steps. Its error has the exit status 130 where a signal stopped it with
// resources left.
func (o options) run(in io.Reader, out io.Writer, received <-chan os.Signal, clock clock) error {
	out = &shared{to: out}
	a := &app{options: o, in: in, out: out, clock: clock}
	work, last, stop := a.interrupts(received)
	defer stop()
	err := a.do(work, last)
	if last.Err() != nil {
		_, _ = fmt.Fprintf(out, "live: stopped. Resources are left in the account, at a cost. To delete them:\n\n    %s\n", a.resume(stepDown))
		return command.Status(130)
	}
	return err
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
