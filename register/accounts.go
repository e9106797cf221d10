package register

import (
	"regexp"

	"example.com/multisite/internal/config"
)

// AccountOf returns the ID of a stack's AWS account, 12 digits. It is empty for a stack that
// any account may hold.
func (r *Register) AccountOf(stack string) string {
	if stack == GlobalStack {
		return r.Global.Account
	}
	return r.Sites[stack].Account
}

// AccountKey returns the key of the register that holds a stack's account, such as
// sites.oregon.account.
func AccountKey(stack string) string {
	if stack == GlobalStack {
		return "global.account"
	}
	return "sites." + stack + ".account"
}

// accountID matches the ID of an AWS account.
var accountID = regexp.MustCompile(`^\d{12}$`)

// checkAccount reports an account that is neither empty nor the ID of an AWS account.
func checkAccount(path, account string, p *config.Problems) {
	if account != "" && !accountID.MatchString(account) {
		p.Add(path+".account", account, `the 12 digits of an AWS account, such as "123456789012"`)
	}
}
