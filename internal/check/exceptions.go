package check

import (
	"fmt"
	"io"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

// listExceptions writes a line to out for each exception of a stack that is new or changed since
// the base, for reviewers.
func listExceptions(b *base, file string, old, data []byte, out io.Writer) error {
	had := exceptions(old)
	for _, e := range exceptions(data) {
		if slices.ContainsFunc(had, func(other map[string]any) bool { return reflect.DeepEqual(e, other) }) {
			continue
		}
		if _, err := fmt.Fprintf(out, "%s: multisite:exceptions: not in %s: %s: rule %s does not apply until %s: %s\n",
			file, b.branch, text(e["resource"]), text(e["rule"]), text(e["until"]), text(e["reason"])); err != nil {
			return err
		}
	}
	return nil
}

// exceptions returns the exceptions of a stack's file. siteconfig reports a malformed file.
func exceptions(data []byte) (list []map[string]any) {
	var content struct {
		Config struct {
			Exceptions []map[string]any `yaml:"multisite:exceptions"`
		}
	}
	_ = yaml.Unmarshal(data, &content)
	for _, e := range content.Config.Exceptions {
		list = append(list, normalized(e).(map[string]any))
	}
	return list
}
