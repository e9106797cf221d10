package residency

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

func loadRules(t *testing.T) *Rules {
	t.Helper()
	rules, err := Default()
	require.NoError(t, err)
	return rules
}

// TestPaymentDataOfIndiaStaysInIndia checks the only class of data that the law of a served
// market keeps within the country.
func TestPaymentDataOfIndiaStaysInIndia(t *testing.T) {
	rules := loadRules(t)
	assert.Equal(t, []string{"india"}, rules.Allowed("IN", "payments"))
	assert.Empty(t, rules.Allowed("ZZ", "payments"), "an address that cannot be placed may be in India")
	rules.Services["ecommerce"] = ServiceData{Holds: []string{"orders", "payments"}}
	err := rules.Check(hosting("singapore", "ecommerce", "IN", "SG"))
	assert.EqualError(t, err, `residency: Pulumi.singapore.yaml: multisite:services.ecommerce.markets: found "IN"; allowed: markets whose data may be stored in singapore; `+
		`data of IN may be stored elsewhere: payments in india (DPDP Act 2023 s.16, Rules 2025 r.15)`)
}

// TestCheckAllowsOnlyStorageInAllowedSites draws configurations, and compares Check with the
// sites that the rules list for each class.
func TestCheckAllowsOnlyStorageInAllowedSites(t *testing.T) {
	rules, draw := loadRules(t), rand.New(rand.NewSource(1))
	subset := func(from []string) (some []string) {
		for _, element := range from {
			if draw.Intn(3) == 0 {
				some = append(some, element)
			}
		}
		return some
	}
	passed, refused := 0, 0
	for range 5000 {
		site := Site{Name: ordered.Keys(rules.Sites)[draw.Intn(len(rules.Sites))], Services: map[string]Service{}}
		for _, service := range subset(ordered.Keys(rules.Services)) {
			site.Services[service] = Service{Markets: subset(ordered.Keys(rules.Markets))}
			rules.Services[service] = ServiceData{Holds: subset(ordered.Keys(rules.Classes))}
		}
		allowed := true
		for name, service := range site.Services {
			for _, market := range service.Markets {
				for class, data := range rules.Classes {
					holds := data.EveryService || slices.Contains(rules.Services[name].Holds, class)
					sites, limited := rules.Markets[market].Only[class]
					if !limited {
						sites = rules.Markets[market].Sites
					}
					allowed = allowed && (!holds || data.Public || slices.Contains(sites, site.Name))
				}
			}
		}
		if err := rules.Check(site); allowed {
			passed++
			require.NoError(t, err)
		} else {
			refused++
			require.Error(t, err)
		}
	}
	assert.Greater(t, passed, 100)
	assert.Greater(t, refused, 100)
}

// TestOnlyDeclaredFlowsAreAllowed declares one flow, and tries every pair of sites, class and
// market.
func TestOnlyDeclaredFlowsAreAllowed(t *testing.T) {
	rules := loadRules(t)
	rules.Sites["oregon"] = SiteFlows{Out: []Flow{{To: "california", Classes: []string{"user-storage"}, Markets: []string{"BR"}}}}
	for _, from := range append(ordered.Keys(rules.Sites), "") {
		for _, to := range append(ordered.Keys(rules.Sites), "") {
			for class, data := range rules.Classes {
				for market := range rules.Markets {
					declared := from == "oregon" && to == "california" && class == "user-storage" && market == "BR"
					public := data.Public && from != "" && to != ""
					assert.Equal(t, declared || public, rules.flows(from, to, class, market), "%s of %s from %s to %s", class, market, from, to)
				}
			}
		}
	}
	rules.Sites["oregon"] = SiteFlows{Out: []Flow{{To: "singapore", Classes: []string{"user-storage"}, Markets: []string{"BR"}}}}
	assert.False(t, rules.flows("oregon", "singapore", "user-storage", "BR"), "a flow to a site that may not store the data is not allowed")
}

