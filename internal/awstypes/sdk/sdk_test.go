package sdk

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestVersions compares the versions in types.txt with go.mod.
func TestVersions(t *testing.T) {
	required, err := os.ReadFile("../../../go.mod")
	require.NoError(t, err)
	versions := Read().Versions
	for module := range Modules {
		assert.Contains(t, string(required), "\t"+module+" "+versions[module]+"\n", "run: go generate ./internal/awstypes/sdk")
	}
}

// TestRead checks inputs of each kind, and that types.txt has each struct that it refers to.
func TestRead(t *testing.T) {
	s := Read()
	assert.Greater(t, len(s.Types), 1500)
	assert.Contains(t, s.Functions, "aws:s3/getBucket:getBucket")
	assert.Equal(t, []Input{{Path: "byteLength", Kind: Number}, {Path: "keepers.*"}, {Path: "prefix"}}, s.Types["random:index/randomId:RandomId"])
	kinds := map[Kind]bool{}
	seen := map[string]bool{}
	var walk func(within string, inputs []Input)
	walk = func(within string, inputs []Input) {
		for _, input := range inputs {
			kinds[input.Kind] = true
			assert.Contains(t, []Kind{Text, Number, Flag, Any, Object}, input.Kind, within)
			if input.Kind == Object && !seen[input.reference] {
				seen[input.reference] = true
				require.NotEmpty(t, input.Inputs(), "%s: %s: %s", within, input.Path, input.reference)
				walk(input.reference, input.Inputs())
			}
		}
	}
	for token, inputs := range s.Types {
		walk(token, inputs)
	}
	assert.Len(t, kinds, 5)
	for _, input := range s.Types["pulumi:providers:aws"] {
		if input.Path == "assumeRole" {
			assert.Contains(t, input.Inputs(), Input{Path: "roleArn"})
		}
	}
}
