package smallsite

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/live/workspace"
	"example.com/multisite/internal/siteconfig"
)

// TestConfigure checks, for every site on AWS, that the program accepts the configuration
// of the small site, and that the configuration sets every option.
func TestConfigure(t *testing.T) {
	for _, site := range []string{"oregon", "singapore", "california"} {
		t.Run(site, func(t *testing.T) {
			config := readYAML(t, "..", "..", "..", "Pulumi."+site+".yaml")["config"].(object)
			r := &workspace.Record{ID: "live-00000000", Site: site, Region: config["multisite:region"].(string), Account: "999988887777", Until: "2026-05-04", Domain: "example.com", Zone: "Z2FDTNDATAQYW2"}
			require.NoError(t, ChooseServices(r, config))
			require.NoError(t, Configure(r, config, NoKey))
			dir := t.TempDir()
			writeYAML(t, object{"config": config}, dir, "Pulumi."+site+".yaml")
			sites, placement, err := siteconfig.LoadProject(dir)
			require.NoError(t, err)
			assert.Equal(t, map[string]string{"LiveRun": "live-00000000", "LiveUntil": "2026-05-04"}, sites[site].Tags)
			if r.Moving != "" {
				require.NoError(t, ConfigureCopy(r, config, authority(t)+authority(t), "origin.beijing.example", []string{"10.16.192.0/22"}, time.Now()))
				child(config, "multisite:migration", "services", r.Moving, "origin", "database")["password"] = object{"secure": "v1:none"}
				writeYAML(t, object{"config": config}, dir, "Pulumi."+site+".yaml")
				_, _, err := siteconfig.LoadProject(dir)
				require.NoError(t, err)
			}

			global := readYAML(t, "..", "..", "..", "Pulumi.global.yaml")
			ConfigureGlobal(r, global["config"].(object))
			writeYAML(t, global, dir, "Pulumi.global.yaml")
			_, err = siteconfig.LoadGlobalFile(dir, placement.Register)
			require.NoError(t, err)

			options := readYAML(t, "..", "..", "engine", "every-option.yaml")
			assert.ElementsMatch(t, []string{
				// A queue subscribes to the topics, and the resources of a test must be deletable.
				"multisite:alarms", "multisite:services.SERVICE.database.deletion", "multisite:services.SERVICE.buckets.NAME.deletion",
			}, missing("", options, config, map[string]string{"SERVICE": r.Home, "NAME": r.Bucket}))
		})
	}
}

func readYAML(t *testing.T, path ...string) object {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	content := object{}
	require.NoError(t, yaml.Unmarshal(data, &content))
	return content
}

func writeYAML(t *testing.T, content object, path ...string) {
	t.Helper()
	data, err := yaml.Marshal(content)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(path...), data, 0o600))
}

// authority returns a self-signed certificate; the bundle of RDS has several.
func authority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// missing returns the paths of options that a configuration does not set. names replaces
// the placeholders in the keys of options.
func missing(path string, options, config object, names map[string]string) []string {
	var list []string
	for key, option := range options {
		name := key
		if given := names[key]; given != "" {
			name = given
		}
		value, set := config[name]
		nested, isObject := option.(object)
		inner, _ := value.(object)
		switch full := strings.TrimPrefix(path+"."+key, "."); {
		case !set:
			list = append(list, full)
		case isObject && key != "errorPages":
			list = append(list, missing(full, nested, inner, names)...)
		}
	}
	return list
}
