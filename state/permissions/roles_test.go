package permissions

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/iampolicy"
	"example.com/multisite/internal/preflight"
)

const (
	account    = "123456789012"
	repository = "acme/multisite"
)

// stack is an example stack of each kind.
var stack = map[string]struct{ site, region string }{
	KindAWS: {"oregon", "us-west-2"}, KindLocal: {"india", "ap-south-1"}, KindGlobal: {"global", "us-east-1"},
}

func deployed(t *testing.T, kind string) *deployment {
	t.Helper()
	return deploy(t, kind, map[string]string{
		"Site": stack[kind].site, "Region": stack[kind].region, "Repository": repository, "GlobalAccount": "999999999999", "HostedZoneId": "Z1",
	})
}

// logicalID returns the role's logical ID in the templates.
func (r Role) logicalID() string { return strings.ToUpper(string(r[:1])) + string(r[1:]) + "Role" }

// concrete replaces a request's placeholders with a stack's names.
func concrete(kind string, r iampolicy.Request) iampolicy.Request {
	names := strings.NewReplacer(
		"ACCOUNT", account, "SITE", stack[kind].site, "REGION", stack[kind].region, "hostedzone/*", "hostedzone/Z1", "-*", "-x1y2z3", "/*", "/x1y2z3",
	)
	concrete := iampolicy.Request{Action: r.Action, Resource: names.Replace(r.Resource), Context: map[string][]string{}}
	for key, values := range r.Context {
		for _, value := range values {
			concrete.Context[key] = append(concrete.Context[key], names.Replace(value))
		}
	}
	return concrete
}

// TestEveryCallIsAllowed evaluates the needs of each role against its policies and boundary.
func TestEveryCallIsAllowed(t *testing.T) {
	needs, err := Needs()
	require.NoError(t, err)
	for _, kind := range Kinds {
		d := deployed(t, kind)
		for _, role := range Roles {
			own, boundary := d.policies(role.logicalID())
			for _, n := range needs {
				if n.Kind != kind || !role.Needs(n) {
					continue
				}
				r := concrete(kind, n.Request())
				decision := iampolicy.Decide(r, own, boundary)
				if !assert.True(t, decision.Allowed, "%s of %s: %s on %s, for %s", role, kind, r.Action, r.Resource, n.Operation) {
					t.Logf("by %+v of layer %d; the request's keys are %v", decision.By, decision.Layer, r.Context)
				}
			}
		}
	}
}

// TestUpRoleHasPreflightActions checks that the up role, which runs the preflight, is allowed
// the preflight's actions.
func TestUpRoleHasPreflightActions(t *testing.T) {
	needs, err := Needs()
	require.NoError(t, err)
	needed := map[string]bool{}
	for _, n := range needs {
		if n.Kind == KindAWS && Up.Needs(n) {
			needed[n.Action] = true
		}
	}
	for _, action := range preflight.Actions {
		assert.True(t, needed[action], "unrecorded.yaml: found no call that needs %s; allowed: a call that the preflight makes", action)
	}
}

// TestEveryActionIsNeeded checks that some call needs each action that a role is allowed.
func TestEveryActionIsNeeded(t *testing.T) {
	needs, err := Needs()
	require.NoError(t, err)
	for _, kind := range Kinds {
		d := deployed(t, kind)
		for _, role := range Roles {
			origins := map[string]bool{}
			for _, n := range needs {
				origins[n.Action] = origins[n.Action] || n.Kind == kind && role.Needs(n)
			}
			own, _ := d.policies(role.logicalID())
			for _, p := range own {
				for _, s := range p.Statements {
					for _, action := range s.Action {
						if s.Effect == "Allow" {
							assert.True(t, origins[action], "%s of %s: found %s; allowed: actions that calls need", role, kind, action)
						}
					}
					assert.False(t, s.Effect == "Allow" && len(s.NotAction) > 0, "%s of %s: %s: found Allow with NotAction; allowed: Action", role, kind, s.Sid)
				}
			}
		}
	}
}

