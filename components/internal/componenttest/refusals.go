package componenttest

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

// Refusal is a component with wrong arguments.
type Refusal struct {
	Create func(ctx *pulumi.Context) error
	// Messages are parts of the error.
	Messages []string
}

// Refusals checks that each component reports every wrong argument in one error, before it
// registers any resource.
func Refusals(t *testing.T, refusals map[string]Refusal) {
	t.Helper()
	for name, row := range refusals {
		t.Run(name, func(t *testing.T) {
			err := pulumi.RunErr(row.Create, pulumi.WithMocks("multisite", "test", none{t}))
			for _, message := range row.Messages {
				assert.ErrorContains(t, err, message)
			}
		})
	}
}

// none fails a test in which a component registers a resource.
type none struct{ t *testing.T }

func (n none) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	assert.Fail(n.t, "registered", args.Name)
	return "", nil, nil
}

func (none) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }
