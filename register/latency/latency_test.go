package latency

import (
	"strings"
	"testing"

	"example.com/multisite/register"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLoadRefuses checks that one error reports all problems of a file.
func TestLoadRefuses(t *testing.T) {
	good := string(file)
	rows := map[string]struct{ old, changed, message string }{
		"a market is missing":             {"  MY:\n", "  RU:\n", `roundTripMs.RU: unknown key; allowed: BR, HK, `},
		"no figure for Beijing":           {"    beijing: {value: 31,", "    peking: {value: 31,", `roundTripMs.HK.beijing: found nothing; allowed: a figure`},
		"no source":                       {"{value: 179, source: azure}", "{value: 179}", `roundTripMs.BR.oregon: found {"Value":179,"Source":"","Assumption":""}; allowed: either a source or an assumption`},
		"a source and an assumption":      {"{value: 74, source: azure}", "{value: 74, source: azure, assumption: guessed}", `roundTripMs.ID.india: found {`},
		"an unknown source":               {"{value: 170, source: azure}", "{value: 170, source: rumour}", `roundTripMs.BR.california.source: found "rumour"; allowed: one of azure, cloudping, `},
		"a round trip of 0":               {"{value: 41, source: azure}", "{value: 0, source: azure}", `roundTripMs.HK.singapore.value: found 0; allowed: a number above 0`},
		"an unknown parameter":            {"lineMbps:", "lineKbps:", `page.lineKbps: unknown key; allowed: accessMs, `},
		"a loss of 100 percent":           {"borderLossPercent: {value: 3,", "borderLossPercent: {value: 100,", `page.borderLossPercent: found 100; allowed: less than 100`},
		"a document as large as the page": {"documentKB: {value: 59,", "documentKB: {value: 1953,", `page.documentKB: found 1953; allowed: less than pageKB, 1953`},
	}
	all := good
	for name, row := range rows {
		require.Equal(t, 1, strings.Count(good, row.old), name)
		all = strings.Replace(all, row.old, row.changed, 1)
	}
	_, err := Load([]byte(all), loadRegister(t))
	require.Error(t, err)
	for name, row := range rows {
		assert.Contains(t, err.Error(), Path+": "+row.message, name)
	}
	_, err = Load([]byte("speed: 1"), loadRegister(t))
	assert.ErrorContains(t, err, Path+": yaml: unmarshal errors:\n  line 1: field speed not found")
}

func loadRegister(t *testing.T) *register.Register {
	t.Helper()
	r, err := register.Default()
	require.NoError(t, err)
	return r
}
