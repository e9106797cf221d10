package chaos

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// recipe returns the commands in a section of docs/runbook.md.
func recipe(t *testing.T, title string) (commands []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "runbook.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(text), "\n## "+title+"\n")
	require.True(t, found, "docs/runbook.md has no section %q", title)
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		if command, isCommand := strings.CutPrefix(line, "    "); isCommand {
			commands = append(commands, strings.TrimSpace(command))
		}
	}
	return commands
}

// follow runs commands of the runbook. names holds pairs: a placeholder in the commands, and
// the value that replaces it.
func (v *victim) follow(commands []string, names ...string) {
	v.t.Helper()
	replacer := strings.NewReplacer(append(names, "SITE", v.site)...)
	for _, command := range commands {
		output, err := v.Command("bash", "-ec", replacer.Replace(command)).CombinedOutput()
		require.NoError(v.t, err, "%s\n%s", command, output)
	}
}

// broken holds the ways in which a command can end early, each with the runbook's sections
// that recover from it.
var broken = map[string]struct {
	fault, message string
	recipes        []string
}{
	"failed":   {"timeout create resource=aws:rds:Instance*", "timeout while waiting for state", []string{halfWay}},
	"refused":  {"throttle create resource=aws:kms:Key* call=2", "ThrottlingException", []string{halfWay}},
	"expired":  {"expired create call=30", "ExpiredToken", []string{"The credential has expired", afterKill}},
	"crashed":  {"crash-after create call=40", "error reading from server: EOF", []string{afterKill}},
	"unserved": {"crash-before create call=20", "error reading from server: EOF", []string{halfWay}},
}

// Sections of the runbook that several tests use.
const (
	halfWay   = "An update failed half-way"
	afterKill = "An update was killed, or its lock is stuck"
)

func TestAnUpdateThatEndedEarlyIsCompleted(t *testing.T) {
	if !whole {
		t.Skip("takes minutes; make chaos runs it, and TestTheCLIIsKilled covers a part")
	}
	for name, row := range broken {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVictim(t, "california")
			args := []string{"up"}
			if name == "expired" { // Pulumi retries writing the state for half a minute, for each resource
				args = append(args, "--parallel=1")
			}
			output, ok := v.run([]string{row.fault}, args...)
			require.False(t, ok)
			assert.Contains(t, output, row.message)
			for _, title := range row.recipes {
				v.follow(recipe(t, title))
			}
			v.settled()
		})
	}
}

// troubles holds the runbook's other cases, each with a test on a site that is up.
var troubles = map[string]struct {
	test  func(t *testing.T, v *victim)
	short bool // short enough to run with all tests
}{
	"the backend cannot be opened":       {backend, false},
	"the state is broken":                {brokenState, true},
	"the disk is full":                   {fullDisk, false}, // Pulumi retries writing the state for a minute
	"stateful resources are deleted":     {deletedByHand, true},
	"a region is down":                   {regionDown, false},
	"a key is scheduled for deletion":    {keyDeletion, false},
	"a change is rolled back":            {rollback, false},
	"the CLI is killed during a destroy": {killedDestroy, false},
	"a load balancer is deleted":         {balancerDeleted, false},
	"a certificate is not issued":        {certificateLost, false},
}

func TestTheRunbook(t *testing.T) {
	t.Parallel()
	built := newVictim(t, "california")
	built.Up(built.site)
	built.check()
	for name, trouble := range troubles {
		if whole || trouble.short {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				trouble.test(t, built.fork(t))
			})
		}
	}
}

// backend checks that a wrong backend, or a wrong key for its secrets, is reported and
// changes nothing.
func backend(t *testing.T, v *victim) {
	account := v.Account()
	refused := func(setting, message string) {
		state := v.State(v.site)
		output, err := v.Command("env", setting, "pulumi", "up", "--yes", "--skip-preview", "--stack", v.site).CombinedOutput()
		require.Error(t, err)
		assert.Contains(t, string(output), message)
		assert.Equal(t, state, v.State(v.site))
	}
	refused("PULUMI_BACKEND_URL=file://"+v.Dir+"/elsewhere", "unable to open bucket")
	refused("AWS_ACCESS_KEY_ID=", "operation error KMS: Decrypt")
	v.Pulumi("stack", "change-secrets-provider", "passphrase", "--stack", v.site)
	refused("PULUMI_CONFIG_PASSPHRASE=wrong", "incorrect passphrase")
	assert.Equal(t, account, v.Account())
	v.follow(recipe(t, "The secrets cannot be decrypted"))
	v.follow(recipe(t, "The backend is missing"))
}

// brokenState checks the return to the last valid state.
func brokenState(t *testing.T, v *victim) {
	// This change is made after the valid state is written, so only the broken state contains it.
	v.Edit(v.site, func(config map[string]any) {
		engine.Object(config, "multisite:services", "ecommerce", "buckets")["receipts"] = map[string]any{}
	})
	output, ok := v.run([]string{"before create resource=aws:s3:BucketPolicy*receipts"}, "up")
	require.False(t, ok, output)
	stored := filepath.Join(v.Dir, ".sandbox", "simulated", "state", ".pulumi", "stacks", "multisite", v.site+".json")
	require.NoError(t, os.Truncate(stored, 3000))
	output, ok = v.run(nil, "up")
	require.False(t, ok)
	assert.Contains(t, output, "failed to load checkpoint")
	v.follow(recipe(t, "The state is broken, or lost"))
	v.settled()
}

// fullDisk checks an update that cannot write its state. A limit on the size of files has the
// same effect as a full disk.
func fullDisk(t *testing.T, v *victim) {
	v.Edit(v.site, func(config map[string]any) { config["multisite:tags"] = map[string]any{"CostCenter": "42"} })
	output, err := v.Command("bash", "-c", "ulimit -f 300; pulumi up --yes --skip-preview --stack "+v.site).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(output), "file too large")
	v.follow(recipe(t, "The disk is full"))
	v.follow(recipe(t, "The state is broken, or lost"))
	v.settled()
}

