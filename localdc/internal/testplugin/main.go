// Command testplugin is the localdc plugin with an additional driver for tests, folder.
package main

import (
	"fmt"
	"os"

	"multisite/localdc/driver"
	"multisite/localdc/internal/testdriver"
	"multisite/localdc/placeholder"
	"multisite/localdc/provider"
)

func main() {
	drivers := map[string]driver.Open{"placeholder": placeholder.Open, "folder": testdriver.Open}
	if err := provider.Run(drivers, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
