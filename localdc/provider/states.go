package provider

import "example.com/multisite/localdc/driver"

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

func (s *networkState) Parts() (*driver.Network, *driver.Result)   { return &s.Network, &s.Result }
func (s *keyState) Parts() (*driver.Key, *driver.Result)           { return &s.Key, &s.Result }
func (s *databaseState) Parts() (*driver.Database, *driver.Result) { return &s.Database, &s.Result }
func (s *objectStoreState) Parts() (*driver.ObjectStore, *driver.Result) {
	return &s.ObjectStore, &s.Result
}
func (s *edgeCacheState) Parts() (*driver.EdgeCache, *driver.Result) { return &s.EdgeCache, &s.Result }
