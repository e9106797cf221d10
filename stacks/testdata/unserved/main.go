// Command unserved runs the program with a register in which services are unserved in
// markets. The environment variable UNSERVED holds the reasons by market and service, as JSON.
package main

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/register/residency"
	"example.com/multisite/stacks"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		rules, err := residency.Default()
		if err != nil {
			return err
		}
		unserved := map[string]map[string]string{}
		if err := json.Unmarshal([]byte(os.Getenv("UNSERVED")), &unserved); err != nil {
			return err
		}
		for code, reasons := range unserved {
			market := rules.Register.Markets[code]
			market.Unserved = reasons
			rules.Register.Markets[code] = market
		}
		return stacks.RunIn(ctx, rules)
	})
}
