package check

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/ordered"
)

// apply makes the case's edits to files in a folder, and returns a function that restores them.
func (c lawCase) apply(t *testing.T, dir string) (restore func()) {
	t.Helper()
	before := map[string][]byte{}
	for _, file := range ordered.Keys(c.Change) {
		path := filepath.Join(dir, filepath.FromSlash(file))
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		before[path] = data
		content := map[string]any{}
		require.NoError(t, yaml.Unmarshal(data, &content))
		place := content
		if strings.HasPrefix(file, "Pulumi.") {
			place = content["config"].(map[string]any)
		}
		for _, key := range ordered.Keys(c.Change[file]) {
			require.NoError(t, set(place, strings.Split(key, "."), c.Change[file][key]), "%s: %s", file, key)
		}
		data, err = yaml.Marshal(content)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	return func() {
		for path, data := range before {
			require.NoError(t, os.WriteFile(path, data, 0o600))
		}
	}
}

var indexed = regexp.MustCompile(`^(.+)\[(\d+)\]$`)

// set sets the value of a key within an object; nil removes the key. The objects on the way must
// exist, so that a misspelled key is an error.
func set(object map[string]any, path []string, value any) error {
	key, last := path[0], len(path) == 1
	if match := indexed.FindStringSubmatch(key); match != nil {
		list, isList := object[match[1]].([]any)
		index, _ := strconv.Atoi(match[2])
		switch {
		case !isList || index > len(list) || index == len(list) && !last:
			return fmt.Errorf("%s: found no such element", key)
		case index == len(list):
			list = append(list, value)
		case last:
			list[index] = value
		default:
			element, isObject := list[index].(map[string]any)
			if !isObject {
				return fmt.Errorf("%s: found no object", key)
			}
			return set(element, path[1:], value)
		}
		object[match[1]] = list
		return nil
	}
	switch {
	case !last:
		nested, isObject := object[key].(map[string]any)
		if !isObject && object[key] == nil && len(path) == 2 {
			nested, isObject = map[string]any{}, true
			object[key] = nested
		}
		if !isObject {
			return fmt.Errorf("%s: found no object", key)
		}
		return set(nested, path[1:], value)
	case value == nil && object[key] == nil:
		return fmt.Errorf("%s: found nothing to remove", key)
	case value == nil:
		delete(object, key)
	default:
		object[key] = value
	}
	return nil
}
