// Command accounts is the program with a register that names accounts, as the JSON in the
// variable ACCOUNTS has them by stack.
package main

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"multisite/stacks"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		placement, err := stacks.DefaultPlacement()
		if err != nil {
			return err
		}
		accounts := map[string]string{}
		if err := json.Unmarshal([]byte(os.Getenv("ACCOUNTS")), &accounts); err != nil {
			return err
		}
		register := placement.Register
		register.Global.Account = accounts[stacks.GlobalStack]
		for name, site := range register.Sites {
			site.Account = accounts[name]
			register.Sites[name] = site
		}
		return stacks.RunIn(ctx, placement)
	})
}
