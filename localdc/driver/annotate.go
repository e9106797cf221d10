package driver

import "github.com/pulumi/pulumi-go-provider/infer"

// describe puts rules into the provider's schema.
func describe(a infer.Annotator, rules []Rule) {
	for _, r := range rules {
		a.Describe(r.Field, r.Meaning+"; accepted: "+r.Accepted)
		if r.Default != nil {
			a.SetDefault(r.Field, r.Default)
		}
	}
}

// The schema speaks of any site.
const anySite = "SITE"

// Annotate puts the rules into the schema.
func (n *Network) Annotate(a infer.Annotator) { describe(a, n.Rules(anySite)) }

// Annotate puts the rules into the schema.
func (k *Key) Annotate(a infer.Annotator) { describe(a, k.Rules(anySite)) }

// Annotate puts the rules into the schema.
func (d *Database) Annotate(a infer.Annotator) { describe(a, d.Rules(anySite)) }

// Annotate puts the rules into the schema.
func (o *ObjectStore) Annotate(a infer.Annotator) { describe(a, o.Rules(anySite)) }

// Annotate puts the rules into the schema.
func (e *EdgeCache) Annotate(a infer.Annotator) { describe(a, e.Rules(anySite)) }

// Annotate puts the rules into the schema.
func (c *Config) Annotate(a infer.Annotator) {
	describe(a, c.Rules([]string{"the drivers of the plugin"}))
	a.Describe(&c.Settings, "the driver's own settings, as its documentation says")
}

// Annotate describes the outputs in the schema.
func (r *Result) Annotate(a infer.Annotator) {
	a.Describe(&r.Status, "planned, or active once the resource exists")
	a.Describe(&r.Serving, "whether the endpoint answers")
	a.Describe(&r.Handle, "the partner's own name for the resource, if it has one")
}
