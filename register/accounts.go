package register

import (
	"regexp"

	"example.com/multisite/internal/config"
)

// accountNumber is the form of an AWS account's ID.
var accountNumber = regexp.MustCompile(`^\d{12}$`)

// checkAccount demands an account's ID, or none.
func checkAccount(path, account string, p *config.Problems) {
	if account != "" && !accountNumber.MatchString(account) {
		p.Add(path+".account", account, `the 12 digits of an AWS account, such as "123456789012"`)
	}
}

// AccountOf returns the ID of the AWS account that the register has for a stack, or "".
func (r *Register) AccountOf(stack string) string {
	if stack == GlobalStack {
		return r.Global.Account
	}
	return r.Sites[stack].Account
}

// AccountKey is where the register has a stack's account.
func AccountKey(stack string) string {
	if stack == GlobalStack {
		return "global.account"
	}
	return "sites." + stack + ".account"
}
