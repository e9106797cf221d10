package verdict

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/command"
	"example.com/multisite/internal/golden"
	"example.com/multisite/internal/pulumicli"
)

// result is what the command wrote and returned.
type result struct {
	exit        int
	out, errout string
}

func verdictOn(preview string, args ...string) result {
	var out, errout bytes.Buffer
	exit := command.Execute(context.Background(), Command(), args, strings.NewReader(preview), &out, &errout)
	return result{exit, out.String(), errout.String()}
}

// TestRecordedPreviews holds the verdict on previews of the real engine, cut
// down, to the text beside them.
func TestRecordedPreviews(t *testing.T) {
	for name, row := range map[string]struct {
		exit  int
		first string
	}{
		"growth":      {0, "### california: 8 creates, 1 update, no replacement, no deletion"},
		"replacement": {1, "### STOP: california: 1 stateful resource would be lost; no create, no update, 2 replacements, no deletion"},
		"deletion":    {1, "### STOP: california: 4 stateful resources would be lost; no create, no update, no replacement, 6 deletions"},
		"protected":   {1, "### STOP: california: the preview failed; 2 stateful resources would be lost; no create, no update, no replacement, 2 deletions"},
		"refused":     {1, "### STOP: california: the preview failed"},
		"rules":       {1, "### STOP: california: the preview failed; 3 rules broken; 1 create, no update, no replacement, no deletion"},
	} {
		t.Run(name, func(t *testing.T) {
			preview, err := os.ReadFile(filepath.Join("testdata", name+".json"))
			require.NoError(t, err)
			got := verdictOn(string(preview), "california", "--whole", "https://example.com/whole")
			assert.Equal(t, row.exit, got.exit)
			assert.Equal(t, row.first, strings.Split(got.out, "\n")[1])
			golden.Equal(t, filepath.Join("testdata", name+".md"), got.out)
		})
	}
}

func TestNoValueIsPrinted(t *testing.T) {
	preview := `{"config": {"multisite:token": "hunter2"}, "steps": [` +
		`{"op": "update", "urn": "urn:pulumi:oregon::multisite::aws:rds/instance:Instance::db", "diffReasons": ["password"],` +
		`"detailedDiff": {"password": {"kind": "update", "inputDiff": true}},` +
		`"oldState": {"inputs": {"password": "hunter2"}}, "newState": {"inputs": {"password": "hunter2"}}}]}`
	got := verdictOn(preview, "oregon")
	assert.Contains(t, got.out, "`password`")
	assert.NotContains(t, got.out, "hunter2")
}

func TestAFailedPreviewIsNeverCalm(t *testing.T) {
	for name, row := range map[string]struct{ preview, errors, says string }{
		"nothing":             {"", "", "the preview is not JSON"},
		"something else":      {`{}`, "", "it has no steps"},
		"ended in the middle": {`{"steps": [{"op": "create",`, "", "the preview is not JSON"},
		"no stack":            {"", "error: no stack named 'oregon' found\n", "no stack named 'oregon' found"},
		"no sandbox":          {"", "sandbox: there is no pulumi on PATH\n", "there is no pulumi on PATH"},
		"an error after all":  {`{"steps": []}`, "warning: old\nerror: the backend is gone\n", "the backend is gone"},
		"an unknown step":     {`{"steps": [{"op": "obliterate", "urn": "urn:pulumi:a::b::c:d:E::f"}]}`, "", "unknown operation \"obliterate\""},
		"an unknown resource": {`{"steps": [{"op": "delete", "urn": "f"}]}`, "", "invalid URN"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "errors")
			require.NoError(t, os.WriteFile(file, []byte(row.errors), 0o600))
			got := verdictOn(row.preview, "oregon", "--errors", file)
			assert.Equal(t, command.Failure, got.exit)
			assert.Contains(t, got.out, "### STOP: oregon: the preview failed")
			assert.Contains(t, got.out, row.says)
			assert.Contains(t, got.out, "Residency: not known.")
		})
	}
}

func TestDriftAlarms(t *testing.T) {
	preview := steps(pulumicli.Step{Op: "update", URN: "urn:pulumi:oregon::multisite::aws:ec2/routeTable:RouteTable::public"})
	assert.Equal(t, command.Success, verdictOn(preview, "oregon").exit)
	got := verdictOn(preview, "oregon", "--expect-no-changes")
	assert.Equal(t, command.Failure, got.exit)
	assert.Contains(t, got.out, "### STOP: oregon: it has drifted; no create, 1 update")
	got = verdictOn(`{"steps": []}`, "oregon", "--expect-no-changes")
	assert.Equal(t, command.Success, got.exit)
	assert.Contains(t, got.out, "### oregon: no changes")
}

// TestMisuse writes no verdict that somebody could take for one.
func TestMisuse(t *testing.T) {
	for _, args := range [][]string{
		{}, {""}, {"a --> b"}, {"oregon", "preview.json"},
		{"oregon", "--nonsense"}, {"oregon", "--errors", "testdata/none"},
	} {
		got := verdictOn(`{"steps": []}`, args...)
		assert.Equal(t, command.Misuse, got.exit, args)
		assert.Empty(t, got.out, args)
		assert.NotEmpty(t, got.errout, args)
	}
}

