package law

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/components"
	"example.com/multisite/internal/iampolicy"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/state/permissions"
)

const organization = "o-a1b2c3d4e5"

// states are the regions of the stacks' states.
var states = map[string]string{
	"oregon": "us-west-2", "singapore": "ap-southeast-1", "california": "us-west-1", "india": "ap-south-1", "brazil": "sa-east-1", "global": "us-east-1",
}

// separate are accounts of which each has one stack.
var separate = map[string]string{
	"oregon": "111111111111", "singapore": "222222222222", "california": "333333333333", "india": "444444444444", "brazil": "555555555555", "global": "666666666666",
}

// registered returns the register of the repository with accounts by stack.
func registered(t *testing.T, accounts map[string]string) *register.Register {
	t.Helper()
	reg, err := register.Default()
	require.NoError(t, err)
	reg.Global.Account = accounts[register.GlobalStack]
	for name, site := range reg.Sites {
		site.Account = accounts[name]
		reg.Sites[name] = site
	}
	return reg
}

// placed returns the accounts by stack. copies are the regions by site to which a bucket is
// replicated.
func placed(t *testing.T, accounts, copies map[string]string) map[string]*account {
	t.Helper()
	sites := map[string]*siteconfig.Site{}
	for name, region := range copies {
		replication := &components.Replication{Bucket: "copy", KeyARN: "arn:aws:kms:" + region + ":" + accounts[name] + ":key/1"}
		sites[name] = &siteconfig.Site{Services: map[string]siteconfig.Service{"ecommerce": {Buckets: map[string]components.BucketArgs{"media": {Replication: replication}}}}}
	}
	list, err := accountsOf(registered(t, accounts), sites, states)
	require.NoError(t, err)
	byStack := map[string]*account{}
	for _, a := range list {
		for _, stack := range a.stacks {
			byStack[stack] = a
		}
	}
	return byStack
}

// drawn returns accounts by stack: none shared, one for all, and drawn at random.
func drawn() []map[string]string {
	list := []map[string]string{separate, {}}
	for stack := range separate {
		list[1][stack] = "111111111111"
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		accounts := map[string]string{}
		for stack := range separate {
			accounts[stack] = fmt.Sprintf("%012d", 1+random.IntN(3))
		}
		list = append(list, accounts)
	}
	return list
}

// attached returns the policies of an account as AWS evaluates them: each kind with AWS's own
// policy that allows everything.
func attached(t *testing.T, a *account) []iampolicy.Layer {
	t.Helper()
	everything := &iampolicy.Policy{Statements: []iampolicy.Statement{{Effect: "Allow", Action: []string{"*"}, Resource: []string{"*"}}}}
	layers := map[string]iampolicy.Layer{serviceControl: {everything}, resourceControl: {everything}}
	policies, err := policiesOf([]*account{a}, organization)
	require.NoError(t, err)
	for _, p := range policies {
		content, err := p.encode()
		require.NoError(t, err)
		parsed, err := iampolicy.Parse(content)
		require.NoError(t, err, "%s", content)
		layers[p.kind] = append(layers[p.kind], parsed)
	}
	return []iampolicy.Layer{layers[serviceControl], layers[resourceControl]}
}

// request is a request to a resource of the account in a region by a principal of the account.
// keys change the context; an empty value removes a key.
func request(a *account, action, resource, region string, keys map[string]string) iampolicy.Request {
	context := map[string][]string{
		"aws:RequestedRegion": {region}, "aws:ResourceAccount": {a.id}, "aws:PrincipalAccount": {a.id},
		"aws:PrincipalOrgID": {organization}, "aws:PrincipalIsAWSService": {"false"},
	}
	for key, value := range keys {
		if context[key] = []string{value}; value == "" {
			delete(context, key)
		}
	}
	return iampolicy.Request{Action: action, Resource: strings.ReplaceAll(resource, "ACCOUNT", a.id), Context: context}
}

