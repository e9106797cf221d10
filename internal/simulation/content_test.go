package simulation

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// server creates a DB instance without a network, and returns its ID.
func (c *client) server(identifier string) string {
	c.t.Helper()
	id, err := c.tryServer(identifier, nil)
	require.NoError(c.t, err)
	return id
}

func (c *client) tryServer(identifier string, more Properties) (string, error) {
	c.t.Helper()
	return c.try(dbInstance, identifier, merge(Properties{
		"identifier": identifier, "engine": "postgres", "username": "u", "allocatedStorage": 20, "backupRetentionPeriod": 7, "skipFinalSnapshot": true,
	}, more))
}

// write writes key-value pairs of a market.
func (c *client) write(resource, market string, pairs ...string) {
	c.t.Helper()
	var entries []Entry
	for i := 0; i < len(pairs); i += 2 {
		entries = append(entries, Entry{Key: pairs[i], Value: pairs[i+1], Market: market})
	}
	require.NoError(c.t, c.p.account.Write(resource, entries...))
}

// values returns the content of a resource.
func (c *client) values(resource string) map[string]string {
	c.t.Helper()
	content, err := c.p.account.Content(resource)
	require.NoError(c.t, err)
	return content.Values()
}

// pass moves the clock.
func (c *client) pass(by time.Duration) {
	c.t.Helper()
	require.NoError(c.t, c.p.account.MoveClock(by))
}

func TestClientsWriteContent(t *testing.T) {
	c := newAccount(t)
	c.server("shop")
	c.create(bucket, "b", Properties{"bucket": "photos"})
	for _, resource := range []string{"shop", "photos", "us-west-1/shop"} {
		c.write(resource, "MX", "a", "1", "b", "2")
		c.write(resource, "US", "b", "3", "c", "4")
		require.NoError(t, c.p.account.Remove(resource, "a"))
		assert.Equal(t, map[string]string{"b": "3", "c": "4"}, c.values(resource), resource)
	}
	require.ErrorContains(t, c.p.account.Remove("shop", "a"), `found no key "a"`)
	require.ErrorContains(t, c.p.account.Write("shop", Entry{Value: "v"}), "without a key")

	shop, err := c.p.account.Content("shop")
	require.NoError(t, err)
	photos, err := c.p.account.Content("photos")
	require.NoError(t, err)
	assert.Equal(t, []any{"database", "us-west-1", map[string]int{"US": 2}}, []any{shop.Kind, shop.Region, shop.Markets()})
	assert.Equal(t, shop.Digest(), photos.Digest(), "equal content has equal digests")
	c.write("photos", "MX", "c", "4")
	photos, err = c.p.account.Content("photos")
	require.NoError(t, err)
	assert.NotEqual(t, shop.Digest(), photos.Digest(), "the market is part of the content")
}

func TestWritesNeedAResourceThatAnswers(t *testing.T) {
	c := newAccount(t)
	c.server("shop")
	require.ErrorContains(t, c.p.account.Write("none", Entry{Key: "k"}), `found "none"; allowed: a bucket`)
	require.ErrorContains(t, c.p.account.Write("", Entry{Key: "k"}), `found ""`)
	c.write("shop", "MX", "a", "1")
	require.NoError(t, c.p.account.TakeDown("us-west-1"))
	require.ErrorContains(t, c.p.account.Write("shop", Entry{Key: "k"}), "us-west-1 is down")
	assert.Equal(t, map[string]string{"a": "1"}, c.values("shop"), "data at rest stays")
	require.NoError(t, c.p.account.BringUp("us-west-1"))
	c.write("shop", "MX", "b", "2")
	assert.Len(t, c.values("shop"), 2)

	c.in("us-west-2").server("shop")
	require.ErrorContains(t, c.p.account.Write("shop", Entry{Key: "k"}), "in 2 regions; allowed: REGION/NAME")
	require.NoError(t, c.p.account.Write("us-west-2/shop", Entry{Key: "k"}))
	assert.NotContains(t, c.values("us-west-1/shop"), "k")
}

