package main_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/simulation"
)

// noState is the error of the CLI for a state in S3 that does not answer.
const noState = `error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, ` +
	"exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , HostID: , request send failed, " +
	`Get "https://multisite-state-california-123456789012.s3.us-west-1.amazonaws.com/.pulumi/meta.yaml?x-id=GetObject": dial tcp: i/o timeout`

func TestStatesDoNotAnswerWhileTheirRegionIsDown(t *testing.T) {
	p := engine.Deployed(t, "california")
	before := p.State("california")
	p.Region("us-west-1", "down")
	for _, args := range [][]string{
		{"preview", "-s", "california"}, {"stack", "output", "--stack=california"}, {"stack", "export", "-s=organization/multisite/california"},
		{"stack", "select", "california"},
	} {
		output, err := p.Try(args...)
		require.Error(t, err, args)
		assert.Contains(t, output, noState, args)
	}
	output, err := p.Command("sh", "-c", "pulumi stack output -s oregon && pulumi stack output -s california").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(output), noState, "in a shell, too")
	p.Pulumi("stack", "output", "--stack", "oregon")

	p.Region("us-west-1", "up")
	assert.Equal(t, before, p.State("california"))
	assert.Empty(t, p.Preview("california", "--refresh"))
}

func TestTheSelectedStackDoesNotAnswerEither(t *testing.T) {
	p := engine.New(t)
	p.Pulumi("stack", "select", "california")
	p.Region("us-west-1", "down")
	output, err := p.Try("stack", "output")
	require.Error(t, err)
	assert.Contains(t, output, noState)
	p.Pulumi("stack", "select", "oregon")
	p.Pulumi("stack", "output")
}

func TestNoStackIsCreatedInARegionThatIsDown(t *testing.T) {
	p := engine.New(t)
	require.NoError(t, p.Command("reset").Run())
	p.Region("us-west-1", "down")
	stacks := p.Pulumi("stack", "ls")
	assert.Contains(t, stacks, "oregon")
	assert.NotContains(t, stacks, "california")
	p.Region("us-west-1", "up")
	assert.Contains(t, p.Pulumi("stack", "ls"), "california")
}

func TestAnErasedRegionLosesItsStates(t *testing.T) {
	p := engine.Deployed(t, "california")
	bucket := p.State("california")["aws:s3:BucketV2 california-ecommerce-invoices"].ID
	p.Write(bucket, simulation.Entry{Key: "a", Value: "1", Market: "US"})
	require.NotEmpty(t, p.Places())
	p.Region("us-west-1", "erased")
	assert.Empty(t, p.Places())
	for _, file := range p.Account() {
		assert.NotContains(t, file, "us-west-1")
	}
	assert.Empty(t, p.State("oregon"), "another stack's state stays")
	assert.NotEmpty(t, p.Pulumi("stack", "ls"), "the stack is created anew")
	assert.Empty(t, p.State("california"))
	assert.NotEmpty(t, p.Account(), "resources of the stack in us-east-1, and global resources, stay")
}

func TestNoRegionIsErasedWhileACommandRuns(t *testing.T) {
	p := engine.New(t)
	end := running(t, p)
	output, err := p.Command("region", "us-west-1", "erased").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(output), "a command is running in the sandbox")
	p.Region("us-west-1", "down") // an outage may begin during a command
	end()
	p.Region("us-west-1", "erased")
}

func TestOwnCommands(t *testing.T) {
	p := engine.Deployed(t, "california")
	bucket := p.State("california")["aws:s3:BucketV2 california-ecommerce-invoices"].ID
	run := func(args ...string) string {
		output, err := p.Command(args...).CombinedOutput()
		require.NoError(t, err, string(output))
		return string(output)
	}
	p.Region("us-west-1", "down")
	assert.Regexp(t, `(?m)^us-west-1 down since \d{4}-.*Z\nus-west-2 up$`, run("region"))
	p.Region("us-west-1", "up")
	run("content", "write", "--market=US", bucket, "a=1", "b=2=3")
	run("content", "delete", bucket, "a")
	assert.Regexp(t, `(?m)^us-west-1 +bucket +`+bucket+` +1 +US:1 +[0-9a-f]{12}$`, run("content", "show"))
	assert.Regexp(t, `(?m)^b +2=3 +US +\d{4}-`, run("content", "show", bucket))
	assert.Regexp(t, `Z \+1h30m0s\n$`, run("clock", "+1h30m"))
	for _, args := range [][]string{
		{"region", "oregon", "down"}, {"region", "us-west-1", "gone"}, {"region", "us-west-1"}, {"clock", "soon"}, {"clock", "+1m", "+1m"},
		{"content"}, {"content", "write", bucket}, {"content", "write", bucket, "a"}, {"content", "write", "none", "a=1"},
		{"content", "show", "none"}, {"content", "delete", bucket, "a"}, {"content", "backfill", bucket}, {"content", "delete", "--market=US", bucket, "b"},
	} {
		assert.Error(t, p.Command(args...).Run(), args)
	}
}

func TestOutagesEndWithAReset(t *testing.T) {
	p := engine.New(t)
	p.Region("us-west-1", "down")
	p.Clock("+1h")
	require.NoError(t, p.Command("reset").Run())
	output, err := p.Command("region").Output()
	require.NoError(t, err)
	assert.NotContains(t, string(output), "down")
	output, err = p.Command("clock").Output()
	require.NoError(t, err)
	assert.Contains(t, string(output), "Z +0s\n")
}
