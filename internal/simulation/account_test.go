package simulation

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
)

func TestIDsAndOutputsHaveAWSFormats(t *testing.T) {
	c := newAccount(t)
	id := database(c, nil)
	state := c.read(instance, id)
	assert.Regexp(t, `^db-[A-Z0-9]{26}$`, id)
	assert.Regexp(t, `^d-[0-9a-f]{7}\.[a-z0-9]{12}\.us-west-1\.rds\.amazonaws\.com:5432$`, state["endpoint"])
	assert.Equal(t, "arn:aws:rds:us-west-1:123456789012:db:"+text(state, "identifier"), state["arn"])

	key := c.create(kmsKey, "k", nil)
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, key)
	assert.Equal(t, map[string]any{"Site": "test"}, c.read(kmsKey, key)["tagsAll"], "the provider's default tags")
}

func TestIDsAreNotReusedAfterDeletion(t *testing.T) {
	c := newAccount(t)
	first := c.create(vpc, "v", Properties{"cidrBlock": "10.0.0.0/16"})
	require.NoError(t, c.delete(vpc, first))
	assert.NotEqual(t, first, c.create(vpc, "v", Properties{"cidrBlock": "10.0.0.0/16"}))
}

func TestIDsAreTheSameInEveryAccount(t *testing.T) {
	inputs := Properties{"cidrBlock": "10.0.0.0/16"}
	first, second := newAccount(t), newAccount(t)
	assert.Equal(t, first.create(vpc, "v", inputs), second.create(vpc, "v", inputs))
}

// TestProcessesShareAnAccount opens one folder several times instead of starting several
// processes. The opened accounts share only the files.
func TestProcessesShareAnAccount(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			account, err := Open(dir)
			if !assert.NoError(t, err) { //nolint:testifylint // require may not end another goroutine
				return
			}
			for j := range 25 {
				assert.NoError(t, account.Do(func() error {
					return account.Put(&Resource{Type: vpc, Region: "us-west-1", ID: fmt.Sprintf("vpc-%d-%d", i, j)})
				}))
			}
		})
	}
	all.Wait()
	account, err := Open(dir)
	require.NoError(t, err)
	require.NoError(t, account.Do(func() error {
		assert.Len(t, account.All(func(*Resource) bool { return true }), 200)
		assert.Equal(t, 200, account.generation, "no write was lost")
		return nil
	}))
}

func TestPasswordHasTheGivenLength(t *testing.T) {
	r := &Resource{Seed: "s", Properties: Properties{"length": 32.0, "special": false}}
	assert.Regexp(t, `^[a-zA-Z0-9]{32}$`, password(r))
	other := &Resource{Seed: "t", Properties: r.Properties}
	assert.NotEqual(t, password(r), password(other))
}

// TestReferencedTypesAreModelled checks that every type in a reference is modelled and has
// an error code for a missing resource.
func TestReferencedTypesAreModelled(t *testing.T) {
	for token, entry := range types {
		assert.NotEmpty(t, entry.ID, token)
		for _, ref := range awstypes.Of(token).Refs {
			target, known := types[ref.Type]
			if assert.True(t, known, "%s refers to %s", token, ref.Type) {
				assert.NotEmpty(t, target.Missing, "%s, which %s refers to, has an error code for a missing resource", ref.Type, token)
			}
		}
	}
}
