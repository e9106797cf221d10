package simulation

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// Entry is a row of a database or an object of a bucket, or its deletion, as a client wrote it.
type Entry struct {
	Key string `json:"key"`
	// Value is the value, or a digest of it. It is empty for a deletion.
	Value string `json:"value,omitempty"`
	// Market is the market whose data the entry is, as an ISO 3166 code; empty for none.
	Market string `json:"market,omitempty"`
	// Time is the accounts' time of the write. Write sets it.
	Time time.Time `json:"time"`
	// Deleted is true for a deletion.
	Deleted bool `json:"deleted,omitempty"`
	// Replica is true for an entry that another bucket's replication wrote. S3 does not
	// replicate it again.
	Replica bool `json:"replica,omitempty"`
}

// journal is the file with a resource's content, next to the resource's file. It is one file,
// so that a write of several entries takes effect as a whole or not at all.
type journal struct {
	// Entries are all writes, oldest first.
	Entries []Entry `json:"entries,omitempty"`
	// Source is the ID of the DB instance whose backups a replicated backup copies. Another
	// instance with the same ARN is not copied.
	Source string `json:"source,omitempty"`
	// Until is the latest restorable time of a replicated backup whose source is deleted.
	Until time.Time `json:"until,omitzero"`
	// Since is the time at which a replication began: of a replicated backup under the key "",
	// of a bucket under the keys of its rules.
	Since map[string]time.Time `json:"since,omitempty"`
	// Filled is the time of the last batch replication, by the keys of rules.
	Filled map[string]time.Time `json:"filled,omitempty"`
}

func (a *Account) journalFile(r *Resource) string {
	return strings.TrimSuffix(a.file(r.Type, r.Region, r.ID), ".json") + ".content"
}

// journal reads a resource's journal, which is empty if there is no file.
func (a *Account) journal(r *Resource) (*journal, error) {
	j := &journal{}
	data, err := os.ReadFile(a.journalFile(r))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return j, nil
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(data, j); err != nil {
		return nil, fmt.Errorf("%s: %w", a.journalFile(r), err)
	}
	return j, nil
}

// record writes a resource's journal.
func (a *Account) record(r *Resource, j *journal) error {
	data, err := json.MarshalIndent(j, "", " ")
	if err != nil {
		return err
	}
	file := a.journalFile(r)
	if err := os.MkdirAll(file[:strings.LastIndex(file, "/")], 0o700); err != nil {
		return err
	}
	return replaceFile(file, data)
}

// eraseJournal deletes a resource's journal.
func (a *Account) eraseJournal(r *Resource) error {
	if err := os.Remove(a.journalFile(r)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Write writes entries as a client of a bucket or a database does. resource is a bucket's name
// or a DB instance's identifier; REGION/NAME selects one of several with the same name. All
// entries get the accounts' time. It returns an error, and writes nothing, if the resource does
// not exist or its region is down.
func (a *Account) Write(resource string, entries ...Entry) error {
	return a.Do(func() error {
		r, w, err := a.writable(resource)
		if err != nil {
			return err
		}
		j, err := a.journal(r)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if entry.Key == "" {
				return fmt.Errorf("content of %s: found an entry without a key", resource)
			}
			entry.Time, entry.Replica = w.now(), false
			j.Entries = append(j.Entries, entry)
		}
		return a.record(r, j)
	})
}

// Remove deletes rows or objects. A bucket replicates the deletion as a delete marker. A key
// that does not exist is an error.
func (a *Account) Remove(resource string, keys ...string) error {
	present, err := a.Content(resource)
	if err != nil {
		return err
	}
	var entries []Entry
	for _, key := range keys {
		i := slices.IndexFunc(present.Entries, func(e Entry) bool { return e.Key == key })
		if i < 0 {
			return fmt.Errorf("content of %s: found no key %q", resource, key)
		}
		entries = append(entries, Entry{Key: key, Market: present.Entries[i].Market, Deleted: true})
	}
	return a.Write(resource, entries...)
}

// Fill replicates a bucket's objects from before its replication rules, as S3 Batch Replication
// does (https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html).
// They arrive with the delay of replication.
func (a *Account) Fill(name string) error {
	return a.Do(func() error {
		r, w, err := a.writable(name)
		if err != nil {
			return err
		}
		config := a.Get(bucketReplication, r.Region, r.ID)
		if config == nil || r.Type != bucket {
			return apiError("ReplicationConfigurationNotFoundError", "The replication configuration was not found: %s", name)
		}
		j, err := a.journal(config)
		if err != nil {
			return err
		}
		j.Filled = map[string]time.Time{}
		for _, rule := range rulesOf(config) {
			j.Filled[rule.key()] = w.now()
		}
		return a.record(config, j)
	})
}

// writable returns a resource with content, or the client's error if it does not answer.
func (a *Account) writable(name string) (*Resource, world, error) {
	w, err := a.world()
	if err != nil {
		return nil, w, err
	}
	r, err := a.holder(name)
	if err == nil && r.Type == backupReplication {
		err = fmt.Errorf("content: found the replicated backup %s; allowed: a bucket or a DB instance, as clients cannot write to backups", name)
	}
	if err == nil && a.primaryOf(r) != nil {
		err = fmt.Errorf("content: %s: cannot execute INSERT in a read-only transaction", name)
	}
	if err != nil {
		return nil, w, err
	}
	if _, down := w.Down[r.Region]; down {
		return nil, w, fmt.Errorf("content: %s: dial tcp: i/o timeout: %s is down", name, r.Region)
	}
	return r, w, nil
}

// nameOf returns the name that clients use for a resource with content: a bucket's name, a DB
// instance's identifier, or a replicated backup's ARN. It is empty for other resources.
func nameOf(r *Resource) string {
	switch r.Type {
	case bucket, backupReplication:
		return r.ID
	case dbInstance:
		return text(r.Properties, "identifier")
	}
	return ""
}

// holder returns the resource with content that a name, or REGION/NAME, names.
func (a *Account) holder(name string) (*Resource, error) {
	region, within, qualified := strings.Cut(name, "/")
	qualified = qualified && regionName.MatchString(region)
	found := a.All(func(r *Resource) bool {
		return name != "" && (nameOf(r) == name || qualified && r.Region == region && nameOf(r) == within)
	})
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("content: found %q; allowed: a bucket, a DB instance's identifier or a replicated backup's ARN in the account", name)
	case 1:
		return found[0], nil
	default:
		return nil, fmt.Errorf("content: found %q in %d regions; allowed: REGION/NAME", name, len(found))
	}
}
