package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/golden"
	"example.com/multisite/internal/siteconfig"
)

var root, _ = filepath.Abs("../..")

// printed runs a command in the repository's folder and returns its output.
func printed(t *testing.T, c *cobra.Command, args ...string) (string, error) {
	t.Helper()
	t.Chdir(root)
	var out bytes.Buffer
	c.SetArgs(args)
	c.SetOut(&out)
	c.SilenceUsage, c.SilenceErrors = true, true
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

func TestRequest(t *testing.T) {
	for _, stack := range []string{"india", "brazil"} {
		for format, suffix := range map[string]string{"markdown": "md", "json": "json"} {
			t.Run(stack+" "+format, func(t *testing.T) {
				path := filepath.Join(root, "cmd", "sites", "testdata", "rfq-"+stack+"."+suffix)
				got, err := printed(t, newRFQ(), stack, "--format", format)
				require.NoError(t, err)
				golden.Equal(t, path, got)
			})
		}
	}
}

// TestGaps runs the plugin, which contains the drivers.
func TestGaps(t *testing.T) {
	folder, err := engine.LocaldcPlugin()
	require.NoError(t, err)
	plugin := filepath.Join(folder, "pulumi-resource-localdc")
	got, err := printed(t, newGaps(), "brazil", "--plugin", plugin)
	require.NoError(t, err)
	assert.Contains(t, got, "# Capability gaps of the driver placeholder\n")
	assert.Contains(t, got, "| synchronous-replication | RDS Multi-AZ | no partner is signed |\n")

	_, err = driverGaps(plugin, &siteconfig.Site{Local: &siteconfig.Local{Partner: siteconfig.Partner{Driver: "unknown"}}})
	assert.ErrorContains(t, err, `driver: found "unknown"; allowed: one of folder, placeholder`)
}

func TestRequestRefuses(t *testing.T) {
	for _, stack := range []string{"", "oregon", "tokyo"} {
		_, err := printed(t, newRFQ(), stack)
		require.ErrorContains(t, err, `allowed: a site in a local data centre: brazil, india`)
	}
	_, err := printed(t, newRFQ(), "india", "--format", "pdf")
	assert.ErrorContains(t, err, `found "pdf"; allowed: markdown, json`)
}
