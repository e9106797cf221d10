package stacks_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/placement"
)

// everywhere lists the outputs of every site.
var everywhere = []string{
	"provider", "status", "serving", "stateful", "placement", "cdnDomainName", "cdnBucketName", "SERVICE.databaseEndpoint", "SERVICE.bucketName.NAME",
	"SERVICE.phase.CODE", "entryHost", "SERVICE.hostname", "SERVICE.ready",
}

// awsOnly maps the outputs that only sites on AWS have to the output that local sites have
// instead, or to the capability that local sites lack.
var awsOnly = map[string]string{
	"vpcId":                     "networkId",
	"publicSubnetIds":           "network-tiers",
	"privateSubnetIds":          "network-tiers",
	"dataSubnetIds":             "network-tiers",
	"publicSecurityGroupId":     "network-tiers",
	"privateSecurityGroupId":    "network-tiers",
	"natAddresses":              "network-tiers",
	"dataKeyArn":                "dataKeyId",
	"contentKeyArn":             "contentKeyId",
	"secretsKeyArn":             "credential-store",
	"SERVICE.databaseSecretArn": "credential-store",
	"logsKeyArn":                "access-logs",
	"logBucketName":             "access-logs",
	"alarmTopicArn":             "alarms",
	"edgeAlarmTopicArn":         "alarms",
	"cdnDistributionHost":       "cdnDomainName",
	"entryZoneId":               "entryHost",
	"SERVICE.targetGroupArn":    "SERVICE.targetPoolId",
}

// localOnly lists the outputs that only local sites have.
var localOnly = []string{
	"networkId", "dataKeyId", "contentKeyId", "cdnBucketEndpoint", "capabilityGaps", "requirements",
	"SERVICE.standIn", "SERVICE.bucketEndpoint.NAME", "SERVICE.targetPoolId",
}

// checkOutputs checks that a stack has exactly the outputs of its provider's sites, and that
// none is nested or secret.
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
	checkPlacement(t, outputs["placement"].(string), outputs)
	expected := slices.AppendSeq(slices.Clone(everywhere), maps.Keys(awsOnly))
	if provider == "localdc" {
		expected = slices.Concat(everywhere, localOnly)
		lacks := []string{}
		for _, gap := range outputs["capabilityGaps"].([]any) {
			lacks = append(lacks, gap.(map[string]any)["capability"].(string))
		}
		for output, instead := range awsOnly {
			assert.Contains(t, slices.Concat(lacks, localOnly, everywhere), instead, "local sites have an output instead of %s, or lack a capability", output)
		}
	}
	assert.Equal(t, provider == "aws", outputs["serving"])
	assert.Equal(t, map[string]string{"aws": "active", "localdc": "planned"}[provider], outputs["status"])
	assert.ElementsMatch(t, expected, slices.Collect(maps.Keys(kinds)))
}

// checkPlacement checks that the output placement contains exactly the site's services.
func checkPlacement(t *testing.T, text string, outputs map[string]any) {
	t.Helper()
	var comparisons []placement.Comparison
	require.NoError(t, json.Unmarshal([]byte(text), &comparisons))
	placed, hosted := map[string]bool{}, map[string]bool{}
	for _, c := range comparisons {
		placed[c.Service] = true
	}
	for key := range outputs {
		if service, endpoint, _ := strings.Cut(key, "."); endpoint == "databaseEndpoint" {
			hosted[service] = true
		}
	}
	assert.Equal(t, hosted, placed)
}

// TestSlowPlacementIsAWarning checks that a preview warns of a nearer site, and succeeds.
func TestSlowPlacementIsAWarning(t *testing.T) {
	t.Parallel()
	output, err := engine.New(t).Command("pulumi", "preview", "--stack", "oregon", "--non-interactive", "--color=never").CombinedOutput()
	require.NoError(t, err, string(output))
	assert.Contains(t, string(output), "warning: placement: cloud-messaging, mi-account, mi-cloud: BR: found oregon at 179 ms; nearer, and may hold the data: california at 170 ms")
}

var (
	ofService = regexp.MustCompile(`^[a-z-]+\.`)
	ofMarket  = regexp.MustCompile(`\.[A-Z]{2}$`)
	ofBucket  = regexp.MustCompile(`(Name|Endpoint)\.[a-z-]+$`)
)

// kind returns an output's name as documented, such as SERVICE.bucketName.NAME.
func kind(output string) string {
	output = ofMarket.ReplaceAllString(ofService.ReplaceAllString(output, "SERVICE."), ".CODE")
	return ofBucket.ReplaceAllString(output, "$1.NAME")
}

// TestOutputsAreDocumented checks that docs/configuration.md names every output.
func TestOutputsAreDocumented(t *testing.T) {
	docs, err := os.ReadFile("../docs/configuration.md")
	require.NoError(t, err)
	for _, output := range slices.Concat(everywhere, localOnly, slices.Collect(maps.Keys(awsOnly))) {
		assert.Contains(t, string(docs), "`"+output+"`")
	}
}
