// Command accounts runs the program with a register that names accounts. The environment
// variable ACCOUNTS holds the account numbers by stack, as JSON.
package main

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/register"
	"example.com/multisite/register/residency"
	"example.com/multisite/stacks"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		rules, err := residency.Default()
		if err != nil {
			return err
		}
		accounts := map[string]string{}
		if err := json.Unmarshal([]byte(os.Getenv("ACCOUNTS")), &accounts); err != nil {
			return err
		}
		reg := rules.Register
		reg.Global.Account = accounts[register.GlobalStack]
		for name, site := range reg.Sites {
			site.Account = accounts[name]
			reg.Sites[name] = site
		}
		return stacks.RunIn(ctx, rules)
	})
}
