package siteconfig

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/components"
)

// TestAStatusLeadsToItsOwnSite checks that the stack global refuses a status parameter that names
// hosts of another place, or records that prove control of other names.
func TestAStatusLeadsToItsOwnSite(t *testing.T) {
	sites, err := LoadAll("../..", loadRules(t))
	require.NoError(t, err)
	const value = "_0a1b2c.mhbtsbpdnt.acm-validations.aws."
	whole := func() Status {
		return Status{
			Host:    "d111111abcdef8.cloudfront.net",
			Entry:   &EntryStatus{Host: "singapore-entry-123.ap-southeast-1.elb.amazonaws.com", ZoneID: "Z1LMS91P8CMLE5", Ready: []string{"ecommerce"}},
			Content: &ContentStatus{Host: "d111111abcdef8.cloudfront.net", ZoneID: "Z2FDTNDATAQYW2"},
			Records: map[string]string{
				"_3f.ecommerce.multisite.example.": value, "_4f.ecommerce.singapore.multisite.example.": value, "_5f.static.singapore.multisite.example.": value,
			},
		}
	}
	require.NoError(t, sites["singapore"].CheckStatus(whole()))
	require.NoError(t, sites["singapore"].CheckStatus(Status{}), "a site that is not up")
	for name, row := range map[string]struct {
		change func(*Status)
		key    string
	}{
		"a CDN elsewhere":                   {func(s *Status) { s.Host = "beijing.example" }, "host"},
		"a load balancer of another region": {func(s *Status) { s.Entry.Host = "x.us-west-2.elb.amazonaws.com" }, "entry.host"},
		"a host outside of AWS":             {func(s *Status) { s.Entry.Host = "beijing.example" }, "entry.host"},
		"a host that ends like one of AWS":  {func(s *Status) { s.Entry.Host = "x.ap-southeast-1xelb.amazonaws.com" }, "entry.host"},
		"no zone":                           {func(s *Status) { s.Entry.ZoneID = "" }, "entry.zoneId"},
		"a service of another site":         {func(s *Status) { s.Entry.Ready = []string{"payments"} }, "entry.ready"},
		"content elsewhere":                 {func(s *Status) { s.Content.Host = "beijing.example" }, "content"},
		"a record of another site's name":   {func(s *Status) { s.Records = map[string]string{"_3f.ecommerce.oregon.multisite.example.": value} }, "records."},
		"a record of a service":             {func(s *Status) { s.Records = map[string]string{"ecommerce.multisite.example.": value} }, "records."},
		"a record of the zone":              {func(s *Status) { s.Records = map[string]string{"_3f.multisite.example.": value} }, "records."},
		"a value of another authority": {func(s *Status) {
			s.Records = map[string]string{"_3f.ecommerce.multisite.example.": "_3f.beijing.example."}
		}, "records."},
		"a second record of a name":  {func(s *Status) { s.Records["_6f.ecommerce.multisite.example."] = value }, "records._6f.ecommerce.multisite.example."},
		"a challenge at an AWS site": {func(s *Status) { s.Records = map[string]string{"_acme-challenge.ecommerce.multisite.example.": value} }, "records."},
	} {
		status := whole()
		row.change(&status)
		assert.ErrorContains(t, sites["singapore"].CheckStatus(status), "the parameter /multisite/sites/singapore: "+row.key, name)
	}
}

