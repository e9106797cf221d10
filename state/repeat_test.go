package state_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lastRelease is the template with the DeletionPolicy of releases before
// RetainExceptOnCreate: Retain, which keeps the resources of a failed creation.
func lastRelease(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("backend.yaml")
	require.NoError(t, err)
	return strings.ReplaceAll(string(data), "RetainExceptOnCreate", "Retain")
}

// checkComplete checks that a stack has every resource of its template, and that the account has
// each named thing once.
func (f *fakeAWS) checkComplete(name string, resources map[string]resource) {
	f.t.Helper()
	s := f.stacks[name]
	require.NotNil(f.t, s, name)
	assert.Regexp(f.t, "^(CREATE|UPDATE)_COMPLETE$", s.status)
	seen := map[string]bool{}
	for _, t := range f.things {
		assert.False(f.t, t.name != "" && seen[t.typ+t.name], "%s %s exists twice", t.typ, t.name)
		seen[t.typ+t.name] = true
	}
	for logical := range resources {
		if assert.Contains(f.t, s.resources, logical) {
			assert.Equal(f.t, name, s.resources[logical].thing.stack, logical)
			assert.False(f.t, s.resources[logical].thing.pending, logical)
		}
	}
}

// checkOregon checks that Oregon's stacks are complete, and that the aliases and the bucket refer
// to the stack's keys.
func (f *fakeAWS) checkOregon() {
	f.t.Helper()
	f.checkComplete("multisite-state-oregon", template(f.t))
	f.checkComplete("multisite-roles-oregon", nil)
	created := f.stacks["multisite-state-oregon"].resources
	for user, key := range map[string]string{"StateKeyAlias": "StateKey", "SecretsKeyAlias": "SecretsKey", "State": "StateKey"} {
		assert.Equal(f.t, created[key].thing.id, created[user].thing.key, "%s refers to the stack's key", user)
	}
}

// TestSetupSucceedsAfterAFailureAtEachResource checks that the second run completes the stack
// if CloudFormation failed to create a resource in the first run.
func TestSetupSucceedsAfterAFailureAtEachResource(t *testing.T) {
	t.Parallel()
	for logical := range template(t) {
		f := newAWS(t)
		f.failing = []string{logical}
		_, progress, err := f.run("setup", "oregon")
		require.Error(t, err, logical)
		assert.Contains(t, progress, "CloudFormation in us-west-2: multisite-state-oregon: found the failure above; allowed: repeating this command")
		assert.Equal(t, "ROLLBACK_COMPLETE", f.stacks["multisite-state-oregon"].status)

		f.failing = nil
		_, progress, err = f.run("setup", "oregon")
		require.NoError(t, err, "%s: %s", logical, progress)
		assert.Contains(t, progress, "Deleting the CloudFormation stack multisite-state-oregon, which an earlier run left in ROLLBACK_COMPLETE.")
		f.checkOregon()
	}
}

// TestSetupAdoptsResourcesOfAFailedCreation checks that state/setup adopts the resources that
// a failed creation by the last release retained. It tests a failure at each resource, with
// and without the failed resource in the account. The first attempt to complete the stack
// fails too.
func TestSetupAdoptsResourcesOfAFailedCreation(t *testing.T) {
	t.Parallel()
	for logical := range template(t) {
		for _, half := range []bool{false, true} {
			f := newAWS(t)
			f.failing, f.halfCreated = []string{logical}, half
			require.Error(t, f.deploy("multisite-state-oregon", lastRelease(t), map[string]string{"Site": "oregon"}, false))
			kept := slices.Clone(f.things)
			markData(kept)
			var before []thing
			for _, kept := range kept {
				before = append(before, *kept)
			}
			if !half && len(kept) > 0 {
				_, progress, err := f.run("setup", "oregon")
				require.Error(t, err)
				assert.Equal(t, "UPDATE_FAILED", f.stacks["multisite-state-oregon"].status, "adopted resources are not rolled back: %s", progress)
			}
			f.failing, f.halfCreated = nil, false
			_, progress, err := f.run("setup", "oregon")
			require.NoError(t, err, "%s: %s", logical, progress)
			f.checkOregon()
			for _, kept := range kept {
				// A key with neither an alias nor a bucket has encrypted no data.
				unused := kept.typ == "AWS::KMS::Key" && !slices.ContainsFunc(before, func(user thing) bool { return user.key == kept.id })
				assert.True(t, kept.stack != "" || unused, "%s: %s %s was not adopted", logical, kept.typ, kept.id)
			}
		}
	}
}

// markData marks buckets and keys as containing data.
func markData(things []*thing) {
	for _, t := range things {
		t.hasData = t.typ == "AWS::S3::Bucket" || t.typ == "AWS::KMS::Key"
	}
}

