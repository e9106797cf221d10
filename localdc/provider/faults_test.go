package provider_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/internal/testdriver"
)

// TestFaults makes each call fail, and then repeats the call.
func TestFaults(t *testing.T) {
	for _, row := range []struct {
		fault   testdriver.Fault
		message string
		effect  bool
	}{
		{testdriver.Refused, "by driver folder: the facility refused", false},
		{testdriver.Transient, "a temporary failure of the facility; nothing has changed: run the command again", false},
		{testdriver.Lost, "by driver folder: the connection was lost", true},
		{testdriver.Hang, "context deadline exceeded; the call may have taken effect: running the command again is safe", true},
	} {
		kinds := driver.Kinds
		if row.fault == testdriver.Hang { // each takes seconds
			kinds = []driver.Kind{driver.KindDatabase}
		}
		for _, kind := range kinds {
			t.Run(fmt.Sprint(row.fault, " ", kind), func(t *testing.T) {
				t.Parallel()
				s := open(t, "folder")
				in, id := inputs(t, kind).Set("deletionProtection", unprotected), s.resource(kind)
				file := testdriver.File(s.directory, id)

				s.faults(map[string]testdriver.Fault{"create " + id.String(): row.fault})
				require.ErrorContains(t, s.upWithin(kind, in, 1), row.message)
				assert.Empty(t, s.id, "nothing is recorded")
				assert.Equal(t, row.effect, exists(file))
				s.faults(nil)
				require.NoError(t, s.up(kind, in))

				s.faults(map[string]testdriver.Fault{"update " + id.String(): row.fault})
				before := s.state
				require.ErrorContains(t, s.upWithin(kind, in.Set(changed(kind)), 1), row.message)
				assert.Equal(t, before, s.state, "the record does not change")
				s.faults(nil)
				require.NoError(t, s.up(kind, in.Set(changed(kind))))

				if row.fault == testdriver.Hang {
					return // covered by the other calls
				}
				s.faults(map[string]testdriver.Fault{"delete " + id.String(): row.fault})
				require.ErrorContains(t, s.delete(kind), row.message)
				assert.Equal(t, !row.effect, exists(file))
				s.faults(nil)
				require.NoError(t, s.delete(kind))

				s.faults(map[string]testdriver.Fault{"read " + id.String(): row.fault})
				require.Error(t, s.refresh(kind))
				assert.NotEmpty(t, s.id, "an error does not remove the resource")
			})
		}
	}
}

// TestIncomplete checks that an incomplete resource is recorded, cannot be deleted, and is
// completed by the next update.
func TestIncomplete(t *testing.T) {
	for _, kind := range driver.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			s := open(t, "folder")
			id := s.resource(kind).String()
			s.faults(map[string]testdriver.Fault{"create " + id: testdriver.Incomplete})
			require.ErrorContains(t, s.up(kind, inputs(t, kind)), "resource failed to initialize")
			assert.Equal(t, id, s.id)
			assert.Equal(t, false, s.output("serving"))
			require.Error(t, s.delete(kind), "the resource is active and protected")

			require.ErrorContains(t, s.refresh(kind), "resource failed to initialize", "a refresh reports it too")
			assert.Equal(t, id, s.id)
			require.NoError(t, s.up(kind, inputs(t, kind)))
			assert.Equal(t, true, s.output("serving"))

			s.faults(map[string]testdriver.Fault{"update " + id: testdriver.Incomplete})
			key, value := changed(kind)
			require.ErrorContains(t, s.up(kind, inputs(t, kind).Set(key, value)), "resource failed to initialize")
			assert.Equal(t, value, s.state.Get(key))
			s.faults(nil)
			require.NoError(t, s.up(kind, inputs(t, kind).Set(key, value)))
			assert.Equal(t, true, s.output("serving"))
		})
	}
}

// TestSecretsStaySecret checks that the state marks the password as a secret.
func TestSecretsStaySecret(t *testing.T) {
	s := open(t, "folder")
	in := inputs(t, driver.KindDatabase)
	require.NoError(t, s.up(driver.KindDatabase, in))
	assert.True(t, s.state.Get("password").Secret())
	require.NoError(t, s.refresh(driver.KindDatabase))
	assert.True(t, s.state.Get("password").Secret())
	require.NoError(t, s.up(driver.KindDatabase, in.Set("password", property.New("another-good-password"))))
	assert.Equal(t, property.New("another-good-password").WithSecret(true), s.state.Get("password"))
}
