package register

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLoadRefuses(t *testing.T) {
	site := func(fields string) string {
		return `{"sites": {"a": {"provider": "aws", "region": "us-west-2", "cidrBlock": "10.0.0.0/16"}, "b": ` + fields + `}}`
	}
	for name, row := range map[string]struct{ register, message string }{
		"an unknown field":                         {`{"site": {}}`, "field site not found"},
		"an unknown provider":                      {site(`{"provider": "gcp", "region": "us-west-1", "cidrBlock": "10.1.0.0/16"}`), `sites.b.provider: found "gcp"; allowed: aws or localdc`},
		"a region in China":                        {site(`{"provider": "aws", "region": "cn-north-1", "cidrBlock": "10.1.0.0/16"}`), `sites.b.region: found "cn-north-1"; allowed: an AWS region outside of China`},
		"no region":                                {site(`{"provider": "aws", "cidrBlock": "10.1.0.0/16"}`), `sites.b.region: found nothing`},
		"a public block":                           {site(`{"provider": "aws", "region": "us-west-1", "cidrBlock": "52.0.0.0/16"}`), `sites.b.cidrBlock: found "52.0.0.0/16"; allowed: a private IPv4 block`},
		"a block that is too large":                {site(`{"provider": "aws", "region": "us-west-1", "cidrBlock": "10.128.0.0/9"}`), `sites.b.cidrBlock: found "10.128.0.0/9"; allowed: a private IPv4 block from /16 to /22`},
		"a site with a long name":                  {`{"sites": {"a-site-far-too-long": {"provider": "aws", "region": "us-west-1", "cidrBlock": "10.1.0.0/16"}}}`, `sites: found "a-site-far-too-long"; allowed: names of up to 10`},
		"a service whose name begins with a digit": {`{"services": {"2nd-shop": {"name": "Shop"}}}`, `services: found "2nd-shop"; allowed: names of up to 19`},
		"a service named static":                   {`{"services": {"static": {"name": "Static"}}}`, `services: found "static"; allowed: names other than that of public content`},
		"a site named as a service":                {`{"services": {"shop": {"name": "Shop"}}, "sites": {"shop": {"provider": "aws", "region": "us-west-1", "cidrBlock": "10.1.0.0/16"}}}`, `sites: found "shop"; allowed: names that no service has`},
		"blocks that overlap":                      {site(`{"provider": "aws", "region": "us-west-1", "cidrBlock": "10.0.128.0/17"}`), `sites.b.cidrBlock: found "10.0.128.0/17"; allowed: a block apart from a's, 10.0.0.0/16`},
		"a local site in a region":                 {site(`{"provider": "localdc", "region": "ap-south-1", "country": "IN", "cidrBlock": "10.1.0.0/16"}`), `sites.b.region: found "ap-south-1"; allowed: none, since a local data centre has a country`},
		"a local site in no market":                {site(`{"provider": "localdc", "country": "CN", "cidrBlock": "10.1.0.0/16"}`), `sites.b.country: found "CN"; allowed: one of `},
		"a local site without a city":              {site(`{"provider": "localdc", "country": "IN", "cidrBlock": "10.1.0.0/16"}`), `sites.b.city: found nothing; allowed: the city of the data centre`},
		"an AWS site in a city":                    {site(`{"provider": "aws", "region": "us-west-1", "city": "Oakland", "cidrBlock": "10.1.0.0/16"}`), `sites.b.city: found "Oakland"; allowed: none, since an AWS site has a region`},
		"an AWS site in a country":                 {site(`{"provider": "aws", "region": "us-west-1", "country": "US", "cidrBlock": "10.1.0.0/16"}`), `sites.b.country: found "US"; allowed: none, since an AWS site has a region`},
		"a public block of a local site":           {site(`{"provider": "localdc", "country": "IN", "cidrBlock": "49.0.0.0/16"}`), `sites.b.cidrBlock: found "49.0.0.0/16"; allowed: a private IPv4 block`},
		"a local site's block that overlaps":       {site(`{"provider": "localdc", "country": "IN", "cidrBlock": "10.0.0.0/22"}`), `sites.b.cidrBlock: found "10.0.0.0/22"; allowed: a block apart from a's, 10.0.0.0/16`},
		"a market without a law's name":            {`{"markets": {"ID": {"name": "Indonesia", "priceClass": "200", "law": {"source": "Law 27 of 2022"}}}}`, `markets.ID.law.name: found nothing; allowed: text`},
		"mainland China":                           {`{"markets": {"CN": {"name": "China"}}}`, `markets: found "CN"; allowed: ISO 3166 codes other than CN, mainland China, whose users' data stays in Beijing`},
		"a market's code in lower case":            {`{"markets": {"cn": {"name": "China"}}}`, `markets: found "cn"; allowed: ISO 3166 codes`},
		"no rest of the world":                     {`{"markets": {"ID": {"name": "Indonesia"}}}`, `markets: found nothing; allowed: an entry for ZZ, the rest of the world`},
		"a local site in the rest of the world":    {`{"markets": {"IN": {}, "ZZ": {}}, "sites": {"b": {"provider": "localdc", "country": "ZZ", "cidrBlock": "10.1.0.0/16"}}}`, `sites.b.country: found "ZZ"; allowed: one of IN`},
		"a local site in mainland China":           {`{"markets": {"CN": {}, "IN": {}}, "sites": {"b": {"provider": "localdc", "country": "CN", "cidrBlock": "10.1.0.0/16"}}}`, `sites.b.country: found "CN"; allowed: one of IN`},
		"an unserved service without a reason":     {`{"services": {"shop": {}}, "markets": {"ID": {"unserved": {"shop": "later"}}}}`, `markets.ID.unserved.shop: found "later"; allowed: the reason, in one line of three words or more`},
		"an unserved service that is unknown":      {`{"services": {"shop": {}}, "markets": {"ID": {"unserved": {"shops": "not sold there"}}}}`, `markets.ID.unserved.shops: unknown key; allowed: shop`},
		"no origin":                                {`{}`, `origin.country: found nothing; allowed: the ISO 3166 code of a country that is no market`},
		"no host of the origin":                    {`{"origin": {"country": "CN"}}`, `origin.hosts: found nothing; allowed: at least one host name or domain`},
		"a country as the origin's domain":         {`{"origin": {"country": "CN", "hosts": ["cn"]}}`, `origin.hosts: found ["cn"]; allowed: at least one host name or domain`},
		"an origin in a market":                    {`{"origin": {"country": "ID", "hosts": ["beijing.example"]}, "markets": {"ID": {"name": "Indonesia"}}}`, `origin.country: found "ID"; allowed: the ISO 3166 code of a country that is no market`},
		"a site with the origin's name":            {`{"sites": {"origin": {"provider": "aws", "region": "us-west-1", "cidrBlock": "10.1.0.0/16"}}}`, `sites: found "origin"; allowed: names of sites; origin is no site`},
		"a law that forbids a continent":           {`{"markets": {"ID": {"law": {"neverTo": ["Asia"]}}}}`, `markets.ID.law.neverTo[0]: found "Asia"; allowed: the ISO 3166 code of another country, such as CN`},
		"a law that forbids its own country":       {`{"markets": {"ID": {"law": {"neverTo": ["ID"]}}}}`, `markets.ID.law.neverTo[0]: found "ID"`},
		"a market without a price class":           {`{"markets": {"ID": {"name": "Indonesia"}}}`, `markets.ID.priceClass: found nothing; allowed: one of ["100" "200" "All"]`},
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, json.Valid([]byte(row.register)))
			_, err := Load([]byte(row.register))
			assert.ErrorContains(t, err, row.message)
		})
	}
}

func loadRegister(t *testing.T) *Register {
	t.Helper()
	r, err := Default()
	require.NoError(t, err)
	return r
}

// TestOriginHosts checks which hosts the register has for the origin.
func TestOriginHosts(t *testing.T) {
	origin := Origin{Hosts: []string{"beijing.example", "db.shop.example.net"}}
	for host, has := range map[string]bool{
		"beijing.example": true, "db.beijing.example": true, "a.db.beijing.example": true, "db.shop.example.net": true,
		"notbeijing.example": false, "beijing.example.net": false, "shop.example.net": false, "example.net": false, "": false,
	} {
		assert.Equal(t, has, origin.Has(host), host)
	}
}
