package stacks_test

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
