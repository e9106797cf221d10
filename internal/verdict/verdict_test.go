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

// verdictOn runs the command with a preview as standard input.
func verdictOn(preview string, args ...string) result {
	var out, errout bytes.Buffer
	exit := command.Execute(context.Background(), Command(), args, strings.NewReader(preview), &out, &errout)
	return result{exit, out.String(), errout.String()}
}

// TestRecordedPreviews compares the verdicts on shortened previews of the real engine with golden
// files.
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

// TestFailedPreview checks that the verdict on incomplete input is never a success.
func TestFailedPreview(t *testing.T) {
	for name, row := range map[string]struct{ preview, stderr, message string }{
		"empty input":        {"", "", "the preview is not JSON"},
		"JSON without steps": {`{}`, "", "it has no steps"},
		"truncated JSON":     {`{"steps": [{"op": "create",`, "", "the preview is not JSON"},
		"no stack":           {"", "error: no stack named 'oregon' found\n", "no stack named 'oregon' found"},
		"no sandbox":         {"", "sandbox: there is no pulumi on PATH\n", "there is no pulumi on PATH"},
		"steps and an error": {`{"steps": []}`, "warning: old\nerror: the backend is not available\n", "the backend is not available"},
		"unknown operation":  {`{"steps": [{"op": "obliterate", "urn": "urn:pulumi:a::b::c:d:E::f"}]}`, "", "unknown operation \"obliterate\""},
		"malformed URN":      {`{"steps": [{"op": "delete", "urn": "f"}]}`, "", "invalid URN"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "errors")
			require.NoError(t, os.WriteFile(file, []byte(row.stderr), 0o600))
			got := verdictOn(row.preview, "oregon", "--errors", file)
			assert.Equal(t, command.Failure, got.exit)
			assert.Contains(t, got.out, "### STOP: oregon: the preview failed")
			assert.Contains(t, got.out, row.message)
			assert.Contains(t, got.out, "Residency: not known.")
		})
	}
}

// TestDrift checks that a change is an error only with --expect-no-changes.
func TestDrift(t *testing.T) {
	preview := steps(pulumicli.Step{Op: "update", URN: "urn:pulumi:oregon::multisite::aws:ec2/routeTable:RouteTable::public"})
	assert.Equal(t, command.Success, verdictOn(preview, "oregon").exit)
	got := verdictOn(preview, "oregon", "--expect-no-changes")
	assert.Equal(t, command.Failure, got.exit)
	assert.Contains(t, got.out, "### STOP: oregon: the stack has drifted; no create, 1 update")
	got = verdictOn(`{"steps": []}`, "oregon", "--expect-no-changes")
	assert.Equal(t, command.Success, got.exit)
	assert.Contains(t, got.out, "### oregon: no changes")
}

// TestMisuse checks that a wrong command line prints no verdict.
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

// TestLossOfStatefulResources tries every operation on every stateful type: only a deletion and a
// replacement lose a resource.
func TestLossOfStatefulResources(t *testing.T) {
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

// TestReplacementInSeveralSteps checks that the steps of a replacement count as one, in any order.
func TestReplacementInSeveralSteps(t *testing.T) {
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

// TestLongVerdict checks that a verdict fits into a comment of GitHub, and keeps the summary and the
// losses.
func TestLongVerdict(t *testing.T) {
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
	assert.Greater(t, len(got.out), 60_000, "the verdict uses the room that it has")
	assert.Contains(t, got.out, "the preview failed; 3000 stateful resources would be lost; 100 rules broken; 3000 creates, no update, no replacement, 3000 deletions")
	assert.Contains(t, got.out, "> - delete `aws:s3:BucketV2 bucket-0`")
	assert.Regexp(t, `\d+ more are left out for lack of room`, got.out)
	assert.True(t, strings.HasSuffix(got.out, "The whole preview: https://example.com/whole\n"))
}

// TestMarkupIsEscaped renders a preview whose names and errors contain markup.
func TestMarkupIsEscaped(t *testing.T) {
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

// steps returns the JSON of a preview with the given steps.
func steps(list ...pulumicli.Step) string {
	var encoded []map[string]string
	for _, s := range list {
		encoded = append(encoded, map[string]string{"op": s.Op, "urn": s.URN})
	}
	data, _ := json.Marshal(map[string]any{"steps": encoded}) // strings only, so it cannot fail
	return string(data)
}

// TestMarkerNamesTheStack checks that the first line differs between stacks, so that the workflow
// updates the comment of the right stack.
func TestMarkerNamesTheStack(t *testing.T) {
	markers := map[string]bool{}
	for _, stack := range []string{"oregon", "oregon-2"} {
		got := verdictOn(`{"steps": []}`, stack)
		markers[strings.SplitAfter(got.out, "-->")[0]] = true
	}
	assert.Equal(t, []string{"<!-- multisite-preview: oregon -->", "<!-- multisite-preview: oregon-2 -->"}, slices.Sorted(maps.Keys(markers)))
}
