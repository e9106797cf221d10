package preflight

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/command"
)

// programs is the script of simulated programs pulumi and aws. They answer for an account in
// order of a local site, except that the commands in BROKEN fail. The answers are built from
// AWS's API models.
const programs = `#!/usr/bin/env bash
line="${0##*/} $*"
for broken in $BROKEN; do
  if [[ $line == *"$broken"* ]]; then echo "An error occurred (404) when calling the operation" >&2; exit 254; fi
done
case "$line" in
  "aws --version") echo "aws-cli/2.31.0 Python/3.13.7" ;;
  "aws "*"--region ap-south-1 sts get-caller-identity") echo '{"Account": "123456789012", "Arn": "arn:aws:sts::123456789012:assumed-role/up/ci"}' ;;
  "aws "*"--region ap-south-1 s3api head-bucket"*) echo '{"BucketRegion": "ap-south-1"}' ;;
  "aws "*"--region ap-south-1 kms describe-key"*) echo '{"KeyMetadata": {"Arn": "arn:aws:kms:ap-south-1:123456789012:key/1", "KeyState": "Enabled"}}' ;;
  "pulumi version") echo v3.250.0 ;;
  "pulumi whoami"*) echo '{"url": "s3://multisite-state-india-123456789012?region=ap-south-1"}' ;;
  "pulumi stack export"*) echo '{"deployment": {}}' ;;
  "pulumi plugin ls"*) echo '[{"name": "localdc", "kind": "resource", "version": "0.1.0"}]' ;;
  *) echo "no answer to $line" >&2; exit 252 ;;
esac
`

// TestExitStatus checks the exit status and the output of the command with the simulated programs.
func TestExitStatus(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"aws", "pulumi"} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte(programs), 0o700))
	}
	files, err := filepath.Glob("../../Pulumi*.yaml")
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "state"), 0o700))
	for _, file := range append(files, "../../state/regions.yaml") {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		if filepath.Base(file) == "Pulumi.india.yaml" {
			data = append([]byte("secretsprovider: awskms://alias/pulumi-secrets-india?region=ap-south-1\n"), data...)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, file[len("../../"):]), data, 0o600))
	}
	t.Chdir(dir)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, row := range map[string]struct {
		args   []string
		broken string
		want   int
		out    string
	}{
		"nothing wrong":  {[]string{"india"}, "", 0, "india: 0 would fail"},
		"no bucket":      {[]string{"india"}, "head-bucket", 1, "fail     state bucket: found no bucket of this name"},
		"unanswered":     {[]string{"india"}, "plugin", 0, "unknown  plugin: not checked, because An error occurred (404)"},
		"JSON":           {[]string{"--format", "json", "india"}, "", 0, `"severity": "ok"`},
		"help":           {[]string{"-h"}, "", 0, ""},
		"no stack":       {nil, "", 2, ""},
		"two stacks":     {[]string{"india", "brazil"}, "", 2, ""},
		"unknown format": {[]string{"--format", "xml", "india"}, "", 2, ""},
		"unknown stack":  {[]string{"atlantis"}, "", 2, ""},
		"unknown flag":   {[]string{"--stack", "india"}, "", 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("BROKEN", row.broken)
			var out, stderr bytes.Buffer
			assert.Equal(t, row.want, command.Execute(t.Context(), Command(), row.args, nil, &out, &stderr), stderr.String())
			assert.Contains(t, out.String(), row.out)
			if row.want == 2 {
				assert.NotEmpty(t, stderr.String())
			}
		})
	}
	var out bytes.Buffer
	require.Zero(t, command.Execute(t.Context(), Command(), []string{"--format", "json", "india"}, nil, &out, &out))
	assert.True(t, json.Valid(out.Bytes()))
}
