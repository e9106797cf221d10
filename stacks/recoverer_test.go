package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// recovering sets what the program in testdata/recoverer creates at a site, and updates the site twice:
// the second update has nothing to do.
func recovering(t *testing.T, p *engine.Project, site string, recovery properties) map[string]engine.Resource {
	t.Helper()
	p.Edit(site, func(raw map[string]any) { raw["test:recovery"] = recovery })
	p.Up(site)
	assert.Empty(t, p.Preview(site), "a second update of %s has nothing to do", site)
	return p.State(site)
}

// TestRecoveryComponents runs a program that copies a database and a bucket to another region, claims
// the site and restores the database, on the real engine.
func TestRecoveryComponents(t *testing.T) {
	t.Parallel()
	const (
		database, backup = "aws:rds:Instance ohio-shop", "aws:rds:InstanceAutomatedBackupsReplication ohio-shop"
		rule             = "aws:lb:ListenerRule ohio-entry-claims-oregon"
	)
	p := guarded(t, engine.Build(t, "example.com/multisite/stacks/testdata/recoverer"), nil)
	home := recovering(t, p, "oregon", properties{"Region": "us-west-2"})

	standby := properties{
		"Region": "us-east-2", "Recovers": home["aws:rds:Instance oregon-shop"].Outputs["arn"], "Source": home["aws:s3:BucketV2 oregon-photos"].ID,
		"Standby": true, "Claims": properties{"Hostname": "claims.ohio.example.com"},
	}
	state := recovering(t, p, "ohio", standby)
	for name := range state {
		assert.NotContains(t, name, "aws:rds:Instance ")
		assert.NotContains(t, name, "aws:rds:EventSubscription ")
		assert.NotContains(t, name, "aws:secretsmanager:SecretVersion ")
		assert.NotContains(t, name, "aws:lb:ListenerRule ")
	}
	assert.Contains(t, state, "aws:secretsmanager:Secret ohio-shop")
	assert.Contains(t, state, "aws:acm:Certificate ohio-entry-claims")
	key := state["aws:kms:Key ohio-data"].Outputs["arn"]
	assert.Equal(t, properties{"sourceDbInstanceArn": standby["Recovers"], "kmsKeyId": key, "retentionPeriod": 35.0}, without(state[backup].Inputs, "__defaults"))
	assert.Empty(t, state["multisite:index:Database ohio-shop"].Outputs["endpoint"])
	delay := state["aws:cloudwatch:MetricAlarm ohio-photos-delay"].Inputs
	assert.Equal(t, properties{"SourceBucket": standby["Source"], "DestinationBucket": state["aws:s3:BucketV2 ohio-photos"].ID, "RuleId": "everything"}, delay["dimensions"])

	home = recovering(t, p, "oregon", properties{"Region": "us-west-2", "Copies": properties{
		"Bucket": state["aws:s3:BucketV2 ohio-photos"].ID, "KeyARN": key, "TimeControl": true,
	}})
	rules := home["aws:s3:BucketReplicationConfig oregon-photos"].Inputs["rules"].([]any)
	destination := rules[0].(properties)["destination"].(properties)
	assert.Equal(t, properties{"minutes": 15.0}, without(destination["replicationTime"].(properties)["time"].(properties), "__defaults"))
	assert.Equal(t, "OperationsFailedReplication", home["aws:cloudwatch:MetricAlarm oregon-photos-copy-failures"].Inputs["metricName"])

	p.Clock("11m") // the first backup is complete
	p.Tamper(state["aws:acm:Certificate ohio-entry-claims"], map[string]any{"status": "ISSUED"})
	serving := with(standby, properties{"Standby": false, "Restored": true, "Claims": properties{
		"Hostname": "claims.ohio.example.com", "Issued": true, "Claimed": properties{"oregon": "2026-11-30T12:00:00Z"},
	}})
	state = recovering(t, p, "ohio", serving)
	restored := state[database]
	assert.NotContains(t, restored.Inputs, "dbName", "RDS refuses a name")
	assert.Equal(t, properties{"sourceDbInstanceAutomatedBackupsArn": state[backup].ID, "useLatestRestorableTime": true}, without(restored.Inputs["restoreToPointInTime"].(properties), "__defaults"))
	assert.Equal(t, "oregon_shop", restored.Outputs["dbName"])
	assert.Equal(t, key, restored.Outputs["kmsKeyId"])
	answer := state[rule].Inputs["actions"].([]any)[0].(properties)["fixedResponse"].(properties)
	assert.Equal(t, "claimed 2026-11-30T12:00:00Z", answer["messageBody"])

	for title, change := range map[string]properties{
		"another point in time": {"At": "2026-11-30T11:00:00Z"},
		"no point in time":      {"Restored": false},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			q := engine.Copy(t, p)
			state := recovering(t, q, "ohio", with(serving, change))
			assert.Equal(t, restored.ID, state[database].ID, "it replaces nothing")
		})
	}
	t.Run("a backup that RDS no longer replicates", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		q.Remove(state[backup])
		q.Pulumi("refresh", "--stack", "ohio", "--yes")
		output, err := q.Try("up", "--stack", "ohio", "--yes", "--skip-preview")
		require.NoError(t, err, output)
		assert.Equal(t, restored.ID, q.State("ohio")[database].ID)
	})
}

// without returns properties without some.
func without(all properties, names ...string) properties {
	rest := properties{}
	for name, value := range all {
		if !strings.Contains(strings.Join(names, " "), name) {
			rest[name] = value
		}
	}
	return rest
}
