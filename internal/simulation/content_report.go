package simulation

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Content is the content of a bucket, a DB instance or a replicated backup.
type Content struct {
	// Resource is a bucket's name, a DB instance's identifier or a replicated backup's ARN.
	Resource string
	// Kind is bucket, database or backup.
	Kind   string
	Region string
	// Entries are the rows or objects that exist, by key. A backup has them at its latest
	// restorable time.
	Entries []Entry
	// Earliest and Latest are the restore window of a backup.
	Earliest, Latest time.Time
	history          []Entry
}

// Digest returns a digest of the keys, values and markets. Equal content has equal digests,
// whenever and in which order it was written.
func (c *Content) Digest() string {
	sum := sha256.New()
	for _, e := range c.Entries {
		_, _ = fmt.Fprintf(sum, "%q %q %q\n", e.Key, e.Value, e.Market)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Markets returns the number of entries of each market.
func (c *Content) Markets() map[string]int {
	markets := map[string]int{}
	for _, e := range c.Entries {
		markets[e.Market]++
	}
	return markets
}

// Values returns the values by key.
func (c *Content) Values() map[string]string {
	values := map[string]string{}
	for _, e := range c.Entries {
		values[e.Key] = e.Value
	}
	return values
}

// Content returns what a resource holds, also if its region is down: data at rest stays. The
// name is as Write takes it, or a replicated backup's ARN.
func (a *Account) Content(resource string) (content *Content, err error) {
	err = a.Do(func() error {
		r, err := a.holder(resource)
		if err != nil {
			return err
		}
		w, err := a.world()
		if err != nil {
			return err
		}
		content, err = a.report(r, w)
		return err
	})
	return content, err
}

// Contents returns what all buckets, DB instances and replicated backups hold, by region and name.
func (a *Account) Contents() (contents []*Content, err error) {
	err = a.Do(func() error {
		w, err := a.world()
		if err != nil {
			return err
		}
		for _, r := range a.All(func(r *Resource) bool { return nameOf(r) != "" }) {
			content, err := a.report(r, w)
			if err != nil {
				return err
			}
			contents = append(contents, content)
		}
		return nil
	})
	slices.SortFunc(contents, func(x, y *Content) int {
		return cmp.Or(cmp.Compare(x.Region, y.Region), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Resource, y.Resource))
	})
	return contents, err
}

// kinds are the kinds of resources with content.
var kinds = map[string]string{bucket: "bucket", dbInstance: "database", backupReplication: "backup"}

func (a *Account) report(r *Resource, w world) (*Content, error) {
	history, err := a.entries(r, w)
	if err != nil {
		return nil, err
	}
	c := &Content{Resource: nameOf(r), Kind: kinds[r.Type], Region: r.Region, history: history}
	if r.Type == backupReplication {
		b, err := a.replicated(r, w)
		if err != nil {
			return nil, err
		}
		c.Earliest, c.Latest = b.earliest, b.latest
	}
	present := map[string]Entry{}
	for _, e := range history {
		if present[e.Key] = e; e.Deleted {
			delete(present, e.Key)
		}
	}
	for _, e := range present {
		c.Entries = append(c.Entries, e)
	}
	slices.SortFunc(c.Entries, func(x, y Entry) int { return cmp.Compare(x.Key, y.Key) })
	return c, nil
}

// Place is a resource that holds data of a market.
type Place struct {
	Region string
	// Kind is bucket, database or backup.
	Kind     string
	Resource string
	Market   string
	// Keys is the number of rows or objects of the market that the resource holds. It includes
	// deleted and replaced rows and objects: backups and versions of objects keep them.
	Keys int
}

// Places returns every resource of the account that holds data of a market, also in regions
// that are down. Tests compare it with the places where the law allows the market's data.
func (a *Account) Places() ([]Place, error) {
	contents, err := a.Contents()
	if err != nil {
		return nil, err
	}
	var places []Place
	for _, c := range contents {
		keys := map[string]map[string]bool{}
		for _, e := range c.history {
			if e.Market != "" && !e.Deleted {
				if keys[e.Market] == nil {
					keys[e.Market] = map[string]bool{}
				}
				keys[e.Market][e.Key] = true
			}
		}
		for market, held := range keys {
			places = append(places, Place{c.Region, c.Kind, c.Resource, market, len(held)})
		}
	}
	slices.SortFunc(places, func(x, y Place) int {
		return cmp.Or(cmp.Compare(x.Market, y.Market), cmp.Compare(x.Region, y.Region), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Resource, y.Resource))
	})
	return places, nil
}
