package simulation

import (
	"slices"
	"time"
)

// keepContent runs before a resource is created or replaced in the account. It begins the
// content of a new resource, and the replication of what is written from then on. It returns
// RDS's error if a DB instance cannot be restored.
func (a *Account) keepContent(r *Resource) error {
	old := a.Get(r.Type, r.Region, r.ID)
	if nameOf(r) == "" && r.Type != bucketReplication || old != nil && r.Type != bucketReplication {
		return nil
	}
	w, err := a.world()
	if err != nil {
		return err
	}
	switch r.Type {
	case dbInstance:
		entries, err := a.restored(r, w)
		if err != nil {
			return err
		}
		return a.record(r, &journal{Entries: entries})
	case backupReplication:
		j := &journal{Since: map[string]time.Time{"": w.now()}}
		if source := a.sourceOf(r, j); source != nil {
			j.Source = source.ID
		}
		return a.record(r, j)
	case bucketReplication:
		return a.keepRules(old, r, w)
	default:
		return a.eraseJournal(r) // of a bucket that was deleted before its journal
	}
}

// keepRules records since when each rule of a bucket's replication exists. What a rule has
// brought to its target stays there when the rule goes.
func (a *Account) keepRules(old, config *Resource, w world) error {
	j, known := &journal{}, []rule(nil)
	if old != nil {
		if err := a.carryObjects(old, w); err != nil {
			return err
		}
		var err error
		if j, err = a.journal(old); err != nil {
			return err
		}
		known = rulesOf(old)
	}
	// The times of the old rules are kept until the next change, so that a kill before the new
	// configuration is in the account changes nothing.
	since, filled := map[string]time.Time{}, map[string]time.Time{}
	for _, r := range known {
		since[r.key()], filled[r.key()] = j.Since[r.key()], j.Filled[r.key()]
	}
	for _, r := range rulesOf(config) {
		if _, old := since[r.key()]; !old {
			since[r.key()] = w.now()
		}
	}
	return a.record(config, &journal{Since: since, Filled: filled})
}

// carryContent runs before a resource is deleted, and writes what has reached its copies to
// them. The copies hold the same with and without it while the resource exists, so that a
// deletion that is killed changes nothing.
func (a *Account) carryContent(r *Resource) error {
	w, err := a.world()
	if err != nil {
		return err
	}
	switch r.Type {
	case dbInstance:
		return a.carryBackups(r, w)
	case bucketReplication:
		return a.carryObjects(r, w)
	case bucket:
		if config := a.Get(bucketReplication, r.Region, r.ID); config != nil {
			return a.carryObjects(config, w)
		}
	}
	return nil
}

// carryBackups writes to each replicated backup of a DB instance what has reached it.
func (a *Account) carryBackups(source *Resource, w world) error {
	for _, r := range a.All(func(r *Resource) bool { return r.Type == backupReplication }) {
		j, err := a.journal(r)
		if err != nil {
			return err
		}
		if a.sourceOf(r, j) != source {
			continue
		}
		b, err := a.replicated(r, w)
		if err != nil {
			return err
		}
		j.Entries, j.Until, j.Source = b.entries, b.latest, source.ID
		if err := a.record(r, j); err != nil {
			return err
		}
	}
	return nil
}

// carryObjects writes to the target buckets what a replication configuration has brought to them.
func (a *Account) carryObjects(config *Resource, w world) error {
	for _, rule := range rulesOf(config) {
		for _, target := range a.All(func(r *Resource) bool { return r.Type == bucket && r.ID == rule.target }) {
			arrived, err := a.arrived(config, target, w)
			if err != nil {
				return err
			}
			j, err := a.journal(target)
			if err != nil {
				return err
			}
			arrived = slices.DeleteFunc(arrived, func(e Entry) bool { return slices.ContainsFunc(j.Entries, e.same) })
			if len(arrived) == 0 {
				continue
			}
			j.Entries = append(j.Entries, arrived...)
			if err := a.record(target, j); err != nil {
				return err
			}
		}
	}
	return nil
}

// restored returns the content of a new DB instance: that of a backup if the instance is
// restored, or RDS's error if the backup does not reach to the time. The backup exists: restore
// has found it. The codes of errors are in the documentation of RestoreDBInstanceToPointInTime
// (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html),
// which gives none for a time outside the window; InvalidParameterValue is an assumption.
func (a *Account) restored(r *Resource, w world) ([]Entry, error) {
	given, _ := r.Properties["restoreToPointInTime"].(map[string]any)
	if given == nil {
		return nil, nil
	}
	b, err := a.replicated(a.Get(backupReplication, r.Region, text(given, "sourceDbInstanceAutomatedBackupsArn")), w)
	if err != nil {
		return nil, err
	}
	if b.latest.Before(b.earliest) {
		return nil, apiError("InvalidRestoreFault", "The first backup is not complete yet.")
	}
	end := b.latest
	if at := text(given, "restoreTime"); at != "" {
		if end, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, apiError("InvalidParameterValue", "Invalid restore time: %s", at)
		}
	}
	if end.Before(b.earliest) || end.After(b.latest) {
		return nil, apiError("InvalidParameterValue", "The restore time %s is outside of the restore window, which is from %s to %s.",
			end.Format(time.RFC3339), b.earliest.Format(time.RFC3339), b.latest.Format(time.RFC3339))
	}
	return b.to(end), nil
}
