package stacks_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// setCopies sets the data that the program in testdata/copier copies.
func setCopies(p *engine.Project, copies properties) {
	p.Edit("oregon", func(raw map[string]any) { raw["test:copies"] = copies })
}

// toSite and toOrigin copy one market's data to the site and to the origin.
var (
	toSite   = properties{"Markets": properties{"MX": "to-site"}}
	toOrigin = properties{"Markets": properties{"MX": "to-origin"}}
)

const (
	task     = "aws:dms:ReplicationTask oregon-mi-cloud-copy-mx"
	transfer = "aws:datasync:Task oregon-photos-transfer-mx"
)

// TestCopy runs a program that copies a market's data through every change of a migration, on
// the real engine.
func TestCopy(t *testing.T) {
	t.Parallel()
	program := engine.Build(t, "example.com/multisite/stacks/testdata/copier")
	p := guarded(t, program, nil)
	setCopies(p, toSite)
	p.Up("oregon")
	assert.Empty(t, p.Preview("oregon"), "a second update has nothing to do")
	state := p.State("oregon")
	t.Run("created resources", func(t *testing.T) { checkCopy(t, p, state) })

	t.Run("a setting changes the task in place", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		setCopies(q, with(toSite, properties{"MaxLargeKiB": 2048}))
		assert.Equal(t, map[string][]string{"update": {task}}, q.Preview("oregon"))
		q.Up("oregon")
		assert.Contains(t, q.State("oregon")[task].Inputs["replicationTaskSettings"], `"LobMaxSize":2048`)
	})
	t.Run("an endpoint changes while its task runs", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		setCopies(q, with(toSite, properties{"Database": "cloud"}))
		q.Up("oregon")
		assert.Equal(t, "cloud", q.State("oregon")["aws:dms:Endpoint oregon-mi-cloud-copy-origin-source"].Inputs["databaseName"])
		assert.Equal(t, state[task].ID, q.State("oregon")[task].ID, "the task is stopped and continued, not replaced")
	})
	t.Run("another migration type replaces the task", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		setCopies(q, with(toSite, properties{"ChangesOnly": true}))
		assert.Equal(t, "replace", q.Plan("oregon")[task].Op, "DMS cannot change a task's type")
		q.Up("oregon")
		assert.Equal(t, "cdc", q.State("oregon")[task].Inputs["migrationType"])
	})
	t.Run("another market does not change existing resources", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		setCopies(q, properties{"Markets": properties{"MX": "to-site", "PE": "to-origin"}, "Schemas": properties{"PE": "pe_1"}})
		steps := q.Plan("oregon")
		for name, step := range steps {
			if name != "aws:iam:RolePolicy oregon-photos-transfer" {
				assert.Equal(t, "create", step.Op, name)
			}
		}
		added := steps["aws:dms:ReplicationTask oregon-mi-cloud-copy-pe"].NewState.Inputs
		assert.Contains(t, added["tableMappings"], `"schema-name":"pe[_]1"`, "an underscore is escaped, since DMS treats it as a wildcard")
	})
	t.Run("replication reverses twice", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		setCopies(q, toOrigin)
		output := q.Pulumi("up", "--stack", "oregon", "--yes", "--skip-preview", "--json", "--diff=false")
		for _, name := range []string{task, transfer} {
			assert.Less(t, position(t, output, "delete-replaced", name), position(t, output, "create-replacement", name), "%s is deleted before its replacement is created", name)
		}
		reversed := q.State("oregon")
		assert.Equal(t, "cdc", reversed[task].Inputs["migrationType"])
		assert.Equal(t, reversed["aws:dms:Endpoint oregon-mi-cloud-copy-source"].Outputs["endpointArn"], reversed[task].Inputs["sourceEndpointArn"])
		assert.Equal(t, reversed["aws:dms:Endpoint oregon-mi-cloud-copy-origin-target"].Outputs["endpointArn"], reversed[task].Inputs["targetEndpointArn"])
		assert.Equal(t, reversed["aws:datasync:LocationObjectStorage oregon-photos-transfer-origin-mx"].ID, reversed[transfer].Inputs["destinationLocationArn"])
		for _, endpoint := range []string{"origin-source", "target"} {
			name := "aws:dms:Endpoint oregon-mi-cloud-copy-" + endpoint
			assert.Equal(t, state[name].Outputs["endpointArn"], reversed[name].Outputs["endpointArn"], "reversing replication creates no endpoint, so the connections are tested beforehand")
		}
		assert.Equal(t, []any{"s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging", "s3:ListMultipartUploadParts"},
			policyOf(t, reversed["aws:iam:RolePolicy oregon-photos-transfer"])[1].Action, "the role can no longer write to the bucket or delete from it")
		assert.Empty(t, q.Preview("oregon"))

		setCopies(q, with(toSite, properties{"ChangesOnly": true}))
		q.Up("oregon")
		assert.Equal(t, "cdc", q.State("oregon")[task].Inputs["migrationType"], "data that both sides have is not loaded again")
		assert.Empty(t, q.Preview("oregon"))
	})
	t.Run("a finished copy leaves no resources", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		setCopies(q, properties{})
		q.Up("oregon")
		for name, r := range q.State("oregon") {
			inputs, err := json.Marshal(r.Inputs)
			require.NoError(t, err)
			for _, trace := range []string{"dms", "datasync", "replication-", "origin", "example.com", "203.0.113"} {
				assert.NotContains(t, string(inputs), trace, name)
			}
			assert.NotRegexp(t, `aws:(dms|datasync):`, name)
		}
		assert.Contains(t, q.State("oregon"), "aws:cloudwatch:MetricAlarm oregon-mi-cloud-followers", "the alarm remains, since a task's replication slot retains changes until it is dropped")
		assert.Empty(t, q.Preview("oregon"))
	})
	t.Run("a destroy deletes all resources at once", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		q.Pulumi("destroy", "--stack", "oregon", "--yes", "--skip-preview")
		assert.Empty(t, q.Account())
	})
}

