// Package localdc declares the resources of the localdc plugin, which this
// repository holds too. The plugin checks the arguments, in previews as well.
package localdc

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// source is what the engine says of where a missing plugin would come from. The
// scheme is none that it knows, so that it says so at once, and never fetches
// a plugin of this name from elsewhere.
const source = "run-make-plugin://localdc"

// Provider is one site's facility, through one driver.
type Provider struct{ pulumi.ProviderResourceState }

// ProviderArgs describe a Provider.
type ProviderArgs struct {
	// Driver is the name of the driver, such as placeholder.
	Driver string
	// Site is the site's name, and part of every resource's ID.
	Site string
	// Domain is what endpoints are under, as NAME.KIND.SITE.DOMAIN.
	Domain string
	// Facility and City are where the halls are, in the partner's words.
	Facility, City string
	// Settings are the driver's own. They are kept as secrets.
	Settings pulumi.StringMapInput
}

// NewProvider creates a provider for resources to name explicitly. It is served by
// the plugin that `make plugin` builds.
func NewProvider(ctx *pulumi.Context, name string, args *ProviderArgs, opts ...pulumi.ResourceOption) (*Provider, error) {
	p := &Provider{}
	inputs := pulumi.Map{
		"driver":   pulumi.String(args.Driver),
		"site":     pulumi.String(args.Site),
		"domain":   pulumi.String(args.Domain),
		"facility": pulumi.String(args.Facility),
		"city":     pulumi.String(args.City),
	}
	if args.Settings != nil {
		inputs["settings"] = pulumi.ToSecret(args.Settings)
	}
	return p, ctx.RegisterResource("pulumi:providers:localdc", name, inputs, p, append(opts, pulumi.PluginDownloadURL(source))...)
}

// Resource is what all resources of a facility put out.
type Resource struct {
	pulumi.CustomResourceState

	// Endpoint is where the resource answers once it serves.
	Endpoint pulumi.StringOutput `pulumi:"endpoint"`
	// Status is planned, or active once the resource exists.
	Status pulumi.StringOutput `pulumi:"status"`
	// Serving is whether the endpoint answers.
	Serving pulumi.BoolOutput `pulumi:"serving"`
	// Driver is the one that has the resource.
	Driver pulumi.StringOutput `pulumi:"driver"`
	// Handle is the partner's name for the resource, empty if it has none.
	Handle pulumi.StringOutput `pulumi:"handle"`
}

func register(ctx *pulumi.Context, kind, name string, inputs pulumi.Map, allowDeletion bool, opts []pulumi.ResourceOption) (*Resource, error) {
	r := &Resource{}
	inputs["name"] = pulumi.String(name)
	inputs["deletionProtection"] = pulumi.Bool(!allowDeletion)
	// A new one has the ID of the old one, which must be gone by then.
	opts = append(slices.Clone(opts), pulumi.DeleteBeforeReplace(true))
	return r, ctx.RegisterResource("localdc:index:"+kind, name, inputs, r, opts...)
}

// NetworkArgs describe a network.
type NetworkArgs struct {
	// CidrBlock is the network's private IPv4 block, /16 to /22.
	CidrBlock string
	// Halls is how many rooms with power and cooling of their own it spans, 2 to 8.
	Halls int
	// Uplinks is how many carriers connect it to the internet, 2 to 8.
	Uplinks int
	// AllowDeletion lifts the protection against deletion.
	AllowDeletion bool
}

// NewNetwork declares a private network.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Resource, error) {
	return register(ctx, "Network", name, pulumi.Map{
		"cidrBlock": pulumi.String(args.CidrBlock),
		"halls":     pulumi.Int(args.Halls),
		"uplinks":   pulumi.Int(args.Uplinks),
	}, args.AllowDeletion, opts)
}

// KeyArgs describe a key.
type KeyArgs struct {
	// Purpose says what the key encrypts.
	Purpose string
	// RotationDays is the time between rotations, 90 to 365.
	RotationDays int
	// AllowDeletion lifts the protection against deletion.
	AllowDeletion bool
}

// NewKey declares an encryption key.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Resource, error) {
	return register(ctx, "Key", name, pulumi.Map{
		"purpose":      pulumi.String(args.Purpose),
		"rotationDays": pulumi.Int(args.RotationDays),
	}, args.AllowDeletion, opts)
}

