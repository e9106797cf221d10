package provider

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"

	"multisite/localdc/driver"
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
	a.Describe(&f, "What the AWS sites have and the facility's driver lacks, sorted by capability")
}

// Invoke asks nobody outside of the process.
func (f *capabilities) Invoke(context.Context, infer.FunctionRequest[capabilitiesArgs]) (infer.FunctionResponse[capabilitiesResult], error) {
	return infer.FunctionResponse[capabilitiesResult]{
		Output: capabilitiesResult{f.config.Driver, driver.Gaps(f.config.driver)},
	}, nil
}
