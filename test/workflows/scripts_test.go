package workflows_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMatrixHasEveryStack checks that .github/stacks prints all stacks.
func TestMatrixHasEveryStack(t *testing.T) {
	output, err := exec.Command(filepath.Join("..", "..", ".github", "stacks")).Output()
	require.NoError(t, err)
	wanted, err := json.Marshal(stacks(t))
	require.NoError(t, err)
	assert.Equal(t, "stacks="+string(wanted)+"\n", string(output))
}

// github is a script that replaces the gh command. It prints the variables PULLS and COMMENTS,
// and records written comments in the folder LOG.
const github = `#!/usr/bin/env bash
case " $* " in
  *" -X PATCH "* | *" -X POST "*)
    for argument; do [[ $argument == body=@* ]] && cp "${argument#body=@}" "$LOG/body"; done
    echo "$3 $4" >> "$LOG/writes" ;;
  *"/comments "*) echo "$MARKER" > "$LOG/marker"; printf '%s' "$COMMENTS" ;;
  *"/pulls "*) printf '%s' "$PULLS" ;;
  *) exit 1 ;;
esac
`

// comment runs .github/comment on previews by artifact name. It returns the script's requests
// to GitHub, the body of the last comment, and the marker by which the script found comments.
func comment(t *testing.T, previews map[string]string, pulls, comments string) (writes, body, marker string, err error) {
	t.Helper()
	bin, log, folder := t.TempDir(), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "gh"), []byte(github), 0o700))
	for name, preview := range previews {
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name, "preview.json"), []byte(preview), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name, "errors.txt"), nil, 0o600))
	}
	command := exec.Command(filepath.Join("..", "..", ".github", "comment"))
	command.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "LOG="+log, "PREVIEWS="+folder, "PULLS="+pulls,
		"COMMENTS="+comments, "HEAD=acme:branch", "HEAD_SHA=abc", "WHOLE=https://example.com/run", "GITHUB_REPOSITORY=o/r")
	output, err := command.CombinedOutput()
	t.Logf("%s", output)
	read := func(name string) string {
		data, _ := os.ReadFile(filepath.Join(log, name)) // the file may not exist
		return string(data)
	}
	return read("writes"), read("body"), read("marker"), err
}

const unchanged, deletion = `{"steps": []}`, `{"steps": [{"op": "delete", "urn": "urn:pulumi:oregon::multisite::aws:rds/instance:Instance::db"}]}`

// TestCommentIsUpdated checks that the first preview adds a comment, and later previews update it.
func TestCommentIsUpdated(t *testing.T) {
	writes, body, marker, err := comment(t, map[string]string{"preview-oregon": deletion}, "7\n", "")
	require.NoError(t, err)
	assert.Equal(t, "POST repos/o/r/issues/7/comments\n", writes)
	assert.Contains(t, body, "STOP: oregon: 1 stateful resource would be lost")
	assert.Equal(t, "<!-- multisite-preview: oregon -->\n", marker)

	writes, body, _, err = comment(t, map[string]string{"preview-oregon": unchanged}, "7\n", "41\n42\n")
	require.NoError(t, err)
	assert.Equal(t, "PATCH repos/o/r/issues/comments/41\n", writes)
	assert.Contains(t, body, "### oregon: no changes")
}

// TestOutdatedPreview checks that a preview of an older commit adds no comment.
func TestOutdatedPreview(t *testing.T) {
	writes, _, _, err := comment(t, map[string]string{"preview-oregon": unchanged}, "", "")
	require.NoError(t, err)
	assert.Empty(t, writes)
}

// TestUnexpectedArtifact checks that the script refuses an artifact that is named after no
// stack, because a pull request's code can choose the name.
func TestUnexpectedArtifact(t *testing.T) {
	writes, _, _, err := comment(t, map[string]string{"preview-$(touch x)": unchanged}, "7\n", "")
	require.Error(t, err)
	assert.Empty(t, writes)
}
