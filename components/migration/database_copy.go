// Package migration holds the component resources that copy data between a site and the
// data centre that the company leaves: AWS DMS for databases, AWS DataSync for objects. Delete it
// when the last market has moved; see docs/migration.md.
package migration

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

// Direction is the direction in which data goes between the origin and a site.
type Direction string

const (
	// ToSite copies the origin's data to the site, and then its changes.
	ToSite Direction = "to-site"
	// ToOrigin copies the site's changes to the origin, so that users can return to the
	// origin.
	ToOrigin Direction = "to-origin"
)

// Directions lists the accepted values.
var Directions = []Direction{ToSite, ToOrigin}

// MaxLargeObjectKiB is the largest limit that AWS DMS accepts for the size of one value,
// in KiB.
const MaxLargeObjectKiB = 102400

// DatabaseCopyArgs are the arguments of NewDatabaseCopy.
type DatabaseCopyArgs struct {
	// Origin is the database outside of AWS.
	Origin DatabaseOrigin
	// Database is the site's Database. Its server and its credentials must exist before
	// DMS connects to it.
	Database pulumi.Resource
	// DatabaseName is the name of the site's database.
	DatabaseName string
	// DatabaseSecretARN is the Secrets Manager secret with the credentials of the owner
	// of the site's database.
	DatabaseSecretARN pulumi.StringInput
	// DatabaseCertificates are the PEM certificates of the authorities that may sign the
	// certificate of the site's server, such as the Amazon RDS authority of the region.
	DatabaseCertificates string
	// Markets are the parts of the database that are replicated, by market code, such as
	// IN.
	Markets map[string]MarketCopy
	// WayBack creates the endpoints through which a market can be replicated to the origin, so
	// that their connections can be tested before replication reverses. The direction to-origin
	// requires it.
	WayBack bool
	// MaxLargeObjectKiB is the largest value of a text, JSON or binary column, 1 to
	// 102400 KiB. The task stops at a larger value, and does not truncate it.
	MaxLargeObjectKiB int
	// AccountID is the 12-digit AWS account.
	AccountID string
	// Region is the AWS region, such as us-west-2.
	Region string
	// ReplicationInstance is the DMS replication instance that runs the tasks.
	ReplicationInstance *ReplicationInstance
	// DataKeyARN is the KMS key that encrypts the connection data that DMS stores.
	DataKeyARN pulumi.StringInput
	// SecretsKeyARN is the KMS key that encrypts the secrets with the credentials.
	SecretsKeyARN pulumi.StringInput
	// PermissionsBoundaryARN is the IAM policy that is the permissions boundary of every
	// role of the DatabaseCopy.
	PermissionsBoundaryARN string
	// AlarmTopicARN is the SNS topic that receives the alarms.
	AlarmTopicARN pulumi.StringInput
}

// DatabaseOrigin is a PostgreSQL database outside of AWS, reached over TLS.
type DatabaseOrigin struct {
	// Host is the host name of the server. The server's certificate must contain it.
	Host string
	// Port is the TCP port of the server.
	Port int
	// DatabaseName is the name of the database.
	DatabaseName string
	// Username is a database user with the rights that DMS requires of a source and, once
	// the direction is reversed, of a target.
	Username string
	// Password is the password of Username.
	Password pulumi.StringInput
	// Certificates are the PEM certificates of the authorities that may sign the server's
	// certificate.
	Certificates string
}

// MarketCopy is the part of a database that belongs to one market.
type MarketCopy struct {
	// Schema is the schema that holds the market's tables. The default is the market's
	// code in lower case.
	Schema string
	// Direction is the direction of the replication. The default is to-site.
	Direction Direction
	// ChangesOnly skips the initial load, for databases that already hold the same data.
	// With the direction to-origin, the load is always skipped.
	ChangesOnly bool
}

// DatabaseCopy replicates a service's database between the origin and a site.
type DatabaseCopy struct{ pulumi.ResourceState }

// Forms of the arguments of a DatabaseCopy.
var (
	schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)
	hostName   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
)