// TestLoadRefuses changes one value of residency.yaml at a time.
func TestLoadRefuses(t *testing.T) {
	good := string(file)
	for name, row := range map[string]struct{ old, changed, message string }{
		"an unknown class":           {"holds: [account-identity]", "holds: [account]", `services.mi-account.holds: found "account"; allowed: account-identity, backups, `},
		"an unknown site":            {"HK: {sites: [singapore]", "HK: {sites: [hongkong]", `markets.HK.sites: found "hongkong"; allowed: brazil, california, india, oregon, singapore`},
		"a market is missing":        {"  HK: {sites: [singapore], reason: the nearest site}\n", "", `markets: found nothing; allowed: an entry for HK`},
		"a market in mainland China": {"  HK: ", "  CN: {sites: [singapore]}\n  HK: ", `markets: found "CN"; allowed: BR, HK, `},
		"no reason":                  {"HK: {sites: [singapore], reason: the nearest site}", "HK: {sites: [singapore]}", `markets.HK.reason: found nothing; allowed: one line that states why the market has its home sites`},
		"an unknown key":             {"payments: {name: Payment data}", "payments: {nam: Payment data}", `field nam not found`},
		"a class in a site that is not of the market": {"only: {payments: [india]}", "only: {payments: [oregon]}", `markets.IN.only.payments: found "oregon"; allowed: singapore, india`},
		"a flow that only its source declares":        {"oregon: {}", "oregon: {out: [{to: california, classes: [orders], markets: [BR]}]}", `sites.oregon.out[0]: found {`},
		"a flow that only its destination declares":   {"oregon: {}", "oregon: {in: [{from: california, classes: [orders], markets: [BR]}]}", `allowed: the same out of california`},
		"a flow to a site that may not store the data": {"oregon: {}\n  singapore: {}", "oregon: {out: [{to: singapore, classes: [orders], markets: [BR]}]}\n  singapore: {in: [{from: oregon, classes: [orders], markets: [BR]}]}",
			`sites.oregon.out[0]: found "orders of BR"; allowed: flows to oregon, california, brazil (LGPD art. 33, ANPD Resolution 19/2024)`},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, row.old)
			_, err := Load([]byte(strings.Replace(good, row.old, row.changed, 1)), loadRegister(t))
			require.ErrorContains(t, err, row.message)
			assert.Contains(t, fmt.Sprint(err), Path)
		})
	}
	_, err := Load([]byte(strings.Replace(good, "oregon: {}\n  singapore: {}\n  california: {}",
		"oregon: {out: [{to: california, classes: [user-storage], markets: [BR, MX]}]}\n  singapore: {}\n  california: {in: [{from: oregon, classes: [user-storage], markets: [BR, MX]}]}", 1)), loadRegister(t))
	require.NoError(t, err, "a flow that source and destination declare")
}

// TestAStackWithoutMarketsMovesNoData checks the stack global, which serves no market: it must
// not become the way around the rules of a site.
func TestAStackWithoutMarketsMovesNoData(t *testing.T) {
	rules := loadRules(t)
	for _, resource := range []string{"global-copies", "global-cdn-photos", "oregon-mi-cloud"} {
		for _, site := range ordered.Keys(rules.Sites) {
			assert.NotEmpty(t, rules.Refuse(rules.Everything(), resource, "global", site), "%s to %s", resource, site)
			assert.NotEmpty(t, rules.Refuse(rules.Everything(), resource, site, "global"), "%s from %s", resource, site)
		}
		assert.NotEmpty(t, rules.Refuse(rules.Everything(), resource, "global", ""), resource)
	}
}

// TestClassesOfResources checks the names of resources: only a name that the configuration gives to
// a resource decides what it holds.
func TestClassesOfResources(t *testing.T) {
	rules := loadRules(t)
	site := hosting("california", "ecommerce", "MX")
	site.Services["ecommerce"].Resources["california-ecommerce-product-media"] = "product-media"
	site.Public = []string{"california-cdn-origin"}
	for resource, refused := range map[string]bool{
		"california-cdn-origin":                   false,
		"california-cdn":                          true,
		"california-cdn-photos":                   true,
		"california-ecommerce":                    true,
		"california-ecommerce-product-media":      false,
		"california-ecommerce-product-media-copy": true,
		"california-ecommerce-product-mediation":  true,
	} {
		why := rules.Refuse(site, resource, "california", "oregon")
		assert.Equal(t, refused, strings.Contains(why, "orders"), "%s: %s", resource, why)
	}
}

// TestLegalSitesMayStoreEveryClass checks that a site that may store only some of the data is
// left out.
func TestLegalSitesMayStoreEveryClass(t *testing.T) {
	rules := loadRules(t)
	assert.Equal(t, []string{"india", "singapore"}, rules.Legal("ecommerce", "IN"))
	rules.Services["ecommerce"] = ServiceData{Holds: []string{"orders", "payments"}}
	assert.Equal(t, []string{"india"}, rules.Legal("ecommerce", "IN"))
}

func loadRegister(t *testing.T) *register.Register {
	t.Helper()
	r, err := register.Default()
	require.NoError(t, err)
	return r
}

// hosting returns a site with one service.
func hosting(site, service string, markets ...string) Site {
	return Site{Name: site, Services: map[string]Service{service: {Markets: markets, Resources: map[string]string{site + "-" + service: ""}}}}
}
