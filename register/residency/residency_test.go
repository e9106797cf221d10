package residency

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func loadRules(t *testing.T) *Rules {
	t.Helper()
	l, err := Default()
	require.NoError(t, err)
	return l
}

// TestPaymentDataOfIndiaStaysInIndia holds the register to the one localisation that
// the law of a served market asks for.
func TestPaymentDataOfIndiaStaysInIndia(t *testing.T) {
	l := loadRules(t)
	assert.Equal(t, []string{"india"}, l.Allowed("IN", "payments"))
	l.Services["ecommerce"] = ServiceData{Holds: []string{"orders", "payments"}}
	err := l.Check(hosting("singapore", "ecommerce", "IN", "SG"))
	assert.EqualError(t, err, `residency: Pulumi.singapore.yaml: multisite:services.ecommerce.markets: found "IN"; allowed: markets whose data may lie in singapore; `+
		`that of IN may lie elsewhere: payments in india (DPDP Act 2023 s.16, Rules 2025 r.15)`)
}

// TestNothingLiesWhereItMayNot draws configurations. The ones that pass place no
// class outside of the sites that the register names for it, by direct reading.
func TestNothingLiesWhereItMayNot(t *testing.T) {
	l, draw := loadRules(t), rand.New(rand.NewSource(1))
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
		site := Site{Name: ordered.Keys(l.Sites)[draw.Intn(len(l.Sites))], Services: map[string]Service{}}
		for _, service := range subset(ordered.Keys(l.Services)) {
			site.Services[service] = Service{Markets: subset(ordered.Keys(l.Markets))}
			l.Services[service] = ServiceData{Holds: subset(ordered.Keys(l.Classes))}
		}
		may := true
		for name, service := range site.Services {
			for _, market := range service.Markets {
				for class, data := range l.Classes {
					holds := data.EveryService || slices.Contains(l.Services[name].Holds, class)
					sites, limited := l.Markets[market].Only[class]
					if !limited {
						sites = l.Markets[market].Sites
					}
					may = may && (!holds || data.Public || slices.Contains(sites, site.Name))
				}
			}
		}
		if err := l.Check(site); may {
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

// TestNoFlowLeavesWhatTheRegisterNames draws registers with one flow and asks for
// every other one.
func TestNoFlowLeavesWhatTheRegisterNames(t *testing.T) {
	l := loadRules(t)
	l.Sites["oregon"] = SiteFlows{Out: []Flow{{To: "california", Classes: []string{"user-storage"}, Markets: []string{"BR"}}}}
	for _, from := range append(ordered.Keys(l.Sites), "") {
		for _, to := range append(ordered.Keys(l.Sites), "") {
			for class, data := range l.Classes {
				for market := range l.Markets {
					declared := from == "oregon" && to == "california" && class == "user-storage" && market == "BR"
					public := data.Public && from != "" && to != ""
					assert.Equal(t, declared || public, l.flows(from, to, class, market), "%s of %s from %s to %s", class, market, from, to)
				}
			}
		}
	}
	l.Sites["oregon"] = SiteFlows{Out: []Flow{{To: "singapore", Classes: []string{"user-storage"}, Markets: []string{"BR"}}}}
	assert.False(t, l.flows("oregon", "singapore", "user-storage", "BR"), "a flow to where the data may not lie is none")
}

// TestBadPlacements names everything that is wrong with a placement.
func TestBadPlacements(t *testing.T) {
	good := string(file)
	for name, row := range map[string]struct{ old, changed, message string }{
		"an unknown class":     {"holds: [account-identity]", "holds: [account]", `services.mi-account.holds: found "account"; allowed: account-identity, backups, `},
		"an unknown site":      {"HK: {sites: [singapore]", "HK: {sites: [hongkong]", `markets.HK.sites: found "hongkong"; allowed: brazil, california, india, oregon, singapore`},
		"a market is missing":  {"  HK: {sites: [singapore], reason: the nearest site}\n", "", `markets: found nothing; allowed: an entry for HK`},
		"China":                {"  HK: ", "  CN: {sites: [singapore]}\n  HK: ", `markets: found "CN"; allowed: BR, HK, `},
		"no reason":            {"HK: {sites: [singapore], reason: the nearest site}", "HK: {sites: [singapore]}", `markets.HK.reason: found nothing; allowed: why its homes are where they are, in one line`},
		"a typing error":       {"payments: {name: Payment data}", "payments: {nam: Payment data}", `field nam not found`},
		"more than the market": {"only: {payments: [india]}", "only: {payments: [oregon]}", `markets.IN.only.payments: found "oregon"; allowed: singapore, india`},
		"a flow on one side":   {"oregon: {}", "oregon: {out: [{to: california, classes: [orders], markets: [BR]}]}", `sites.oregon.out[0]: found {`},
		"a flow on the other":  {"oregon: {}", "oregon: {in: [{from: california, classes: [orders], markets: [BR]}]}", `allowed: the same out of california`},
		"an unlawful flow": {"oregon: {}\n  singapore: {}", "oregon: {out: [{to: singapore, classes: [orders], markets: [BR]}]}\n  singapore: {in: [{from: oregon, classes: [orders], markets: [BR]}]}",
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
	require.NoError(t, err, "a flow on both sides")
}

// TestWhatIsPartOfABucketHoldsWhatItDoes gives the role that copies a bucket no
// other classes than the bucket's.
func TestWhatIsPartOfABucketHoldsWhatItDoes(t *testing.T) {
	l := loadRules(t)
	site := Site{Name: "california", Services: map[string]Service{"ecommerce": {Markets: []string{"MX"}, ResourceName: "california-ecommerce"}}}
	for resource, refused := range map[string]bool{
		"california-ecommerce-product-media":      false,
		"california-ecommerce-product-media-copy": false,
		"california-ecommerce-invoices-copy":      true,
		"california-ecommerce-product-mediation":  true,
	} {
		why := l.Refuse(site, resource, "california", "oregon")
		assert.Equal(t, refused, strings.Contains(why, "orders of MX"), "%s: %s", resource, why)
	}
}

// TestLegalSitesHoldEveryClass leaves out a site that may hold some of the data alone.
func TestLegalSitesHoldEveryClass(t *testing.T) {
	l := loadRules(t)
	assert.Equal(t, []string{"india", "singapore"}, l.Legal("ecommerce", "IN"))
	l.Services["ecommerce"] = ServiceData{Holds: []string{"orders", "payments"}}
	assert.Equal(t, []string{"india"}, l.Legal("ecommerce", "IN"))
}

func loadRegister(t *testing.T) *register.Register {
	t.Helper()
	r, err := register.Default()
	require.NoError(t, err)
	return r
}

// hosting is a site with one service.
func hosting(site, service string, markets ...string) Site {
	return Site{Name: site, Services: map[string]Service{service: {Markets: markets, ResourceName: site + "-" + service}}}
}
