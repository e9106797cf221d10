// Command testplugin is the localdc plugin with an additional driver for tests, folder.
package main

import (
	"fmt"
	"os"

	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/drivers/placeholder"
	"example.com/multisite/localdc/internal/testdriver"
	"example.com/multisite/localdc/provider"
)

func main() {
	drivers := map[string]driver.Open{"placeholder": placeholder.Open, "folder": testdriver.Open}
	if err := provider.Run(drivers, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
