package workspace

import (
	"fmt"
	"time"
)

const (
	// RunTag is the tag on every resource of a run. Its value is the run's ID.
	RunTag = "LiveRun"
	// UntilTag is the tag on every resource whose value is the run's last day.
	UntilTag = "LiveUntil"
)

// Record is the data that later steps of a run need, in .live/SITE/run.json.
type Record struct {
	// ID is the value of RunTag.
	ID      string
	Site    string
	Region  string
	Account string
	Began   time.Time
	// Until is the last day, YYYY-MM-DD in UTC, and the value of UntilTag.
	Until string
	// Cap is the highest estimated cost of the run, USD.
	Cap float64
	// Rate is the estimated cost per hour, and Once the part that does not depend on
	// time, USD.
	Rate, Once float64
	// Domain and Zone are the name and the ID of the delegated zone; empty without one.
	Domain, Zone string
	// Skip lists the experiments to leave out.
	Skip []string
	// Home is the service that has Bucket. Moving is the service whose database is copied
	// from a stand-in for its origin, and Market one of its markets; both are empty if the
	// site has only one service.
	Home, Bucket, Moving, Market string
	// ReplicationRoles is true if the run created the roles that AWS DMS needs.
	ReplicationRoles bool
	// Copying is true once the configuration has the copy of Moving's database.
	Copying bool
	// Up lists the stacks whose first update has succeeded.
	Up []string
	// Databases lists the identifiers of the run's RDS instances, to find their backups
	// after the instances are deleted.
	Databases []string
	Results   []Result
	// Ended is true once no resource is left.
	Ended bool
}

// Outcome is the result of an experiment.
type Outcome string

// The outcomes of an experiment.
const (
	// Kept means that AWS behaved as the project promises.
	Kept Outcome = "kept"
	// Broken means that AWS behaved differently.
	Broken Outcome = "broken"
	// NotRun means that the experiment was left out, or failed before it had a result.
	NotRun Outcome = "not run"
)

// Result is one line of the report.
type Result struct {
	Name     string    `json:"name"`
	Promise  string    `json:"promise"`
	Done     string    `json:"done"`
	Outcome  Outcome   `json:"result"`
	Evidence string    `json:"evidence"`
	At       time.Time `json:"at"`
}

// Outcome returns the last outcome of an experiment, by its name.
func (r *Record) Outcome(experiment string) Outcome {
	for _, result := range r.Results {
		if result.Name == experiment {
			return result.Outcome
		}
	}
	return NotRun
}

// CopiesBucket is the name of the bucket that the site replicates to, and the prefix of
// the container's repositories and logs.
func (r *Record) CopiesBucket() string { return "multisite-" + r.ID + "-copies" }

// KeyARN returns the ARN of a KMS key in the site's region.
func (r *Record) KeyARN(id string) string {
	return "arn:aws:kms:" + r.Region + ":" + r.Account + ":key/" + id
}

// RoutesDomain is the name of the zone that the global stack creates within Domain.
func (r *Record) RoutesDomain() string { return "live." + r.Domain }

// Spent returns the estimated cost of the run until now, USD.
func (w *Workspace) Spent() float64 {
	return w.Record.Once + w.Record.Rate*w.Clock.Now().Sub(w.Record.Began).Hours()
}

// RefuseOver returns an error after the run's last day or above its cap. Only the step
// down is allowed then.
func (w *Workspace) RefuseOver() error {
	switch spent, today := w.Spent(), w.Clock.Now().Format(time.DateOnly); {
	case spent > w.Record.Cap:
		return fmt.Errorf("the run has cost about %.2f USD, above its cap of %.2f; allowed: %s", spent, w.Record.Cap, w.Resume("down"))
	case today > w.Record.Until:
		return fmt.Errorf("the last day of the run was %s; allowed: %s", w.Record.Until, w.Resume("down"))
	}
	return nil
}
