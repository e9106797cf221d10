package law

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/command"
	"example.com/multisite/internal/golden"
)

// listed returns accounts by stack as a list.
func listed(t *testing.T, accounts, copies map[string]string) []*account {
	t.Helper()
	var list []*account
	byStack := placed(t, accounts, copies)
	for _, stack := range []string{"oregon", "global", "india"} {
		if a := byStack[stack]; len(list) == 0 || list[0] != a && list[len(list)-1] != a {
			list = append(list, a)
		}
	}
	return list
}

// TestLimits checks the length and number of the policies of the account with the longest: one
// with all stacks, which copies to another region.
func TestLimits(t *testing.T) {
	for _, accounts := range drawn()[:2] {
		policies, err := policiesOf(listed(t, accounts, map[string]string{"oregon": "eu-west-1", "singapore": "us-east-1"}), organization)
		require.NoError(t, err)
		count := map[string]int{}
		for _, p := range policies {
			_, err := p.encode()
			require.NoError(t, err)
			count[p.account+p.kind]++
			assert.Less(t, count[p.account+p.kind], 5, "AWS's own policy is the fifth")
		}
	}
}

// TestWrittenWhole checks that the files are the same each time, and that nothing is written if
// a policy is too long or the folder has files.
func TestWrittenWhole(t *testing.T) {
	policies, err := policiesOf(listed(t, separate, nil), organization)
	require.NoError(t, err)
	parent := t.TempDir()
	dir := filepath.Join(parent, "a", "law")
	require.NoError(t, write(dir, policies))
	for _, p := range policies {
		content, err := os.ReadFile(filepath.Join(dir, p.file()))
		require.NoError(t, err)
		again, err := p.encode()
		require.NoError(t, err)
		assert.Equal(t, string(again), string(content))
	}
	files := func(dir string) []os.DirEntry {
		found, err := os.ReadDir(dir)
		require.NoError(t, err)
		return found
	}
	assert.Len(t, files(dir), len(policies))
	assert.Len(t, files(filepath.Dir(dir)), 1, "no other folder is left")

	require.ErrorContains(t, write(dir, policies), "DIR: found "+dir+" with files in it; allowed: a folder that is empty or does not exist")
	long := policy{kind: serviceControl, account: "1", name: "long", statements: []statement{{Sid: strings.Repeat("x", maxLength)}}}
	fresh := filepath.Join(parent, "fresh")
	require.ErrorContains(t, write(fresh, append(policies, long)), "1-long.json: found 5200 characters; allowed: 5120")
	assert.NoDirExists(t, fresh)
	require.NoError(t, os.Mkdir(fresh, 0o750))
	require.NoError(t, write(fresh, policies), "an empty folder")
}

// TestGolden shows the policies and the commands of an account with one site, and of the stack
// global's account.
func TestGolden(t *testing.T) {
	accounts := listed(t, separate, nil)
	policies, err := policiesOf(accounts, organization)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, explain(&text, "law", accounts, policies))
	for _, p := range policies {
		content, err := p.encode()
		require.NoError(t, err)
		text.WriteString("\n" + p.file() + "\n" + strings.ReplaceAll(string(content), `{"Sid"`, "\n  {\"Sid\"") + "\n")
	}
	golden.Equal(t, "testdata/policies.txt", text.String())
}

// TestAccountsAreRequired checks that every stack without an account is reported, and that the
// state's region must be known.
func TestAccountsAreRequired(t *testing.T) {
	some := map[string]string{"oregon": "111111111111", "singapore": "111111111111", "india": "222222222222", "brazil": "222222222222"}
	_, err := accountsOf(registered(t, some), nil, map[string]string{"oregon": "us-west-2", "india": "ap-south-1", "brazil": "sa-east-1"})
	require.Error(t, err)
	for _, part := range []string{
		"register/register.yaml: sites.california.account: found nothing; allowed: the 12 digits of the stack's AWS account, which state/setup california prints",
		"register/register.yaml: global.account: found nothing;",
		"state/regions.yaml: singapore: found nothing; allowed: the region of the stack's state",
	} {
		assert.ErrorContains(t, err, part)
	}
}

// TestCommand checks the command in the repository, whose register has no accounts, and a wrong
// organization.
func TestCommand(t *testing.T) {
	t.Chdir("../..")
	dir := filepath.Join(t.TempDir(), "law")
	run := func(args ...string) (int, string) {
		var out, problems bytes.Buffer
		status := command.Execute(t.Context(), Command(), args, strings.NewReader(""), &out, &problems)
		return status, out.String() + problems.String()
	}
	status, text := run(dir, organization)
	assert.Equal(t, command.Failure, status)
	assert.Contains(t, text, "sites.oregon.account: found nothing")
	assert.NoDirExists(t, dir)
	status, text = run(dir, "123")
	assert.Equal(t, command.Misuse, status)
	assert.Contains(t, text, `ORGANIZATION: found "123"; allowed: the ID of an organization`)
}
