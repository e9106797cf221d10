package siteconfig_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// TestHomesAreNotStandIns checks markets whose stand-in serves until their home does.
func TestHomesAreNotStandIns(t *testing.T) {
	_, sites := project(t)
	homes := siteconfig.Homes(sites)
	assert.Equal(t, siteconfig.Home{Site: "india", StandIn: "singapore"}, homes["mi-cloud"]["IN"])
	assert.Equal(t, siteconfig.Home{Site: "brazil", StandIn: "california"}, homes["ecommerce"]["BR"])
	assert.Equal(t, siteconfig.Home{Site: "singapore"}, homes["mi-cloud"]["TW"])
}

// TestEveryMarketHasAHomeOrAReason changes the register and the sites that list a market.
func TestEveryMarketHasAHomeOrAReason(t *testing.T) {
	rules, sites := project(t)
	require.NoError(t, siteconfig.CheckMarkets(sites, rules.Register))
	korea := register.Market{Name: "Korea"}
	rules.Register.Markets["KR"] = korea
	for service := range rules.Register.Services {
		require.ErrorContains(t, siteconfig.CheckMarkets(sites, rules.Register),
			"register/register.yaml: markets.KR: found no site that serves it with "+service+"; allowed: a site that lists it in multisite:services."+service+".markets or publicMarkets, or the reason in markets.KR.unserved."+service)
	}
	korea.Unserved = map[string]string{"cloud-messaging": "not sold there", "mi-account": "not sold there", "mi-cloud": "not sold there"}
	rules.Register.Markets["KR"] = korea
	require.EqualError(t, siteconfig.CheckMarkets(sites, rules.Register), "register/register.yaml: markets.KR: found no site that serves it with ecommerce; "+
		"allowed: a site that lists it in multisite:services.ecommerce.markets or publicMarkets, or the reason in markets.KR.unserved.ecommerce")
	shop := sites["singapore"].Services["ecommerce"]
	shop.PublicMarkets = []string{"KR"}
	sites["singapore"].Services["ecommerce"] = shop
	require.NoError(t, siteconfig.CheckMarkets(sites, rules.Register), "public content alone is enough")
}
