package acceptance_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// untried maps the experiments of `live` that cannot run on the emulator to the capability
// that it lacks, as in docs/live.md.
var untried = map[string]string{
	"alarm":          "alarm actions",
	"edge-alarm":     "alarm actions",
	"database-event": "RDS events",
	"image":          "container runtime",
	"replication":    "object replication",
	"firewall-log":   "WAF logs",
	"cdn-log":        "CloudFront logs",
	"database-log":   "database logs",
	"certificate":    "certificate validation",
	"dnssec":         "DNSSEC",
	"database-copy":  "AWS DMS",
	"event":          "AWS DMS",
	"flow-log":       "network traffic",
	"bucket-log":     "S3 access logs by day",
}

// TestLive runs the steps up, check and down of `live`. It checks the tags of all
// resources, the results of the experiments, and that down leaves no resource.
func TestLive(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("found no aws, the AWS CLI, on PATH")
	}
	t.Parallel()
	const site = "oregon"
	p, folder := emulated(t), t.TempDir()
	root := filepath.Dir(filepath.Dir(p.Program))
	tool := filepath.Join(root, "bin", "sites")
	live := func(step string) (string, error) {
		command := p.Command(tool, "live", site, step, "--root", root, "--program", p.Program, "--sites", tool, "--dir", folder)
		command.Env = append(command.Environ(), "PATH="+os.Getenv("PATH")+string(os.PathListSeparator)+filepath.Join(root, "bin"))
		command.Stdin = strings.NewReader("123456789012\n")
		output, err := command.CombinedOutput()
		return string(output), err
	}
	output, err := live("up")
	require.NoError(t, err, output)
	assert.Contains(t, output, "About 0.3", "the estimate, USD per hour")
	inTags := newAccount(t, p, allRegions(t)[site]).inventory()
	require.NotEmpty(t, inTags)
	untagged := 0
	for id, tags := range inTags {
		if len(tags) == 0 { // the emulator does not tag every resource of a CloudFormation stack
			untagged++
			continue
		}
		assert.Contains(t, tags, "LiveRun", id)
		assert.Regexp(t, `^\d{4}-\d\d-\d\d$`, tags["LiveUntil"], id)
	}
	assert.LessOrEqual(t, untagged, 2, "the key of the replicated objects, and the log group of the container")

	// The promise that drift and drift-after-up test is broken on the emulator, but only
	// where the emulator is known to differ from AWS.
	output, err = live("check")
	require.Error(t, err, output)
	results := map[string]string{}
	for _, line := range liveReport(t, filepath.Join(folder, site, "report.json")) {
		results[line.Name] = line.Result
		switch line.Result {
		case "not run":
			assert.Equal(t, "the emulator has no "+untried[line.Name], line.Evidence, line.Name)
		case "broken":
			for _, difference := range strings.Split(line.Evidence, "; ") {
				step, properties, _ := strings.Cut(difference, ": ")
				for _, property := range strings.Split(properties, ", ") {
					assert.True(t, excepted(strings.Fields(step)[1], property, true), "%s: %s", line.Name, difference)
				}
			}
		}
	}
	assert.Len(t, results, len(untried)+2)
	assert.Equal(t, "broken", results["drift"])
	assert.Equal(t, "broken", results["drift-after-up"])

	output, err = live("down")
	require.NoError(t, err, output)
	for _, place := range []string{allRegions(t)[site], edgeRegion} {
		a := newAccount(t, p, place)
		assert.Empty(t, a.inventory(), place)
		assert.Empty(t, a.buckets())
		assert.Empty(t, a.distributions())
		assert.Empty(t, a.roles())
		assert.Empty(t, a.snapshots(), "a throw-away account keeps no snapshots")
	}
	assert.NoDirExists(t, filepath.Join(folder, site, "state"))
	assert.FileExists(t, filepath.Join(folder, site, "report.md"))
}

// liveReport reads the results in a report.json of `live`.
func liveReport(t *testing.T, file string) []struct{ Name, Result, Evidence string } {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var report struct {
		Results []struct{ Name, Result, Evidence string }
	}
	require.NoError(t, json.Unmarshal(data, &report))
	return report.Results
}
