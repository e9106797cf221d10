package register

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestDeadlinesOfTheMove compares the register with the three announced phases of the move.
func TestDeadlinesOfTheMove(t *testing.T) {
	for _, row := range []struct{ service, site, day, name string }{
		{"ecommerce", "california", "2014-10-31", "e-commerce to AWS"},
		{"ecommerce", "singapore", "2014-10-31", "e-commerce to AWS"},
		{"mi-account", "singapore", "2014-12-31", "MIUI services to AWS"},
		{"mi-cloud", "oregon", "2014-12-31", "MIUI services to AWS"},
		{"cloud-messaging", "oregon", "2014-12-31", "MIUI services to AWS"},
		{"ecommerce", "india", "2015-12-31", "local data centres"},
		{"mi-cloud", "brazil", "2015-12-31", "local data centres"},
	} {
		deadline := loadRegister(t).Deadline(row.service, row.site)
		assert.Equal(t, row.day, deadline.Day, "%s in %s", row.service, row.site)
		assert.Equal(t, row.name, deadline.Name, "%s in %s", row.service, row.site)
	}
	assert.Empty(t, loadRegister(t).Deadline("ecommerce", "oregon"), "no deadline lists e-commerce in oregon")
}

func TestLoadRefusesDeadlines(t *testing.T) {
	good := string(file)
	for name, row := range map[string]struct{ old, changed, message string }{
		"a day that does not exist":             {`day: "2014-10-31"`, `day: "2014-10-32"`, `deadlines[0].day: found "2014-10-32"; allowed: a day such as 2014-10-31`},
		"no day":                                {"    day: \"2014-10-31\"\n", "", `deadlines[0].day: found nothing; allowed: a day`},
		"no name":                               {"name: local data centres", "name:", `deadlines[2].name: found nothing; allowed: text`},
		"an unknown service":                    {"services: [ecommerce]", "services: [shop]", `deadlines[0].services: found "shop"; allowed: one of cloud-messaging, ecommerce, mi-account, mi-cloud`},
		"an unknown site":                       {"sites: [india, brazil]", "sites: [india, russia]", `deadlines[2].sites: found "russia"; allowed: one of brazil, `},
		"no sites":                              {"sites: [india, brazil]", "sites: []", `deadlines[2].sites: found nothing; allowed: at least one of brazil, `},
		"two deadlines for a service in a site": {"sites: [india, brazil]", "sites: [india, oregon]", `deadlines[2]: found "mi-account in oregon"; allowed: services and sites that deadlines[1] does not list`},
	} {
		_, err := Load([]byte(strings.Replace(good, row.old, row.changed, 1)))
		assert.ErrorContains(t, err, Path+": "+row.message, name)
	}
}
