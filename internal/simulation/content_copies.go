package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// backupDelay is how old the latest restorable time of a replicated backup is. RDS uploads
	// transaction logs every 5 minutes
	// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html). That copying them to
	// the other region takes 5 more minutes is this model's assumption. AWS gives 5 to 30
	// minutes in all
	// (https://docs.aws.amazon.com/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html).
	backupDelay = 10 * time.Minute
	// objectDelay is how long an object takes to reach another bucket. With replication time
	// control it is the most that AWS's service level allows
	// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html). That it
	// is the same without time control is this model's assumption.
	objectDelay = 15 * time.Minute
)

// A rule is an enabled rule of a bucket's replication.
type rule struct {
	target, prefix string // the target bucket's name, and the prefix of keys
	deletes        bool   // replicates delete markers
}

func (r rule) key() string { return r.target + "/" + r.prefix }

// rulesOf returns the enabled rules of a bucket's replication configuration.
func rulesOf(config *Resource) []rule {
	var rules []rule
	for _, value := range at(config.Properties, "rules[]") {
		if given := value.(map[string]any); given["status"] == "Enabled" {
			r := rule{prefix: text(given, "prefix")}
			for _, prefix := range append(at(given, "filter.prefix"), at(given, "filter.and.prefix")...) {
				r.prefix += fmt.Sprint(prefix)
			}
			for _, arn := range at(given, "destination.bucket") {
				r.target = strings.TrimPrefix(fmt.Sprint(arn), "arn:aws:s3:::")
			}
			r.deletes = slices.Contains(at(given, "deleteMarkerReplication.status"), any("Enabled"))
			rules = append(rules, r)
		}
	}
	return rules
}

// entries returns the writes that have reached a resource, oldest first: its own and, for a
// bucket, the writes of other buckets that replicate to it.
func (a *Account) entries(r *Resource, w world) ([]Entry, error) {
	if r.Type == backupReplication {
		b, err := a.replicated(r, w)
		return b.entries, err
	}
	if primary := a.primaryOf(r); primary != nil {
		return a.entries(primary, w)
	}
	j, err := a.journal(r)
	if err != nil {
		return nil, err
	}
	if r.Type != bucket {
		return j.Entries, nil
	}
	entries := j.Entries
	for _, config := range a.All(func(c *Resource) bool { return c.Type == bucketReplication }) {
		arrived, err := a.arrived(config, r, w)
		if err != nil {
			return nil, err
		}
		for _, entry := range arrived {
			if !slices.ContainsFunc(j.Entries, entry.same) {
				entries = append(entries, entry)
			}
		}
	}
	// A replica has the time of its object. That the later of two objects with one key is the
	// current one, whichever arrives first, is this model's assumption.
	slices.SortStableFunc(entries, func(x, y Entry) int { return x.Time.Compare(y.Time) })
	return entries, nil
}

// contentOf returns the writes that have reached a resource until now.
func (a *Account) contentOf(r *Resource) ([]Entry, error) {
	w, err := a.world()
	if err != nil {
		return nil, err
	}
	return a.entries(r, w)
}

// primaryOf returns the DB instance of which a resource is a read replica, or nil.
func (a *Account) primaryOf(r *Resource) *Resource {
	if primary := text(r.Properties, "replicateSourceDb"); r.Type == dbInstance && primary != "" {
		for _, other := range siblings(a, r) {
			if nameOf(other) == primary {
				return other
			}
		}
	}
	return nil
}

// same reports whether two entries are the same write.
func (e Entry) same(other Entry) bool {
	return e.Key == other.Key && e.Value == other.Value && e.Deleted == other.Deleted && e.Time.Equal(other.Time)
}

// arrived returns the writes that a replication configuration has brought to a bucket.
func (a *Account) arrived(config, target *Resource, w world) ([]Entry, error) {
	source := a.Get(bucket, config.Region, text(config.Properties, "bucket"))
	if source == nil {
		return nil, nil
	}
	history, err := a.journal(config)
	if err != nil {
		return nil, err
	}
	written, err := a.journal(source)
	if err != nil {
		return nil, err
	}
	end := w.until(source.Region, target.Region).Add(-objectDelay)
	var arrived []Entry
	for _, rule := range rulesOf(config) {
		since, filled := history.Since[rule.key()], history.Filled[rule.key()]
		if rule.target != target.ID {
			continue
		}
		for _, entry := range written.Entries {
			inTime := !entry.Time.Before(since) && !entry.Time.After(end)
			inBatch := entry.Time.Before(since) && !filled.IsZero() && !filled.After(end)
			if !entry.Replica && strings.HasPrefix(entry.Key, rule.prefix) && (inTime || inBatch) && (rule.deletes || !entry.Deleted) {
				entry.Replica = true
				arrived = append(arrived, entry)
			}
		}
	}
	return arrived, nil
}

// A backup is the content of automated backups, and the times to which they can be restored.
type backup struct {
	entries          []Entry
	earliest, latest time.Time
}

// to returns the writes up to a time.
func (b backup) to(end time.Time) []Entry {
	return slices.DeleteFunc(slices.Clone(b.entries), func(e Entry) bool { return e.Time.After(end) })
}

// replicated returns the content of a replicated backup.
func (a *Account) replicated(r *Resource, w world) (backup, error) {
	j, err := a.journal(r)
	if err != nil {
		return backup{}, err
	}
	b := backup{entries: j.Entries, latest: j.Until}
	if source := a.sourceOf(r, j); source != nil {
		written, err := a.journal(source)
		if err != nil {
			return b, err
		}
		b.latest = w.until(source.Region, r.Region).Add(-backupDelay)
		b.entries = backup{entries: written.Entries}.to(b.latest)
		if b.latest.Before(j.Since[""]) {
			b.entries = nil // the first backup has not been copied yet
		}
	}
	b.earliest = b.latest.Add(-retention(r.Properties, "retentionPeriod", 7))
	if began := j.Since[""]; b.earliest.Before(began) {
		b.earliest = began
	}
	return b, nil
}

// retention returns how long backups are kept, which a property has in days.
func retention(p Properties, name string, otherwise float64) time.Duration {
	if days, ok := p[name].(float64); ok {
		otherwise = days
	}
	return time.Duration(otherwise) * 24 * time.Hour
}

// sourceOf returns the DB instance whose backups a replicated backup copies, or nil if it is deleted.
func (a *Account) sourceOf(r *Resource, j *journal) *Resource {
	for _, source := range a.All(func(s *Resource) bool { return s.Type == dbInstance }) {
		if j.Source == source.ID || j.Source == "" && source.Properties["arn"] == r.Properties["sourceDbInstanceArn"] {
			return source
		}
	}
	return nil
}
