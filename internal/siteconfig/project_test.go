package siteconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/config"
	"example.com/multisite/register/residency"
)

// TestEverySiteLoads checks the files of this repository together.
func TestEverySiteLoads(t *testing.T) {
	sites, err := LoadAll("../..", loadRules(t))
	require.NoError(t, err)
	assert.Len(t, sites, len(loadRegister(t).Sites))
}

func TestAMarketHasOneHome(t *testing.T) {
	project := func(california string) string {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.oregon.yaml"), []byte(`config: {"multisite:region": us-west-2,
			"multisite:network": {cidrBlock: 10.16.0.0/16, zones: 2}, "multisite:services": {mi-cloud: {markets: [BR]}}}`), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.california.yaml"), []byte(`config: {"multisite:region": us-west-1,
			"multisite:network": {cidrBlock: 10.48.0.0/16, zones: 2}, "multisite:services": {mi-cloud: `+california+`}}`), 0o600))
		return dir
	}
	rules := loadRules(t)
	indonesia := rules.Register.Markets["ID"]
	indonesia.Unserved = map[string]string{"mi-cloud": "not sold there before 2027"}
	rules.Register.Markets["ID"] = indonesia
	for name, row := range map[string]struct{ california, message string }{
		"two homes of a market":                           {`{markets: [BR]}`, `Pulumi.california.yaml: multisite:services.mi-cloud.markets: found "BR"; allowed: markets that oregon does not serve; or oregon as the standIn`},
		"a stand-in":                                      {`{markets: [BR], standIn: oregon}`, ""},
		"a stand-in without the service":                  {`{markets: [BR], standIn: singapore}`, `standIn: found "singapore"; allowed: a site that serves BR with mi-cloud`},
		"a stand-in without the market":                   {`{markets: [MX], standIn: oregon}`, `Pulumi.california.yaml: multisite:services.mi-cloud.standIn: found "oregon"; allowed: a site that serves MX with mi-cloud`},
		"different markets":                               {`{markets: [MX]}`, ""},
		"public content of another site":                  {`{markets: [MX], publicMarkets: [BR]}`, `Pulumi.california.yaml: multisite:services.mi-cloud.publicMarkets: found "BR"; allowed: markets that oregon does not serve`},
		"public content of a market that the site serves": {`{markets: [BR], standIn: oregon, publicMarkets: [BR]}`, `multisite:services.mi-cloud.publicMarkets: found "BR"; allowed: markets that multisite:services.mi-cloud.markets does not list`},
		"public content that the service lacks":           {`{markets: [MX], publicMarkets: [HK]}`, `multisite:services.mi-cloud.publicMarkets: found ["HK"]; allowed: none, since mi-cloud has no public content`},
		"an unserved market":                              {`{markets: [ID]}`, `Pulumi.california.yaml: multisite:services.mi-cloud.markets: found "ID"; allowed: markets that register/register.yaml does not list as unserved: not sold there before 2027`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := LoadAll(project(row.california), rules)
			if row.message == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, row.message)
			}
		})
	}
}

// TestEncryptedSecretsAreText checks that a secret of another stack is read as its ciphertext.
func TestEncryptedSecretsAreText(t *testing.T) {
	data, err := os.ReadFile("../../Pulumi.india.yaml")
	require.NoError(t, err)
	dir := t.TempDir()
	file := strings.NewReplacer("driver: placeholder", "driver: folder\n    settings: {token: {secure: 'v1:abc'}}", "standIn", "#").Replace(string(data))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.india.yaml"), []byte(file), 0o600))
	sites, err := LoadAll(dir, loadRules(t))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"token": "v1:abc"}, sites["india"].Local.Partner.Settings)
}

// TestAGivenSiteReplacesItsFile checks a site whose configuration does not come from its file.
func TestAGivenSiteReplacesItsFile(t *testing.T) {
	raw := valid()
	raw["multisite:services"] = `{"mi-cloud": {"markets": ["TW"]}}`
	site, err := Load("oregon", raw, loadRules(t))
	require.NoError(t, err)
	_, err = LoadAll("../..", loadRules(t), site)
	assert.ErrorContains(t, err, `residency: Pulumi.oregon.yaml: multisite:services.mi-cloud.markets: found "TW"`)
}

// TestLoadAuthorityRefuses checks a region without an authority.
func TestLoadAuthorityRefuses(t *testing.T) {
	p := &config.Problems{File: "Pulumi.paris.yaml"}
	loadAuthority(config.Node{Path: "multisite:migration", Log: p}, &Site{Region: "eu-west-3"})
	assert.Equal(t, []string{`Pulumi.paris.yaml: multisite:migration: found "eu-west-3"; ` +
		`allowed: regions with an authority in register/authorities.yaml, while a database is copied: ["ap-southeast-1" "us-west-1" "us-west-2"]`}, p.Lines)
}

func loadRules(t *testing.T) *residency.Rules {
	t.Helper()
	rules, err := residency.Default()
	require.NoError(t, err)
	return rules
}
