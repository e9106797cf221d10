// Package driver is the contract between the provider and the drivers of local data
// centres. A partner's driver imports only this package.
package driver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Driver provisions resources in one partner's facility. Each call must end when its
// context ends, and leave nothing running. Calls for different resources may run at the
// same time.
//
// The errors ErrNotFound, ErrTransient and Partial have the meanings documented with them.
// After any other error it is uncertain whether the call took effect, and the caller repeats
// the call.
type Driver interface {
	// Capabilities returns the driver's support for every capability in AllCapabilities. It
	// is also called in previews, and without a network.
	Capabilities() map[Capability]Support
	// Create creates a resource. The ID is the idempotency key: if a resource with the ID
	// exists, Create updates it to want and never creates a second resource.
	Create(ctx context.Context, id ID, want Spec) (Result, error)
	// Read returns the resource, with the error Partial if it is incomplete, or
	// ErrNotFound. It copies values that cannot be read, such as a password, from recorded,
	// the resource in Pulumi's state, which is nil if the state does not have the resource.
	Read(ctx context.Context, id ID, recorded *State) (State, error)
	// Update updates an existing resource to want without loss of data, and completes an
	// incomplete resource. It returns ErrNotFound if the resource does not exist.
	Update(ctx context.Context, id ID, want Spec) (Result, error)
	// Delete deletes a resource. It succeeds if the resource does not exist.
	Delete(ctx context.Context, id ID) error
}

// Open connects a driver. It is also called in previews, so it must change nothing.
type Open func(Config) (Driver, error)

var (
	// ErrNotFound means that no resource has the ID. A driver must not return it if the
	// facility did not answer.
	ErrNotFound = errors.New("not found")
	// ErrTransient means that the facility failed, the call had no effect, and the same
	// call will succeed later.
	ErrTransient = errors.New("a temporary failure of the facility")
)

// Partial means that the resource exists and is incomplete. Pulumi records the Result that
// is returned with it, and the next update completes the resource.
type Partial struct{ Reasons []string }

func (e Partial) Error() string { return "incomplete: " + strings.Join(e.Reasons, "; ") }

// Status is the status of a resource.
type Status string

const (
	// Planned means that the resource does not exist yet, so no data can be lost.
	Planned Status = "planned"
	// Active means that the resource exists in the facility.
	Active Status = "active"
)

// Result is a driver's report on a resource.
type Result struct {
	Status Status `pulumi:"status"`
	// Serving is whether the endpoint answers. A planned resource never serves.
	Serving bool `pulumi:"serving"`
	// Handle is the partner's own name for the resource, if it has one.
	Handle string `pulumi:"handle"`

	// The following fields are for load balancers. Other kinds leave them empty.

	// Ready are the services that the load balancer answers over HTTPS, with a valid
	// certificate, under all their names: sorted, and each in Services of the LoadBalancer. A
	// load balancer that does not serve has none.
	Ready []string
	// Records are the values of the CNAME records that prove control of the services' names to
	// the certificate authority (RFC 8555, challenge dns-01), by the name of the record. It is
	// empty if the authority needs none. A value is a host in the site's part of Config.Domain,
	// which answers the TXT queries of the authority. A record's name is
	// _acme-challenge.HOSTNAME or, for a name that other sites answer too, such as
	// SERVICE.DOMAIN, _ACCOUNT._acme-challenge.HOSTNAME: several sites cannot share the first
	// form (https://datatracker.ietf.org/doc/draft-ietf-acme-dns-account-label/). Certificates
	// are renewed with the same records.
	Records map[string]string
}

// State is a resource's current state.
type State struct {
	Spec   Spec
	Result Result
}

// Config is the provider's configuration.
type Config struct {
	// Driver is the name of the driver.
	Driver string `pulumi:"driver"`
	// Site is the site's name, such as india.
	Site string `pulumi:"site"`
	// Domain is the company's domain; a resource's endpoint is NAME.KIND.SITE.DOMAIN.
	Domain string `pulumi:"domain"`
	// Facility and City are the partner's names for the location of the halls.
	Facility string `pulumi:"facility"`
	City     string `pulumi:"city"`
	// Settings are the driver's own settings, such as the address and token of its API.
	Settings map[string]string `pulumi:"settings,optional" provider:"secret"`
}

// Endpoint returns the host name at which a resource serves.
func (c Config) Endpoint(kind Kind, name string) string {
	return strings.Join([]string{name, string(kind), c.Site, c.Domain}, ".")
}

// Kind is a kind of resource, as spelled in IDs and endpoints.
type Kind string

// The kinds of resources.
const (
	KindNetwork     Kind = "network"
	KindKey         Kind = "key"
	KindDatabase    Kind = "db"
	KindObjectStore Kind = "objects"
	KindEdgeCache   Kind = "cdn"
	// KindLoadBalancer is spelled as its abbreviation.
	KindLoadBalancer Kind = "lb"
)

// Kinds lists all kinds.
var Kinds = []Kind{KindNetwork, KindKey, KindDatabase, KindObjectStore, KindEdgeCache, KindLoadBalancer}

// Stateful reports whether a resource of this kind holds data that is lost when the resource
// is deleted.
func (k Kind) Stateful() bool {
	return k == KindKey || k == KindDatabase || k == KindObjectStore
}

// ID identifies a resource across all sites. It never changes, and is known before the
// resource exists.
type ID struct {
	Site string
	Kind Kind
	Name string
}

// String returns SITE/KIND/NAME.
func (id ID) String() string { return fmt.Sprintf("%s/%s/%s", id.Site, id.Kind, id.Name) }

// TargetPool returns the ID of a service's target pool at the load balancer with this ID:
// SITE/lb/NAME/SERVICE. Like the ID, it never changes, and is known before the pool exists.
func (id ID) TargetPool(service string) string { return id.String() + "/" + service }

// ParseID parses SITE/KIND/NAME.
func ParseID(text string) (ID, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || !label.MatchString(parts[0]) || !slices.Contains(Kinds, Kind(parts[1])) || !label.MatchString(parts[2]) {
		return ID{}, fmt.Errorf("ID: found %q; allowed: SITE/KIND/NAME, such as india/db/mi-account, KIND one of %q", text, Kinds)
	}
	return ID{parts[0], Kind(parts[1]), parts[2]}, nil
}
