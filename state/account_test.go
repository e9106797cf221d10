package state_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAccountKeepsExistingResources checks that state/account creates only the resources that
// the account lacks.
func TestAccountKeepsExistingResources(t *testing.T) {
	t.Parallel()
	all := map[string]*thing{
		"GitHub":              {typ: "AWS::IAM::OIDCProvider", name: "token.actions.githubusercontent.com", id: "arn:aws:iam::1:oidc-provider/x"},
		"ReplicationNetworks": {typ: "AWS::IAM::Role", name: "dms-vpc-role", hasData: true},
		"ReplicationLogs":     {typ: "AWS::IAM::Role", name: "dms-cloudwatch-logs-role", hasData: true},
	}
	for existing := range all {
		f := newAWS(t)
		f.things = []*thing{all[existing]}
		for range 2 { // the second run finds the first run's resources, and keeps them
			_, progress, err := f.run("account")
			require.NoError(t, err, progress)
			parameters := f.stacks["multisite-account"].parameters
			for parameter := range all {
				assert.Equal(t, map[bool]string{true: "found", false: "make"}[parameter == existing], parameters[parameter], parameter)
			}
			assert.Empty(t, all[existing].stack)
			assert.Len(t, f.things, 4, "three resources and the WaitConditionHandle")
		}
	}
}

// TestSetupReportsMissingTrust checks that state/setup reports a missing trust in GitHub until
// the account has it.
func TestSetupReportsMissingTrust(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	_, progress, err := f.run("account")
	require.NoError(t, err, progress)
	advice, progress, err := f.run("setup", "oregon", "--repository", "example/multisite")
	require.NoError(t, err, progress)
	assert.NotContains(t, advice, "state/account")
}

// TestAccountCreatesAgain checks that state/account creates deleted resources again, such as
// the roles of AWS DMS, which the last update of an older global stack deleted.
func TestAccountCreatesAgain(t *testing.T) {
	t.Parallel()
	for _, owner := range []string{"multisite-account", ""} {
		f := newAWS(t)
		if owner == "" {
			f.things = []*thing{{typ: "AWS::IAM::Role", name: "dms-vpc-role"}}
		}
		_, progress, err := f.run("account")
		require.NoError(t, err, progress)
		role := f.find("AWS::IAM::Role", "dms-vpc-role")
		require.Equal(t, owner, role.stack)
		f.remove(role)
		_, progress, err = f.run("account")
		require.NoError(t, err, progress)
		require.NotNil(t, f.find("AWS::IAM::Role", "dms-vpc-role"))
		assert.Equal(t, "multisite-account", f.find("AWS::IAM::Role", "dms-vpc-role").stack)
	}
}

// TestAccountSucceedsAfterAFailureAtEachResource checks that the second run completes the
// stack if CloudFormation failed to create a resource in the first run.
func TestAccountSucceedsAfterAFailureAtEachResource(t *testing.T) {
	t.Parallel()
	for _, logical := range slices.Sorted(maps.Keys(resourcesOf(t, "identity.yaml"))) {
		f := newAWS(t)
		f.failing = []string{logical}
		_, _, err := f.run("account")
		require.Error(t, err, logical)
		f.failing = nil
		_, progress, err := f.run("account")
		require.NoError(t, err, "%s: %s", logical, progress)
		f.checkComplete("multisite-account", resourcesOf(t, "identity.yaml"))
	}
}
