package guardrails

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/awstypes/sdk"
)

// Reasons why a foreign name has no effect in an input.
const (
	ofTag   = "a tag, which no policy of a stack may read"
	ofKind  = "the SDK has a number, a flag or an object there, so that the name is no valid value"
	ofLocal = "the plugin `localdc` checks the value by its rules; only the driver's settings, which the configuration declares, have addresses"
)

// harmless has the inputs with the meaning Plain that are texts, by the reason why a name of
// something outside of the stack has no effect in them. A path stands for all types, unless
// TYPE: precedes it.
var harmless = map[string]string{
	"the name of the resource itself, or of a part of it": `
		bucket certificateId databaseName dbName endpointId finalSnapshotIdentifier identifier metricName name
		originGroups[].members[].originId originGroups[].originId origins[].originId defaultCacheBehavior.targetOriginId
		policyName replicationInstanceId replicationSubnetGroupId replicationTaskId rules[].id rules[].name
		rules[].visibilityConfig.metricName setIdentifier targetId visibilityConfig.metricName
	`,
	"a description, which only people read": `
		alarmDescription comment description egress[].description ingress[].description replicationSubnetGroupDescription
	`,
	"a value of a list or format of AWS, which refuses others": `
		backupWindow caCertIdentifier comparisonOperator customerMasterKeySpec
		defaultCacheBehavior.allowedMethods[] defaultCacheBehavior.cachedMethods[] defaultCacheBehavior.viewerProtocolPolicy
		egress[].action egress[].protocol enabledCloudwatchLogsExports[] endpointType engine engineName engineVersion
		eventCategories[] failoverRoutingPolicies[].type family geolocationRoutingPolicies[].country httpVersion
		ingress[].action ingress[].protocol instanceClass keyUsage maintenanceWindow migrationType objectLockEnabled
		options.gid options.logLevel options.overwriteMode options.posixPermissions options.preserveDeletedFiles
		options.transferMode options.uid options.verifyMode originAccessControlOriginType outputFormat
		parameters[].applyMethod preferredMaintenanceWindow priceClass
		replicationInstanceClass restrictions.geoRestriction.locations[] restrictions.geoRestriction.restrictionType
		rule.defaultRetention.mode rule.objectOwnership rules[].applyServerSideEncryptionByDefault.sseAlgorithm
		rules[].deleteMarkerReplication.status rules[].overrideAction.none rules[].sourceSelectionCriteria.sseKmsEncryptedObjects.status
		rules[].statement.managedRuleGroupStatement.name rules[].statement.managedRuleGroupStatement.vendorName
		rules[].statement.rateBasedStatement.aggregateKeyType rules[].statement.rateBasedStatement.customKeys[].ip
		rules[].statement.rateBasedStatement.customKeys[].ja4Fingerprint.fallbackBehavior rules[].status
		rules[].transitions[].storageClass schedule.scheduleExpression securityHeadersConfig.frameOptions.frameOption
		securityHeadersConfig.referrerPolicy.referrerPolicy serverProtocol signingBehavior signingProtocol sourceType sslMode
		statistic storageType targetObjectKeyFormat.partitionedPrefix.partitionDateSource trafficType treatMissingData type
		validationMethod viewerCertificate.minimumProtocolVersion viewerCertificate.sslSupportMethod
		vpcEndpointType Eip:domain
	`,
	"an address block: it limits or routes traffic, and the gateways and security groups decide where traffic may go": `
		cidrBlock destinationCidrBlock destinationIpv6CidrBlock egress[].cidrBlock egress[].cidrBlocks[]
		egress[].ipv6CidrBlock egress[].ipv6CidrBlocks[] ingress[].cidrBlock ingress[].cidrBlocks[]
		ingress[].ipv6CidrBlock ingress[].ipv6CidrBlocks[] ipv6CidrBlock
	`,
	"a path, prefix or filter within resources that other inputs name": `
		bucketName customErrorResponses[].responsePagePath defaultRootObject dimensions.* eventPattern
		metricQueries[].expression metricQueries[].id namespace redactedFields[].singleHeader.name resourcePath
		rules[].filter.prefix s3DeliveryConfigurations[].suffixPath subdirectory tableMappings targetPrefix
	`,
	"a domain name that the resource itself answers for": `
		aliases[] domainName validationRecordFqdns[]
	`,
	"credentials and certificates, which are compared and not resolved": `
		accessKey certificatePem keepers.* overrideSpecial password secretKey serverCertificate username
	`,
	"a setting of a database engine or a replication task, whose source and target other inputs name": `
		parameters[].name parameters[].value replicationTaskSettings
	`,
	"a text that other stacks read, and resolve only after their own check": `insecureValue`,
	"a header of public content, which the configuration gives":             `securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy`,
	"the version of the provider's plugin":                                  `version`,
}

// reasons are the reasons of harmless by path.
var reasons = func() map[string]string {
	all := map[string]string{}
	for reason, paths := range harmless {
		for _, path := range strings.Fields(paths) {
			all[path] = reason
		}
	}
	return all
}()

// TestReasonsAreUsed reports reasons for inputs that no row has.
func TestReasonsAreUsed(t *testing.T) {
	for key := range reasons {
		typ, path, hasType := strings.Cut(key, ":")
		if !hasType {
			path = key
		}
		assert.True(t, slices.ContainsFunc(awstypes.Tokens(), func(token string) bool {
			m, _ := awstypes.Of(token).Meaning(path)
			return m.Plain && (!hasType || strings.HasSuffix(token, ":"+typ))
		}), "%s: no row has the input with the meaning Plain", key)
	}
}

// harmlessReason returns why a value that the guard allows has no effect; empty if it may have one.
func harmlessReason(token, path string, m awstypes.Meaning, kind sdk.Kind, h hostile) string {
	isNameless := slices.ContainsFunc(slices.Concat(nameless, otherOwn(nil), longer([]string{awstypes.Bucket})), func(n hostile) bool { return n.name == h.name })
	switch {
	case m.Tag:
		return ofTag
	case !isNameless || !m.Plain:
		return ""
	case kind != sdk.Text && kind != sdk.Any:
		return ofKind
	case strings.HasPrefix(token, "localdc:"), token == awstypes.LocalProvider:
		return ofLocal
	}
	if reason := reasons[token[strings.LastIndex(token, ":")+1:]+":"+path]; reason != "" {
		return reason
	}
	return reasons[path]
}
