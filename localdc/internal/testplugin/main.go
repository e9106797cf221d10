// Command testplugin is the localdc plugin with one more driver, folder, for tests.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"

	"multisite/localdc/driver"
	"multisite/localdc/internal/testdriver"
	"multisite/localdc/placeholder"
	"multisite/localdc/provider"
)

func main() {
	served := provider.New(map[string]driver.Open{"placeholder": placeholder.Open, "folder": testdriver.Open})
	if err := p.RunProvider(context.Background(), provider.Name, provider.Version, served); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