// TestRolesThatOnlyReadDoNotWrite checks that the roles for previews and drift have only
// actions of AWS's access levels List and Read. kms:Decrypt and sts:AssumeRole, which AWS
// lists as Write, are exempt.
func TestRolesThatOnlyReadDoNotWrite(t *testing.T) {
	levels, err := accessLevels()
	require.NoError(t, err)
	for _, kind := range Kinds {
		for _, role := range []Role{Preview, Drift} {
			own, _ := deployed(t, kind).policies(role.logicalID())
			for _, p := range own {
				for _, s := range p.Statements {
					for _, action := range s.Action {
						allowed := []string{"List", "Read"}
						if action == "kms:Decrypt" || action == "sts:AssumeRole" {
							allowed = append(allowed, "Write")
						}
						assert.True(t, s.Effect == "Deny" || slices.Contains(allowed, levels[action]), "%s of %s: %s: found access level %q; allowed: %q", role, kind, action, levels[action], allowed)
					}
				}
			}
		}
	}
}

// TestActionsExist checks that each action is in AWS's Service Authorization Reference: IAM
// accepts a policy with an unknown action, which then allows nothing.
func TestActionsExist(t *testing.T) {
	levels, err := accessLevels()
	require.NoError(t, err)
	needs, err := Needs()
	require.NoError(t, err)
	used := map[string]bool{}
	for _, n := range needs {
		assert.Contains(t, levels, n.Action, "access.txt: found no %s; allowed: every action that calls need, here %s", n.Action, n.Operation)
		used[n.Action] = true
	}
	for action := range levels {
		assert.True(t, used[action], "access.txt: found %s; allowed: actions that calls need", action)
	}
}

// TestEveryRowIsUsed reports rows of the tables that no call uses.
func TestEveryRowIsUsed(t *testing.T) {
	calls, err := Calls()
	require.NoError(t, err)
	called := map[string]bool{}
	for _, c := range calls {
		called[c.Operation] = true
	}
	operations, err := Operations()
	require.NoError(t, err)
	for _, row := range operations {
		assert.True(t, called[row.Operation], "operations.yaml: found %s; allowed: operations of calls", row.Operation)
		assert.True(t, strings.HasPrefix(row.Source, "https://"), "operations.yaml: %s: source: found no URL; allowed: a URL", row.Operation)
	}
	implied, err := ListImplied()
	require.NoError(t, err)
	for _, row := range implied {
		for _, operation := range row.By {
			assert.True(t, called[operation], "implied.yaml: found %s; allowed: operations of calls", operation)
		}
		assert.True(t, strings.HasPrefix(row.Source, "https://"), "implied.yaml: %s: source: found no URL; allowed: a URL", row.Action)
	}
	recorded, err := Recorded()
	require.NoError(t, err)
	groups, err := ListUnrecorded()
	require.NoError(t, err)
	for _, group := range groups {
		assert.True(t, group.Why != "" && strings.HasPrefix(group.Source, "https://"), "unrecorded.yaml: %v: found no reason or no source URL; allowed: both", group.Calls)
		for _, c := range group.calls() {
			assert.False(t, slices.ContainsFunc(recorded, func(r Call) bool {
				if group.Resource == "" {
					r.Resource = "*"
				}
				return r.Covers(c)
			}), "unrecorded.yaml: found %s, which is recorded; allowed: calls that are not", c.Operation)
		}
	}
}

// TestLimits checks the templates against AWS's quotas:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html.
func TestLimits(t *testing.T) {
	for _, kind := range Kinds {
		d := deployed(t, kind)
		assert.Less(t, d.size, 51_200, kind)
		for name, r := range d.resources {
			properties := r["Properties"].(object)
			if r["Type"] == "AWS::IAM::ManagedPolicy" {
				assert.LessOrEqual(t, length(t, properties["PolicyDocument"]), 6_144, "%s of %s", name, kind)
			}
			arns, _ := properties["ManagedPolicyArns"].([]any)
			assert.LessOrEqual(t, len(arns), 10, "%s of %s", name, kind)
			inline, _ := properties["Policies"].([]any)
			for _, p := range inline {
				assert.LessOrEqual(t, length(t, p.(object)["PolicyDocument"]), 10_240, "%s of %s", name, kind)
			}
		}
	}
}

// length counts the characters of a document as JSON, without white space.
func length(t *testing.T, document any) int {
	t.Helper()
	text := jsonOf(t, document)
	return len(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text))
}
