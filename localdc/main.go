// Command pulumi-resource-localdc is the Pulumi plugin for local data centres.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"

	"multisite/localdc/driver"
	"multisite/localdc/placeholder"
	"multisite/localdc/provider"
)

// drivers are those that a site can name.
var drivers = map[string]driver.Open{
	"placeholder": placeholder.Open,
}

func main() {
	if err := p.RunProvider(context.Background(), provider.Name, provider.Version, provider.New(drivers)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
