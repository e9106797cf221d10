package stacks_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

const elsewhere = "222222222222"

// TestAccounts runs the program with credentials of two accounts, and with registers that
// name these accounts or not.
func TestAccounts(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon") // in the account 123456789012
	p.Program = engine.Build(t, "example.com/multisite/stacks/testdata/accounts")
	as := func(account, reg string, args ...string) (string, error) {
		command := p.Command(append([]string{"--account", account, "pulumi", "--color=never", "--non-interactive"}, args...)...)
		command.Env = append(os.Environ(), "ACCOUNTS="+reg)
		output, err := command.CombinedOutput()
		return string(output), err
	}

	output, err := as("123456789012", `{}`, "preview", "--stack", "oregon", "--expect-no-changes")
	require.NoError(t, err, output)
	assert.Equal(t, 1, strings.Count(output, "\n    warning: register/register.yaml: sites.oregon.account: found nothing, so that credentials of any account are accepted; state/setup oregon prints"), output)

	output, err = as("123456789012", `{"oregon": "123456789012"}`, "up", "--stack", "oregon", "--yes", "--skip-preview")
	require.NoError(t, err, output)
	assert.Contains(t, output, "~ 2 updated", "only the providers are updated, in place: %s", output)
	output, err = as("123456789012", `{"oregon": "123456789012"}`, "preview", "--stack", "oregon", "--expect-no-changes")
	require.NoError(t, err, output)
	assert.NotContains(t, output, "register.yaml")

	for _, args := range [][]string{{"preview"}, {"up", "--yes", "--skip-preview"}} {
		output, err = as(elsewhere, `{"oregon": "123456789012"}`, append(args, "--stack", "oregon")...)
		require.Error(t, err)
		assert.Contains(t, output, `register/register.yaml: sites.oregon.account: found "credentials of 222222222222"; allowed: 123456789012`)
	}
	for _, args := range [][]string{{"refresh", "--yes"}, {"destroy", "--yes"}} { // these commands do not run the program
		output, err = as(elsewhere, `{}`, append(args, "--stack", "oregon", "--skip-preview")...)
		require.Error(t, err)
		assert.Contains(t, output, "AWS account ID not allowed: 222222222222")
	}

	for reg, serves := range map[string]bool{
		`{}`:                         false,
		`{"global": "222222222222"}`: false,
		`{"global": "222222222222", "oregon": "222222222222"}`:                              false,
		`{"global": "222222222222", "oregon": "123456789012", "singapore": "333333333333"}`: true,
	} {
		output, err = as(elsewhere, reg, "preview", "--stack", "global")
		require.NoError(t, err, output)
		assert.Equal(t, !serves, strings.Contains(output, "oregon does not serve: no user is routed there"), "%s: %s", reg, output)
		assert.Contains(t, output, "singapore does not serve: no user is routed there", reg)
	}
}
