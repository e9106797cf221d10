package components

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Direction is which way data goes between the origin and a site.
type Direction string

const (
	// ToSite brings what the origin has to the site, then its changes.
	ToSite Direction = "to-site"
	// ToOrigin takes the site's changes to the origin, which keeps the way back open.
	ToOrigin Direction = "to-origin"
)

// Directions lists the accepted values.
var Directions = []Direction{ToSite, ToOrigin}

// MaxLargeObjectKiB is the most that AWS DMS takes of one value.
const MaxLargeObjectKiB = 102400

// DatabaseCopyArgs describe a DatabaseCopy.
type DatabaseCopyArgs struct {
	// Origin is the database outside of AWS.
	Origin DatabaseOrigin
	// Database is the site's Database, whose server and credentials have to be there before
	// DMS connects to it.
	Database pulumi.Resource
	// DatabaseName is the name of the site's database.
	DatabaseName string
	// DatabaseSecretARN is the Secrets Manager secret with its owner's credentials.
	DatabaseSecretARN pulumi.StringInput
	// DatabaseCertificates are the PEM certificates of the authorities that may sign
	// the site's server, such as the region's own of Amazon RDS.
	DatabaseCertificates string
	// Markets are what is copied, by the markets' codes, such as IN.
	Markets map[string]MarketCopy
	// MaxLargeObjectKiB is the largest value of a text, JSON or binary column, 1 to
	// 102400 KiB. The task stops at a larger one, rather than cut it.
	MaxLargeObjectKiB int
	// AccountID is the 12-digit AWS account.
	AccountID string
	// Region is the AWS region, such as us-west-2.
	Region string
	// ReplicationInstance does the work.
	ReplicationInstance *ReplicationInstance
	// DataKeyARN is the KMS key that encrypts what DMS knows of connections.
	DataKeyARN pulumi.StringInput
	// SecretsKeyARN is the KMS key of the credentials.
	SecretsKeyARN pulumi.StringInput
	// PermissionsBoundaryARN is the IAM policy beyond which no role of the copy has rights.
	PermissionsBoundaryARN string
	// AlarmTopicARN is the SNS topic that alarms tell.
	AlarmTopicARN pulumi.StringInput
}

// DatabaseOrigin is a PostgreSQL database outside of AWS, reached over TLS.
type DatabaseOrigin struct {
	// Host is its name, which its certificate has to bear.
	Host string
	// Port is the TCP port that it answers on.
	Port int
	// DatabaseName is the name of the database.
	DatabaseName string
	// Username is a user with the rights that DMS asks of a source, and of a target when
	// the direction turns.
	Username string
	// Password is that user's.
	Password pulumi.StringInput
	// Certificates are the PEM certificates of the authorities that may sign the server.
	Certificates string
}

// MarketCopy is the part of a database that belongs to one market.
type MarketCopy struct {
	// Schema holds the market's tables, by default the market's code in lower case.
	Schema string
	// Direction is which way the data goes, by default to-site.
	Direction Direction
	// ChangesOnly leaves the load out, for where both sides hold the same already. To
	// the origin, nothing but changes goes in any case.
	ChangesOnly bool
}

// DatabaseCopy keeps a service's database at a site and at the origin in step.
type DatabaseCopy struct{ pulumi.ResourceState }

// What is looked for in the arguments of copies.
var (
	schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)
	hostName   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
)

