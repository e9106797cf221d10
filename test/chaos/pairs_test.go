package chaos

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pairs is how many pairs of faults `make chaos` tries on each site.
const pairs = 20

// TestTwoFaults applies two faults to an update. Repeating the command must be enough to
// complete it.
func TestTwoFaults(t *testing.T) {
	if !whole {
		t.Skip("takes minutes; make chaos runs it")
	}
	random := draw(t)
	kinds := []string{"before", "throttle", "after", "timeout", "crash-before"}
	for _, site := range sites(t) {
		built := newVictim(t, site)
		built.Edit(site, func(config map[string]any) { config["multisite:deletionProtection"] = false })
		built.Up(site)
		built.check()
		var names []string
		for name, r := range built.State(site) {
			if r.Custom && r.Provider != "" {
				names = append(names, name)
			}
		}
		slices.Sort(names) // so that a seed always selects the same resources
		for n := range pairs {
			operation := []string{"create", "update", "delete"}[random.IntN(3)]
			faults := []string{}
			for range 2 {
				resource := names[random.IntN(len(names))]
				faults = append(faults, fmt.Sprintf("%s %s resource=%s", kinds[random.IntN(len(kinds))], operation, strings.ReplaceAll(resource, " ", "?")))
			}
			t.Run(fmt.Sprintf("%s/%d", site, n), func(t *testing.T) {
				t.Parallel()
				command, v := "up", newVictim(t, site)
				switch operation {
				case "update":
					v = built.fork(t)
					v.Edit(site, func(config map[string]any) { config["multisite:tags"] = map[string]any{"CostCenter": "42"} })
				case "delete":
					command, v = "destroy", built.fork(t)
					v.kept, v.leaving = nil, true
				}
				for tries := 1; ; tries++ {
					output, ok := v.run(faults, command)
					v.check()
					if ok {
						break
					}
					require.LessOrEqual(t, tries, len(faults), "%s\n%s", faults, output)
				}
				if command == "destroy" {
					assert.Empty(t, v.Account(), faults)
					return
				}
				v.settled()
			})
		}
	}
}
