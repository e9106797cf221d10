package provider

import (
	"context"
	"encoding/json"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"example.com/multisite/localdc/driver"
)

// Check reports all problems at once, and sets driver and endpoint from the provider's
// configuration. If these change, the engine then updates or replaces the resource.
func (c *controller[A, S, PA, PS]) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[A], error) {
	inputs, own := req.NewInputs, []p.CheckFailure(nil)
	for key, value := range c.filled(inputs) {
		if given := inputs.Get(key); !given.IsNull() && !given.Equals(value) {
			own = append(own, failure(key, given, "none: the provider sets it from its configuration"))
		}
		inputs = inputs.Set(key, value)
	}
	args, failures, err := infer.DefaultCheck[A](ctx, inputs)
	own = append(own, broken(PA(&args).Rules(c.config.Site), inputs)...)
	return infer.CheckResponse[A]{Inputs: args, Failures: merge(own, failures)}, err
}

func (c *controller[A, S, PA, PS]) filled(inputs property.Map) map[string]property.Value {
	endpoint := property.New(property.Computed)
	if name := inputs.Get("name"); name.IsString() {
		endpoint = property.New(c.config.Endpoint(PA(new(A)).Kind(), name.AsString()))
	}
	return map[string]property.Value{"driver": property.New(c.config.Driver), "endpoint": endpoint}
}

// broken returns a failure for each rule that the inputs break. Unknown values break none.
func broken(rules []driver.Rule, inputs property.Map) []p.CheckFailure {
	var failures []p.CheckFailure
	for _, r := range rules {
		if found := inputs.Get(r.Property); !r.OK && !found.HasComputed() {
			failures = append(failures, failure(r.Property, found.WithSecret(r.Secret || found.Secret()), r.Accepted))
		}
	}
	return failures
}

// failure returns a failure with the value found, unless it is a secret, and the values
// allowed.
func failure(key string, found property.Value, allowed string) p.CheckFailure {
	return p.CheckFailure{Property: key, Reason: fmt.Sprintf("found %s; allowed: %s", text(found), allowed)}
}

func text(v property.Value) string {
	switch encoded, err := json.Marshal(resource.ToResourcePropertyValue(v).Mappable()); {
	case v.IsNull():
		return "nothing"
	case v.IsComputed():
		return "an unknown value"
	case v.Secret() || err != nil:
		return "a secret"
	default:
		return string(encoded)
	}
}