// NewDatabaseCopy creates a task for each market, endpoints for both directions, a secret
// with the origin's credentials, a role that may read it and the database's for DMS
// alone, and alarms on lag, on rows that differ and on tasks that do not run. A task stops
// at what it cannot copy, and never overwrites a row that a load finds at its target.
// Turning a market's direction ends its task before the next begins, so that no change
// comes back to where it was made. Everything that refers to the origin is named
// NAME-origin.
func NewDatabaseCopy(ctx *pulumi.Context, name string, args *DatabaseCopyArgs, opts ...pulumi.ResourceOption) (*DatabaseCopy, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	c := &DatabaseCopy{}
	if err := ctx.RegisterComponentResource("multisite:index:DatabaseCopy", name, c, opts...); err != nil {
		return nil, err
	}
	p := provisioner{ctx, name, c}
	sides, err := p.copySides(a)
	if err != nil {
		return nil, err
	}
	paths, err := p.copyPaths(a, sides)
	if err != nil {
		return nil, err
	}
	for _, market := range slices.Sorted(maps.Keys(a.Markets)) {
		if err := p.copyTask(a, market, paths[a.Markets[market].Direction]); err != nil {
			return nil, err
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

func (args DatabaseCopyArgs) withDefaults() DatabaseCopyArgs {
	if args.Origin.Port == 0 {
		args.Origin.Port = PostgresPort
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
	var p problems
	p.check(replicationName.MatchString(name), "name: found %q, allowed are letters, digits and single hyphens, a letter first", name)
	p.check(hostName.MatchString(args.Origin.Host), "Origin.Host: found %q, allowed is a host name such as db.example.com", args.Origin.Host)
	p.check(args.Origin.Port >= 1 && args.Origin.Port <= 65535, "Origin.Port: found %d, allowed are 1 to 65535", args.Origin.Port)
	p.check(args.Origin.DatabaseName != "", "Origin.DatabaseName: found none, a value is required")
	p.check(args.Origin.Username != "", "Origin.Username: found none, a value is required")
	p.check(args.Origin.Password != nil, "Origin.Password: found none, a value is required")
	p.check(IsPEM(args.Origin.Certificates), "Origin.Certificates: found no certificate, allowed are certificates in PEM form")
	p.check(args.Database != nil, "Database: found none, a value is required")
	p.check(databaseName.MatchString(args.DatabaseName), "DatabaseName: found %q, allowed are lower-case letters, digits and underscores, a letter first", args.DatabaseName)
	p.check(args.DatabaseSecretARN != nil, "DatabaseSecretARN: found none, a value is required")
	p.check(IsPEM(args.DatabaseCertificates), "DatabaseCertificates: found no certificate, allowed are certificates in PEM form")
	p.check(len(args.Markets) > 0, "Markets: found none, allowed is at least one")
	owners := map[string]string{}
	for _, code := range slices.Sorted(maps.Keys(args.Markets)) {
		market := args.Markets[code]
		p.check(owners[market.Schema] == "", "Markets[%s].Schema: found %q, allowed is another than that of %s", code, market.Schema, owners[market.Schema])
		owners[market.Schema] = code
		p.check(Country.MatchString(code), "Markets: found %q, allowed are codes of two capital letters", code)
		p.check(schemaName.MatchString(market.Schema), "Markets[%s].Schema: found %q, allowed are lower-case letters, digits and underscores, no digit first", code, market.Schema)
		p.check(slices.Contains(Directions, market.Direction), "Markets[%s].Direction: found %q, allowed are %q", code, market.Direction, Directions)
	}
	p.check(args.MaxLargeObjectKiB >= 1 && args.MaxLargeObjectKiB <= MaxLargeObjectKiB, "MaxLargeObjectKiB: found %d, allowed are 1 to %d", args.MaxLargeObjectKiB, MaxLargeObjectKiB)
	p.check(accountID.MatchString(args.AccountID), "AccountID: found %q, allowed are 12 digits", args.AccountID)
	p.check(regionName.MatchString(args.Region), "Region: found %q, allowed is an AWS region such as us-west-2", args.Region)
	p.check(args.ReplicationInstance != nil, "ReplicationInstance: found none, a value is required")
	p.check(args.DataKeyARN != nil, "DataKeyARN: found none, a value is required")
	p.check(args.SecretsKeyARN != nil, "SecretsKeyARN: found none, a value is required")
	p.checkBoundary(args.PermissionsBoundaryARN)
	p.check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none, a value is required")
	return p.err("DatabaseCopy", name)
}
