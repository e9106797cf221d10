package check

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLawIsLoosenedWithAnEntryAlone replaces text of the law's files, one row per kind of change. A
// change without a report is allowed. With an entry in the history for each report, every change is
// allowed.
func TestLawIsLoosenedWithAnEntryAlone(t *testing.T) {
	const flow = "  - {from: singapore, to: origin, classes: [orders], markets: [SG], reason: the way back, signedBy: head of data protection, signed: 2026-01-01, until: 2026-06-30}\n"
	const asInMain = ", as in origin/main, or a new entry for "
	r := newLawRepository(t)
	for _, row := range []struct{ name, file, old, changed, report string }{
		// Which sites may have a market's data.
		{"a market's data in one more site", law, "TW: {sites: [singapore]", "TW: {sites: [singapore, oregon]", `markets.TW.sites: found singapore, oregon; allowed: singapore`},
		{"a market's data in another site", law, "SG: {sites: [singapore]", "SG: {sites: [india]", `markets.SG.sites: found india; allowed: singapore`},
		{"a market's data in fewer sites", law, "IN: {sites: [singapore, india]", "IN: {sites: [india]", ""},
		{"sites in another order", law, "IN: {sites: [singapore, india]", "IN: {sites: [india, singapore]", ""},
		{"sites that are no list", law, "SG: {sites: [singapore]", "SG: {sites: {singapore: all}", `markets.SG.sites: found {singapore: all}; allowed: singapore`},
		{"a class in one more site", law, "only: {payments: [india]}", "only: {payments: [india, singapore]}", `markets.IN.only.payments: found india, singapore; allowed: india`},
		{"a class that is no longer limited", law, "only: {payments: [india]}, ", "", `markets.IN.only.payments: found nothing; allowed: india`},
		{"one more limited class", law, "only: {payments: [india]}", "only: {payments: [india], orders: [india]}", ""},
		{"a place that is no longer forbidden", reg, ", neverTo: [CN]", "", `markets.TW.law.neverTo: found nothing; allowed: CN`},
		{"one more forbidden place", reg, "neverTo: [CN]", "neverTo: [CN, US]", ""},
		{"a law that forbids a place", reg, "source: planalto.gov.br", "source: planalto.gov.br, neverTo: [CN]", ""},
		{"another reason", law, "reason: the nearest site", "reason: the site that has the service", ""},
		{"a new market", law, "  TW: {", "  KR: {sites: [singapore], reason: the nearest site}\n  TW: {", `markets.KR.sites: found singapore; allowed: nothing`},
		{"a removed market", law, "  SG: {sites: [singapore], reason: in the country}\n", "", `markets.SG: found nothing; allowed: {reason: in the country, sites: [singapore]}`},
		{"mainland China as a market", law, "  SG: {", "  CN: {sites: [oregon], reason: the nearest site}\n  SG: {", `markets.CN.sites: found oregon; allowed: nothing`},
		{"a new site, which may have public content", law, "india]\n", "india, tokyo]\n", `sites.tokyo: found {}; allowed: nothing`},
		{"a removed site", law, "sites: [oregon, singapore, india]", "sites: [oregon, singapore]", ""},
		{"sites in another form", law, "sites: [oregon, singapore, india]", "sites: {oregon: {}, singapore: {}, india: }", ""},
		{"a new site without a value", law, "sites: [oregon, singapore, india]", "sites: {oregon: {}, singapore: {}, india: {}, tokyo: }", `sites.tokyo: found nothing; allowed: nothing`},
		{"a key that the check does not have", law, "TW: {sites", "TW: {alsoIn: [oregon], sites", `markets.TW.alsoIn: found oregon; allowed: nothing`},

		// What the data is.
		{"a class made public", law, "orders: {name: Orders}", "orders: {name: Orders, public: true}", `classes.orders.public: found true; allowed: nothing`},
		{"a class that is no longer public", law, ", public: true", "", ""},
		{"a class that services no longer hold", law, ", everyService: true", "", `classes.backups.everyService: found nothing; allowed: true`},
		{"a class that all services hold", law, "{name: Payment data}", "{name: Payment data, everyService: true}", ""},
		{"another name of a class", law, "name: Orders", "name: Orders and returns", ""},
		{"data of another class", law, "holds: [account-identity]", "holds: [public-content]", `services.mi-account.holds: found public-content; allowed: account-identity`},
		{"data of one more class", law, "holds: [account-identity]", "holds: [account-identity, public-content]", ""},
		{"a bucket's data of a weaker class", law, "invoices: [orders]", "invoices: [public-content]", `services.ecommerce.buckets.invoices: found public-content; allowed: orders`},
		{"a bucket with fewer classes than its service", law, "invoices: [orders]", "invoices: [orders], exports: [public-content]", `services.ecommerce.buckets.exports: found public-content; allowed: orders, public-content`},
		{"a bucket with all classes of its service", law, ", invoices: [orders]", "", ""},
		{"a new service", law, "  ecommerce:", "  mi-music: {holds: [public-content]}\n  ecommerce:", `services.mi-music: found {holds: [public-content]}; allowed: nothing`},

		// What may flow.
		{"a new flow", law, "flows:", "flows:\n  - {from: oregon, to: origin, classes: [orders], markets: [BR], until: 2026-02-28}", `flows.oregon.origin: found {classes: [orders], from: oregon, markets: [BR], to: origin, until: 2026-02-28}; allowed: nothing`},
		{"a flow of one more class", law, "classes: [orders], markets: [SG], reason", "classes: [orders, payments], markets: [SG], reason", `flows.singapore.origin: found {classes: [orders, payments], from: singapore,`},
		{"a flow of one more market", law, "markets: [SG], reason", "markets: [SG, TW], reason", `flows.singapore.origin: found {classes: [orders], from: singapore, markets: [SG, TW],`},
		{"a flow that ends later", law, "until: 2026-06-30", "until: 2026-07-01", `flows.singapore.origin: found {classes: [orders], from: singapore, markets: [SG], reason: the way back, signed: 2026-01-01, signedBy: head of data protection, to: origin, until: 2026-07-01}; allowed: {classes`},
		{"a flow without an end", law, ", until: 2026-06-30", "", `flows.singapore.origin: found {`},
		{"a flow for all classes", law, "classes: [orders], markets: [SG], reason", "markets: [SG], reason", `flows.singapore.origin: found {`},
		{"no flows", law, "flows:\n" + flow, "flows: []\n", ""},
		{"a flow that ends earlier, of fewer markets", law, "markets: [SG], reason: the way back, signedBy: head of data protection, signed: 2026-01-01, until: 2026-06-30", "markets: [], reason: the way back, signedBy: head of law, signed: 2026-01-02, until: 2026-05-31", ""},
		{"another host of the origin", reg, "[db.origin.example.com]", "[db.origin.example.com, db.example.net]", `origin.hosts: found db.origin.example.com, db.example.net; allowed: db.origin.example.com`},
		{"no host of the origin", reg, "[db.origin.example.com]", "[]", ""},
		{"the origin in another country", reg, "origin: {country: CN", "origin: {country: RU", `origin.country: found RU; allowed: CN`},

		// Where sites are.
		{"a site in another region", reg, "region: us-west-2", "region: us-east-2", `sites.oregon.region: found us-east-2; allowed: us-west-2`},
		{"a site in another account", reg, `"222222222222"`, `"333333333333"`, `sites.oregon.account: found 333333333333; allowed: 222222222222`},
		{"a site in any account", reg, `account: "222222222222", `, "", `sites.oregon.account: found nothing; allowed: 222222222222`},
		{"a site whose account is fixed", reg, "region: ap-southeast-1", `region: ap-southeast-1, account: "222222222222"`, ""},
		{"another account of the stack global", reg, `"111111111111"`, `"333333333333"`, `global.account: found 333333333333; allowed: 111111111111`},
		{"a site of another provider", reg, "india: {provider: localdc", "india: {provider: aws", `sites.india.provider: found aws; allowed: localdc`},
		{"a site in another country", reg, "country: IN", "country: CN", `sites.india.country: found CN; allowed: IN`},
		{"a site in another city", reg, "city: Pune", "city: Mumbai", `sites.india.city: found Mumbai; allowed: Pune`},
		{"another name of a service", reg, "name: Mi Account", "name: Account", ""},
		{"another deadline", reg, "deadlines: []", "deadlines: [{name: the move}]", ""},
		{"another block of a site", reg, "10.64.0.0/16", "10.65.0.0/16", ""},
		{"a site again, elsewhere", reg, "  india: {", "  tokyo: {provider: aws, region: ap-northeast-1}\n  india: {", `sites.tokyo: found {provider: aws, region: ap-northeast-1}; allowed: nothing`},
		{"the state of a site in another region", regions, "oregon: us-west-2", "oregon: us-east-1", `oregon: found us-east-1; allowed: us-west-2`},
		{"another driver of a partner", india, "driver: placeholder", "driver: acme", `multisite:partner.driver: found acme; allowed: placeholder`},
		{"another facility", india, "facility: not chosen yet", "facility: Hall 7", `multisite:partner.facility: found Hall 7; allowed: not chosen yet`},
		{"another endpoint of a driver", india, "driver: placeholder", "driver: placeholder\n    settings: {endpoint: api.example.net}", `multisite:partner.settings: found {endpoint: api.example.net}; allowed: nothing`},
		{"another domain of a local site", india, "multisite:country: IN", "multisite:country: IN\n  multisite:domain: example.net", `multisite:domain: found example.net; allowed: nothing`},
		{"another planned day of a partner", india, `plannedDate: "2015-12-31"`, `plannedDate: "2016-12-31"`, ""},
		{"another contact of a partner", india, "contact: head of infrastructure procurement", "contact: head of procurement", ""},

		// Whom the law protects.
		{"another text of a law", reg, "source: law.moj.gov.tw", "source: none", `markets.TW.law.source: found none; allowed: law.moj.gov.tw`},
		{"a market that is served again", reg, "unserved: {mi-account: no site has its licence}, ", "", `markets.BR.unserved.mi-account: found nothing; allowed: no site has its licence`},
		{"one more service that is unserved", reg, "unserved: {", "unserved: {ecommerce: no site has its licence, ", ""},
		{"a market that becomes part of the rest of the world", reg, "  TW: {name", "  KR: {name", `markets.TW: found nothing; allowed: {law: {name: PDPA art. 21, neverTo: [CN], `},
		{"another name of a market", reg, "name: Taiwan", "name: Taiwan and its islands", ""},
		{"another price class", reg, `priceClass: "200"`, "priceClass: All", ""},

		// The files themselves.
		{"a file that is no YAML", law, "classes:", "classes: [", `the file: found a file that cannot be compared; allowed: a file`},
	} {
		t.Run(row.name, func(t *testing.T) {
			defer r.replace(row.file, row.old, row.changed)()
			lines := r.check()
			if row.report == "" {
				assert.Empty(t, lines)
				return
			}
			require.Len(t, lines, 1)
			assert.True(t, strings.HasPrefix(lines[0], row.file+": "+row.report), lines[0])
			_, entry, found := strings.Cut(lines[0], asInMain)
			require.True(t, found, lines[0])
			key := strings.TrimSuffix(strings.Trim(entry, `"`), `" in `+history)
			defer r.replace(history, "entries: []", `entries: [{key: "`+key+`", role: head of data protection, day: "2026-01-31", reason: the authority allows it}]`)()
			assert.Empty(t, r.check())
		})
	}
	t.Run("the deleted file", func(t *testing.T) {
		defer r.replace(law, "", "")()
		require.NoError(t, os.Remove(r.path(law)))
		assert.Equal(t, []string{law + `: the file: found nothing; allowed: the file, as in origin/main, or a new entry for "register/residency/residency.yaml" in register/history.yaml`}, r.check())
	})
	t.Run("another city of a partner, which the register fixes", func(t *testing.T) {
		partner := func(city string) []byte {
			return []byte("config: {multisite:provider: localdc, multisite:partner: {driver: acme, city: " + city + "}}")
		}
		assert.Empty(t, compareFile(stackFile(india), partner("Pune"), partner("Mumbai")))
	})
	t.Run("several changes at once", func(t *testing.T) {
		defer r.replace(law, "SG: {sites: [singapore]", "SG: {sites: [oregon]")()
		defer r.replace(reg, "region: us-west-2", "region: us-east-2")()
		assert.Equal(t, []string{
			law + `: markets.SG.sites: found oregon; allowed: singapore, as in origin/main, or a new entry for "markets.SG.sites" in register/history.yaml`,
			reg + `: sites.oregon.region: found us-east-2; allowed: us-west-2, as in origin/main, or a new entry for "sites.oregon.region" in register/history.yaml`,
		}, r.check())
	})
}

