package guardrails

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
)

const acct = "123456789012"

// ownedOf returns a resource of the stack with names by which others name it.
func ownedOf(typ, name string, names ...string) *owned {
	o := &owned{typ: typ, name: name, names: names, read: make(chan struct{})}
	close(o.read)
	return o
}

// js returns a value as JSON.
func js(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

var fixture = []*owned{
	ownedOf(awstypes.Key, "oregon-data", "arn:aws:kms:us-west-2:"+acct+":key/1", "1"),
	ownedOf(awstypes.Role, "oregon-r", "arn:aws:iam::"+acct+":role/r", "r"),
	ownedOf(awstypes.Bucket, "oregon-mi-cloud-photos", "oregon-mi-cloud-photos-1", "arn:aws:s3:::oregon-mi-cloud-photos-1", "oregon-mi-cloud-photos-1.s3.us-west-2.amazonaws.com"),
	ownedOf(awstypes.Bucket, "oregon-cdn-origin", "oregon-cdn-origin-1", "arn:aws:s3:::oregon-cdn-origin-1", "oregon-cdn-origin-1.s3.us-west-2.amazonaws.com"),
	ownedOf(awstypes.VPC, "v", "vpc-1"),
	ownedOf(awstypes.Secret, "oregon-mi-cloud", "arn:aws:secretsmanager:us-west-2:"+acct+":secret:s-1"),
	ownedOf(awstypes.Topic, "t", "arn:aws:sns:us-west-2:"+acct+":t"),
	ownedOf(awstypes.DMSInstance, "d", "dmsi"), ownedOf(awstypes.DMSEndpoint, "e", "dmse"),
	ownedOf(awstypes.OriginAccessControl, "o", "OAC1"),
	ownedOf(awstypes.Zone, "z", "Z1"),
	ownedOf(awstypes.DataSyncS3, "ds", "arn:aws:datasync:us-west-2:"+acct+":location/loc-1"),
	ownedOf(awstypes.DataSyncObjectStorage, "do", "arn:aws:datasync:us-west-2:"+acct+":location/loc-2"),
}

// TestAttacks checks single resources that would leak users' data although each input, read alone,
// looks like the site's own. The rows give them to the rules with the values of an update.
func TestAttacks(t *testing.T) {
	const keyARN, roleARN = "arn:aws:kms:us-west-2:" + acct + ":key/1", "arn:aws:iam::" + acct + ":role/r"
	const bucket = "arn:aws:s3:::oregon-mi-cloud-photos-1"
	const tls = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	bucketPolicy := func(statement string) string {
		return js(map[string]any{"bucket": "oregon-mi-cloud-photos-1", "policy": `{"Version":"2012-10-17","Statement":[` + tls + `,` + statement + `]}`})
	}
	rolePolicy := func(statement string) string {
		return js(map[string]any{"role": "r", "policy": `{"Version":"2012-10-17","Statement":[` + statement + `]}`})
	}
	plus := func(more ...*owned) []*owned { return append(append([]*owned{}, fixture...), more...) }
	for _, row := range []struct {
		title, refused string
		own            []*owned
		typ, name      string
		inputs         string
	}{
		{"confused deputy cloudfront, no condition", "policy.Statement[1].Condition: rule property: found ", fixture, awstypes.BucketPolicy, "oregon-mi-cloud-photos", bucketPolicy(`{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"` + bucket + `/*"}`)},
		{"confused deputy cloudfront, StringNotEquals own account", "policy.Statement[1].Condition: rule property: found ", fixture, awstypes.BucketPolicy, "oregon-mi-cloud-photos", bucketPolicy(`{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"` + bucket + `/*","Condition":{"StringNotEquals":{"aws:SourceAccount":"` + acct + `"}}}`)},
		{"numeric foreign account", "policy.Statement[1].Condition.aws:SourceAccount: rule property: found ", fixture, awstypes.BucketPolicy, "oregon-mi-cloud-photos", bucketPolicy(`{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"` + bucket + `/*","Condition":{"StringEquals":{"aws:SourceAccount":210987654321}}}`)},
		{"key policy for cloudfront of any account", "policy.Statement[0].Condition: rule property: found ", fixture, awstypes.Key, "oregon-data", js(map[string]any{"enableKeyRotation": true, "policy": `{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}]}`})},
		{"effect case duplicate", "policy: rule property: found ", fixture, awstypes.BucketPolicy, "oregon-mi-cloud-photos", bucketPolicy(`{"Effect":"Allow","effect":"Deny","Principal":"*","Action":"s3:*","Resource":"` + bucket + `/*"}`)},
		{"effect exact duplicate", "policy: rule property: found ", fixture, awstypes.BucketPolicy, "oregon-mi-cloud-photos", bucketPolicy(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::\u0032\u0031\u00300987654321:root"},"Action":"s3:GetObject","Resource":"` + bucket + `/*","Effect":"Deny"}`)},
		{"statement duplicate", "policy: rule property: found ", fixture, awstypes.RolePolicy, "oregon-x", js(map[string]any{"role": "r", "policy": `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"}],"statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`})},
		{"partition wildcard + embedded own arn", "policy.Statement[0].Resource: rule property: found ", fixture, awstypes.RolePolicy, "oregon-x", rolePolicy(`{"Effect":"Allow","Action":["s3:PutObject"],"Resource":"arn:*:s3:::foreign-eu/arn:aws:logs:us-west-2:` + acct + `:*"}`)},
		{"partition wildcard any bucket", "policy.Statement[0].Resource: rule property: found ", fixture, awstypes.RolePolicy, "oregon-x", rolePolicy(`{"Effect":"Allow","Action":["s3:PutObject"],"Resource":"arn:aw?:s3:::*/*arn:aws:logs:us-west-2:` + acct + `:*"}`)},
		{"access point of own account", "policy.Statement[0].Resource: rule property: found ", fixture, awstypes.RolePolicy, "oregon-x", rolePolicy(`{"Effect":"Allow","Action":["s3:PutObject"],"Resource":"arn:aws:s3::` + acct + `:accesspoint/*"}`)},
		{"mixing public bucket and us-east-1", "policy: rule flow: found ", fixture, awstypes.RolePolicy, "oregon-x", rolePolicy(`{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::oregon-cdn-origin-1/*"},{"Effect":"Allow","Action":["logs:PutLogEvents","logs:CreateLogStream"],"Resource":"arn:aws:logs:us-east-1:` + acct + `:log-group:*"}`)},
		{"users' bucket as CDN origin", "origins[].domainName: rule flow: found ", fixture, awstypes.Distribution, "oregon-cdn", `{"enabled":true,"viewerCertificate":{"cloudfrontDefaultCertificate":true},"restrictions":{"geoRestriction":{"restrictionType":"none"}},"origins":[{"originId":"o","domainName":"oregon-mi-cloud-photos-1.s3.us-west-2.amazonaws.com","originAccessControlId":"OAC1"}],"defaultCacheBehavior":{"viewerProtocolPolicy":"https-only","targetOriginId":"o","allowedMethods":["GET"],"cachedMethods":["GET"]}}`},
		{"replicateSourceDb empty", "storageEncrypted: rule encryption: found ", fixture, awstypes.DBInstance, "oregon-mi-cloud", `{"replicateSourceDb":"","identifier":"oregon-mi-cloud","engine":"postgres","instanceClass":"db.m7g.large","allocatedStorage":20,"deletionProtection":true,"username":"u","password":"p"}`},
		{"DB named arn: replica of eu-west-1", "replicateSourceDb: rule flow: found ", plus(ownedOf(awstypes.DBInstance, "oregon-x", "db-ABC", "arn:aws:rds:us-west-2:"+acct+":db:arn", "arn")), awstypes.DBInstance, "oregon-mi-cloud", js(map[string]any{"replicateSourceDb": "arn:aws:rds:eu-west-1:" + acct + ":db:d", "kmsKeyId": keyARN, "storageEncrypted": true, "deletionProtection": true, "identifier": "x", "instanceClass": "db.m7g.large"})},
		{"LogGroup named arn: flow log to other region's log group", "logDestination: rule flow: found ", plus(ownedOf(awstypes.LogGroup, "g", "arn", "arn:aws:logs:us-west-2:"+acct+":log-group:arn")), awstypes.FlowLog, "oregon-x", js(map[string]any{"vpcId": "vpc-1", "trafficType": "ALL", "iamRoleArn": roleARN, "logDestination": "arn:aws:logs:us-west-1:" + acct + ":log-group:g"})},
		{"Role named arn: service role elsewhere", "role: rule property: found ", plus(ownedOf(awstypes.Role, "q", "arn", "arn:aws:iam::"+acct+":role/arn")), awstypes.BucketReplication, "oregon-x", js(map[string]any{"bucket": "oregon-mi-cloud-photos-1", "role": "arn:aws:iam::" + acct + ":role/Admin", "rules": []any{map[string]any{"status": "Enabled", "destination": map[string]any{"bucket": "arn:aws:s3:::x", "encryptionConfiguration": map[string]any{"replicaKmsKeyId": "arn:aws:kms:us-west-2:" + acct + ":key/9"}}}}})},
		{"declared origin host as CNAME", "records[0]: rule property: found ", fixture, awstypes.Record, "oregon-x", `{"zoneId":"Z1","name":"account","type":"CNAME","ttl":60,"records":["objects.example.com"]}`},
		{"secret: host hidden by Host", "secretString: rule origin: found ", fixture, awstypes.SecretVersion, "oregon-mi-cloud", js(map[string]any{"secretId": "arn:aws:secretsmanager:us-west-2:" + acct + ":secret:s-1", "secretString": `{"host":"evil.example.com","Host":"","username":"u","password":"p","port":5432}`})},
		{"secret: host of a database of that name in another account", "secretString: rule origin: found ", fixture, awstypes.SecretVersion, "oregon-mi-cloud", js(map[string]any{"secretId": "arn:aws:secretsmanager:us-west-2:" + acct + ":secret:s-1", "secretString": `{"host":"oregon-mi-cloud.cforeign123.us-west-2.rds.amazonaws.com"}`})},
		{"secret: port of wrong type", "secretString: rule origin: found ", fixture, awstypes.SecretVersion, "oregon-mi-cloud", js(map[string]any{"secretId": "arn:aws:secretsmanager:us-west-2:" + acct + ":secret:s-1", "secretString": `{"host":"evil.example.com","Host":5}`})},
		{"DMS task: time travel to any bucket", "replicationTaskSettings: rule flow: found ", fixture, awstypes.DMSTask, "oregon-x", js(map[string]any{"replicationInstanceArn": "dmsi", "sourceEndpointArn": "dmse", "targetEndpointArn": "dmse", "migrationType": "full-load-and-cdc", "replicationTaskId": "x", "tableMappings": "{}",
			"replicationTaskSettings": `{"TTSettings":{"EnableTT":true,"TTS3Settings":{"EncryptionMode":"SSE_S3","ServiceAccessRoleArn":"arn\u003aaws:iam::` + acct + `:role/dms-tt","BucketName":"bucket-in-eu","BucketFolder":"f"},"TTRecordSettings":{"EnableRawData":true,"OperationsToLog":"INSERT,UPDATE,DELETE"}}}`})},
		{"DMS task: time travel without escape", "replicationTaskSettings: rule flow: found ", fixture, awstypes.DMSTask, "oregon-x", js(map[string]any{"replicationInstanceArn": "dmsi", "sourceEndpointArn": "dmse", "targetEndpointArn": "dmse", "migrationType": "full-load-and-cdc", "replicationTaskId": "x", "tableMappings": "{}",
			"replicationTaskSettings": `{"TTSettings":{"EnableTT":true,"TTS3Settings":{"ServiceAccessRoleArn":"arn:aws:iam::` + acct + `:role/dms-tt","BucketName":"bucket-in-eu"}}}`})},
		{"VPC endpoint without a policy", "policy: rule flow: found ", fixture, awstypes.VPCEndpoint, "oregon-x", `{"vpcId":"vpc-1","serviceName":"com.amazonaws.us-west-2.s3","vpcEndpointType":"Gateway"}`},
		{"VPC endpoint service of another region", "serviceName: rule flow: found ", fixture, awstypes.VPCEndpoint, "oregon-x", `{"vpcId":"vpc-1","serviceName":"com.amazonaws.eu-west-1.s3"}`},
		{"AES256 by name for users' bucket", "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId: rule encryption: found ", fixture, awstypes.BucketEncryption, "aws-waf-logs-oregon", `{"bucket":"oregon-mi-cloud-photos-1","rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"AES256"}}]}`},
		{"SG all protocols by string ports", "ingress[]: rule ingress: found ", fixture, awstypes.SecurityGroup, "oregon-x", `{"vpcId":"vpc-1","ingress":[{"protocol":"-1","fromPort":0,"toPort":0,"cidrBlocks":"0.0.0.0/0"}]}`},
	} {
		t.Run(row.title, func(t *testing.T) {
			s := newStand(t, "an AWS site", Site{
				Name: "oregon", Region: "us-west-2", Places: map[string]string{"us-west-2": "oregon"}, Public: []string{"oregon-cdn-origin"},
			}, "us-west-2")
			s.guard.owned = row.own
			inputs := map[string]any{}
			require.NoError(t, json.Unmarshal([]byte(row.inputs), &inputs))
			reported := strings.Join(s.findingsOf(row.typ, row.name, inputs), "\n")
			assert.Contains(t, reported, row.refused)
		})
	}
}
