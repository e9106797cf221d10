package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A record is what a run has to know to be gone on with, in .live/SITE/run.json.
type record struct {
	// ID is the value of the tag LiveRun on every resource.
	ID      string
	Site    string
	Region  string
	Account string
	Began   time.Time
	// Until is the last day, and the value of the tag LiveUntil.
	Until string
	// Cap is the most that the run may cost, USD.
	Cap float64
	// Rate is the estimated cost, USD per hour, and Once what it does not depend on time.
	Rate, Once float64
	// Domain and Zone are of the delegated zone; empty without one.
	Domain, Zone string
	Skip         []string
	// Home is the service with a bucket; Moving is copied from a stand-in for its origin,
	// empty where the site has one service. Market is one of Moving's.
	Home, Bucket, Moving, Market string
	// ReplicationRoles says that the account lacked the roles that AWS DMS looks for.
	ReplicationRoles bool
	// Copying says that the configuration has Moving's copy.
	Copying bool
	// Up lists the stacks whose first update has ended.
	Up []string
	// Databases are the identifiers of the run's RDS instances, for their backups.
	Databases []string
	Results   []result
	// Ended says that nothing is left.
	Ended bool
}

var (
	siteName   = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	domainName = regexp.MustCompile(`^([a-z0-9-]+\.)+[a-z]{2,}$`)
)

// check reports all that is wrong with the flags.
func (o options) check() error {
	var problems []error
	wrong := func(flag, found, allowed string) {
		problems = append(problems, fmt.Errorf("--%s: found %q; allowed: %s", flag, found, allowed))
	}
	if !siteName.MatchString(o.site) {
		wrong("SITE", o.site, "the name of a site, such as oregon (make live SITE=oregon)")
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
		if !slices.Contains(experimentNames(), name) {
			wrong("skip", name, strings.Join(experimentNames(), ", "))
		}
	}
	return errors.Join(problems...)
}

func (o options) skipped() []string {
	return strings.FieldsFunc(o.skip, func(r rune) bool { return r == ',' })
}

// Paths of a run.
func (a *app) folder() string  { return filepath.Join(a.dir, a.site) }
func (a *app) project() string { return filepath.Join(a.folder(), "project") }
func (a *app) file(name string) string {
	return filepath.Join(a.folder(), name)
}

// open locks the site's folder and reads the run that was left in it, if any.
func (a *app) open() (unlock func(), err error) {
	if err := os.MkdirAll(a.folder(), 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(a.file("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	unlock = func() { _ = lock.Close() }
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		unlock()
		return nil, fmt.Errorf("%s: another live command is at work on %s", a.folder(), a.site)
	}
	data, err := os.ReadFile(a.file("run.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return unlock, nil
	}
	r := &record{}
	if err := errors.Join(err, json.Unmarshal(data, r)); err != nil {
		unlock()
		return nil, fmt.Errorf("%s: %w", a.file("run.json"), err)
	}
	if !r.Ended {
		a.run = r
	}
	return unlock, nil
}

// save writes the run down. The file is whole at any time.
func (a *app) save() error {
	data, err := json.MarshalIndent(a.run, "", "  ")
	if err != nil {
		return err
	}
	next := a.file("run.json.next")
	return errors.Join(os.WriteFile(next, append(data, '\n'), 0o600), os.Rename(next, a.file("run.json")))
}

// spent is the estimated cost of the run until now, USD.
func (a *app) spent() float64 {
	return a.run.Once + a.run.Rate*a.clock.Now().Sub(a.run.Began).Hours()
}

// mayGoOn refuses a run that is over: of such a one only down is left.
func (a *app) mayGoOn() error {
	switch spent, today := a.spent(), a.clock.Now().Format(time.DateOnly); {
	case spent > a.run.Cap:
		return fmt.Errorf("the run has cost about %.2f USD, above its cap of %.2f; allowed: %s", spent, a.run.Cap, a.resume(stepDown))
	case today > a.run.Until:
		return fmt.Errorf("the run was to end on %s; allowed: %s", a.run.Until, a.resume(stepDown))
	}
	return nil
}
