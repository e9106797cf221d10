// Multisite provisions one site of the platform per stack: pulumi up -s oregon.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/stacks"
)

func main() {
	pulumi.Run(stacks.Run)
}
