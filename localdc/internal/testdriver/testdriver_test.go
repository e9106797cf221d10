package testdriver_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/conformance"
	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/internal/testdriver"
)

func open(t *testing.T, defect testdriver.Defect) (driver.Driver, conformance.Traffic) {
	t.Helper()
	directory := t.TempDir()
	d, err := testdriver.Open(driver.Config{Settings: map[string]string{testdriver.Setting: directory}})
	require.NoError(t, err)
	traffic, err := testdriver.NewTraffic(directory, defect)
	require.NoError(t, err)
	t.Cleanup(traffic.Close)
	return d, traffic
}

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) (driver.Driver, conformance.Traffic) {
		t.Helper()
		return open(t, testdriver.None)
	})
}

// TestDefectsAreFound checks that the suite finds each defect of a load balancer.
func TestDefectsAreFound(t *testing.T) {
	for defect, messages := range map[testdriver.Defect][]string{
		testdriver.PlainHTTP:     {`http://mi-account.example.com/: found the status 200`, "allowed: 301 to https://mi-account.example.com/path?query=1"},
		testdriver.OldTLS:        {"TLS 1.1: found a connection; allowed: none below 1.2"},
		testdriver.OnlyTLS12:     {"TLS 1.3: "},
		testdriver.OnlyHTTP1:     {`HTTP/2 with TLS 1.2: found "http/1.1"; allowed: h2`},
		testdriver.LacksName:     {"https://mi-cloud.testland.example.com: found the status 404"},
		testdriver.LacksCert:     {"https://mi-cloud.testland.example.com: tls: failed to verify certificate"},
		testdriver.AnyName:       {"the name unknown.example.com: found the status 503"},
		testdriver.IgnoresHealth: {`one of two targets is healthy: https://mi-cloud.example.com: found the status 200, answered by "second"; allowed: 200, answered by "first"`},
		testdriver.HidesClient:   {`answered by "a request without X-Forwarded-For"`},
		testdriver.NoLimit:       {"found none with the status 429"},
	} {
		t.Run(string(defect), func(t *testing.T) {
			d, traffic := open(t, defect)
			err := conformance.CheckLoadBalancer(t.Context(), d, traffic, 100*time.Millisecond)
			for _, message := range messages {
				assert.ErrorContains(t, err, message)
			}
		})
	}
}

// reporting is a driver that reports something else of its load balancers.
type reporting struct {
	driver.Driver
	report func(*driver.Result)
}

func (r reporting) Create(ctx context.Context, id driver.ID, want driver.Spec) (driver.Result, error) {
	result, err := r.Driver.Create(ctx, id, want)
	r.report(&result)
	return result, err
}

// TestWrongReportsAreFound checks that the suite finds results that the contract does not allow.
func TestWrongReportsAreFound(t *testing.T) {
	record := func(name, value string) func(*driver.Result) {
		return func(r *driver.Result) { r.Records = map[string]string{name: value} }
	}
	const value = "proof.testland.example.com"
	for message, report := range map[string]func(*driver.Result){
		`Ready: found "ecommerce"; allowed: services of the load balancer`: func(r *driver.Result) { r.Ready = []string{"ecommerce"} },
		`allowed: sorted services`:                              func(r *driver.Result) { r.Ready = []string{"mi-cloud", "mi-account"} },
		`allowed: none, since the load balancer does not serve`: func(r *driver.Result) { *r = driver.Result{Status: driver.Planned, Ready: []string{"mi-cloud"}} },
		"Records: found _a._acme-challenge.www.example.com":     record("_a._acme-challenge.www.example.com", value),
		"Records: found _acme-challenge.mi-cloud.example.com":   record("_acme-challenge.mi-cloud.example.com", value),
		"Records: found mi-cloud.testland.example.com":          record("mi-cloud.testland.example.com", value),
		"with the value proof.example.net;":                     record("_acme-challenge.mi-cloud.testland.example.com", "proof.example.net"),
		"with the value proof.testland.example.com.;":           record("_acme-challenge.mi-cloud.testland.example.com", value+"."),
	} {
		d, traffic := open(t, testdriver.None)
		require.ErrorContains(t, conformance.CheckLoadBalancer(t.Context(), reporting{d, report}, traffic, 100*time.Millisecond), message)
	}
	d, traffic := open(t, testdriver.None)
	require.NoError(t, conformance.CheckLoadBalancer(t.Context(), reporting{d, record("_acme-challenge.mi-cloud.testland.example.com", value)}, traffic, time.Second))
	require.ErrorContains(t, conformance.CheckLoadBalancer(t.Context(), d, nil, time.Second), "an active load balancer needs Traffic")
}
