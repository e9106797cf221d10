package stacks_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

var (
	endpoint = properties{
		"endpointId": "x", "endpointType": "source", "engineName": "postgres", "sslMode": "verify-full", "certificateArn": "the certificate", "kmsKeyArn": key,
		"secretsManagerArn": "arn:aws:secretsmanager:us-west-2:123456789012:secret:oregon-y-0123456-AbCdEf", "secretsManagerAccessRoleArn": "the role's ARN",
	}
	replicator = properties{"replicationInstanceId": "x", "replicationInstanceClass": "dms.c6i.large", "publiclyAccessible": false, "kmsKeyArn": key}
	store      = properties{"serverHostname": "objects.example.com", "serverProtocol": "HTTPS", "bucketName": "photos", "agentArns": []string{}}
)

// brokenCopies holds resources that move data to and from the origin, and break a rule.
var brokenCopies = []breach{
	{"origin", declared{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-x", Inputs: with(endpoint, properties{
		"secretsManagerArn": nil, "secretsManagerAccessRoleArn": nil, "serverName": "db.example.com",
	})}, `residency: aws:dms:Endpoint oregon-x: serverName: rule origin: found db.example.com; allowed: a database of this stack; this resource has no access to the origin`},
	{"origin", declared{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-x", Inputs: with(endpoint, properties{
		"secretsManagerArn": nil, "secretsManagerAccessRoleArn": nil, "serverName": "other.abc.us-west-2.rds.amazonaws.com",
	})}, `serverName: rule origin: found other.abc.us-west-2.rds.amazonaws.com; allowed: a database of this stack`},
	{"property", declared{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-x", Inputs: endpoint},
		`secretsManagerArn: rule property: found arn:aws:secretsmanager:us-west-2:123456789012:secret:oregon-y-0123456-AbCdEf; allowed: the aws:secretsmanager:Secret of this stack`},
	{"origin", declared{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-x", Inputs: with(endpoint, properties{"secretsManagerArn": nil, "engineName": "kafka"})},
		`secretsManagerArn: rule origin: found nothing; allowed: a secret of this stack, which holds the endpoint's host`},
	{"origin", declared{Type: "aws:secretsmanager/secretVersion:SecretVersion", Name: "oregon-x", Inputs: properties{"secretId": "the secret", "secretString": `{"host": "db.example.com"}`}},
		`residency: aws:secretsmanager:SecretVersion oregon-x: secretString: rule origin: found db.example.com; allowed: a database of this stack; this resource has no access to the origin`},
	{"origin", declared{Type: "aws:datasync/locationObjectStorage:LocationObjectStorage", Name: "oregon-x", Inputs: store},
		`residency: aws:datasync:LocationObjectStorage oregon-x: serverHostname: rule origin: found objects.example.com; allowed: a database of this stack; this resource has no access to the origin`},
	{"property", declared{Type: "aws:datasync/s3Location:S3Location", Name: "oregon-x", Inputs: properties{
		"s3BucketArn": "arn:aws:s3:::elsewhere", "subdirectory": "/mx/", "s3Config": properties{"bucketAccessRoleArn": "the role's ARN"},
	}}, `s3BucketArn: rule property: found arn:aws:s3:::elsewhere; allowed: the aws:s3:BucketV2 of this stack`},
	{"encryption", declared{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-open-x", Inputs: with(endpoint, properties{"kmsKeyArn": nil, "secretsManagerArn": "the secret"})},
		`guardrail: aws:dms:Endpoint oregon-open-x: kmsKeyArn: rule encryption: found nothing; allowed: a key of the site`},
	{"encryption", declared{Type: "aws:dms/replicationInstance:ReplicationInstance", Name: "oregon-x", Inputs: with(replicator, properties{"kmsKeyArn": nil})},
		`guardrail: aws:dms:ReplicationInstance oregon-x: kmsKeyArn: rule encryption: found nothing; allowed: a key of the site`},
	{"tls", declared{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-open-x", Inputs: with(endpoint, properties{"sslMode": "require", "secretsManagerArn": "the secret"})},
		`guardrail: aws:dms:Endpoint oregon-open-x: sslMode: rule tls: found require; allowed: verify-full`},
	{"tls", declared{Type: "aws:datasync/locationObjectStorage:LocationObjectStorage", Name: "oregon-open-x", Inputs: with(store, properties{"serverProtocol": "HTTP"})},
		`guardrail: aws:datasync:LocationObjectStorage oregon-open-x: serverProtocol: rule tls: found HTTP; allowed: HTTPS`},
	{"public", declared{Type: "aws:dms/replicationInstance:ReplicationInstance", Name: "oregon-x", Inputs: with(replicator, properties{"publiclyAccessible": nil})},
		`guardrail: aws:dms:ReplicationInstance oregon-x: publiclyAccessible: rule public: found nothing; allowed: false`},
}

// secrets of the site and of the origin, and the endpoints and locations at both.
var ends = []declared{
	{Type: "aws:secretsmanager/secret:Secret", Name: "oregon-own", Inputs: properties{"kmsKeyId": key}, Protect: true},
	{Type: "aws:secretsmanager/secret:Secret", Name: "oregon-open", Inputs: properties{"kmsKeyId": key}},
	{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-own-source", Inputs: with(endpoint, properties{"endpointId": "own-source", "secretsManagerArn": "id of oregon-own"})},
	{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-own-target", Inputs: with(endpoint, properties{"endpointId": "own-target", "secretsManagerArn": "id of oregon-own", "endpointType": "target"})},
	{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-open-source", Inputs: with(endpoint, properties{"endpointId": "open-source", "secretsManagerArn": "id of oregon-open"})},
	{Type: "aws:datasync/locationObjectStorage:LocationObjectStorage", Name: "oregon-open-store", Inputs: with(store, properties{"subdirectory": "/mx/"})},
	{Type: "aws:dms/replicationInstance:ReplicationInstance", Name: "oregon-instance", Inputs: replicator},
	{Type: "aws:datasync/s3Location:S3Location", Name: "oregon-own-mx", Inputs: properties{"subdirectory": "/mx/", "s3Config": properties{"bucketAccessRoleArn": "the role's ARN"}}},
	{Type: "aws:datasync/s3Location:S3Location", Name: "oregon-own-all", Inputs: properties{"subdirectory": "/", "s3Config": properties{"bucketAccessRoleArn": "the role's ARN"}}},
}

// selecting returns the inputs of a task that replicates a schema.
func selecting(schema, source, target string) properties {
	return properties{
		"replicationTaskId": "x", "replicationInstanceArn": "id of oregon-instance", "migrationType": "cdc", "sourceEndpointArn": source, "targetEndpointArn": target,
		"tableMappings": `{"rules": [{"rule-type": "selection", "rule-id": "1", "rule-name": "1", "rule-action": "include", "object-locator": {"schema-name": "` + schema + `", "table-name": "%"}}]}`,
	}
}

// TestCopiesBetweenOriginAndSite declares tasks that copy other data than the configuration has,
// or in another direction, or without a flow in the register.
func TestCopiesBetweenOriginAndSite(t *testing.T) {
	t.Parallel()
	program := engine.Build(t, "example.com/multisite/stacks/testdata/breaker")
	const (
		replication, transfer          = "aws:dms/replicationTask:ReplicationTask", "aws:datasync/task:Task"
		ownSource, ownTarget           = "id of oregon-own-source", "id of oregon-own-target"
		openSource, openStore, ownMX   = "id of oregon-open-source", "id of oregon-open-store", "id of oregon-own-mx"
		task                           = "residency: aws:dms:ReplicationTask oregon-open-mx: "
		noneToTheOrigin, asInTheConfig = "it has none from oregon to origin of account-identity, push-messaging, user-storage of MX (LFPDPPP of 2025)", "allowed: a copy from origin to oregon, as in the configuration"
	)
	locations := func(source, target string) properties {
		return properties{"sourceLocationArn": source, "destinationLocationArn": target}
	}
	for name, row := range map[string]struct {
		resource declared
		message  string
	}{
		"to the site":          {declared{Type: replication, Name: "oregon-open-mx", Inputs: selecting("mx", openSource, ownTarget)}, ""},
		"objects to the site":  {declared{Type: transfer, Name: "oregon-open-mx", Inputs: locations(openStore, ownMX)}, ""},
		"exchanged endpoints":  {declared{Type: replication, Name: "oregon-open-mx", Inputs: selecting("mx", ownSource, openSource)}, task + "targetEndpointArn: rule origin: found aws:dms:Endpoint oregon-open-source; " + asInTheConfig},
		"exchanged locations":  {declared{Type: transfer, Name: "oregon-open-mx", Inputs: locations(ownMX, openStore)}, "residency: aws:datasync:Task oregon-open-mx: destinationLocationArn: rule origin: found aws:datasync:LocationObjectStorage oregon-open-store; " + asInTheConfig},
		"within the site":      {declared{Type: replication, Name: "oregon-open-mx", Inputs: selecting("mx", ownSource, ownTarget)}, task + "targetEndpointArn: rule origin: found aws:dms:Endpoint oregon-own-target; " + asInTheConfig},
		"to the origin":        {declared{Type: replication, Name: "oregon-open-back", Inputs: selecting("mx", ownSource, openSource)}, "oregon-open-back: targetEndpointArn: rule origin: found aws:dms:Endpoint oregon-open-source; allowed: flows that register/residency/residency.yaml has; " + noneToTheOrigin},
		"objects to origin":    {declared{Type: transfer, Name: "oregon-open-back", Inputs: locations(ownMX, openStore)}, "oregon-open-back: destinationLocationArn: rule origin: found aws:datasync:LocationObjectStorage oregon-open-store; allowed: flows that register/residency/residency.yaml has; " + noneToTheOrigin},
		"of no move":           {declared{Type: replication, Name: "oregon-open-tw", Inputs: selecting("mx", openSource, ownTarget)}, "oregon-open-tw: targetEndpointArn: rule origin: found aws:dms:Endpoint oregon-own-target; allowed: copies of the configuration's moves; this resource is none of them"},
		"to a foreign ARN":     {declared{Type: replication, Name: "oregon-open-mx", Inputs: selecting("mx", openSource, "arn:aws:dms:us-west-2:123456789012:endpoint:X")}, task + "targetEndpointArn: rule origin: found arn:aws:dms:us-west-2:123456789012:endpoint:X; allowed: the ARN of one endpoint or location of this stack"},
		"without a source":     {declared{Type: transfer, Name: "oregon-open-mx", Inputs: locations("", ownMX)}, "oregon-open-mx: sourceLocationArn: rule origin: found nothing; allowed: the ARN of one endpoint or location of this stack"},
		"serverless":           {declared{Type: "aws:dms/replicationConfig:ReplicationConfig", Name: "oregon-open-mx", Inputs: selecting("mx", ownSource, openSource)}, "residency: aws:dms:ReplicationConfig oregon-open-mx: type: rule type: found aws:dms/replicationConfig:ReplicationConfig"},
		"of all markets":       {declared{Type: replication, Name: "oregon-open-mx", Inputs: selecting("%", openSource, ownTarget)}, `table-name": "%"}}]}; allowed: the schema mx, which has the data of MX`},
		"of another market":    {declared{Type: replication, Name: "oregon-open-mx", Inputs: selecting("br", openSource, ownTarget)}, "allowed: the schema mx, which has the data of MX"},
		"of all objects":       {declared{Type: transfer, Name: "oregon-open-mx", Inputs: locations(openStore, "id of oregon-own-all")}, "sourceLocationArn: rule origin: found aws:datasync:S3Location oregon-own-all with the prefix /; allowed: /mx/, which has the data of MX"},
		"an origin's endpoint": {declared{Type: "aws:dms/endpoint:Endpoint", Name: "oregon-open-target", Inputs: with(endpoint, properties{"secretsManagerArn": "id of oregon-open", "endpointType": "target"})}, "residency: aws:dms:Endpoint oregon-open-target: endpointType: rule origin: found target; allowed: source: the register has no flow to the origin for this resource"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := guarded(t, program, nil, append(slices.Clone(ends), row.resource)...)
			output, err := p.Try("preview", "--stack", "oregon")
			if row.message == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			require.Len(t, reports(output), 1, output)
			assert.Contains(t, reports(output)[0], row.message)
		})
	}
}
