package check

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// lawSection is the part of testdata/law.yaml on one law, or on all markets if Market is empty.
type lawSection struct {
	Market, Law, Source, Title string
	Cases                      []lawCase
}

type lawCase struct {
	Case string
	// Change has the new values by file and key.
	Change map[string]map[string]any
	// By is what refuses the case: byProgram, byGuardrails or byCheck. Empty allows it.
	By string
	// Refused are parts of the report's lines, at least one for each line.
	Refused []string
	// Stack is the stack whose preview the engine also runs.
	Stack string
}

const (
	byProgram    = "program"
	byGuardrails = "guardrails"
	byCheck      = "check"
)

func lawSections(t *testing.T) (sections []lawSection) {
	t.Helper()
	data, err := os.ReadFile("testdata/law.yaml")
	require.NoError(t, err)
	require.NoError(t, config.Decode("testdata/law.yaml", data, &sections))
	return sections
}

// lawIn reads the register and the residency rules in a project's folder.
func lawIn(dir string) (*residency.Rules, error) {
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(register.Path)))
	if err != nil {
		return nil, err
	}
	reg, err := register.Load(data)
	if err != nil {
		return nil, err
	}
	if data, err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(residency.Path))); err != nil {
		return nil, err
	}
	return residency.Load(data, reg, today)
}

// start returns the problems that the program reports before it creates anything.
func start(dir string) error {
	rules, err := lawIn(dir)
	if err != nil {
		return err
	}
	_, err = siteconfig.LoadAll(dir, rules)
	_, inGlobal := siteconfig.LoadGlobalFile(dir, rules.Register)
	return errors.Join(err, inGlobal)
}

// checkLaw returns the problems that make check reports.
func checkLaw(dir string) error {
	rules, err := lawIn(dir)
	if err != nil {
		return err
	}
	return checkUnder(rules, dir, "origin/main", today, &bytes.Buffer{})
}

var heading = regexp.MustCompile(`^\d+ problems:$`)

// assertLines checks that each line of an error has one of the texts, and that each text is in one.
func assertLines(t *testing.T, texts []string, err error) {
	t.Helper()
	var lines []string
	if err != nil {
		lines = strings.Split(err.Error(), "\n")
	}
	unexplained := slices.Clone(texts)
	for _, line := range lines {
		if line = strings.TrimSpace(line); heading.MatchString(line) {
			continue
		}
		found := slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(line, text) })
		assert.True(t, found, "unexpected: %s", line)
		unexplained = slices.DeleteFunc(unexplained, func(text string) bool { return strings.Contains(line, text) })
	}
	assert.Empty(t, unexplained, "not refused")
}

// lawProject writes this repository's stacks and law into a folder.
func lawProject(t *testing.T, dir string) lawRepository {
	t.Helper()
	r := lawRepository{t, dir}
	for _, pattern := range []string{"Pulumi.*.yaml", "register/*.yaml", "register/residency/*.yaml", "state/regions.yaml"} {
		files, err := filepath.Glob("../../" + pattern)
		require.NoError(t, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			name, err := filepath.Rel("../..", file)
			require.NoError(t, err)
			r.write(filepath.ToSlash(name), string(data))
		}
	}
	r.write(history, "entries: []\n")
	return r
}

// TestLaw applies each case of testdata/law.yaml to the files of this repository. What refuses the
// case must report exactly its lines, and what comes earlier must report nothing.
func TestLaw(t *testing.T) {
	r := lawProject(t, t.TempDir())
	r.git("init", "-q")
	r.commit() // origin/main has the same files
	assertLines(t, nil, checkLaw(r.dir))
	for _, section := range lawSections(t) {
		for _, c := range section.Cases {
			t.Run(c.Case, func(t *testing.T) {
				defer c.apply(t, r.dir)()
				switch c.By {
				case byProgram:
					assertLines(t, c.Refused, start(r.dir))
					for _, text := range c.Refused {
						require.ErrorContains(t, checkLaw(r.dir), text)
					}
				case byCheck:
					assertLines(t, nil, start(r.dir))
					assertLines(t, c.Refused, checkLaw(r.dir))
				case byGuardrails, "":
					assert.Equal(t, c.By == "", c.Refused == nil)
					assert.False(t, c.By == byGuardrails && c.Stack == "", "only the engine runs the guardrails")
					assertLines(t, nil, start(r.dir))
					assertLines(t, nil, checkLaw(r.dir))
				default:
					assert.Fail(t, "unknown", c.By)
				}
			})
		}
	}
}

// TestLawInPreviews runs the preview of each case that names a stack.
func TestLawInPreviews(t *testing.T) {
	t.Parallel()
	original := engine.NewLocal(t)
	original.Program = engine.Build(t, "example.com/multisite/internal/check/testdata/law")
	lawProject(t, original.Dir)
	for _, section := range lawSections(t) {
		for _, c := range section.Cases {
			if c.Stack == "" {
				continue
			}
			t.Run(c.Case, func(t *testing.T) {
				t.Parallel()
				p := engine.Copy(t, original)
				c.apply(t, p.Dir)
				preview := p.Command("pulumi", "--color=never", "--non-interactive", "preview", "--stack", c.Stack)
				preview.Env = append(preview.Environ(), "LAW="+p.Dir)
				output, err := preview.CombinedOutput()
				assert.Equal(t, c.By == "", err == nil, string(output))
				for _, text := range c.Refused {
					assert.Contains(t, string(output), text)
				}
			})
		}
	}
}
