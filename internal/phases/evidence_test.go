package phases

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestForwardStepsRequireFacts checks that no step to a later phase is taken without facts.
func TestForwardStepsRequireFacts(t *testing.T) {
	for i, from := range Phases[:len(Phases)-1] {
		assert.NotEmpty(t, required[[2]Phase{from, Phases[i+1]}], "from %s to %s", from, Phases[i+1])
	}
}

// TestTheDocumentedMetrics checks the queries of errorsPerMillion in docs/migration.md: the operands of
// the expression are sums over the same time, of the service's target group or of the load balancer.
func TestTheDocumentedMetrics(t *testing.T) {
	docs, err := os.ReadFile("../../docs/migration.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(docs), "--metric-data-queries '")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "'")
	var queries []struct {
		ID, Expression string
		MetricStat     struct {
			Period int
			Stat   string
			Metric struct {
				Namespace, MetricName string
				Dimensions            []struct{ Name, Value string }
			}
		}
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&queries))
	metrics := map[string]string{}
	for _, q := range queries[1:] {
		metrics[q.ID] = fmt.Sprintf("%s %s %d %s", q.MetricStat.Metric.MetricName, q.MetricStat.Stat, q.MetricStat.Period, q.MetricStat.Metric.Namespace)
		for _, d := range q.MetricStat.Metric.Dimensions {
			metrics[q.ID] += " " + d.Name + "=" + d.Value
		}
	}
	assert.Equal(t, map[string]string{
		"requests": "RequestCount Sum 86400 AWS/ApplicationELB LoadBalancer=LOADBALANCER TargetGroup=TARGETGROUP",
		"targets":  "HTTPCode_Target_5XX_Count Sum 86400 AWS/ApplicationELB LoadBalancer=LOADBALANCER TargetGroup=TARGETGROUP",
		"balancer": "HTTPCode_ELB_5XX_Count Sum 86400 AWS/ApplicationELB LoadBalancer=LOADBALANCER",
	}, metrics)
	assert.Equal(t, "errorsPerMillion", queries[0].ID)
	for _, operand := range regexp.MustCompile(`\b[a-z]+\b`).FindAllString(queries[0].Expression, -1) {
		assert.Contains(t, metrics, operand)
	}
}
