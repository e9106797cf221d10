// Package driver is the contract between the provider and whoever runs a local
// data centre: what a driver is asked for, and what it answers. A partner's
// driver imports this package alone.
package driver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Driver provisions resources in one partner's facility. Each call ends when its
// context does, and then leaves nothing running. Calls for different resources
// come at the same time.
//
// Errors that mean something beside "it failed" are ErrNotFound, ErrTransient and
// Partial. Whatever else fails, the caller does not know whether it took effect,
// and makes the same call again.
type Driver interface {
	// Capabilities says, for every one of AllCapabilities, what the driver has of
	// it. It is asked in previews and without a network.
	Capabilities() map[Capability]Support
	// Create makes what is wanted. The ID is the idempotency key: where it exists,
	// Create brings it to what is wanted and never makes a second one.
	Create(ctx context.Context, id ID, want Spec) (Result, error)
	// Read says what there is, with Partial if that is incomplete, or ErrNotFound.
	// What cannot be read, such as a password, it takes from recorded: what
	// Pulumi's state has, nil if nothing.
	Read(ctx context.Context, id ID, recorded *State) (State, error)
	// Update brings an existing resource to what is wanted, without loss, and
	// finishes one that is incomplete. Nothing there is ErrNotFound.
	Update(ctx context.Context, id ID, want Spec) (Result, error)
	// Delete removes a resource. Nothing there is success.
	Delete(ctx context.Context, id ID) error
}

// Open connects a driver. It is called in previews too, so it changes nothing.
type Open func(Config) (Driver, error)

var (
	// ErrNotFound says that nothing has the ID. A driver that was not answered does not say so.
	ErrNotFound = errors.New("not found")
	// ErrTransient says that the facility is at fault, nothing took effect, and the
	// same call will work later.
	ErrTransient = errors.New("a passing fault of the facility")
)

// Partial says that the resource exists and is incomplete. The Result that comes
// with it is recorded, and the next update finishes the work.
type Partial struct{ Reasons []string }

func (e Partial) Error() string { return "incomplete: " + strings.Join(e.Reasons, "; ") }

// Status is how far a resource has come.
type Status string

const (
	// Planned is asked for, and does not exist: nothing can be lost.
	Planned Status = "planned"
	// Active exists in the facility.
	Active Status = "active"
)

// Result is what a driver says of a resource.
type Result struct {
	Status Status `pulumi:"status"`
	// Serving is whether the endpoint answers. What is planned never serves.
	Serving bool `pulumi:"serving"`
	// Handle is the partner's own name for the resource, if it has one.
	Handle string `pulumi:"handle"`
}

// State is a resource as it is.
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
	// Domain is the company's; a resource's endpoint is NAME.KIND.SITE.DOMAIN.
	Domain string `pulumi:"domain"`
	// Facility and City are where the halls are, in the partner's words.
	Facility string `pulumi:"facility"`
	City     string `pulumi:"city"`
	// Settings are the driver's own, such as the address and token of its API.
	Settings map[string]string `pulumi:"settings,optional" provider:"secret"`
}

// Endpoint is where a resource answers once it serves.
func (c Config) Endpoint(kind Kind, name string) string {
	return strings.Join([]string{name, string(kind), c.Site, c.Domain}, ".")
}

// Kind is a kind of resource, as IDs and endpoints spell it.
type Kind string

// The kinds of resources.
const (
	KindNetwork     Kind = "network"
	KindKey         Kind = "key"
	KindDatabase    Kind = "db"
	KindObjectStore Kind = "objects"
	KindEdgeCache   Kind = "cdn"
)

// Kinds lists all kinds.
var Kinds = []Kind{KindNetwork, KindKey, KindDatabase, KindObjectStore, KindEdgeCache}

// Stateful reports whether a resource of this kind cannot be made anew from its
// properties: data is lost with it.
func (k Kind) Stateful() bool {
	return k == KindKey || k == KindDatabase || k == KindObjectStore
}

// ID names a resource among all sites, for good. It is known before the resource exists.
type ID struct {
	Site string
	Kind Kind
	Name string
}

// String is SITE/KIND/NAME.
func (id ID) String() string { return fmt.Sprintf("%s/%s/%s", id.Site, id.Kind, id.Name) }

// ParseID reads SITE/KIND/NAME.
func ParseID(text string) (ID, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || !label.MatchString(parts[0]) || !slices.Contains(Kinds, Kind(parts[1])) || !label.MatchString(parts[2]) {
		return ID{}, fmt.Errorf("ID: found %q; allowed: SITE/KIND/NAME, such as india/db/mi-account, KIND one of %q", text, Kinds)
	}
	return ID{parts[0], Kind(parts[1]), parts[2]}, nil
}
