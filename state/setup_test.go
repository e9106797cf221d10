package state_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"multisite/stacks"
)

func regions(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("regions.yaml")
	require.NoError(t, err)
	found := map[string]string{}
	require.NoError(t, yaml.Unmarshal(data, &found))
	return found
}

// TestStateStaysWhereTheSiteIs has a region for every stack, which is the site's own on AWS.
func TestStateStaysWhereTheSiteIs(t *testing.T) {
	register, err := stacks.DefaultRegister()
	require.NoError(t, err)
	for name, site := range register.Sites {
		region := regions(t)[name]
		assert.Regexp(t, `^[a-z]{2}-[a-z]+-\d$`, region, "state/regions.yaml: %s", name)
		assert.False(t, strings.HasPrefix(region, "cn-"), name)
		if site.Provider == "aws" {
			assert.Equal(t, site.Region, region, "state/regions.yaml: %s", name)
		}
	}
}

// setup runs the script with an aws command that writes down what it is asked.
func setup(t *testing.T, args ...string) (advice, asked string, err error) {
	t.Helper()
	bin := t.TempDir()
	log := filepath.Join(bin, "log")
	aws := "#!/bin/sh\necho \"$@\" >> '" + log + "'\ncase \"$*\" in *get-caller-identity*) echo 123456789012;; esac\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "aws"), []byte(aws), 0o700))
	command := exec.Command("./setup", args...)
	command.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "AWS_REGION=us-east-1")
	output, err := command.Output()
	data, _ := os.ReadFile(log) // there is none where nothing was asked
	return string(output), string(data), err
}

func TestSetupWorksInTheSitesRegion(t *testing.T) {
	advice, asked, err := setup(t, "singapore")
	require.NoError(t, err)
	for line := range strings.Lines(asked) {
		assert.Contains(t, line, "--region ap-southeast-1 ")
	}
	assert.Contains(t, asked, "cloudformation deploy --stack-name multisite-state-singapore --template-file ./backend.yaml --parameter-overrides Site=singapore")
	assert.Contains(t, advice, "pulumi login 's3://multisite-state-singapore-123456789012?region=ap-southeast-1'\n")
	assert.Contains(t, advice, "pulumi stack init singapore --secrets-provider='awskms://alias/pulumi-secrets-singapore?region=ap-southeast-1'\n")
	resources := template(t)
	assert.Equal(t, "multisite-state-${Site}-${AWS::AccountId}", resources["State"].Properties["BucketName"], "as the advice says")
	assert.Equal(t, "alias/pulumi-secrets-${Site}", resources["SecretsKeyAlias"].Properties["AliasName"])
}

func TestSetupAsksNothingOfAnUnknownSite(t *testing.T) {
	for _, args := range [][]string{nil, {"tokyo"}, {""}, {".*"}, {"india oregon"}, {"oregon", "india"}} {
		_, asked, err := setup(t, args...)
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, args)
		assert.Equal(t, 2, exit.ExitCode(), args)
		assert.Contains(t, string(exit.Stderr), "allowed: one of ")
		assert.Empty(t, asked, args)
	}
}
