// Package localdc declares the resources of the Pulumi plugin localdc, whose source is in
// this repository too. The plugin checks the arguments, in previews as well.
package localdc

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/internal/awstypes"
)

// Provider manages the resources of one site's facility, through one driver.
type Provider struct{ pulumi.ProviderResourceState }

// ProviderArgs are the arguments of NewProvider.
type ProviderArgs struct {
	// Driver is the name of the driver, such as placeholder.
	Driver string
	// Site is the site's name, and part of every resource's ID.
	Site string
	// Domain is the parent domain of the endpoints, which are named
	// NAME.KIND.SITE.DOMAIN.
	Domain string
	// Facility and City are the location of the halls, in the partner's words.
	Facility, City string
	// Settings are the settings of the driver. The state stores them as secrets.
	Settings pulumi.StringMapInput
}

// NewProvider creates a provider, which resources must name explicitly. It requires the
// plugin that `make plugin` builds.
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
	return p, ctx.RegisterResource("pulumi:providers:localdc", name, inputs, p, append(opts, pulumi.PluginDownloadURL(awstypes.LocalPluginURL))...)
}

// Resource has the outputs that all resources of a facility share.
type Resource struct {
	pulumi.CustomResourceState

	// Endpoint is the address at which the resource answers while Serving is true.
	Endpoint pulumi.StringOutput `pulumi:"endpoint"`
	// Status is planned, or active once the resource exists.
	Status pulumi.StringOutput `pulumi:"status"`
	// Serving is true if the endpoint answers.
	Serving pulumi.BoolOutput `pulumi:"serving"`
	// Driver is the name of the driver that manages the resource.
	Driver pulumi.StringOutput `pulumi:"driver"`
	// Handle is the partner's name for the resource, empty if it has none.
	Handle pulumi.StringOutput `pulumi:"handle"`
}

func register(ctx *pulumi.Context, kind, name string, inputs pulumi.Map, allowDeletion bool, opts []pulumi.ResourceOption) (*Resource, error) {
	r := &Resource{}
	return r, registerAs(ctx, kind, name, inputs, allowDeletion, opts, r)
}

// registerAs is register for a kind with more outputs than a Resource.
func registerAs(ctx *pulumi.Context, kind, name string, inputs pulumi.Map, allowDeletion bool, opts []pulumi.ResourceOption, r pulumi.CustomResource) error {
	inputs["name"] = pulumi.String(name)
	inputs["deletionProtection"] = pulumi.Bool(!allowDeletion)
	// A replacement has the same ID as the old resource, which must be deleted first.
	opts = append(slices.Clone(opts), pulumi.DeleteBeforeReplace(true))
	return ctx.RegisterResource("localdc:index:"+kind, name, inputs, r, opts...)
}

// NetworkArgs are the arguments of NewNetwork.
type NetworkArgs struct {
	// CidrBlock is the network's private IPv4 block, from /16 to /22.
	CidrBlock string
	// Halls is the number of rooms that the network spans, 2 to 8. Each has separate
	// power and cooling.
	Halls int
	// Uplinks is the number of carriers that connect the network to the internet, 2 to 8.
	Uplinks int
	// AllowDeletion turns off the protection against deletion.
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

// KeyArgs are the arguments of NewKey.
type KeyArgs struct {
	// Purpose names the data that the key encrypts.
	Purpose string
	// RotationDays is the time between rotations, 90 to 365 days.
	RotationDays int
	// AllowDeletion turns off the protection against deletion.
	AllowDeletion bool
}

// NewKey declares an encryption key.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Resource, error) {
	return register(ctx, "Key", name, pulumi.Map{
		"purpose":      pulumi.String(args.Purpose),
		"rotationDays": pulumi.Int(args.RotationDays),
	}, args.AllowDeletion, opts)
}

