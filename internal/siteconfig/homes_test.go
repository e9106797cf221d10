package siteconfig_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/siteconfig"
)

// TestHomesAreNotStandIns checks markets whose stand-in serves until their home does.
func TestHomesAreNotStandIns(t *testing.T) {
	_, sites := project(t)
	homes := siteconfig.Homes(sites)
	assert.Equal(t, siteconfig.Home{Site: "india", StandIn: "singapore"}, homes["mi-cloud"]["IN"])
	assert.Equal(t, siteconfig.Home{Site: "brazil", StandIn: "california"}, homes["ecommerce"]["BR"])
	assert.Equal(t, siteconfig.Home{Site: "singapore"}, homes["mi-cloud"]["TW"])
}