// position returns the line of a step in the JSON output of an update.
func position(t *testing.T, output, op, name string) int {
	t.Helper()
	typ, name, _ := strings.Cut(name, " ")
	short := typ[strings.LastIndex(typ, ":")+1:]
	for i, line := range strings.Split(output, "\n") {
		if strings.Contains(line, `"op":"`+op+`"`) && strings.Contains(line, short+"::"+name+`"`) {
			return i
		}
	}
	require.Failf(t, "not in the output", "%s %s", op, name)
	return 0
}

// checkCopy checks the properties of the resources of a copy.
func checkCopy(t *testing.T, p *engine.Project, state map[string]engine.Resource) {
	of := func(typ, name string) properties { return state[typ+" oregon-"+name].Inputs }
	arn := func(typ, name, property string) any { return state[typ+" oregon-"+name].Outputs[property] }
	instance, group := of("aws:dms:ReplicationInstance", "replication"), of("aws:ec2:SecurityGroup", "replication")
	assert.Equal(t, false, instance["publiclyAccessible"])
	assert.Equal(t, true, instance["multiAz"])
	assert.Equal(t, true, instance["autoMinorVersionUpgrade"])
	assert.Equal(t, arn("aws:kms:Key", "data", "arn"), instance["kmsKeyArn"])
	assert.Equal(t, []any{state["aws:ec2:SecurityGroup oregon-replication"].ID}, instance["vpcSecurityGroupIds"])
	assert.Empty(t, group["ingress"])
	var egress []string
	for _, rule := range group["egress"].([]any) {
		rule := rule.(properties)
		egress = append(egress, fmt.Sprint(rule["fromPort"], rule["toPort"], rule["cidrBlocks"]))
	}
	assert.Equal(t, []string{"5432 5432 [10.16.160.0/19]", "443 443 [10.16.0.0/17]", "5432 5432 [203.0.113.0/28]"}, egress)
	admitted := of("aws:ec2:SecurityGroup", "mi-cloud")["ingress"].([]any)
	assert.Equal(t, []any{state["aws:ec2:SecurityGroup oregon-replication"].ID}, admitted[1].(properties)["securityGroups"])
	assert.Equal(t, []any{"10.16.0.0/17"}, of("aws:ec2:SecurityGroup", "network-endpoints")["ingress"].([]any)[0].(properties)["cidrBlocks"])
	assert.Equal(t, "dms-tasks-oregon-replication", of("aws:cloudwatch:LogGroup", "replication")["name"], "the name that DMS uses")

	var before string
	source, target := of("aws:dms:Endpoint", "mi-cloud-copy-origin-source"), of("aws:dms:Endpoint", "mi-cloud-copy-target")
	assert.Equal(t, "verify-full", source["sslMode"])
	assert.Equal(t, arn("aws:dms:Certificate", "mi-cloud-copy-origin", "certificateArn"), source["certificateArn"])
	assert.Equal(t, "verify-full", target["sslMode"])
	assert.Equal(t, arn("aws:dms:Certificate", "mi-cloud-copy-site", "certificateArn"), target["certificateArn"])
	for i, endpoint := range []string{"origin-source", "target", "source", "origin-target"} {
		name := "aws:dms:Endpoint oregon-mi-cloud-copy-" + endpoint
		assert.Equal(t, true, state[name].Inputs["pauseReplicationTasks"], endpoint)
		if i > 0 {
			assert.Contains(t, state[name].Dependencies, before, "changes to two endpoints would stop and start one task at once")
		}
		before = state[name].URN
	}
	originSecret, ownSecret := state["aws:secretsmanager:Secret oregon-mi-cloud-copy-origin"].ID, state["aws:secretsmanager:Secret oregon-mi-cloud"].ID
	assert.Equal(t, []any{originSecret, ownSecret}, []any{source["secretsManagerArn"], target["secretsManagerArn"]})
	assert.Equal(t, []statement{
		{Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: originSecret},
		{Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: ownSecret},
		{
			Effect: "Allow", Action: []any{"kms:Decrypt", "kms:DescribeKey"}, Resource: arn("aws:kms:Key", "data", "arn"),
			Condition: map[string]map[string]string{"StringEquals": {"kms:ViaService": "secretsmanager.us-west-2.amazonaws.com"}},
		},
	}, policyOf(t, state["aws:iam:RolePolicy oregon-mi-cloud-copy"]))
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "dms.us-west-2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`,
		of("aws:iam:Role", "mi-cloud-copy")["assumeRolePolicy"].(string), "the trust policy that DMS documents")

	assert.Equal(t, "running", p.Stored(state[task])["status"])
	assert.Equal(t, "full-load-and-cdc", state[task].Inputs["migrationType"])
	assert.Contains(t, state[task].Inputs["tableMappings"], `"schema-name":"mx"`)
	for _, setting := range []string{
		`"TableErrorPolicy":"STOP_TASK"`, `"DataTruncationErrorPolicy":"STOP_TASK"`, `"TargetTablePrepMode":"DO_NOTHING"`, `"EnableValidation":true`,
		`"Id":"SOURCE_CAPTURE","Severity":"LOGGER_SEVERITY_DEFAULT"`, `"Id":"SOURCE_UNLOAD","Severity":"LOGGER_SEVERITY_DEFAULT"`,
		`"Id":"TARGET_LOAD","Severity":"LOGGER_SEVERITY_DEFAULT"`, `"Id":"TARGET_APPLY","Severity":"LOGGER_SEVERITY_DEFAULT"`,
	} {
		assert.Contains(t, state[task].Inputs["replicationTaskSettings"], setting)
	}
	identity := arn("aws:dms:ReplicationTask", "mi-cloud-copy-mx", "replicationTaskArn").(string)
	for alarm, metric := range map[string]string{
		"not-running": "MemoryUsage", "source-lag": "CDCLatencySource", "target-lag": "CDCLatencyTarget", "differences": "ValidationFailedOverallCount", "not-validated": "ValidationSuspendedOverallCount",
	} {
		inputs := of("aws:cloudwatch:MetricAlarm", "mi-cloud-copy-mx-"+alarm)
		assert.Equal(t, metric, inputs["metricName"])
		assert.Equal(t, properties{
			"ReplicationInstanceIdentifier": "oregon-replication", "ReplicationTaskIdentifier": identity[strings.LastIndex(identity, ":")+1:],
		}, inputs["dimensions"])
	}
	assert.Equal(t, "breaching", of("aws:cloudwatch:MetricAlarm", "mi-cloud-copy-mx-not-running")["treatMissingData"], "the alarm is raised until a task runs")
	for _, lag := range []string{"source-lag", "target-lag"} {
		assert.Equal(t, "notBreaching", of("aws:cloudwatch:MetricAlarm", "mi-cloud-copy-mx-"+lag)["treatMissingData"], "a full load has no %s", lag)
	}
	for alarm, pattern := range map[string]string{
		"replication-failures":  `{"source": ["aws.dms"], "detail-type": ["DMS Replication Task State Change"], "detail": {"eventType": ["REPLICATION_TASK_FAILED", "REPLICATION_TASK_STOPPED"]}}`,
		"transfers-failures":    `{"source": ["aws.datasync"], "detail-type": ["DataSync Task Execution State Change"], "detail": {"State": ["ERROR"]}}`,
		"transfers-unavailable": `{"source": ["aws.datasync"], "detail-type": ["DataSync Task State Change"], "detail": {"State": ["UNAVAILABLE"]}}`,
		"transfers-offline":     `{"source": ["aws.datasync"], "detail-type": ["DataSync Agent State Change"], "detail": {"State": ["OFFLINE"]}}`,
	} {
		assert.Equal(t, state["aws:sns:Topic oregon-alarms"].ID, of("aws:cloudwatch:EventTarget", alarm)["arn"])
		assert.JSONEq(t, pattern, of("aws:cloudwatch:EventRule", alarm)["eventPattern"].(string))
	}

	store := of("aws:datasync:LocationObjectStorage", "photos-transfer-origin-mx")
	assert.Equal(t, []any{"HTTPS", "/mx/"}, []any{store["serverProtocol"], store["subdirectory"]})
	assert.Equal(t, store["subdirectory"], of("aws:datasync:S3Location", "photos-transfer-mx")["subdirectory"])
	options := state[transfer].Inputs["options"].(properties)
	assert.Equal(t, "PRESERVE", options["preserveDeletedFiles"])
	assert.Equal(t, "ONLY_FILES_TRANSFERRED", options["verifyMode"])
	objects := policyOf(t, state["aws:iam:RolePolicy oregon-photos-transfer"])[1]
	assert.Equal(t, state["aws:s3:BucketV2 oregon-photos"].Outputs["arn"].(string)+"/mx/*", objects.Resource)
	assert.Equal(t, []any{
		"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject", "s3:PutObjectTagging",
		"s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging", "s3:ListMultipartUploadParts",
	}, objects.Action, "the actions that DataSync documents")
	assert.Equal(t, map[string]map[string]string{"StringEquals": {"aws:ResourceAccount": "123456789012"}}, objects.Condition)
	assert.True(t, strings.HasPrefix(store["serverCertificate"].(string), "-----BEGIN CERTIFICATE-----"), "the certificate is in PEM format, which the provider encodes")
	assert.Equal(t, properties{"scheduleExpression": "cron(0 0 * * ? *)"}, state[transfer].Inputs["schedule"])

	password := p.Pulumi("stack", "export", "--stack", "oregon")
	assert.NotContains(t, password, `"beijing"`, "credentials are secrets in the state")
}

// TestACopyIsRefused checks that the guardrails refuse a copy that the configuration does not
// allow.
func TestACopyIsRefused(t *testing.T) {
	t.Parallel()
	program := engine.Build(t, "example.com/multisite/stacks/testdata/copier")
	t.Run("without access to the origin", func(t *testing.T) {
		t.Parallel()
		p := guarded(t, program, nil)
		setCopies(p, with(toSite, properties{"Closed": true}))
		output, err := p.Try("preview", "--stack", "oregon")
		require.Error(t, err)
		assert.Contains(t, output, "residency: aws:datasync:LocationObjectStorage oregon-photos-transfer-origin-mx: serverHostname: rule origin: found objects.example.com; allowed: ")
		assert.Contains(t, output, "residency: aws:secretsmanager:SecretVersion oregon-mi-cloud-copy-origin: secretString: rule origin: found mi-cloud.db.example.com; allowed: ")
	})
}
