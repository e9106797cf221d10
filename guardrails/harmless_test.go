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
		bucket certificateId containerDefinitions[].mountPoints[].sourceVolume containerDefinitions[].name
		containerDefinitions[].portMappings[].name databaseName dbName defaultCacheBehavior.targetOriginId endpointId
		finalSnapshotIdentifier identifier loadBalancers[].containerName metricName name
		originGroups[].members[].originId originGroups[].originId origins[].originId policyName replicationInstanceId
		replicationSubnetGroupId replicationTaskId rules[].id rules[].name rules[].visibilityConfig.metricName
		setIdentifier targetId visibilityConfig.metricName volumes[].name
	`,
	"a description, which only people read": `
		alarmDescription comment description egress[].description ingress[].description
		replicationSubnetGroupDescription
	`,
	"a value of a list or format of AWS, which refuses others": `
		availabilityZoneRebalancing backupWindow caCertIdentifier comparisonOperator containerDefinitions[].cpu
		containerDefinitions[].essential containerDefinitions[].healthCheck.interval
		containerDefinitions[].healthCheck.retries containerDefinitions[].healthCheck.startPeriod
		containerDefinitions[].healthCheck.timeout containerDefinitions[].linuxParameters.capabilities.drop[]
		containerDefinitions[].linuxParameters.initProcessEnabled
		containerDefinitions[].logConfiguration.options.max-buffer-size
		containerDefinitions[].logConfiguration.options.mode containerDefinitions[].memory
		containerDefinitions[].memoryReservation containerDefinitions[].mountPoints[].readOnly
		containerDefinitions[].portMappings[].containerPort containerDefinitions[].portMappings[].hostPort
		containerDefinitions[].portMappings[].protocol containerDefinitions[].readonlyRootFilesystem
		containerDefinitions[].stopTimeout cpu customerMasterKeySpec defaultActions[].fixedResponse.statusCode
		defaultCacheBehavior.allowedMethods[] defaultCacheBehavior.cachedMethods[]
		defaultCacheBehavior.viewerProtocolPolicy deregistrationDelay desyncMitigationMode egress[].action
		egress[].protocol Eip:domain enabledCloudwatchLogsExports[] endpointType engine engineName engineVersion
		evaluateLowSampleCountPercentiles eventCategories[] extendedStatistic failoverRoutingPolicies[].type family
		geolocationRoutingPolicies[].country healthCheck.matcher healthCheck.port healthCheck.protocol httpVersion
		ingress[].action ingress[].protocol instanceClass ipAddressType keyUsage loadBalancingAlgorithmType
		maintenanceWindow memory metricQueries[].metric.stat migrationType objectLockEnabled options.gid
		options.logLevel options.overwriteMode options.posixPermissions options.preserveDeletedFiles
		options.transferMode options.uid options.verifyMode originAccessControlOriginType outputFormat
		parameters[].applyMethod platformVersion preferredMaintenanceWindow priceClass propagateTags protocol
		protocolVersion replicationInstanceClass restoreToPointInTime.restoreTime
		restrictions.geoRestriction.locations[] restrictions.geoRestriction.restrictionType rule.defaultRetention.mode rule.objectOwnership
		rules[].applyServerSideEncryptionByDefault.sseAlgorithm rules[].deleteMarkerReplication.status
		rules[].destination.metrics.status rules[].destination.replicationTime.status rules[].overrideAction.count rules[].overrideAction.none
		rules[].sourceSelectionCriteria.sseKmsEncryptedObjects.status
		rules[].statement.andStatement.statements[].byteMatchStatement.fieldToMatch.singleHeader.name
		rules[].statement.andStatement.statements[].byteMatchStatement.fieldToMatch.uriPath
		rules[].statement.andStatement.statements[].byteMatchStatement.positionalConstraint
		rules[].statement.andStatement.statements[].byteMatchStatement.textTransformations[].type
		rules[].statement.managedRuleGroupStatement.name rules[].statement.managedRuleGroupStatement.vendorName
		rules[].statement.rateBasedStatement.aggregateKeyType rules[].statement.rateBasedStatement.customKeys[].ip
		rules[].statement.rateBasedStatement.customKeys[].ja4Fingerprint.fallbackBehavior rules[].status
		rules[].transitions[].storageClass runtimePlatform.cpuArchitecture runtimePlatform.operatingSystemFamily
		schedule.scheduleExpression schedulingStrategy securityHeadersConfig.frameOptions.frameOption
		securityHeadersConfig.referrerPolicy.referrerPolicy serverProtocol settings[].name settings[].value
		signingBehavior signingProtocol sourceType sslMode sslPolicy statistic stickiness.type storageType
		targetObjectKeyFormat.partitionedPrefix.partitionDateSource trafficType treatMissingData type validationMethod
		viewerCertificate.minimumProtocolVersion viewerCertificate.sslSupportMethod vpcEndpointType
		xffHeaderProcessingMode
	`,
	"an address block: it limits or routes traffic, and the gateways and security groups decide where traffic may go": `
		cidrBlock destinationCidrBlock destinationIpv6CidrBlock egress[].cidrBlock egress[].cidrBlocks[]
		egress[].ipv6CidrBlock egress[].ipv6CidrBlocks[] ingress[].cidrBlock ingress[].cidrBlocks[]
		ingress[].ipv6CidrBlock ingress[].ipv6CidrBlocks[] ipv6CidrBlock
	`,
	"a path, prefix or filter within resources that other inputs name": `
		accessLogs.prefix bucketName containerDefinitions[].logConfiguration.options.awslogs-stream-prefix
		containerDefinitions[].mountPoints[].containerPath containerDefinitions[].workingDirectory
		customErrorResponses[].responsePagePath defaultRootObject dimensions.* eventPattern healthCheck.path
		metricQueries[].expression metricQueries[].id metricQueries[].metric.dimensions.*
		metricQueries[].metric.metricName metricQueries[].metric.namespace namespace redactedFields[].singleHeader.name
		resourcePath rules[].filter.prefix s3DeliveryConfigurations[].suffixPath subdirectory tableMappings targetPrefix
	`,
	"a domain name that the resource itself answers for": `
		aliases[] validationRecordFqdns[]
	`,
	"credentials and certificates, which are compared and not resolved": `
		accessKey certificatePem keepers.* overrideSpecial password secretKey serverCertificate username
	`,
	"a setting of a database engine or a replication task, whose source and target other inputs name": `
		parameters[].name parameters[].value replicationTaskSettings
	`,
	"a text that other stacks read, and resolve only after their own check": `
		insecureValue.content.host insecureValue.content.ready insecureValue.content.zoneId
		insecureValue.entry.claims insecureValue.entry.dualStack insecureValue.entry.host insecureValue.entry.ready[]
		insecureValue.entry.zoneId
		insecureValue.healthPath insecureValue.host insecureValue.hostnames[] insecureValue.livePath
		insecureValue.moves.*.*.phase insecureValue.moves.*.*.sharePercent insecureValue.ready insecureValue.records.*
		insecureValue.recovers[] insecureValue.region insecureValue.serving insecureValue.site insecureValue.targetPort
		insecureValue.targetProtocol
	`,
	"a text that containers read: the network and their roles decide what they reach": `
		containerDefinitions[].command[] containerDefinitions[].entryPoint[] containerDefinitions[].environment[].name
		containerDefinitions[].environment[].value containerDefinitions[].healthCheck.command[]
		containerDefinitions[].secrets[].name containerDefinitions[].user
	`,
	"a text that a load balancer answers with or compares, and does not follow": `
		conditions[].hostHeader.values[] conditions[].pathPattern.values[] routingHttpResponseStrictTransportSecurityHeaderValue
		rules[].statement.andStatement.statements[].byteMatchStatement.searchString
	`,
	"a header of public content, which the configuration gives": `securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy`,
	"a text whose change starts a deployment":                   `triggers.*`,
	"the version of the provider's plugin":                      `version`,
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