// TestAStateIsLostOnlyByDeletionOrReplacement tries every operation on every stateful type.
func TestAStateIsLostOnlyByDeletionOrReplacement(t *testing.T) {
	for _, typ := range awstypes.Tokens() {
		if !awstypes.Of(typ).Stateful {
			continue
		}
		for op, k := range kinds {
			got := verdictOn(steps(pulumicli.Step{Op: op, URN: "urn:pulumi:oregon::multisite::" + typ + "::it"}), "oregon")
			lost := k == deletion || k == replacement
			assert.Equal(t, lost, strings.Contains(got.out, "1 stateful resource would be lost"), "%s %s", op, typ)
			assert.Equal(t, lost, got.exit == command.Failure, "%s %s", op, typ)
		}
	}
}

// TestAReplacementInPartsIsOne has the steps of one replacement in any order.
func TestAReplacementInPartsIsOne(t *testing.T) {
	parts := []string{"create-replacement", "replace", "delete-replaced"}
	for range parts {
		parts = append(parts[1:], parts[0])
		var list []pulumicli.Step
		for _, op := range parts {
			list = append(list, pulumicli.Step{Op: op, URN: "urn:pulumi:oregon::multisite::aws:ec2/eip:Eip::nat"})
		}
		assert.Contains(t, verdictOn(steps(list...), "oregon").out, "no create, no update, 1 replacement, no deletion")
	}
}

func TestALongVerdictKeepsWhatMatters(t *testing.T) {
	var list []pulumicli.Step
	for i := range 3000 {
		list = append(list,
			pulumicli.Step{Op: "create", URN: fmt.Sprintf("urn:pulumi:oregon::multisite::aws:ec2/eip:Eip::%s-%d", strings.Repeat("ä", 300), i)},
			pulumicli.Step{Op: "delete", URN: fmt.Sprintf("urn:pulumi:oregon::multisite::aws:s3/bucketV2:BucketV2::bucket-%d", i)})
	}
	var p map[string]any
	require.NoError(t, json.Unmarshal([]byte(steps(list...)), &p))
	var diagnostics []any
	for i := range 100 {
		diagnostics = append(diagnostics,
			map[string]any{"severity": "error", "message": fmt.Sprintf("error: residency: %d%s", i, strings.Repeat("x", 9000))},
			map[string]any{"severity": "error", "message": fmt.Sprintf("error: %d%s", i, strings.Repeat("y", 9000))})
	}
	p["diagnostics"] = diagnostics
	long, err := json.Marshal(p)
	require.NoError(t, err)

	got := verdictOn(string(long), "oregon", "--whole", "https://example.com/whole")
	assert.LessOrEqual(t, len(got.out), 65_536)
	assert.Greater(t, len(got.out), 60_000, "what there is room for is there")
	assert.Contains(t, got.out, "the preview failed; 3000 stateful resources would be lost; 100 rules broken; 3000 creates, no update, no replacement, 3000 deletions")
	assert.Contains(t, got.out, "> - delete `aws:s3:BucketV2 bucket-0`")
	assert.Regexp(t, `There was no room for \d+ more`, got.out)
	assert.True(t, strings.HasSuffix(got.out, "The whole preview: https://example.com/whole\n"))
}

// TestNothingOfAPreviewIsMarkup gives a preview names and errors with markup.
func TestNothingOfAPreviewIsMarkup(t *testing.T) {
	hostile := "a` @octocat <!-- multisite-preview: singapore --> | ![x](https://example.com/x.png)\n### singapore: no changes"
	preview, err := json.Marshal(map[string]any{
		"steps": []any{map[string]any{
			"op": "delete", "urn": "urn:pulumi:oregon::multisite::aws:s3/bucketV2:BucketV2::" + hostile, "diffReasons": []string{hostile},
		}},
		"diagnostics": []any{map[string]any{"severity": "error", "message": "error: " + hostile + "\n```\n@octocat\n~~~"}},
	})
	require.NoError(t, err)
	block := false
	for line := range strings.Lines(verdictOn(string(preview), "oregon").out) {
		if strings.HasPrefix(line, "```") {
			block = !block
			continue
		}
		if block {
			continue
		}
		for i, outside := range strings.Split(line, "`") {
			if i%2 == 0 {
				assert.NotContains(t, outside, "octocat")
				assert.NotContains(t, outside, "singapore")
			}
		}
		if strings.HasPrefix(line, "| delete") {
			assert.Equal(t, 4, strings.Count(line, "|"), "the row has three cells")
		}
	}
	assert.False(t, block, "every block ends")
}

// steps is the JSON of a preview with these steps.
func steps(list ...pulumicli.Step) string {
	var encoded []map[string]string
	for _, s := range list {
		encoded = append(encoded, map[string]string{"op": s.Op, "urn": s.URN})
	}
	data, _ := json.Marshal(map[string]any{"steps": encoded}) // of strings alone
	return string(data)
}

func TestTheMarkerIsTheStacksOwn(t *testing.T) {
	markers := map[string]bool{}
	for _, stack := range []string{"oregon", "oregon-2"} {
		got := verdictOn(`{"steps": []}`, stack)
		markers[strings.SplitAfter(got.out, "-->")[0]] = true
	}
	assert.Equal(t, []string{"<!-- multisite-preview: oregon -->", "<!-- multisite-preview: oregon-2 -->"}, slices.Sorted(maps.Keys(markers)))
}
