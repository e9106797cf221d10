// Command pulumi-resource-localdc is the Pulumi plugin for local data centres.
package main

import (
	"fmt"
	"os"

	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/drivers/placeholder"
	"example.com/multisite/localdc/provider"
)

// drivers are the drivers that a site's configuration can name.
var drivers = map[string]driver.Open{
	"placeholder": placeholder.Open,
}

func main() {
	if err := provider.Run(drivers, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
