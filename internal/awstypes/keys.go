package awstypes

// Types of AWS KMS and AWS Secrets Manager, and of random values.
const (
	Key            = "aws:kms/key:Key"
	KeyAlias       = "aws:kms/alias:Alias"
	Secret         = "aws:secretsmanager/secret:Secret"
	SecretVersion  = "aws:secretsmanager/secretVersion:SecretVersion"
	RandomID       = "random:index/randomId:RandomId"
	RandomPassword = "random:index/randomPassword:RandomPassword"
)

var keys = map[string]Type{
	Key: {
		Stateful:   true,
		EdgeRegion: true,
		Import:     byARN(`:kms:.*:key/(.*)$`),
	},
	KeyAlias: {
		EdgeRegion: true,
		Import:     Import{Key: "{name}"},
		Refs:       []Ref{{"targetKeyId", Key}},
	},
	Secret: {
		Stateful:      true,
		KeyProperties: []KeyProperty{{Path: "kmsKeyId"}},
		Import:        byARN(`^(arn:[^:]*:secretsmanager:.*)$`),
		Refs:          []Ref{{"kmsKeyId", Key}},
	},
	SecretVersion: {
		Refs: []Ref{{"secretId", Secret}},
	},
	RandomID: {},
	RandomPassword: {
		Stateful: true,
	},
}
