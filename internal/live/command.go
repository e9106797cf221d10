// Package live tests on a throw-away AWS account the promises that no emulator can
// prove: it creates one small site, runs experiments on it, and deletes everything
// again. docs/live.md describes it.
//
// Never run on AWS as of this commit: only against the emulator and fakes of the CLIs.
//
// This package has the command and its steps. Below it are experiments, one file per
// promise; smallsite, the configuration of the site; support, the CloudFormation stacks
// that the experiments need; estimate, the cost; account, what AWS reports about the
// account; workspace, the folder of the run and the calls of pulumi and aws.
//
// Only cmd/sites imports this package. docs/live.md lists what to delete with it.
package live

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
	"example.com/multisite/internal/live/experiments"
	"example.com/multisite/internal/live/workspace"
)

// neverRun is part of every report until a run on AWS has been recorded in docs/live.md.
const neverRun = "The experiments were never run on AWS as of this commit: a `broken` can be a mistake in the experiment itself."

// step is a part of a run.
type step string

const (
	stepAll   step = "" // the other steps, in order
	stepUp    step = "up"
	stepCheck step = "check"
	stepDown  step = "down"
)

// options are the arguments and flags of the command. The first up copies cap, until,
// domain, zone and skip to the run's record, which the later steps use.
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
	return newCommand(received, workspace.WallClock{})
}

func newCommand(received chan os.Signal, clock workspace.Clock) *cobra.Command {
	o := options{}
	c := &cobra.Command{
		Use:   "live SITE [up|check|down]",
		Short: "Test a site's promises on an AWS account that holds nothing else",
		Long: `Test the promises of SITE that only AWS can prove: create one small site on an AWS account
that holds nothing else, run experiments on it, and delete everything. Without a step it
runs the steps up, check and down.

Run it in the repository, with pulumi, aws and the credentials of the account. It asks for
confirmation before it creates anything. The record of a run is in .live/SITE.

The exit status is 1 if a promise is broken, an experiment or a step failed, or down left
resources; 130 if a second signal stopped the command; otherwise 0.`,
		Args: command.Args("SITE", "[up|check|down]"),
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
	flags.StringVar(&o.sites, "sites", "bin/sites", "the built tool sites, a `FILE`; its command adopt imports the resources of a killed update")
	flags.StringVar(&o.dir, "dir", ".live", "the `FOLDER` for the state of runs")
	flags.Float64Var(&o.cap, "cap", 25, "refuse to begin or to continue above this estimated cost, in `USD`")
	flags.Float64Var(&o.hours, "hours", 6, "how long the site stays up, in `HOURS`, for the estimate")
	flags.StringVar(&o.until, "until", "", "the last `DAY` of the run, YYYY-MM-DD in UTC, a tag on every resource (default tomorrow)")
	flags.StringVar(&o.zone, "zone", "", "the `ID` of a delegated public Route 53 zone of the account; without it the site has no domain")
	flags.StringVar(&o.domain, "domain", "", "the domain `NAME` of the zone in --zone")
	flags.StringVar(&o.skip, "skip", "", "`NAMES` of experiments to leave out, separated by commas: "+strings.Join(experiments.Names(), ", "))
	return c
}

var (
	siteName   = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	domainName = regexp.MustCompile(`^([a-z0-9-]+\.)+[a-z]{2,}$`)
)

// complete makes the paths absolute and checks the options.
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

// check returns the errors of all flags.
func (o *options) check() error {
	var problems []error
	wrong := func(flag, found, allowed string) {
		problems = append(problems, fmt.Errorf("--%s: found %q; allowed: %s", flag, found, allowed))
	}
	if !siteName.MatchString(o.site) {
		problems = append(problems, fmt.Errorf("SITE: found %q; allowed: the name of a site, such as oregon (make live SITE=oregon)", o.site))
	}
	if o.cap <= 0 {
		wrong("cap", fmt.Sprint(o.cap), "USD above 0")
	}
	if o.hours <= 0 {
		wrong("hours", fmt.Sprint(o.hours), "hours above 0")
	}
	if _, err := time.Parse(time.DateOnly, o.until); o.until != "" && err != nil {
		wrong("until", o.until, "a day such as 2026-01-31")
	}
	if (o.zone == "") != (o.domain == "") {
		wrong("zone and --domain", o.zone+" "+o.domain, "both, or neither")
	} else if o.domain != "" && !domainName.MatchString(o.domain) {
		wrong("domain", o.domain, "a DNS name such as example.com")
	}
	for _, name := range o.skipped() {
		if !slices.Contains(experiments.Names(), name) {
			wrong("skip", name, strings.Join(experiments.Names(), ", "))
		}
	}
	return errors.Join(problems...)
}

// skipped returns the names in the flag --skip.
func (o *options) skipped() []string {
	return strings.FieldsFunc(o.skip, func(r rune) bool { return r == ',' })
}

// run runs the steps. Its error has the exit status 130 if a second signal stopped them.
func (o options) run(in io.Reader, out io.Writer, received <-chan os.Signal, clock workspace.Clock) error {
	out = &lockedWriter{to: out}
	s := handleSignals(received, out)
	defer s.stop()
	a := &app{options: o, in: in, Workspace: &workspace.Workspace{
		Site: o.site, Root: o.root, Program: o.program, Sites: o.sites, Dir: o.dir, Out: out, Clock: clock, Abort: s.abort,
	}}
	err := a.do(s.work, s.abort)
	if s.abort.Err() != nil {
		_, _ = fmt.Fprintf(out, "live: stopped. Resources are left in the account, and AWS charges for them. To delete them:\n\n    %s\n", a.Resume(string(stepDown)))
		return command.Status(130)
	}
	return err
}