// DatabaseArgs are the arguments of NewDatabase.
type DatabaseArgs struct {
	// EngineVersion is the major version of PostgreSQL, 15 to 17.
	EngineVersion string
	// DatabaseName is the name of the first database, and Username the name of its owner.
	DatabaseName, Username string
	// Password is the password of the owner, 16 to 128 printable ASCII characters. The
	// state stores it as a secret.
	Password pulumi.StringInput
	// VCPUs and MemoryGiB are the virtual processors and the memory of each server.
	VCPUs, MemoryGiB int
	// StorageGiB is the initial storage, 20 to 65536 GiB.
	StorageGiB int
	// MaxStorageGiB is the size up to which the storage may grow by itself: at least a
	// tenth above StorageGiB.
	MaxStorageGiB int
	// Copies is the number of servers that hold all the data, each in a different hall, 2
	// to 8.
	Copies int
	// BackupRetentionDays is how long backups are kept, 7 to 35 days.
	BackupRetentionDays int
	// NetworkID and KeyID are the IDs of a network and of a key of the site.
	NetworkID, KeyID pulumi.StringInput
	// AllowDeletion turns off the protection against deletion.
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

// ObjectStoreArgs are the arguments of NewObjectStore.
type ObjectStoreArgs struct {
	// CapacityTiB is the capacity, 1 to 10240 TiB.
	CapacityTiB int
	// KeyID is the ID of the key that encrypts the objects.
	KeyID pulumi.StringInput
	// TLSMinVersion is the oldest accepted TLS version, 1.2 or 1.3.
	TLSMinVersion string
	// AllowDeletion turns off the protection against deletion.
	AllowDeletion bool
}

// NewObjectStore declares a private, encrypted, versioned object store.
func NewObjectStore(ctx *pulumi.Context, name string, args *ObjectStoreArgs, opts ...pulumi.ResourceOption) (*Resource, error) {
	return register(ctx, "ObjectStore", name, pulumi.Map{
		"capacityTiB":   pulumi.Int(args.CapacityTiB),
		"versioning":    pulumi.Bool(true),
		"key":           args.KeyID,
		"tlsMinVersion": pulumi.String(args.TLSMinVersion),
	}, args.AllowDeletion, opts)
}

// EdgeCacheArgs are the arguments of NewEdgeCache.
type EdgeCacheArgs struct {
	// OriginID is the ID of the object store whose objects the cache serves.
	OriginID pulumi.StringInput
	// CapacityGbps is the capacity, 1 to 1000 Gbit/s.
	CapacityGbps int
	// TLSMinVersion is the oldest accepted TLS version, 1.2 or 1.3.
	TLSMinVersion string
	// AllowDeletion turns off the protection against deletion.
	AllowDeletion bool
}

// NewEdgeCache declares an edge cache near the site's users.
func NewEdgeCache(ctx *pulumi.Context, name string, args *EdgeCacheArgs, opts ...pulumi.ResourceOption) (*Resource, error) {
	return register(ctx, "EdgeCache", name, pulumi.Map{
		"origin":        args.OriginID,
		"capacityGbps":  pulumi.Int(args.CapacityGbps),
		"tlsMinVersion": pulumi.String(args.TLSMinVersion),
	}, args.AllowDeletion, opts)
}

// Capabilities lists the capability gaps of a site's driver.
type Capabilities struct {
	// Driver is the name of the driver.
	Driver string `pulumi:"driver" json:"driver"`
	// Gaps are the capability gaps, sorted by capability.
	Gaps []Gap `pulumi:"gaps" json:"gaps"`
}

// Gap is a capability of the AWS sites that the driver does not have.
type Gap struct {
	// Capability is the name of the capability.
	Capability string `pulumi:"capability" json:"capability"`
	// AWS describes the capability at the AWS sites.
	AWS string `pulumi:"aws" json:"aws"`
	// Remark describes the consequence, or the substitute.
	Remark string `pulumi:"remark" json:"remark"`
}

// GetCapabilities returns the capability gaps of a provider's driver. It works in
// previews, and without a network.
func GetCapabilities(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (*Capabilities, error) {
	result := &Capabilities{}
	return result, ctx.Invoke("localdc:index:capabilities", &struct{}{}, result, opts...)
}
