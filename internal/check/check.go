package check

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// check reports all that is wrong with the stacks of a folder.
func check(dir, base string, today time.Time, out io.Writer) error {
	sites, rules, err := siteconfig.LoadProject(dir)
	problems := []error{err}
	if err == nil {
		_, err = siteconfig.LoadGlobalFile(dir, rules.Register)
		problems = append(problems, err)
	}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		file := "Pulumi." + name + ".yaml"
		for _, e := range sites[name].Exceptions {
			if e.Expired(today) {
				problems = append(problems, fmt.Errorf("%s: multisite:exceptions: found one for %s that ended on %s; allowed: exceptions that have not", file, e.Resource, e.Until))
			}
		}
		data, err := os.ReadFile(filepath.Join(dir, file)) //nolint:gosec // a file of the project
		config := flatten(data)
		problems = append(problems, err, beijing(file, config), unsealed(file, config))
	}
	lost, err := losses(dir, base, sites, today, out)
	if err := errors.Join(append(problems, append(lost, err)...)...); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d sites are in order.\n", len(sites))
	return err
}

// chinese is a place in China, as a configuration would name it.
var chinese = regexp.MustCompile(`(?i)beijing|\barn:aws-cn|\bcn-[a-z]+-\d|\.cn\b`)

// exit are the keys that say where markets move from, while they do.
var exit = regexp.MustCompile(`^multisite:migration\.(replication|services\.[a-z0-9-]+\.origin)\.`)

// beijing finds what points back to where the services moved from.
func beijing(file string, config map[string]any) error {
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(config)) {
		if exit.MatchString(key) {
			continue
		}
		if text := fmt.Sprint(config[key]); chinese.MatchString(text) {
			problems = append(problems, fmt.Errorf("%s: %s: found %q; allowed: places outside of mainland China", file, key, text))
		}
	}
	return errors.Join(problems...)
}

// secret are the keys whose values are.
var secret = regexp.MustCompile(`^multisite:migration\..*\.(password|secretKey)$`)

// unsealed finds secrets that anybody can read.
func unsealed(file string, config map[string]any) error {
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(config)) {
		if secret.MatchString(key) {
			problems = append(problems, fmt.Errorf("%s: %s: found a text; allowed: a secret: pulumi config set --secret --path '%s'", file, key, key))
		}
	}
	return errors.Join(problems...)
}

// flatten returns a stack's configuration by path, such as multisite:logs.deletion.
func flatten(data []byte) map[string]any {
	var content struct{ Config map[string]any }
	_ = yaml.Unmarshal(data, &content) // LoadSites says what is wrong with it
	flat := map[string]any{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		if object, ok := value.(map[string]any); ok {
			for key, nested := range object {
				walk(strings.TrimPrefix(path+"."+key, "."), nested)
			}
			return
		}
		flat[path] = value
	}
	walk("", content.Config)
	return flat
}

// guarded are the keys that say where data lies and what keeps it, with the value
// that a key which is absent has, and those that take nothing away.
var guarded = []struct {
	key      *regexp.Regexp
	fallback any
	safe     []any
}{
	{regexp.MustCompile(`^multisite:region$`), nil, nil},
	{regexp.MustCompile(`\.(keyArn|objectLock\.(mode|days))$`), nil, []any{"compliance"}},
	{regexp.MustCompile(`^multisite:deletionProtection$`), true, []any{true}},
	{regexp.MustCompile(`\.deletion$`), "never", []any{"never"}},
	{regexp.MustCompile(`^multisite:cdn\.geoRestriction\.`), nil, nil},
}

// losses finds what stacks had where the branch began and have no more.
func losses(dir, base string, sites map[string]*siteconfig.Site, today time.Time, out io.Writer) (lost []error, err error) {
	git := func(args ...string) (string, error) {
		command := exec.Command("git", append([]string{"-C", dir}, args...)...) //nolint:gosec // arguments of this file
		output, err := command.Output()
		return strings.TrimSpace(string(output)), err
	}
	from, err := git("merge-base", "HEAD", base)
	if err != nil {
		_, err := fmt.Fprintf(out, "There is no %s to compare with: what stacks have lost is not checked.\n", base)
		return nil, err
	}
	files, err := git("ls-tree", "--name-only", from)
	if err != nil {
		return nil, err
	}
	for _, file := range strings.Fields(files) {
		if ok, _ := filepath.Match("Pulumi.*.yaml", file); !ok {
			continue
		}
		old, err := git("show", from+":./"+file)
		if err != nil {
			return nil, err
		}
		stack := strings.TrimSuffix(strings.TrimPrefix(file, "Pulumi."), ".yaml")
		if stack == register.GlobalStack {
			continue // which keeps no data
		}
		if sites[stack] == nil {
			lost = append(lost, fmt.Errorf("%s: found nothing; allowed: the stack that %s has", file, base))
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, file)) //nolint:gosec // a file of the project
		if err != nil {
			return nil, err
		}
		for _, key := range weaker(flatten([]byte(old)), flatten(data)) {
			excepted := slices.ContainsFunc(sites[stack].Exceptions, func(e siteconfig.Exception) bool {
				return e.Rule == siteconfig.LossRule && e.Resource == key && !e.Expired(today)
			})
			if !excepted {
				lost = append(lost, fmt.Errorf("%s: %s: found less than in %s; allowed: the same, or an exception from the rule %s", file, key, base, siteconfig.LossRule))
			}
		}
	}
	return lost, nil
}

// weaker are the keys by which a stack keeps its data less than it did. Those of a
// database or a bucket that is gone do not count: to go, it had to be let go first.
func weaker(old, changed map[string]any) (keys []string) {
	all := maps.Clone(old)
	maps.Copy(all, changed)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		for _, g := range guarded {
			before, after := old[key], changed[key]
			if before == nil {
				before = g.fallback
			}
			if after == nil {
				after = g.fallback
			}
			if g.key.MatchString(key) && before != nil && !reflect.DeepEqual(before, after) && !slices.Contains(g.safe, after) && !more(before, after) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// more reports whether a list or a number has all that it had.
func more(before, after any) bool {
	if least, isNumber := before.(int); isNumber {
		most, ok := after.(int)
		return ok && most >= least
	}
	had, isList := before.([]any)
	has, ok := after.([]any)
	return isList && ok && !slices.ContainsFunc(had, func(element any) bool { return !slices.Contains(has, element) })
}
