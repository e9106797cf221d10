package simulation

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheClockMovesForwardForAllProcesses(t *testing.T) {
	c := newAccount(t)
	require.NoError(t, c.p.account.MoveClock(10*time.Minute))
	require.NoError(t, c.p.account.MoveClock(time.Hour))
	other, err := Open(c.p.account.dir)
	require.NoError(t, err)
	now, ahead, err := other.Now()
	require.NoError(t, err)
	assert.Equal(t, 70*time.Minute, ahead)
	assert.WithinDuration(t, time.Now().Add(ahead), now, time.Minute)
	require.ErrorContains(t, other.MoveClock(-time.Second), "found -1s; allowed: a duration above 0")
}

func TestARegionStaysDownSinceItWentDown(t *testing.T) {
	a := newAccount(t).p.account
	require.NoError(t, a.TakeDown("us-west-1"))
	first, err := a.Down()
	require.NoError(t, err)
	require.NoError(t, a.MoveClock(time.Hour))
	require.NoError(t, a.TakeDown("us-west-1"))
	again, err := a.Down()
	require.NoError(t, err)
	assert.Equal(t, first, again)
	require.NoError(t, a.BringUp("us-west-1"))
	none, err := a.Down()
	require.NoError(t, err)
	assert.Empty(t, none)
	for _, change := range []func(string) error{a.TakeDown, a.BringUp, func(region string) error { return a.Erase(region, nil) }} {
		require.ErrorContains(t, change("oregon"), `found "oregon"; allowed: the name of an AWS region`)
	}
}

func TestErasedRegionsAreEmptyAndUp(t *testing.T) {
	c := newAccount(t)
	database(c, Properties{"deletionProtection": true})
	kept := c.in("us-west-2").create(vpc, "v", Properties{"cidrBlock": "10.0.0.0/16"})
	c.create(role, "r", Properties{"name": "r", "assumeRolePolicy": `{"Statement": []}`})
	require.NoError(t, c.p.account.Erase("us-west-1", func() error { return nil }))
	assert.Empty(t, c.resourcesIn("us-west-1"))
	assert.Len(t, c.resourcesIn(Global), 1)
	assert.NotEmpty(t, c.in("us-west-2").read(vpc, kept))
	assert.NotEmpty(t, c.create(vpc, "v", Properties{"cidrBlock": "10.0.0.0/16"}), "the region is up")
}

// TestErasureContinuesAfterAKill fails an erasure in the middle and after all resources.
func TestErasureContinuesAfterAKill(t *testing.T) {
	c := newAccount(t)
	id := c.create(vpc, "v", Properties{"cidrBlock": "10.0.0.0/16"})
	obstacle := c.p.account.file(vpc, "us-west-1", id) + ".gone"
	require.NoError(t, os.MkdirAll(filepath.Join(obstacle, "x"), 0o700))
	states := 0
	erase := func() error {
		return c.p.account.Erase("us-west-1", func() error { states++; return nil })
	}
	require.Error(t, erase())
	assert.Zero(t, states)
	require.Error(t, c.p.account.Erase("us-west-1", func() error { return os.ErrInvalid }))
	_, err := c.try(vpc, "w", Properties{"cidrBlock": "10.0.0.0/16"})
	require.ErrorContains(t, err, "i/o timeout", "the region is down until it is empty")

	require.NoError(t, os.RemoveAll(obstacle))
	require.NoError(t, erase())
	assert.Equal(t, 1, states)
	assert.Empty(t, c.resourcesIn("us-west-1"))
	c.create(vpc, "w", Properties{"cidrBlock": "10.0.0.0/16"})
}

// resourcesIn returns the account's resources in a region.
func (c *client) resourcesIn(region string) (found []*Resource) {
	c.t.Helper()
	require.NoError(c.t, c.p.account.Do(func() error {
		found = c.p.account.All(func(r *Resource) bool { return r.Region == region })
		return nil
	}))
	return found
}
