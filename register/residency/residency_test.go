package residency

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

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
		site := Site{Name: rules.Sites[draw.Intn(len(rules.Sites))], Services: map[string]Service{}}
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

// day returns a date relative to today.
func day(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// flow returns a flow of one market's data, signed yesterday.
func flow(from, to, class, market, until string) Flow {
	return Flow{From: from, To: to, Classes: []string{class}, Markets: []string{market}, Reason: "the auditors read a copy", SignedBy: "general counsel", Signed: day(-1), Until: until}
}

// TestOnlySignedFlowsAreAllowed tries every pair of places, class and market with one flow.
func TestOnlySignedFlowsAreAllowed(t *testing.T) {
	rules := loadRules(t)
	places := append(slices.Clone(rules.Sites), register.OriginPlace, "")
	for name, signed := range map[string]struct {
		flow    Flow
		allowed bool
	}{
		"between sites":                       {flow("oregon", "california", "user-storage", "BR", day(30)), true},
		"on its last day":                     {flow("oregon", "california", "user-storage", "BR", day(0)), true},
		"expired":                             {flow("oregon", "california", "user-storage", "BR", day(-1)), false},
		"to a site that may not store it":     {flow("oregon", "singapore", "user-storage", "BR", day(30)), false},
		"from the origin":                     {flow("origin", "oregon", "user-storage", "BR", UntilDone), true},
		"from the origin until a day":         {flow("origin", "oregon", "user-storage", "BR", day(-1)), false},
		"from the origin, not to any site":    {flow("origin", "singapore", "user-storage", "BR", UntilDone), false},
		"to the origin":                       {flow("oregon", "origin", "user-storage", "BR", day(30)), true},
		"to the origin, expired":              {flow("oregon", "origin", "user-storage", "BR", day(-1)), false},
		"of public content to the origin":     {flow("oregon", "origin", "public-content", "BR", day(30)), true},
		"to the origin, whose law forbids it": {flow("singapore", "origin", "user-storage", "TW", day(30)), false},
	} {
		t.Run(name, func(t *testing.T) {
			rules.Flows = []Flow{signed.flow}
			for _, from := range places {
				for _, to := range places {
					for class, data := range rules.Classes {
						for market := range rules.Markets {
							f := signed.flow
							allowed := signed.allowed && from == f.From && to == f.To && class == f.Classes[0] && market == f.Markets[0]
							public := data.Public && slices.Contains(rules.Sites, from) && slices.Contains(rules.Sites, to)
							assert.Equal(t, allowed || public, rules.flows(from, to, class, market), "%s of %s from %s to %s", class, market, from, to)
						}
					}
				}
			}
		})
	}
}

// TestNothingFlowsToTheOrigin checks the flows of this repository: markets may be copied from the
// origin to the site that serves them, and no data may be copied to the origin.
func TestNothingFlowsToTheOrigin(t *testing.T) {
	rules := loadRules(t)
	for _, flow := range rules.Flows {
		assert.Equal(t, []string{register.OriginPlace, UntilDone}, []string{flow.From, flow.Until})
	}
	assert.Empty(t, rules.NotCopied("ecommerce", "TW", "origin", "singapore"))
	assert.Equal(t, []string{"orders", "public-content"}, rules.NotCopied("ecommerce", "TW", "origin", "california"))
	for service := range rules.Services {
		for market := range rules.Markets {
			for _, site := range rules.Sites {
				assert.Equal(t, rules.Services[service].Holds, rules.NotCopied(service, market, site, "origin"))
			}
		}
	}
}

// TestACopyNeedsFlowsOfItsClasses copies a bucket and a database to the origin, with a flow of the
// bucket's class alone.
func TestACopyNeedsFlowsOfItsClasses(t *testing.T) {
	rules := loadRules(t)
	rules.Flows = []Flow{flow("california", "origin", "public-content", "MX", day(1))}
	site := hosting("california", "ecommerce", "MX", "BR")
	site.Services["ecommerce"].Resources["california-ecommerce-product-media"] = "product-media"
	refuse := func(resource, market string) string {
		return rules.RefuseCopy(site, resource, market, "california", "origin")
	}
	assert.Empty(t, refuse("california-ecommerce-product-media", "MX"), "logs, backups and keys need no flow")
	assert.Equal(t, "flows that register/residency/residency.yaml has; it has none from california to origin of orders of MX (LFPDPPP of 2025)", refuse("california-ecommerce", "MX"))
	assert.NotEmpty(t, refuse("california-ecommerce-product-media", "BR"))
	assert.Equal(t, []string{"orders"}, rules.NotCopied("ecommerce", "MX", "california", "origin"))
}

// TestExpiredFlowsAreReported checks the report of make check.
func TestExpiredFlowsAreReported(t *testing.T) {
	rules := loadRules(t)
	require.NoError(t, rules.CheckExpired(time.Now()))
	rules.Flows = []Flow{flow("oregon", "california", "orders", "BR", day(0)), flow("oregon", "origin", "orders", "BR", day(-1))}
	assert.EqualError(t, rules.CheckExpired(time.Now()), "register/residency/residency.yaml: flows[1].until: expired on "+day(-1)+"; renew or remove the flow from oregon to origin")
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
		"a flow from an unknown place":                {"from: origin\n    to: oregon", "from: beijing\n    to: oregon", `flows[0].from: found "beijing"; allowed: brazil, california, india, oregon, singapore, origin`},
		"a flow to an unknown place":                  {"to: oregon", "to: ohio", `flows[0].to: found "ohio"; allowed: brazil, `},
		"a flow that goes nowhere":                    {"from: origin\n    to: oregon", "from: oregon\n    to: oregon", `flows[0].to: found "oregon"; allowed: another place than from`},
		"a flow of an unknown class":                  {"classes: [orders, public-content]", "classes: [order]", `flows[1].classes: found "order"; allowed: account-identity, `},
		"a flow of no class":                          {"classes: [orders, public-content]", "classes: []", `flows[1].classes: found nothing; allowed: at least one`},
		"a flow of an unknown market":                 {"markets: [BR, MX]\n    reason: the users'", "markets: [CN]\n    reason: the users'", `flows[0].markets: found "CN"; allowed: BR, HK, `},
		"a flow without a reason":                     {"reason: the users' data moves to the American site", "reason: data moves", `flows[0].reason: found "data moves"; allowed: the reason, in one line of three words or more`},
		"a flow without a signature":                  {"signedBy: general counsel\n", "signedBy: legal@example.com\n", `flows[0].signedBy: found "legal@example.com"; allowed: a role such as general counsel, never a person`},
		"a flow without a day of the signature":       {`signed: "2014-09-01"`, `signed: "2014-09-31"`, `flows[0].signed: found "2014-09-31"; allowed: a day such as "2014-10-31", not in the future`},
		"a signature in the future":                   {`signed: "2014-09-01"`, `signed: "` + day(2) + `"`, `flows[0].signed: found "` + day(2) + `"; allowed: a day such as "2014-10-31", not in the future`},
		"a flow without an end":                       {"    until: done\n  - from: origin\n    to: california", "  - from: origin\n    to: california", `flows[0].until: found nothing; allowed: a day from 2014-09-01 to 2015-09-02, 366 days after signed, or done`},
		"a flow of more than a year":                  {"    until: done", "    until: 2015-09-03", `flows[0].until: found "2015-09-03"; allowed: a day from 2014-09-01 to 2015-09-02`},
		"a flow that ends before it begins":           {"    until: done", "    until: 2014-08-31", `flows[0].until: found "2014-08-31"; allowed: a day from`},
		"a flow between sites without a last day":     {"from: origin\n    to: california", "from: oregon\n    to: california", `flows[1].until: found "done"; allowed: a day from 2014-09-01 to 2015-09-02, 366 days after signed`},
		"a flow to a site that may not store the data": {"to: oregon", "to: singapore",
			`flows[0]: found "account-identity of BR"; allowed: flows to oregon, california, brazil (LGPD art. 33, ANPD Resolution 19/2024)`},
		"a flow to the origin that the law forbids": {"from: origin\n    to: singapore", "from: singapore\n    to: origin",
			`flows[2]: found "orders of TW"; allowed: flows to places outside of CN (PDPA art. 21, order of the NCC of 2012)`},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, row.old)
			_, err := Load([]byte(strings.Replace(good, row.old, row.changed, 1)), loadRegister(t), time.Now())
			require.ErrorContains(t, err, row.message)
			assert.Contains(t, fmt.Sprint(err), Path)
		})
	}
	_, err := Load([]byte(strings.Replace(good, "from: origin\n    to: california\n    classes: [orders, public-content]\n    markets: [BR, MX]\n    reason: the customers' orders move to the American shop\n    signedBy: general counsel\n    signed: \"2014-09-01\"\n    until: done",
		"from: california\n    to: origin\n    classes: [orders, public-content]\n    markets: [BR, MX]\n    reason: the shop needs a way back\n    signedBy: general counsel\n    signed: 2014-09-01\n    until: 2015-09-02", 1)), loadRegister(t), time.Now())
	require.NoError(t, err, "a flow to the origin, which has expired")
	reg := loadRegister(t)
	brazil := reg.Markets["BR"]
	brazil.Law.NeverTo = []string{"BR"}
	reg.Markets["BR"] = brazil
	_, err = Load(file, reg, time.Now())
	require.ErrorContains(t, err, `markets.BR.sites: found "brazil"; allowed: sites outside of BR (LGPD`)
}

// TestAStackWithoutMarketsMovesNoData checks the stack global, which serves no market: it must
// not become the way around the rules of a site.
func TestAStackWithoutMarketsMovesNoData(t *testing.T) {
	rules := loadRules(t)
	for _, resource := range []string{"global-copies", "global-cdn-photos", "oregon-mi-cloud"} {
		for _, site := range rules.Sites {
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
