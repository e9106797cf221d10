package live

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/live/experiments"
	"example.com/multisite/internal/live/workspace"
)

// allExcept returns the names of the other experiments, for the flag --skip.
func allExcept(names ...string) string {
	return strings.Join(slices.DeleteFunc(experiments.Names(), func(name string) bool { return slices.Contains(names, name) }), ",")
}

// notice returns the queue's answer with one message, as SNS wraps it.
func notice(at time.Time, text string) string {
	body := encode(object{"MessageId": "m-1", "TopicArn": "arn:topic", "Message": text, "Timestamp": at.Format(time.RFC3339)})
	return encode([]object{{"Body": body}})
}

func TestExperiments(t *testing.T) {
	siteAlarm := `{"MetricAlarms": [{"AlarmName": "elsewhere", "AlarmActions": []}, {"AlarmName": "cpu", "AlarmActions": ["arn:topic"]}]}`
	for name, test := range map[string]struct {
		experiment string
		answers    map[string]string
		message    func(now time.Time) string
		outcome    workspace.Outcome
		evidence   string
	}{
		"an alarm whose message arrives": {
			"alarm", map[string]string{"cloudwatch describe-alarms": siteAlarm},
			func(now time.Time) string { return notice(now, "cpu is in ALARM") }, workspace.Kept, "message m-1",
		},
		"a message of an earlier alarm": {
			"alarm", map[string]string{"cloudwatch describe-alarms": siteAlarm},
			func(now time.Time) string { return notice(now.Add(-time.Hour), "cpu is in ALARM") }, workspace.Broken, "timed out after 5m0s",
		},
		"a message of another alarm": {
			"alarm", map[string]string{"cloudwatch describe-alarms": siteAlarm},
			func(now time.Time) string { return notice(now, "storage is in ALARM") }, workspace.Broken, "timed out",
		},
		"no alarm with the topic as action": {"alarm", map[string]string{"cloudwatch describe-alarms": `{"MetricAlarms": []}`}, nil, workspace.Broken, "no alarm in us-west-2"},
		"a failing call":                    {"alarm", map[string]string{"cloudwatch describe-alarms": "fails"}, nil, workspace.NotRun, "exit status 254"},
		"a failed replication":              {"replication", map[string]string{"s3api head-object": `"FAILED"`}, nil, workspace.Broken, "status is FAILED"},
		"a late replication":                {"replication", map[string]string{"s3api head-object": `"PENDING"`}, nil, workspace.Broken, "timed out after 20m0s"},
		"an image that cannot be pulled": {
			"image", map[string]string{
				"ecs run-task":       `{"Task": "arn:task", "Failures": []}`,
				"ecs describe-tasks": `{"Status": "STOPPED", "Reason": "CannotPullContainerError: 403", "ExitCode": null}`,
			}, nil, workspace.Broken, "CannotPullContainerError",
		},
		"a container that succeeds": {
			"image", map[string]string{
				"ecs run-task":       `{"Task": "arn:task", "Failures": []}`,
				"ecs describe-tasks": `{"Status": "STOPPED", "Reason": "Essential container exited", "ExitCode": 0}`,
			}, nil, workspace.Kept, "ended with status 0",
		},
		"drift": {
			"drift", map[string]string{"preview": `{"steps": [{"op": "update", "urn": "urn:pulumi:oregon::multisite::a$aws:rds/parameterGroup:ParameterGroup::oregon-mi-account", "diffReasons": ["parameters"]}]}`},
			nil, workspace.Broken, "update aws:rds:ParameterGroup oregon-mi-account: parameters",
		},
		"a preview without steps":          {"drift", map[string]string{"preview": `{}`}, nil, workspace.NotRun, "has no steps"},
		"an experiment that needs another": {"event", nil, nil, workspace.NotRun, "needs database-copy"},
		"no domain":                        {"dnssec", nil, nil, workspace.NotRun, "no --domain"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			status, output := b.live("up")
			require.Zero(t, status, output)
			for operation, answer := range test.answers {
				b.set(operation, answer)
			}
			if test.message != nil {
				b.set("sqs receive-message", test.message(b.clock.now))
			}
			status, output = b.live("--skip", allExcept(test.experiment), "check")
			for _, r := range b.record().Results {
				if r.Name == test.experiment {
					assert.Equal(t, test.outcome, r.Outcome)
					assert.Contains(t, r.Evidence, test.evidence)
				} else {
					assert.Equal(t, "skipped", r.Evidence, r.Name)
				}
			}
			assert.Len(t, b.record().Results, len(experiments.All()))
			fails := test.outcome == workspace.Broken || test.outcome == workspace.NotRun && test.answers != nil
			assert.Equal(t, fails, status != 0, output)
		})
	}
}

// TestKeptPromiseIsNotTestedAgain checks that a second check skips kept promises.
func TestKeptPromiseIsNotTestedAgain(t *testing.T) {
	b := newBench(t)
	status, output := b.live("up")
	require.Zero(t, status, output)
	b.set("preview", `{"steps": [{"op": "same"}]}`)
	for range 2 {
		status, output = b.live("--skip", allExcept("drift"), "check")
		require.Zero(t, status, output)
	}
	assert.Equal(t, 1, strings.Count(strings.Join(b.calls(), "\n"), "pulumi refresh"))
}

// TestEmulated checks that only experiments that the emulator supports run on it.
func TestEmulated(t *testing.T) {
	b := newBench(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	b.set("preview", `{"steps": [{"op": "same"}]}`)
	status, output := b.live()
	assert.Zero(t, status, output)
	for _, r := range b.record().Results {
		assert.Equal(t, r.Evidence != "no changes in oregon", strings.HasPrefix(r.Evidence, "the emulator has no "), r.Name)
	}
}
