// Package law writes the register's law as policies of AWS Organizations, so that AWS refuses to
// every principal of an account, in the console and in other programs too, what no stack of the
// account may do. docs/law-outside.md tells how to attach the policies, and what they cannot
// express.
package law

import (
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/state/permissions"
)

// statesPath is the file with the region of each stack's Pulumi state.
const statesPath = "state/regions.yaml"

// account is an AWS account, and what its stacks need of regions. All lists are sorted.
type account struct {
	id     string
	stacks []string
	// kinds are the kinds of stacks in state/permissions.
	kinds []string
	// home are the regions of the account's sites in AWS.
	home []string
	// others are us-east-1 and the regions of states, without the regions in home.
	others []string
	// copies are the regions that S3 replicates to, without the regions in home. They come from the
	// sites' configuration: public content needs no flow in the register, and a flow in the
	// register alone moves nothing.
	copies []string
	// copiesHome are the regions in home that S3 replicates to.
	copiesHome []string
}

// accountsOf returns the accounts of the register, sorted by number. states are the regions of
// the stacks' states. A stack without an account is an error: a policy for an account that is not
// known could refuse the regions of another site in the same account.
func accountsOf(reg *register.Register, sites map[string]*siteconfig.Site, states map[string]string) ([]*account, error) {
	missing, unknown := &config.Problems{File: register.Path}, &config.Problems{File: statesPath}
	byID := map[string]*account{}
	for _, stack := range append(ordered.Keys(reg.Sites), register.GlobalStack) {
		id := reg.AccountOf(stack)
		if id == "" {
			missing.Add(register.AccountKey(stack), nil, "the 12 digits of the stack's AWS account, which state/setup "+stack+" prints")
			continue
		}
		if states[stack] == "" {
			unknown.Add(stack, nil, "the region of the stack's state")
			continue
		}
		if byID[id] == nil {
			byID[id] = &account{id: id, others: []string{awstypes.EdgeRegion}}
		}
		a := byID[id]
		a.stacks = append(a.stacks, stack)
		a.others = append(a.others, states[stack])
		switch site := reg.Sites[stack]; {
		case stack == register.GlobalStack:
			a.kinds = append(a.kinds, permissions.KindGlobal)
		case site.Provider == register.ProviderLocal:
			a.kinds = append(a.kinds, permissions.KindLocal)
		default:
			a.kinds, a.home = append(a.kinds, permissions.KindAWS), append(a.home, site.Region)
		}
		if site := sites[stack]; site != nil {
			a.copies = append(a.copies, copiesOf(site)...)
		}
	}
	var list []*account
	for _, id := range ordered.Keys(byID) {
		a := byID[id]
		slices.Sort(a.stacks)
		a.kinds, a.home, a.copies = ordered.Unique(a.kinds), ordered.Unique(a.home), ordered.Unique(a.copies)
		a.others = without(ordered.Unique(a.others), a.home)
		a.copiesHome = without(a.copies, without(a.copies, a.home))
		a.copies = without(a.copies, a.home)
		list = append(list, a)
	}
	missing.Lines = append(missing.Lines, unknown.Lines...)
	return list, missing.Err()
}

// copiesOf returns the regions that the buckets of a site are replicated to.
func copiesOf(site *siteconfig.Site) (regions []string) {
	for _, service := range site.Services {
		for _, bucket := range service.Buckets {
			if bucket.Replication != nil {
				regions = append(regions, strings.Split(bucket.Replication.KeyARN, ":")[3])
			}
		}
	}
	return regions
}

// without returns the values of a list that another list does not have.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(value string) bool { return slices.Contains(other, value) })
}

// together returns the values of several lists, sorted, each once.
func together(lists ...[]string) []string { return ordered.Unique(slices.Concat(lists...)) }
