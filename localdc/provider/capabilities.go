package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"

	"example.com/multisite/localdc/driver"
)

// capabilities is the function localdc:index:capabilities.
type capabilities struct{ config *config }

type capabilitiesArgs struct{}

type capabilitiesResult struct {
	Driver string       `pulumi:"driver"`
	Gaps   []driver.Gap `pulumi:"gaps"`
}

// Annotate names and describes the function.
func (f *capabilities) Annotate(a infer.Annotator) {
	a.SetToken("index", "capabilities")
	a.Describe(&f, "Capabilities of the AWS sites that the facility's driver lacks, sorted by name")
}

// Invoke returns the gaps. It makes no calls outside this process.
func (f *capabilities) Invoke(context.Context, infer.FunctionRequest[capabilitiesArgs]) (infer.FunctionResponse[capabilitiesResult], error) {
	return infer.FunctionResponse[capabilitiesResult]{
		Output: capabilitiesResult{f.config.Driver, driver.Gaps(f.config.driver)},
	}, nil
}

// writeGaps reads a provider's configuration and writes the capabilities that its driver
// lacks, both as JSON, for programs that do not run under the Pulumi engine.
func writeGaps(drivers map[string]driver.Open, in io.Reader, out io.Writer) error {
	var c driver.Config
	if err := json.NewDecoder(in).Decode(&c); err != nil {
		return err
	}
	open, known := drivers[c.Driver]
	if !known {
		return fmt.Errorf("driver: found %q; allowed: one of %s", c.Driver, strings.Join(slices.Sorted(maps.Keys(drivers)), ", "))
	}
	d, err := open(c)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(driver.Gaps(d))
}
