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

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// check checks the stack files in dir, and compares them with the branch base. It writes a summary
// to out, and returns all problems joined.
func check(dir, base string, today time.Time, out io.Writer) error {
	sites, rules, err := siteconfig.LoadProject(dir)
	problems := []error{err}
	if err == nil {
		global, err := siteconfig.LoadGlobalFile(dir, rules.Register)
		problems = append(problems, err)
		if global != nil {
			problems = append(problems, checkExceptions(siteconfig.GlobalFile, global.Stack, today))
		}
	}
	for _, name := range ordered.Keys(sites) {
		file := config.StackFile(name)
		problems = append(problems, checkExceptions(file, sites[name], today))
		data, err := os.ReadFile(filepath.Join(dir, file))
		config := flatten(data)
		problems = append(problems, err, checkReferencesToChina(file, config), checkPlainSecrets(file, config))
	}
	if err == nil {
		problems = append(problems, siteconfig.CheckMarkets(sites, rules.Register))
	}
	lost, err := checkLosses(dir, base, sites, today, out)
	if err := errors.Join(append(problems, append(lost, err)...)...); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d sites checked; no problems found.\n", len(sites))
	return err
}

// checkExceptions returns an error for each exception of a stack that is not in force.
func checkExceptions(file string, stack *siteconfig.Site, today time.Time) error {
	var problems []error
	for _, e := range stack.Exceptions {
		if problem := e.Problem(today); problem != "" {
			problems = append(problems, fmt.Errorf("%s: multisite:exceptions: %s: rule %s: %s", file, e.Resource, e.Rule, problem))
		}
	}
	return errors.Join(problems...)
}

// inChina matches names of places, hosts and AWS resources in mainland China.
var inChina = regexp.MustCompile(`(?i)beijing|\barn:aws-cn|\bcn-[a-z]+-\d|\.cn\b`)

// originKeys matches the keys that describe the origin during a migration, which is in China.
var originKeys = regexp.MustCompile(`^multisite:migration\.(replication|services\.[a-z0-9-]+\.origin)\.`)

// checkReferencesToChina reports references to mainland China, from which the services move away.
func checkReferencesToChina(file string, config map[string]any) error {
	var problems []error
	for _, key := range ordered.Keys(config) {
		if originKeys.MatchString(key) {
			continue
		}
		if text := fmt.Sprint(config[key]); inChina.MatchString(text) {
			problems = append(problems, fmt.Errorf("%s: %s: found %q; allowed: places outside mainland China", file, key, text))
		}
	}
	return errors.Join(problems...)
}

// secretKeys matches the keys whose values must be secrets of Pulumi.
var secretKeys = regexp.MustCompile(`^multisite:migration\..*\.(password|secretKey)$`)

// checkPlainSecrets reports secrets in plain text.
func checkPlainSecrets(file string, config map[string]any) error {
	var problems []error
	for _, key := range ordered.Keys(config) {
		if secretKeys.MatchString(key) {
			problems = append(problems, fmt.Errorf("%s: %s: found plain text; allowed: a secret, set by pulumi config set --secret --path '%s'", file, key, key))
		}
	}
	return errors.Join(problems...)
}

// flatten returns a stack's configuration by path, such as multisite:logs.deletion.
func flatten(data []byte) map[string]any {
	var content struct{ Config map[string]any }
	_ = yaml.Unmarshal(data, &content) // siteconfig.LoadProject reports malformed files
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

// guardedKeys are the keys that decide where data is and what protects it.
var guardedKeys = []struct {
	key *regexp.Regexp
	// fallback is the value of an absent key, and safe are values that never weaken the
	// protection.
	fallback any
	safe     []any
}{
	{regexp.MustCompile(`^multisite:region$`), nil, nil},
	{regexp.MustCompile(`\.(keyArn|objectLock\.(mode|days))$`), nil, []any{"compliance"}},
	{regexp.MustCompile(`^multisite:deletionProtection$`), true, []any{true}},
	{regexp.MustCompile(`\.deletion$`), "never", []any{"never"}},
	{regexp.MustCompile(`^multisite:cdn\.geoRestriction\.`), nil, nil},
}

// checkLosses returns an error for each region, key or protection that a stack had at the merge base
// with the branch base and no longer has, unless an exception from siteconfig.LossRule covers it.
func checkLosses(dir, base string, sites map[string]*siteconfig.Site, today time.Time, out io.Writer) (lost []error, err error) {
	git := func(args ...string) (string, error) {
		command := exec.Command("git", append([]string{"-C", dir}, args...)...)
		output, err := command.Output()
		return strings.TrimSpace(string(output)), err
	}
	from, err := git("merge-base", "HEAD", base)
	if err != nil {
		_, err := fmt.Fprintf(out, "%s: found no such branch; removed regions, keys and protections are not checked.\n", base)
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
			continue // holds no users' data
		}
		if sites[stack] == nil {
			lost = append(lost, fmt.Errorf("%s: found no file; allowed: the stack's file, as in %s", file, base))
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return nil, err
		}
		for _, c := range weakenings(flatten([]byte(old)), flatten(data)) {
			excepted := slices.ContainsFunc(sites[stack].Exceptions, func(e siteconfig.Exception) bool {
				return e.Rule == siteconfig.LossRule && e.Resource == c.key && e.InForce(today)
			})
			if !excepted {
				lost = append(lost, fmt.Errorf("%s: %s: found %s; allowed: %s, as in %s, or an exception from the rule %s", file, c.key, text(c.after), text(c.before), base, siteconfig.LossRule))
			}
		}
	}
	return lost, nil
}

// weakening is a guarded key whose new value protects data less.
type weakening struct {
	key           string
	before, after any
}

// text renders the value of a key; nil is nothing.
func text(value any) string {
	if value == nil {
		return "nothing"
	}
	return fmt.Sprint(value)
}

// weakenings returns the guarded keys that a change weakens, sorted. Removing a database or bucket does
// not weaken its key deletion: the resource can be deleted only after that key has allowed it.
func weakenings(old, changed map[string]any) (list []weakening) {
	all := maps.Clone(old)
	maps.Copy(all, changed)
	for _, key := range ordered.Keys(all) {
		for _, g := range guardedKeys {
			before, after := old[key], changed[key]
			if before == nil {
				before = g.fallback
			}
			if after == nil {
				after = g.fallback
			}
			if g.key.MatchString(key) && before != nil && !reflect.DeepEqual(before, after) && !slices.Contains(g.safe, after) && !contains(after, before) {
				list = append(list, weakening{key, before, after})
			}
		}
	}
	return list
}

// contains reports whether after is a number that is not below before, or a list with all elements of
// before.
func contains(after, before any) bool {
	if least, isNumber := before.(int); isNumber {
		most, ok := after.(int)
		return ok && most >= least
	}
	had, isList := before.([]any)
	has, ok := after.([]any)
	return isList && ok && !slices.ContainsFunc(had, func(element any) bool { return !slices.Contains(has, element) })
}