// TestBaseWithAnotherLayout checks files that origin/main does not have, or has in another form.
func TestBaseWithAnotherLayout(t *testing.T) {
	r := newLawRepository(t)
	restore := r.replace(law, "classes:\n", "classes: public\nformer:\n")
	require.NoError(t, os.Remove(r.path(history)))
	require.NoError(t, os.Remove(r.path(reg)))
	r.commit()
	restore()
	r.write(history, "entries: []\n")
	r.write(reg, "sites: {}\n")
	lines := r.check()
	require.Len(t, lines, 2)
	assert.Contains(t, lines[0], law+": classes: found {account-identity: {name: Account identity}, ")
	assert.Contains(t, lines[0], `; allowed: public, as in origin/main, or a new entry for "classes" in register/history.yaml`)
	assert.Contains(t, lines[1], law+": former: found nothing; allowed: {account-identity: ")
}

// TestFirstOriginNeedsAnEntryForItsHosts adds the origin to a register without one: only its hosts need an entry.
func TestFirstOriginNeedsAnEntryForItsHosts(t *testing.T) {
	r := newLawRepository(t)
	restore := r.replace(reg, "origin: {country: CN, hosts: [db.origin.example.com]}\n", "")
	r.commit()
	restore()
	assert.Equal(t, []string{
		reg + `: origin.hosts: found db.origin.example.com; allowed: nothing, as in origin/main, or a new entry for "origin.hosts" in register/history.yaml`,
	}, r.check())
}

// TestCommand runs the command in a repository whose law was loosened.
func TestCommand(t *testing.T) {
	r := newLawRepository(t)
	r.replace(law, "SG: {sites: [singapore]", "SG: {sites: [oregon]")
	t.Chdir(r.dir)
	var out bytes.Buffer
	command := Command()
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetArgs(nil)
	err := command.Execute()
	require.EqualError(t, errors.Join(err), law+`: markets.SG.sites: found oregon; allowed: singapore, as in origin/main, or a new entry for "markets.SG.sites" in register/history.yaml`)
}