// deletedByHand checks that stateful resources that were deleted by hand are not created
// again empty.
func deletedByHand(t *testing.T, v *victim) {
	const key, database = "aws:kms:Key california-data", "aws:rds:Instance california-ecommerce"
	state := v.State(v.site)
	commands := recipe(t, "Something was changed or deleted by hand")
	restore := []func(){}
	for _, name := range []string{key, database} {
		restore = append(restore, v.takeAway(state[name]))
	}
	v.Tamper(state["aws:ec2:Vpc california-network"], map[string]any{"enableDnsSupport": false})
	for _, command := range commands[:2] {
		output, err := v.Command("bash", "-c", strings.ReplaceAll(command, "SITE", v.site)).CombinedOutput()
		require.Error(t, err, command)
		assert.Contains(t, string(output), "rule recreation", command)
		assert.Contains(t, string(output), "guardrail: "+key, command)
	}
	for _, bringBack := range restore {
		bringBack()
	}
	v.follow(commands[2:])
	v.settled()
	for _, name := range []string{key, database} {
		assert.Equal(t, state[name].ID, v.State(v.site)[name].ID)
	}
}

// regionDown checks that a site in another region can be updated while a region is down.
func regionDown(t *testing.T, v *victim) {
	v.Edit(v.site, func(config map[string]any) { config["multisite:tags"] = map[string]any{"CostCenter": "42"} })
	output, ok := v.run([]string{"before any resource=*california*"}, "up")
	require.False(t, ok, output)
	commands := recipe(t, "A region is down")
	v.follow(commands[:1], "OTHER", "oregon")
	v.follow(commands[1:])
	v.settled()
}

func keyDeletion(t *testing.T, v *victim) {
	key := v.State(v.site)["aws:kms:Key california-data"]
	v.takeAway(key) // stands for a key scheduled for deletion, which cannot be used
	output, ok := v.run(nil, "refresh")
	require.True(t, ok, output)
	v.follow(recipe(t, "A key is scheduled for deletion"), "REGION", "us-west-1", "KEY", key.ID)
	v.settled()
	assert.Equal(t, key.ID, v.State(v.site)["aws:kms:Key california-data"].ID)
}

func rollback(t *testing.T, v *victim) {
	commit := func(message string) {
		git := v.Command("bash", "-ec", `cd ../../..; git init -q; echo .sandbox > .gitignore; git add .; git -c user.name=n -c user.email=e commit -qm "`+message+`"`)
		output, err := git.CombinedOutput()
		require.NoError(t, err, string(output))
	}
	commit("Begin")
	v.Edit(v.site, func(config map[string]any) { config["multisite:tags"] = map[string]any{"CostCenter": "42"} })
	commit("Tag")
	v.Up(v.site)
	v.follow(append([]string{"git config user.name n; git config user.email e"}, recipe(t, "A change must be rolled back")...))
	v.settled()
	assert.NotContains(t, v.State(v.site)["aws:ec2:Vpc california-network"].Outputs["tagsAll"], "CostCenter")
}

func killedDestroy(_ *testing.T, v *victim) {
	v.Edit(v.site, func(config map[string]any) { config["multisite:deletionProtection"] = false })
	v.Up(v.site)
	v.interrupt("destroy", os.Kill, 700*time.Millisecond)
	v.comeBack("destroy", os.Kill)
}

// balancerDeleted checks that a load balancer that was deleted by hand, and with it all that AWS
// deletes then, is created again, and that its services are answered there.
func balancerDeleted(t *testing.T, v *victim) {
	v.follow(recipe(t, "A certificate is not issued")[1:4])
	before := v.State(v.site)
	for name, r := range before {
		switch kind, _, _ := strings.Cut(name, " "); kind {
		case "aws:lb:LoadBalancer", "aws:lb:Listener", "aws:lb:ListenerRule", "aws:lb:ListenerCertificate", "aws:wafv2:WebAclAssociation":
			v.Remove(r)
		}
	}
	v.follow(recipe(t, "A load balancer was deleted by hand"))
	after := v.State(v.site)
	require.Contains(t, after, "aws:lb:Listener california-entry-https")
	v.Stored(after["aws:lb:Listener california-entry-https"]) // fails if the account lacks it
	assert.Equal(t, before["aws:lb:TargetGroup california-entry-ecommerce"].ID, after["aws:lb:TargetGroup california-entry-ecommerce"].ID)
	assert.Empty(t, v.Preview(v.site, "--refresh"))
	assert.Empty(t, v.Preview("global", "--refresh"))
	v.follow(recipe(t, "A name of a service does not answer"), "REGION", "us-west-1", "GROUP", after["aws:lb:TargetGroup california-entry-ecommerce"].ID)
}

// certificateLost checks that a certificate that ACM gave up is requested again.
func certificateLost(t *testing.T, v *victim) {
	certificate := v.State(v.site)["aws:acm:Certificate california-entry-ecommerce"]
	v.Tamper(certificate, map[string]any{"status": "VALIDATION_TIMED_OUT"})
	commands := recipe(t, "A certificate is not issued")
	v.follow(commands[:4], "REGION", "us-west-1")
	assert.NotContains(t, v.State(v.site), "aws:lb:Listener california-entry-https")
	v.follow(append(commands[4:], commands[1:4]...), "URN", certificate.URN)
	assert.Contains(t, v.State(v.site), "aws:lb:Listener california-entry-https")
	assert.Empty(t, v.Preview(v.site, "--refresh"))
}
