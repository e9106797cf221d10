package provider

import (
	"context"
	"encoding/json"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"multisite/localdc/driver"
)

// Check names all that is wrong at once, and fills in what follows from the
// provider's configuration. The engine then sees a change of that as a change of
// the resource.
func (c *controller[A, S, PA, PS]) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[A], error) {
	inputs, own := req.NewInputs, []p.CheckFailure(nil)
	for key, value := range c.filled(inputs) {
		if given := inputs.Get(key); !given.IsNull() && !given.Equals(value) {
			own = append(own, failure(key, given, "none, since the provider's configuration decides"))
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

// broken lists the rules that inputs break. What is not known yet breaks none.
func broken(rules []driver.Rule, inputs property.Map) []p.CheckFailure {
	var failures []p.CheckFailure
	for _, r := range rules {
		if found := inputs.Get(r.Property); !r.OK && !found.IsComputed() {
			failures = append(failures, failure(r.Property, found.WithSecret(r.Secret || found.Secret()), r.Accepted))
		}
	}
	return failures
}

// failure says what was found, unless it is a secret, and what is allowed.
func failure(key string, found property.Value, allowed string) p.CheckFailure {
	return p.CheckFailure{Property: key, Reason: fmt.Sprintf("found %s; allowed: %s", text(found), allowed)}
}

func text(v property.Value) string {
	switch encoded, err := json.Marshal(resource.ToResourcePropertyValue(v).Mappable()); {
	case v.IsNull():
		return "nothing"
	case v.IsComputed():
		return "what is not known yet"
	case v.Secret() || err != nil:
		return "a secret"
	default:
		return string(encoded)
	}
}
