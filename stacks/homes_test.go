package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"multisite/stacks"
)

// A market's home is the site that it is to have, whoever serves until then.
func TestHomesAreNotStandIns(t *testing.T) {
	_, sites := project(t)
	homes := stacks.Homes(sites)
	assert.Equal(t, stacks.Home{Site: "india", StandIn: "singapore"}, homes["mi-cloud"]["IN"])
	assert.Equal(t, stacks.Home{Site: "brazil", StandIn: "california"}, homes["ecommerce"]["BR"])
	assert.Equal(t, stacks.Home{Site: "singapore"}, homes["mi-cloud"]["TW"])
}
