package resolver

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// record returns a record of a type, such as CNAME, with a routing policy; empty for none.
func record(kind, policy, key string, value any, target map[string]any) Resource {
	outputs := map[string]any{"type": kind, policy: []any{map[string]any{key: value}}}
	for property, given := range target {
		outputs[property] = given
	}
	return Resource{Outputs: outputs}
}

func to(host string) map[string]any { return map[string]any{"records": []any{host}} }

func alias(name string) map[string]any {
	return map[string]any{"aliases": []any{map[string]any{"name": name}}}
}

func checked(host, check string) map[string]any {
	return map[string]any{"records": []any{host}, "healthCheckId": check}
}

const geo, weighted, failover = "geolocationRoutingPolicies", "weightedRoutingPolicies", "failoverRoutingPolicies"

// TestResolve resolves geolocation, weighted and failover records.
func TestResolve(t *testing.T) {
	r := &Resolver{
		checks: map[string]string{"1": "home", "2": "other"},
		records: map[string][]Resource{
			"shop":  {record("CNAME", geo, "country", "SG", alias("sg")), record("CNAME", geo, "country", "*", to("elsewhere"))},
			"sg":    {record("CNAME", weighted, "weight", 10.0, alias("sites")), record("CNAME", weighted, "weight", 90.0, to("origin"))},
			"sites": {record("CNAME", failover, "type", "PRIMARY", checked("home", "1")), record("CNAME", failover, "type", "SECONDARY", checked("other", "2"))},
		},
	}
	home, origin := Answer{"home", []string{"shop", "sg", "sites"}, 10}, Answer{"origin", []string{"shop", "sg"}, 90}
	assert.Equal(t, []Answer{home, origin}, r.Resolve("shop", "SG", nil))
	assert.Equal(t, []Answer{{"other", home.Names, 10}, origin}, r.Resolve("shop", "SG", []string{"home"}))
	assert.Equal(t, []Answer{home, origin}, r.Resolve("shop", "SG", []string{"home", "other"}), "if no record is healthy, all are treated as healthy")
	assert.Equal(t, []Answer{{"elsewhere", []string{"shop"}, 100}}, r.Resolve("shop", "FR", nil))
}

// TestResolveLoadBalancers follows the names of a service at two sites to their load balancers.
func TestResolveLoadBalancers(t *testing.T) {
	address := func(kind, host string) Resource { return record(kind, "", "", "", alias(host)) }
	r := &Resolver{
		checks: map[string]string{"1": "shop.one", "2": "shop.two"},
		records: map[string][]Resource{
			"shop":     {record("CNAME", failover, "type", "PRIMARY", checked("shop.one", "1")), record("CNAME", failover, "type", "SECONDARY", checked("shop.two", "2"))},
			"shop.one": {address("A", "one.elb"), address("AAAA", "one.elb")},
			"shop.two": {address("A", "two.elb")},
			"mail.one": {address("A", "one.elb"), address("AAAA", "three.elb")},
		},
	}
	one, two := Answer{"one.elb", []string{"shop", "shop.one"}, 100}, Answer{"two.elb", []string{"shop", "shop.two"}, 100}
	assert.Equal(t, []Answer{one}, r.Resolve("shop", "SG", nil), "both types of address lead to the same host")
	assert.Equal(t, []Answer{two}, r.Resolve("shop", "SG", []string{"shop.one"}), "the service is dead at the site")
	assert.Equal(t, []Answer{two}, r.Resolve("shop", "SG", []string{"one.elb"}), "the load balancer of the site is down")
	assert.True(t, one.Through([]string{"shop.one"}))
	assert.False(t, one.Through([]string{"mail.one"}))
	assert.Equal(t, []Answer{{"one.elb", []string{"mail.one"}, 100}, {"three.elb", []string{"mail.one"}, 100}}, r.Resolve("mail.one", "SG", nil),
		"another host at the IPv6 address is another answer")
}