// TestSetupRecoversFromEachStatus checks each status in which a run can leave a stack whose
// bucket contains a state.
func TestSetupRecoversFromEachStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []string{
		"CREATE_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_IN_PROGRESS", "DELETE_FAILED",
		"UPDATE_IN_PROGRESS", "UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE",
		"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_FAILED", "REVIEW_IN_PROGRESS",
	} {
		f := newAWS(t)
		require.NoError(t, f.deploy("multisite-state-oregon", lastRelease(t), map[string]string{"Site": "oregon"}, false))
		require.NoError(t, f.deploy("multisite-roles-oregon", f.read("roles-aws.yaml"), map[string]string{"Site": "oregon"}, false))
		markData(f.things)
		f.undeletable = []string{"Boundary"} // attached to roles of the site, so it cannot be deleted
		before := slices.Clone(f.things)
		if status == "DELETE_IN_PROGRESS" {
			require.NoError(t, f.deleteStack("multisite-state-oregon", nil))
		} else {
			f.stacks["multisite-state-oregon"].status, f.stacks["multisite-roles-oregon"].status = status, status
		}
		_, progress, err := f.run("setup", "oregon")
		require.NoError(t, err, "%s: %s", status, progress)
		f.checkOregon()
		assert.Subset(t, f.things, before, "%s: all resources still exist", status)
		f.checkComplete("multisite-roles-oregon", map[string]resource{"Boundary": {}})
	}
}

func (f *fakeAWS) read(path string) string {
	f.t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(f.t, err)
	return string(data)
}

// TestSetupAdoptsABucketsKeyWithoutAlias checks that state/setup adopts the key of the
// bucket's objects although the key's alias was deleted.
func TestSetupAdoptsABucketsKeyWithoutAlias(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	require.NoError(t, f.deploy("multisite-state-oregon", lastRelease(t), map[string]string{"Site": "oregon"}, false))
	bucket := f.stacks["multisite-state-oregon"].resources["State"].thing
	require.NoError(t, f.deleteStack("multisite-state-oregon", nil))
	f.remove(f.find("AWS::KMS::Alias", "alias/pulumi-state-oregon"))
	_, progress, err := f.run("setup", "oregon")
	require.NoError(t, err, progress)
	assert.Equal(t, bucket.key, f.stacks["multisite-state-oregon"].resources["StateKey"].thing.id)
	f.checkOregon()
}

// TestSetupRefusesAKeyPendingDeletion checks that state/setup changes nothing if a key of the
// state is scheduled for deletion.
func TestSetupRefusesAKeyPendingDeletion(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	require.NoError(t, f.deploy("multisite-state-oregon", lastRelease(t), map[string]string{"Site": "oregon"}, false))
	key := f.stacks["multisite-state-oregon"].resources["SecretsKey"].thing
	require.NoError(t, f.deleteStack("multisite-state-oregon", nil))
	key.pending = true
	before := slices.Clone(f.things)
	_, progress, err := f.run("setup", "oregon")
	require.Error(t, err)
	assert.Contains(t, progress, "AWS KMS in us-west-2: alias/pulumi-secrets-oregon: found the key "+key.id+", which is scheduled for deletion; allowed: a key in use.")
	assert.NotContains(t, f.stacks, "multisite-state-oregon")
	assert.Equal(t, before, f.things)
}

// TestSetupAdoptsRoles checks that a deleted stack's roles and policies are adopted,
// including the boundary, which is attached to roles of the site.
func TestSetupAdoptsRoles(t *testing.T) {
	t.Parallel()
	for _, logical := range []string{"Boundary", "UpRole"} {
		f := newAWS(t)
		f.failing, f.undeletable = []string{logical}, []string{"Boundary"}
		_, _, err := f.run("setup", "oregon", "--repository", "example/multisite")
		require.Error(t, err)
		f.failing = nil
		_, progress, err := f.run("setup", "oregon", "--repository", "example/multisite")
		require.NoError(t, err, progress)
		f.checkComplete("multisite-roles-oregon", map[string]resource{"Boundary": {}, "UpRole": {}, "DestroyRole": {}})
	}
}

// TestSetupFailsWithoutRecovery checks that state/setup fails if CloudFormation never recovers the stack.
func TestSetupFailsWithoutRecovery(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	f.stacks["multisite-state-oregon"] = &stack{status: "ROLLBACK_FAILED"}
	f.ignoreDeletes = true
	_, progress, err := f.run("setup", "oregon")
	require.Error(t, err)
	assert.Contains(t, progress, "multisite-state-oregon: found ROLLBACK_FAILED, after 4 attempts to recover it; allowed: ")
}
