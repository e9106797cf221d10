package stacks_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everywhere are the outputs of every site.
var everywhere = []string{
	"provider", "status", "serving", "cdnDomainName", "cdnBucketName", "SERVICE.databaseEndpoint", "SERVICE.bucketName.NAME",
}

// awsOnly are those that sites on AWS alone have, each with the output that local
// sites have instead or the capability that they lack.
var awsOnly = map[string]string{
	"vpcId":                     "networkId",
	"publicSubnetIds":           "network-tiers",
	"privateSubnetIds":          "network-tiers",
	"dataSubnetIds":             "network-tiers",
	"publicSecurityGroupId":     "network-tiers",
	"privateSecurityGroupId":    "network-tiers",
	"dataKeyArn":                "dataKeyId",
	"contentKeyArn":             "contentKeyId",
	"secretsKeyArn":             "credential-store",
	"SERVICE.databaseSecretArn": "credential-store",
	"logsKeyArn":                "access-logs",
	"logBucketName":             "access-logs",
	"alarmTopicArn":             "alarms",
	"edgeAlarmTopicArn":         "alarms",
}

// localOnly are those that local sites alone have.
var localOnly = []string{
	"networkId", "dataKeyId", "contentKeyId", "cdnBucketEndpoint", "capabilityGaps", "requirements",
	"SERVICE.standIn", "SERVICE.bucketEndpoint.NAME",
}

// checkOutputs holds a stack to the outputs of its provider's sites, flat and without secrets.
func checkOutputs(t *testing.T, outputs map[string]any, provider string) {
	t.Helper()
	kinds := map[string]bool{}
	for key, value := range outputs {
		_, nested := value.(map[string]any)
		assert.False(t, nested, "%s is neither nested nor secret", key)
		if text, isText := value.(string); isText {
			assert.NotEmpty(t, text, key)
		}
		kinds[kind(key)] = true
	}
	assert.Equal(t, provider, outputs["provider"])
	expected := slices.AppendSeq(slices.Clone(everywhere), maps.Keys(awsOnly))
	if provider == "localdc" {
		expected = slices.Concat(everywhere, localOnly)
		lacks := []string{}
		for _, gap := range outputs["capabilityGaps"].([]any) {
			lacks = append(lacks, gap.(map[string]any)["capability"].(string))
		}
		for output, instead := range awsOnly {
			assert.Contains(t, slices.Concat(lacks, localOnly), instead, "what local sites have instead of %s, or lack", output)
		}
	}
	assert.Equal(t, provider == "aws", outputs["serving"])
	assert.Equal(t, map[string]string{"aws": "active", "localdc": "planned"}[provider], outputs["status"])
	assert.ElementsMatch(t, expected, slices.Collect(maps.Keys(kinds)))
}

var (
	ofService = regexp.MustCompile(`^[a-z-]+\.`)
	ofBucket  = regexp.MustCompile(`(Name|Endpoint)\.[a-z-]+$`)
)

// kind is an output's name as the documentation has it, such as SERVICE.bucketName.NAME.
func kind(output string) string {
	return ofBucket.ReplaceAllString(ofService.ReplaceAllString(output, "SERVICE."), "$1.NAME")
}

// TestOutputsAreDocumented has each of them in docs/configuration.md.
func TestOutputsAreDocumented(t *testing.T) {
	docs, err := os.ReadFile("../docs/configuration.md")
	require.NoError(t, err)
	for _, output := range slices.Concat(everywhere, localOnly, slices.Collect(maps.Keys(awsOnly))) {
		assert.Contains(t, string(docs), "`"+output+"`")
	}
}