// by are the keys of a request that a service of AWS makes for an account. SCPs do not apply to it.
func by(account string) map[string]string {
	return map[string]string{
		"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": account, "aws:PrincipalAccount": "", "aws:PrincipalOrgID": "",
	}
}

// TestNobodyIsLockedOut evaluates every recorded action of each stack, in the region in which
// the stack calls it, whichever stacks share an account.
func TestNobodyIsLockedOut(t *testing.T) {
	all, err := needs()
	require.NoError(t, err)
	for _, accounts := range drawn() {
		for stack, a := range placed(t, accounts, nil) {
			layers, reg, called := attached(t, a), registered(t, accounts), 0
			kind := permissions.KindAWS
			if stack == register.GlobalStack {
				kind = permissions.KindGlobal
			} else if reg.Sites[stack].Region == "" {
				kind = permissions.KindLocal
			}
			names := strings.NewReplacer("SITE", stack, "REGION", states[stack], "ACCOUNT", a.id)
			for _, n := range all {
				if n.Kind != kind {
					continue
				}
				needed, keys := n.Request(), map[string]string{}
				for key, values := range needed.Context {
					keys[key] = names.Replace(values[0])
				}
				r := request(a, needed.Action, names.Replace(needed.Resource), keys["aws:RequestedRegion"], keys)
				d := iampolicy.Decide(r, layers...)
				assert.True(t, d.Allowed, "%s in %v: %s on %s in %s: denied by %+v", stack, a.stacks, r.Action, r.Resource, keys["aws:RequestedRegion"], d.By)
				called++
			}
			assert.Greater(t, called, 10, stack)
		}
	}
}

// TestNoSiteIsInOtherRegions evaluates every recorded action, and actions that no stack calls, in
// regions that an account has nothing in.
func TestNoSiteIsInOtherRegions(t *testing.T) {
	all, err := needs()
	require.NoError(t, err)
	actions := []string{"dynamodb:PutItem", "ec2:RunInstances", "kinesis:PutRecord", "lambda:CreateFunction", "logs:PutLogEvents", "rds:CopyDBSnapshot", "s3:CreateBucket", "s3:PutObject", "s3:ReplicateObject"}
	for _, n := range all {
		actions = append(actions, n.Action)
	}
	actions, tried := ordered.Unique(actions), 0
	exempt := func(action string) bool {
		service, _, _ := strings.Cut(action, ":")
		return len(without([]string{action, service + ":*"}, global)) < 2
	}
	for _, accounts := range drawn() {
		for _, a := range placed(t, accounts, nil) {
			layers := attached(t, a)
			for _, region := range without([]string{"ap-south-1", "ap-southeast-1", "cn-north-1", "eu-west-1", "us-east-2", "us-west-1", "us-west-2"}, together(a.home, a.others)) {
				for _, action := range actions {
					d := iampolicy.Decide(request(a, action, "*", region, nil), layers...)
					assert.Equal(t, exempt(action), d.Allowed, "%v: %s in %s", a.stacks, action, region)
					tried++
				}
			}
		}
	}
	assert.Greater(t, tried, 10_000)
}

// TestStatementsAreNeeded checks that a request of the tables is denied by each statement.
func TestStatementsAreNeeded(t *testing.T) {
	used := map[string]bool{}
	for _, row := range denied {
		for _, a := range row.accounts(t) {
			if d := iampolicy.Decide(row.on(a), attached(t, a)...); d.By != nil {
				used[d.By.Sid] = true
			}
		}
	}
	shared := placed(t, drawn()[1], map[string]string{"oregon": "eu-west-1"})["oregon"]
	policies, err := policiesOf([]*account{shared}, organization)
	require.NoError(t, err)
	for _, p := range policies {
		for _, s := range p.statements {
			assert.True(t, used[s.Sid], "%s: no row of the table of denied requests tests it", s.Sid)
		}
	}
}