// DatabaseArgs describe a PostgreSQL database.
type DatabaseArgs struct {
	// EngineVersion is the major version, 15 to 17.
	EngineVersion string
	// DatabaseName is the name of the first database, and Username that of its owner.
	DatabaseName, Username string
	// Password is the owner's, 16 to 128 printable ASCII characters. It is kept as a secret.
	Password pulumi.StringInput
	// VCPUs and MemoryGiB are the size of each server.
	VCPUs, MemoryGiB int
	// StorageGiB is what the database starts with, 20 to 65536 GiB.
	StorageGiB int
	// MaxStorageGiB is how far it may grow by itself, at least a tenth above StorageGiB.
	MaxStorageGiB int
	// Copies is how many servers have all of the data, each in a hall of its own, 2 to 8.
	Copies int
	// BackupRetentionDays is 7 to 35.
	BackupRetentionDays int
	// NetworkID and KeyID are the IDs of a network and a key of the site.
	NetworkID, KeyID pulumi.StringInput
	// AllowDeletion lifts the protection against deletion.
	AllowDeletion bool
}

// NewDatabase declares a database, which refuses connections without TLS.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Resource, error) {
	return register(ctx, "Database", name, pulumi.Map{
		"engine":              pulumi.String("postgres"),
		"engineVersion":       pulumi.String(args.EngineVersion),
		"databaseName":        pulumi.String(args.DatabaseName),
		"username":            pulumi.String(args.Username),
		"password":            pulumi.ToSecret(args.Password),
		"vcpus":               pulumi.Int(args.VCPUs),
		"memoryGiB":           pulumi.Int(args.MemoryGiB),
		"storageGiB":          pulumi.Int(args.StorageGiB),
		"maxStorageGiB":       pulumi.Int(args.MaxStorageGiB),
		"copies":              pulumi.Int(args.Copies),
		"backupRetentionDays": pulumi.Int(args.BackupRetentionDays),
		"network":             args.NetworkID,
		"key":                 args.KeyID,
		"tlsRequired":         pulumi.Bool(true),
	}, args.AllowDeletion, opts)
}

// ObjectStoreArgs describe an object store.
type ObjectStoreArgs struct {
	// CapacityTiB is 1 to 10240.
	CapacityTiB int
	// KeyID is the ID of a key of the site.
	KeyID pulumi.StringInput
	// TLSMinVersion is 1.2 or 1.3.
	TLSMinVersion string
	// AllowDeletion lifts the protection against deletion.
	AllowDeletion bool
}

// NewObjectStore declares a private, encrypted, versioned store.
func NewObjectStore(ctx *pulumi.Context, name string, args *ObjectStoreArgs, opts ...pulumi.ResourceOption) (*Resource, error) {
	return register(ctx, "ObjectStore", name, pulumi.Map{
		"capacityTiB":   pulumi.Int(args.CapacityTiB),
		"versioning":    pulumi.Bool(true),
		"key":           args.KeyID,
		"tlsMinVersion": pulumi.String(args.TLSMinVersion),
	}, args.AllowDeletion, opts)
}

// EdgeCacheArgs describe an edge cache.
type EdgeCacheArgs struct {
	// OriginID is the ID of the object store that it serves.
	OriginID pulumi.StringInput
	// CapacityGbps is 1 to 1000.
	CapacityGbps int
	// TLSMinVersion is 1.2 or 1.3.
	TLSMinVersion string
	// AllowDeletion lifts the protection against deletion.
	AllowDeletion bool
}

// NewEdgeCache declares a cache near the site's users.
func NewEdgeCache(ctx *pulumi.Context, name string, args *EdgeCacheArgs, opts ...pulumi.ResourceOption) (*Resource, error) {
	return register(ctx, "EdgeCache", name, pulumi.Map{
		"origin":        args.OriginID,
		"capacityGbps":  pulumi.Int(args.CapacityGbps),
		"tlsMinVersion": pulumi.String(args.TLSMinVersion),
	}, args.AllowDeletion, opts)
}

// Capabilities is what a site's driver lacks.
type Capabilities struct {
	// Driver is the name of the driver.
	Driver string `pulumi:"driver" json:"driver"`
	// Gaps are sorted by capability.
	Gaps []Gap `pulumi:"gaps" json:"gaps"`
}

// Gap is a capability of the AWS sites that a driver lacks.
type Gap struct {
	Capability string `pulumi:"capability" json:"capability"`
	// AWS is what the AWS sites have.
	AWS string `pulumi:"aws" json:"aws"`
	// Remark says what follows, or what is done instead.
	Remark string `pulumi:"remark" json:"remark"`
}

// GetCapabilities asks a provider what its driver lacks. That works in previews, and without a network.
func GetCapabilities(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (*Capabilities, error) {
	result := &Capabilities{}
	return result, ctx.Invoke("localdc:index:capabilities", &struct{}{}, result, opts...)
}
