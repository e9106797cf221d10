package engine

import (
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/simulation"
)

// Region takes a region of the simulated AWS down or brings it up, or erases it: state is down,
// up or erased.
func (p *Project) Region(region, state string) {
	p.t.Helper()
	p.sandbox("region", region, state)
}

// Clock moves the account's clock forward by a duration such as 10m.
func (p *Project) Clock(by string) {
	p.t.Helper()
	p.sandbox("clock", by)
}

// sandbox runs one of the sandbox's own commands, which must succeed.
func (p *Project) sandbox(args ...string) {
	p.t.Helper()
	p.placeStates()
	output, err := p.Command(args...).CombinedOutput()
	require.NoError(p.t, err, string(output))
}

// placeStates copies state/regions.yaml to the project, so that the sandbox has the regions of
// the stacks' states.
func (p *Project) placeStates() {
	p.t.Helper()
	copied := filepath.Join(p.Dir, "state", "regions.yaml")
	if _, err := os.Stat(copied); err == nil {
		return
	}
	data, err := os.ReadFile(filepath.Join(root, "state", "regions.yaml"))
	require.NoError(p.t, err)
	require.NoError(p.t, os.MkdirAll(filepath.Dir(copied), 0o700))
	require.NoError(p.t, os.WriteFile(copied, data, 0o600))
}

// Write writes entries as a client of a bucket or a database does. The resource is a bucket's
// name or a DB instance's identifier, or REGION/NAME.
func (p *Project) Write(resource string, entries ...simulation.Entry) {
	p.t.Helper()
	require.NoError(p.t, p.simulated().Write(resource, entries...))
}

// Places returns every resource that holds data of a market.
func (p *Project) Places() []simulation.Place {
	p.t.Helper()
	places, err := p.simulated().Places()
	require.NoError(p.t, err)
	return places
}

// simulated opens the simulated account.
func (p *Project) simulated() *simulation.Account {
	p.t.Helper()
	account, err := simulation.Open(filepath.Join(p.Dir, ".sandbox", "simulated", simulation.Folder(simulation.AccountID)))
	require.NoError(p.t, err)
	return account
}
