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
		IDs:        paths("arn keyId"),
		Policies:   paths("policy"),
		Plain:      paths("customerMasterKeySpec deletionWindowInDays description enableKeyRotation keyUsage"),
	},
	KeyAlias: {
		EdgeRegion: true,
		Import:     Import{Key: "{name}"},
		Refs:       []Ref{{"targetKeyId", Key}},
		Plain:      paths("name"),
	},
	Secret: {
		Stateful:      true,
		KeyProperties: []KeyProperty{{Path: "kmsKeyId"}},
		Import:        byARN(`^(arn:[^:]*:secretsmanager:.*)$`),
		Refs:          []Ref{{"kmsKeyId", Key}},
		Plain:         paths("description name recoveryWindowInDays"),
	},
	SecretVersion: {
		Refs:    []Ref{{"secretId", Secret}},
		Secrets: paths("secretString"),
	},
	RandomID: {
		Names: []Ref{{"keepers.dataKeyArn", Key}},
		Plain: paths("byteLength keepers.*"),
	},
	RandomPassword: {
		Stateful:  true,
		Plain:     paths("length overrideSpecial"),
		Ignorable: []string{"*"},
	},
}
