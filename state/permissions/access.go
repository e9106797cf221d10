package permissions

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed access.txt
var access string

// accessLevels returns AWS's access level of each action in access.txt.
func accessLevels() (map[string]string, error) {
	levels := map[string]string{}
	for line := range strings.Lines(access) {
		action, level, found := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if !found {
			return nil, fmt.Errorf("access.txt: found %q; allowed: an action and its access level", line)
		}
		levels[action] = level
	}
	return levels, nil
}
