package state_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"example.com/multisite/register"
)

func regions(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("regions.yaml")
	require.NoError(t, err)
	found := map[string]string{}
	require.NoError(t, yaml.Unmarshal(data, &found))
	return found
}

// TestStateRegions checks that every stack has a region for its state, outside the partition
// of China, and that the state of an AWS site is in the site's region.
func TestStateRegions(t *testing.T) {
	reg, err := register.Default()
	require.NoError(t, err)
	for name, site := range reg.Sites {
		region := regions(t)[name]
		assert.Regexp(t, `^[a-z]{2}-[a-z]+-\d$`, region, "state/regions.yaml: %s", name)
		assert.False(t, strings.HasPrefix(region, "cn-"), name)
		if site.Provider == "aws" {
			assert.Equal(t, site.Region, region, "state/regions.yaml: %s", name)
		}
	}
}

// TestSetupDeploysEachSitesStacks checks the CloudFormation stacks that state/setup deploys for
// each site, and their region, template and parameters.
func TestSetupDeploysEachSitesStacks(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	for site, region := range regions(t) {
		f.commands = nil
		advice, progress, err := f.run("setup", site)
		require.NoError(t, err, progress)
		kind := map[string]string{"global": "global", "india": "local", "brazil": "local"}[site]
		if kind == "" {
			kind = "aws"
		}
		for _, command := range f.commands {
			assert.Contains(t, command, "--region "+region+" ")
		}
		assert.Contains(t, strings.Join(f.commands, "\n"), "--template-file "+f.folder+"/roles-"+kind+".yaml ")
		assert.Equal(t, "CREATE_COMPLETE", f.stacks["multisite-state-"+site].status)
		parameters := map[string]string{"Site": site, "Region": region, "Repository": "", "GlobalAccount": ""}
		if kind == "aws" {
			parameters["HostedZoneId"] = ""
		}
		assert.Equal(t, parameters, f.stacks["multisite-roles-"+site].parameters)
		assert.Contains(t, advice, "pulumi login 's3://multisite-state-"+site+"-123456789012?region="+region+"'\n")
		assert.Contains(t, advice, "pulumi stack init "+site+" --secrets-provider='awskms://alias/pulumi-secrets-"+site+"?region="+region+"'\n")
	}
	resources := template(t)
	assert.Equal(t, "multisite-state-${Site}-${AWS::AccountId}", resources["State"].Properties["BucketName"], "as in the printed login command")
	assert.Equal(t, "alias/pulumi-secrets-${Site}", resources["SecretsKeyAlias"].Properties["AliasName"])
}

// TestSetupPrintsGitHubVariables checks the printed variables of each GitHub environment, also
// in a run without --repository, which uses the repository of the previous run.
func TestSetupPrintsGitHubVariables(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	_, progress, err := f.run("setup", "oregon", "--repository", "example/multisite")
	require.NoError(t, err, progress)
	advice, progress, err := f.run("setup", "oregon")
	require.NoError(t, err, progress)
	for environment, role := range map[string]string{"oregon": "up", "drift-oregon": "drift", "preview-oregon": "preview", "destroy-oregon": "destroy"} {
		assert.Contains(t, advice, "\n  "+environment+"\n    AWS_ROLE_ARN=arn:aws:iam::123456789012:role/multisite-oregon-"+role+
			"\n    AWS_REGION=us-west-2\n    PULUMI_BACKEND_URL=s3://multisite-state-oregon-123456789012?region=us-west-2\n")
	}
	assert.Contains(t, advice, "The account does not trust GitHub yet. Run: state/account\n")
}

// register adds a stack's account to the copy of the register.
func (f *fakeAWS) register(site, wanted string) {
	f.t.Helper()
	path := filepath.Join(f.folder, "..", "register", "register.yaml")
	data, err := os.ReadFile(path)
	require.NoError(f.t, err)
	text := strings.Replace(string(data), "  "+site+": {", "  "+site+`: {account: "`+wanted+`", `, 1)
	if site == "global" {
		text = "global: {account: \"" + wanted + "\"}\n" + text
	}
	require.NoError(f.t, os.WriteFile(path, []byte(text), 0o600))
}

// TestSetupPassesTheHostedZone checks that the roles get the hosted zone of the CDN's domain,
// with and without quotation marks in the stack's file.
func TestSetupPassesTheHostedZone(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	for _, zone := range []string{"Z2FDTNDATAQYW2", `"Z2FDTNDATAQYW2"`, "'Z2FDTNDATAQYW2'"} {
		require.NoError(t, os.WriteFile(filepath.Join(f.folder, "..", "Pulumi.oregon.yaml"), []byte("config:\n  multisite:cdn:\n    domain:\n      hostedZoneId: "+zone+"\n"), 0o600))
		_, progress, err := f.run("setup", "oregon")
		require.NoError(t, err, progress)
		assert.Equal(t, "Z2FDTNDATAQYW2", f.stacks["multisite-roles-oregon"].parameters["HostedZoneId"], zone)
	}
}

// TestSetupChecksTheAccount checks that state/setup prints the account for the register while
// the register has none, and otherwise refuses credentials of another account.
func TestSetupChecksTheAccount(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	advice, _, err := f.run("setup", "oregon")
	require.NoError(t, err)
	assert.Contains(t, advice, "In register/register.yaml, sites.oregon:\n\n  account: \"123456789012\"\n")

	f.register("oregon", account)
	f.register("global", "210987654321")
	advice, _, err = f.run("setup", "oregon")
	require.NoError(t, err)
	assert.NotContains(t, advice, "register.yaml")
	assert.Equal(t, "210987654321", f.stacks["multisite-roles-oregon"].parameters["GlobalAccount"], "the stack global, in that account, reads the site's status")

	f.commands = nil
	_, progress, err := f.run("setup", "global")
	require.Error(t, err)
	assert.Equal(t, "register/register.yaml: global.account: found credentials of account 123456789012; allowed: 210987654321\n", progress)
	assert.Len(t, f.commands, 1, "the script calls only sts get-caller-identity")
}

// TestSetupRefusesBadArguments checks that state/setup refuses unknown sites and incomplete
// options before it calls AWS.
func TestSetupRefusesBadArguments(t *testing.T) {
	t.Parallel()
	f := newAWS(t)
	for _, args := range [][]string{
		nil, {"tokyo"}, {""}, {".*"}, {"india oregon"}, {"oregon", "india"}, {"oregon", "--repository"}, {"oregon", "--repository", "name"},
	} {
		_, progress, err := f.run("setup", args...)
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, args)
		assert.Equal(t, 2, exit.ExitCode(), args)
		assert.Contains(t, progress, "; allowed: ")
	}
	assert.Empty(t, f.commands)
}
