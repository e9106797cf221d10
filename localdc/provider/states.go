package provider

import (
	"github.com/pulumi/pulumi-go-provider/infer"

	"example.com/multisite/localdc/driver"
)

// state is a resource's record in Pulumi's state: its properties and the driver's Result. S
// is the record and A the properties.
type state[S, A any] interface {
	*S
	Parts() (*A, *driver.Result)
}

type networkState struct {
	driver.Network
	driver.Result
}

type keyState struct {
	driver.Key
	driver.Result
}

type databaseState struct {
	driver.Database
	driver.Result
}

type objectStoreState struct {
	driver.ObjectStore
	driver.Result
}

type edgeCacheState struct {
	driver.EdgeCache
	driver.Result
}

type loadBalancerState struct {
	driver.LoadBalancer
	LoadBalancerResult
}

// LoadBalancerResult is driver.Result with the fields of a load balancer as properties.
type LoadBalancerResult struct {
	Status  driver.Status     `pulumi:"status"`
	Serving bool              `pulumi:"serving"`
	Handle  string            `pulumi:"handle"`
	Ready   []string          `pulumi:"ready"`
	Records map[string]string `pulumi:"records"`
}

// Annotate describes the outputs in the schema.
func (r *LoadBalancerResult) Annotate(a infer.Annotator) {
	(*driver.Result)(r).Annotate(a)
	a.Describe(&r.Ready, "the services that it answers over HTTPS with a valid certificate, sorted")
	a.Describe(&r.Records, "CNAME records, value by name, that prove control of the services' names to the certificate authority")
}

func (s *networkState) Parts() (*driver.Network, *driver.Result)   { return &s.Network, &s.Result }
func (s *keyState) Parts() (*driver.Key, *driver.Result)           { return &s.Key, &s.Result }
func (s *databaseState) Parts() (*driver.Database, *driver.Result) { return &s.Database, &s.Result }
func (s *objectStoreState) Parts() (*driver.ObjectStore, *driver.Result) {
	return &s.ObjectStore, &s.Result
}
func (s *edgeCacheState) Parts() (*driver.EdgeCache, *driver.Result) { return &s.EdgeCache, &s.Result }
func (s *loadBalancerState) Parts() (*driver.LoadBalancer, *driver.Result) {
	return &s.LoadBalancer, (*driver.Result)(&s.LoadBalancerResult)
}
