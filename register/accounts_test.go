package register

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLoadRefusesAccounts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("register.yaml")
	require.NoError(t, err)
	for account, refused := range map[string]bool{`"123456789012"`: false, `""`: false, `"12345678901"`: true, "oregon": true} {
		text := strings.Replace(string(data), "  oregon: {", "  oregon: {account: "+account+", ", 1)
		text = strings.Replace(text, "  singapore: {", "  singapore: {account: "+account+", ", 1) // sites may share an account
		_, err := Load([]byte("global: {account: " + account + "}\n" + text))
		if !refused {
			require.NoError(t, err)
			continue
		}
		for _, key := range []string{"global", "sites.oregon", "sites.singapore"} {
			assert.ErrorContains(t, err, "register/register.yaml: "+key+".account: found "+`"`+strings.Trim(account, `"`)+`"; allowed: the 12 digits of an AWS account`)
		}
	}
}
