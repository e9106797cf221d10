package awstypes

// Types of the providers that a stack may declare.
const (
	AWSProvider    = "pulumi:providers:aws"
	LocalProvider  = "pulumi:providers:localdc"
	RandomProvider = "pulumi:providers:random"
)

// providers has the rows of providers.
var providers = map[string]Type{
	AWSProvider: {
		Places:   paths("region stsRegion"),
		Declared: paths("allowedAccountIds[] assumeRole.roleArn"),
		Plain:    paths("version skipCredentialsValidation skipRegionValidation"),
	},
	LocalProvider: {
		Declared: paths("settings.*"),
		Plain:    paths("city domain driver facility site version"),
	},
	RandomProvider: {
		Plain: paths("version"),
	},
}