// TestTheHostOfAStatusIsTheSites checks which hosts a status parameter may name for services that
// have no load balancer yet, and for public content.
func TestTheHostOfAStatusIsTheSites(t *testing.T) {
	sites, err := LoadAll("../..", loadRules(t))
	require.NoError(t, err)
	sites["oregon"].Cdn.Domain = &components.Domain{Name: "cdn.example.com"}
	for name, row := range map[string]struct {
		site    string
		status  Status
		refused string
	}{
		"a distribution":                    {"singapore", Status{Host: "d111111abcdef8.cloudfront.net"}, ""},
		"the own domain of a distribution":  {"oregon", Status{Host: "cdn.example.com"}, ""},
		"a host like the own domain":        {"oregon", Status{Host: "cdnxexample.com"}, "host"},
		"an endpoint of a local site":       {"india", Status{Host: "content.cdn.india.sites.example.com"}, ""},
		"an endpoint of another local site": {"india", Status{Host: "content.cdn.brazil.sites.example.com"}, "host"},
		"a load balancer of a local site":   {"india", Status{Entry: &EntryStatus{Host: "entry.lb.india.sites.example.com"}}, ""},
		"a load balancer of the next site":  {"india", Status{Entry: &EntryStatus{Host: "entry.lb.brazil.sites.example.com"}}, "entry.host"},
	} {
		err := sites[row.site].CheckStatus(row.status)
		if row.refused == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, "the parameter /multisite/sites/"+row.site+": "+row.refused, name)
		}
	}
}

// TestProofsOfALocalSite checks which records a local site may publish for the certificate authority
// of its partner.
func TestProofsOfALocalSite(t *testing.T) {
	sites, err := LoadAll("../..", loadRules(t))
	require.NoError(t, err)
	const value = "proof.india.sites.example.com"
	for name, row := range map[string]struct {
		record, value string
		allowed       bool
	}{
		"its own name":                   {"_acme-challenge.ecommerce.india.multisite.example", value, true},
		"its own name, by account":       {"_a1._acme-challenge.ecommerce.india.multisite.example", value, true},
		"a shared name, by account":      {"_a1._acme-challenge.ecommerce.multisite.example", value, true},
		"a shared name":                  {"_acme-challenge.ecommerce.multisite.example", value, false},
		"the name of another site":       {"_a1._acme-challenge.ecommerce.brazil.multisite.example", value, false},
		"the name of no service":         {"_a1._acme-challenge.www.multisite.example", value, false},
		"a name that proves nothing":     {"ecommerce.india.multisite.example", value, false},
		"a value at another site":        {"_acme-challenge.ecommerce.india.multisite.example", "proof.brazil.sites.example.com", false},
		"a value outside of the company": {"_acme-challenge.ecommerce.india.multisite.example", "proof.india.example.net", false},
		"a record of ACM":                {"_3f.ecommerce.india.multisite.example", "_0a1b2c.mhbtsbpdnt.acm-validations.aws.", false},
	} {
		err := sites["india"].CheckStatus(Status{Records: map[string]string{row.record: row.value}})
		if row.allowed {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, "the parameter /multisite/sites/india: records."+row.record, name)
		}
	}
}

// TestSitesShareCertificateRecords checks that the record of a name stays as long as any site needs
// it, and that two sites cannot ask for two values of it.
func TestSitesShareCertificateRecords(t *testing.T) {
	sites := map[string]*Site{"oregon": {}, "singapore": {}}
	status := map[string]Status{
		"oregon":    {Records: map[string]string{"_1.a.example.": "_x.acm-validations.aws.", "_2.a.oregon.example.": "_y.acm-validations.aws."}},
		"singapore": {Records: map[string]string{"_1.a.example": "_x.acm-validations.aws"}},
		"ohio":      {Records: map[string]string{"_3.a.example": "_x.acm-validations.aws"}}, // no site of the project
	}
	records, err := CertificateRecords(sites, status)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"_1.a.example": "_x.acm-validations.aws", "_2.a.oregon.example": "_y.acm-validations.aws"}, records)
	delete(status, "oregon")
	records, err = CertificateRecords(sites, status)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"_1.a.example": "_x.acm-validations.aws"}, records)
	status["oregon"] = Status{Records: map[string]string{"_1.a.example.": "_z.acm-validations.aws."}}
	_, err = CertificateRecords(sites, status)
	assert.ErrorContains(t, err, `the parameter /multisite/sites/singapore: records._1.a.example: found "_x.acm-validations.aws"; allowed: _z.acm-validations.aws, as oregon publishes it`)
}
