package guardrails_test

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/guardrails"
)

// The program of a stack in us-west-2, whose data must stay in that region.
func Example() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		guard, err := guardrails.Watch(ctx, guardrails.Site{
			Name:       "oregon",
			Region:     "us-west-2",
			EdgeRegion: "us-east-1",
			Places:     map[string]string{"us-west-2": "oregon"},
			Tags:       map[string]string{"Site": "oregon"},
			Refuse: func(_, from, to string) string {
				if from == to {
					return ""
				}
				return "flows within oregon"
			},
			Today: time.Now(),
		})
		if err != nil {
			return err
		}
		guard.SetAccount("123456789012")
		// Declare an AWS provider with the tags, and register the stack's resources.
		return guard.Close()
	})
}
