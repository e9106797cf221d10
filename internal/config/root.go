package config

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/multisite/internal/ordered"
)

// Namespace is the prefix of the project's configuration keys.
const Namespace = "multisite:"

// Root returns the node of the whole configuration. The raw configuration has text by qualified
// key, and JSON where a value is structured, as the Pulumi engine passes it to the program.
// Root reports keys of other namespaces, such as aws:region, since they would have no effect.
func Root(raw map[string]string, p *Problems) Node {
	values := map[string]any{}
	for _, key := range ordered.Keys(raw) {
		name, own := strings.CutPrefix(key, Namespace)
		switch {
		case own:
			var value any = raw[key]
			_ = json.Unmarshal([]byte(raw[key]), &value) // a value that is not JSON is text
			values[name] = value
		case !strings.HasPrefix(key, "pulumi:"):
			p.Add(key, raw[key], fmt.Sprintf("keys that begin with %s; the program alone configures providers", Namespace))
		}
	}
	return Node{Path: strings.TrimSuffix(Namespace, ":"), Value: values, Log: p}
}