func TestAReadReplicaHasItsPrimarysContent(t *testing.T) {
	c := newAccount(t)
	c.server("shop")
	c.create(dbInstance, "replica", Properties{"identifier": "replica", "replicateSourceDb": "shop"})
	c.write("shop", "MX", "a", "1")
	assert.Equal(t, map[string]string{"a": "1"}, c.values("replica"))
	require.ErrorContains(t, c.p.account.Write("replica", Entry{Key: "k"}), "read-only transaction")
}

func TestDeletedResourcesLoseTheirContent(t *testing.T) {
	c := newAccount(t)
	shop := c.server("shop")
	c.create(bucket, "b", Properties{"bucket": "photos", "forceDestroy": true})
	c.create(bucket, "kept", Properties{"bucket": "kept"})
	for _, resource := range []string{"shop", "photos", "kept"} {
		c.write(resource, "MX", "a", "1")
	}
	require.NoError(t, c.delete(dbInstance, shop))
	require.NoError(t, c.delete(bucket, "photos"))
	require.ErrorContains(t, c.delete(bucket, "kept"), "BucketNotEmpty")
	c.server("shop")
	c.create(bucket, "b", Properties{"bucket": "photos"})
	assert.Empty(t, c.values("shop"))
	assert.Empty(t, c.values("photos"))
	assert.Len(t, c.values("kept"), 1)

	require.NoError(t, c.p.account.Erase("us-west-1", func() error { return nil }))
	c.create(bucket, "kept", Properties{"bucket": "kept"})
	assert.Empty(t, c.values("kept"), "an erased region's buckets are empty")
}

// TestAKilledWriteChangesNothing leaves the files that a kill leaves at each step of a write,
// a creation and a deletion.
func TestAKilledWriteChangesNothing(t *testing.T) {
	c := newAccount(t)
	c.create(bucket, "b", Properties{"bucket": "photos", "forceDestroy": true})
	c.write("photos", "MX", "a", "1")
	var file string
	require.NoError(t, c.p.account.Do(func() error {
		file = c.p.account.journalFile(c.p.account.Get(bucket, "us-west-1", "photos"))
		return nil
	}))
	half := []byte(`{"entries": [{"key": "b", "val`)
	require.NoError(t, os.WriteFile(file+".new", half, 0o600))
	assert.Equal(t, map[string]string{"a": "1"}, c.values("photos"), "a write that is not complete")
	c.write("photos", "MX", "c", "2")
	assert.Equal(t, map[string]string{"a": "1", "c": "2"}, c.values("photos"))

	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, c.delete(bucket, "photos"))
	require.NoError(t, os.WriteFile(file, written, 0o600))
	_, err = c.p.account.Content("photos")
	require.Error(t, err, "content without its resource, of a deletion that is not complete")
	places, err := c.p.account.Places()
	require.NoError(t, err)
	assert.Empty(t, places)
	c.create(bucket, "b", Properties{"bucket": "photos"})
	assert.Empty(t, c.values("photos"))
	assert.FileExists(t, filepath.Join(filepath.Dir(file), "photos.json"))
}

func TestPlacesHaveEveryCopyOfAMarket(t *testing.T) {
	c := newAccount(t)
	east := c.in("us-east-2")
	shop := c.server("shop")
	c.create(bucket, "b", Properties{"bucket": "photos"})
	east.create(bucket, "r", Properties{"bucket": "photos-copy"})
	c.replicate("photos-copy", nil)
	east.backup(shop)
	c.pass(time.Minute)
	c.write("shop", "MX", "a", "1", "b", "2")
	c.write("photos", "US", "a", "1")
	c.write("photos", "", "public", "1")
	require.NoError(t, c.p.account.Remove("shop", "b"))
	c.pass(time.Hour)
	require.NoError(t, c.p.account.TakeDown("us-east-2"))
	places, err := c.p.account.Places()
	require.NoError(t, err)
	assert.Equal(t, []Place{
		{"us-east-2", "backup", backupARN, "MX", 2}, // also of a deleted row, and of a region that is down
		{"us-west-1", "database", "shop", "MX", 2},
		{"us-east-2", "bucket", "photos-copy", "US", 1},
		{"us-west-1", "bucket", "photos", "US", 1},
	}, places)
}
