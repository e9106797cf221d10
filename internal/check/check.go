package check

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/residency"
)

// check checks the stack files in dir, and compares them and the law's files with a branch. It
// writes a summary to out, and returns all problems joined.
func check(dir, branch string, today time.Time, out io.Writer) error {
	rules, err := residency.Default()
	if err != nil {
		return errors.Join(err, compare(dir, branch, nil, today, out))
	}
	return checkUnder(rules, dir, branch, today, out)
}

// checkUnder is check with other residency rules, and their register, for tests.
func checkUnder(rules *residency.Rules, dir, branch string, today time.Time, out io.Writer) error {
	sites, err := siteconfig.LoadAll(dir, rules)
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
		problems = append(problems, rules.CheckExpired(today), siteconfig.CheckMarkets(sites, rules.Register))
	}
	problems = append(problems, checkSecretsProviders(dir), compare(dir, branch, sites, today, out))
	if err := errors.Join(problems...); err != nil {
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
