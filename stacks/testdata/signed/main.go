// Command signed runs the program with a register that has more hosts of the origin and more flows.
// The environment variable SIGNED lists them, as JSON.
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
		var added struct {
			Hosts []string
			Flows []residency.Flow
		}
		if err := json.Unmarshal([]byte(os.Getenv("SIGNED")), &added); err != nil {
			return err
		}
		rules.Register.Origin.Hosts = append(rules.Register.Origin.Hosts, added.Hosts...)
		rules.Flows = append(rules.Flows, added.Flows...)
		return stacks.RunIn(ctx, rules)
	})
}
