package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"multisite/internal/engine"
	"multisite/internal/golden"
	"multisite/internal/siteconfig"
)

var root, _ = filepath.Abs("..")

// sheetOf runs the command in the repository's folder.
func sheetOf(t *testing.T, args ...string) (string, error) {
	t.Helper()
	t.Chdir(root)
	var out bytes.Buffer
	err := run(args, &out)
	return out.String(), err
}

func TestSheet(t *testing.T) {
	for _, stack := range []string{"india", "brazil"} {
		for format, suffix := range map[string]string{"markdown": "md", "json": "json"} {
			t.Run(stack+" "+format, func(t *testing.T) {
				path := filepath.Join(root, "sheet", "testdata", stack+"."+suffix)
				got, err := sheetOf(t, "-stack", stack, "-format", format)
				require.NoError(t, err)
				golden.Equal(t, path, got)
			})
		}
	}
}

// TestGaps asks the plugin, which alone knows the drivers.
func TestGaps(t *testing.T) {
	folder, err := engine.LocaldcPlugin()
	require.NoError(t, err)
	plugin := filepath.Join(folder, "pulumi-resource-localdc")
	got, err := sheetOf(t, "-stack", "brazil", "-gaps", plugin)
	require.NoError(t, err)
	assert.Contains(t, got, "# What the driver placeholder lacks\n")
	assert.Contains(t, got, "| synchronous-replication | RDS Multi-AZ | no partner is signed |\n")

	_, err = ask(plugin, &siteconfig.Site{Local: &siteconfig.Local{Partner: siteconfig.Partner{Driver: "nobody"}}})
	assert.ErrorContains(t, err, `driver: found "nobody"; allowed: one of folder, placeholder`)
}

func TestSheetRefuses(t *testing.T) {
	for _, stack := range []string{"", "oregon", "tokyo"} {
		_, err := sheetOf(t, "-stack", stack)
		require.ErrorContains(t, err, `allowed: a site in a local data centre: brazil, india`)
	}
	_, err := sheetOf(t, "-stack", "india", "-format", "pdf")
	assert.ErrorContains(t, err, `-format: found "pdf"; allowed: markdown, json`)
}
