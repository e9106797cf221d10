package driver

import "github.com/pulumi/pulumi-go-provider/infer"

// describe adds rules to the provider's schema.
func describe(a infer.Annotator, rules []Rule) {
	for _, r := range rules {
		a.Describe(r.Field, r.Meaning+"; accepted: "+r.Accepted)
		if r.Default != nil {
			a.SetDefault(r.Field, r.Default)
		}
	}
}

// anySite stands for a site's name in the schema.
const anySite = "SITE"

// Annotate adds the rules to the schema.
func (n *Network) Annotate(a infer.Annotator) { describe(a, n.Rules(anySite)) }

// Annotate adds the rules to the schema.
func (k *Key) Annotate(a infer.Annotator) { describe(a, k.Rules(anySite)) }

// Annotate adds the rules to the schema.
func (d *Database) Annotate(a infer.Annotator) { describe(a, d.Rules(anySite)) }

// Annotate adds the rules to the schema.
func (o *ObjectStore) Annotate(a infer.Annotator) { describe(a, o.Rules(anySite)) }

// Annotate adds the rules to the schema.
func (e *EdgeCache) Annotate(a infer.Annotator) { describe(a, e.Rules(anySite)) }

// Annotate adds the rules to the schema.
func (l *LoadBalancer) Annotate(a infer.Annotator) { describe(a, l.Rules(anySite)) }

// Annotate describes the properties in the schema. The rule of a load balancer's services checks
// their values.
func (s *ServedService) Annotate(a infer.Annotator) {
	a.Describe(&s.Name, "name of the service")
	a.Describe(&s.Hostnames, "DNS names that the load balancer answers for the service; its certificate has all of them")
	a.Describe(&s.Port, "TCP port of the targets")
	a.Describe(&s.Protocol, "protocol between load balancer and targets; with https, the load balancer accepts any certificate of a target")
	a.Describe(&s.LivePath, "path of the health check of each target")
}

// Annotate adds the rules to the schema.
func (c *Config) Annotate(a infer.Annotator) {
	describe(a, c.Rules([]string{"the drivers of the plugin"}))
	a.Describe(&c.Settings, "the driver's own settings; see the driver's documentation")
}

// Annotate describes the outputs in the schema.
func (r *Result) Annotate(a infer.Annotator) {
	a.Describe(&r.Status, "planned, or active if the resource exists")
	a.Describe(&r.Serving, "whether the endpoint answers")
	// Ready and Records are properties of load balancers alone: the provider describes them.
	a.Describe(&r.Handle, "the partner's own name for the resource, if it has one")
}
