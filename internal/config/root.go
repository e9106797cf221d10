package config

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/multisite/internal/ordered"
)

// Namespace is that of the project's own keys.
const Namespace = "multisite:"

// Root parses the raw configuration. Keys of other namespaces would have no effect.
func Root(raw map[string]string, p *Problems) Node {
	values := map[string]any{}
	for _, key := range ordered.Keys(raw) {
		name, own := strings.CutPrefix(key, Namespace)
		switch {
		case own:
			var value any = raw[key]
			_ = json.Unmarshal([]byte(raw[key]), &value) // text stays text
			values[name] = value
		case !strings.HasPrefix(key, "pulumi:"):
			p.Add(key, raw[key], fmt.Sprintf("keys that begin with %s; providers are set up by the program alone", Namespace))
		}
	}
	return Node{Path: strings.TrimSuffix(Namespace, ":"), Value: values, Log: p}
}