// NewDatabaseCopy creates a DMS task for each market, endpoints for each direction, a
// secret with the origin's credentials, a role with which only DMS reads this secret and
// the secret of the site's database, and alarms on lag, on rows that differ and on tasks
// that do not run. A task stops at a row or a value that it cannot replicate, and its
// load never overwrites a row that exists in the target. If a market's direction changes,
// its task is deleted before the new task is created, so that no change returns to the
// database in which it originated. The names of all resources that refer to the origin
// begin with NAME-origin.
func NewDatabaseCopy(ctx *pulumi.Context, name string, args *DatabaseCopyArgs, opts ...pulumi.ResourceOption) (*DatabaseCopy, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	c := &DatabaseCopy{}
	if err := ctx.RegisterComponentResource("multisite:index:DatabaseCopy", name, c, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, c)
	sides, err := p.copySides(a)
	if err != nil {
		return nil, err
	}
	paths, err := p.copyPaths(a, sides)
	if err != nil {
		return nil, err
	}
	for _, market := range ordered.Keys(a.Markets) {
		if err := p.copyTask(a, market, paths[a.Markets[market].Direction]); err != nil {
			return nil, err
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

func (args DatabaseCopyArgs) withDefaults() DatabaseCopyArgs {
	if args.Origin.Port == 0 {
		args.Origin.Port = components.PostgresPort
	}
	if args.MaxLargeObjectKiB == 0 {
		args.MaxLargeObjectKiB = 1024
	}
	args.Markets = maps.Clone(args.Markets)
	for code, market := range args.Markets {
		if market.Schema == "" {
			market.Schema = strings.ToLower(code)
		}
		if market.Direction == "" {
			market.Direction = ToSite
		}
		args.Markets[code] = market
	}
	return args
}

func (args DatabaseCopyArgs) validate(name string) error {
	var p provision.Problems
	p.Check(replicationName.MatchString(name), "name: found %q; allowed: letters, digits and single hyphens, beginning with a letter", name)
	p.Check(hostName.MatchString(args.Origin.Host), "Origin.Host: found %q; allowed: a host name such as db.example.com", args.Origin.Host)
	p.Check(args.Origin.Port >= 1 && args.Origin.Port <= 65535, "Origin.Port: found %d; allowed: 1 to 65535", args.Origin.Port)
	p.Check(args.Origin.DatabaseName != "", "Origin.DatabaseName: found none; allowed: the name of a database")
	p.Check(args.Origin.Username != "", "Origin.Username: found none; allowed: the name of a database user")
	p.Check(args.Origin.Password != nil, "Origin.Password: found none; allowed: the password of Username")
	p.Check(IsPEM(args.Origin.Certificates), "Origin.Certificates: found no certificate; allowed: certificates in PEM form")
	p.Check(args.Database != nil, "Database: found none; allowed: a Database component")
	p.Check(components.DatabaseName.MatchString(args.DatabaseName), "DatabaseName: found %q; allowed: 1 to 63 lower-case letters, digits and underscores, beginning with a letter", args.DatabaseName)
	p.Check(args.DatabaseSecretARN != nil, "DatabaseSecretARN: found none; allowed: the ARN of a Secrets Manager secret")
	p.Check(IsPEM(args.DatabaseCertificates), "DatabaseCertificates: found no certificate; allowed: certificates in PEM form")
	p.Check(len(args.Markets) > 0, "Markets: found none; allowed: at least one market")
	owners := map[string]string{}
	for _, code := range ordered.Keys(args.Markets) {
		market := args.Markets[code]
		p.Check(owners[market.Schema] == "", "Markets[%s].Schema: found %q; allowed: a schema other than that of market %s", code, market.Schema, owners[market.Schema])
		owners[market.Schema] = code
		p.Check(components.Country.MatchString(code), "Markets: found %q; allowed: codes of two capital letters", code)
		p.Check(schemaName.MatchString(market.Schema), "Markets[%s].Schema: found %q; allowed: 1 to 63 lower-case letters, digits and underscores, not beginning with a digit", code, market.Schema)
		p.Check(slices.Contains(Directions, market.Direction), "Markets[%s].Direction: found %q; allowed: one of %q", code, market.Direction, Directions)
		p.Check(args.WayBack || market.Direction != ToOrigin, "Markets[%s].Direction: found %q; allowed: %s without WayBack", code, market.Direction, ToSite)
	}
	p.Check(args.MaxLargeObjectKiB >= 1 && args.MaxLargeObjectKiB <= MaxLargeObjectKiB, "MaxLargeObjectKiB: found %d; allowed: 1 to %d", args.MaxLargeObjectKiB, MaxLargeObjectKiB)
	p.Check(components.AccountID.MatchString(args.AccountID), "AccountID: found %q; allowed: 12 digits", args.AccountID)
	p.Check(regionName.MatchString(args.Region), "Region: found %q; allowed: an AWS region such as us-west-2", args.Region)
	p.Check(args.ReplicationInstance != nil, "ReplicationInstance: found none; allowed: a ReplicationInstance component")
	p.Check(args.DataKeyARN != nil, "DataKeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(args.SecretsKeyARN != nil, "SecretsKeyARN: found none; allowed: the ARN of a KMS key")
	p.CheckBoundary(args.PermissionsBoundaryARN)
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	return p.Err("DatabaseCopy", name)
}
