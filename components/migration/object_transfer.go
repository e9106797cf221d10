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

// ObjectTransferArgs are the arguments of NewObjectTransfer.
type ObjectTransferArgs struct {
	// Origin is the bucket outside of AWS.
	Origin ObjectOrigin
	// AgentARNs are the AWS DataSync agents that access the origin's bucket. They run at
	// the origin, and are registered in the site's region.
	AgentARNs []string
	// BucketARN is the ARN of the site's bucket.
	BucketARN pulumi.StringInput
	// DataKeyARN is the KMS key that encrypts the objects in the site's bucket.
	DataKeyARN pulumi.StringInput
	// Markets are the parts of the bucket that are transferred, by market code, such as
	// IN.
	Markets map[string]MarketObjects
	// Schedule is when transfers begin, as an AWS cron expression in UTC: at most once an
	// hour. Each transfer lists all objects of the market at both ends, which takes
	// minutes to hours and costs requests
	// (https://docs.aws.amazon.com/datasync/latest/userguide/how-datasync-transfer-works.html).
	Schedule string
	// PermissionsBoundaryARN is the IAM policy that is the permissions boundary of every
	// role of the ObjectTransfer.
	PermissionsBoundaryARN string
	// AccountID is the 12-digit AWS account.
	AccountID string
	// LogGroupARN is the log group of the site's TransferLog.
	LogGroupARN pulumi.StringInput
}

// ObjectOrigin is a bucket of an S3-compatible object store outside of AWS, reached over TLS.
type ObjectOrigin struct {
	// Host is the host name of the store. The store's certificate must contain it.
	Host string
	// Port is the TCP port of the store.
	Port int
	// Bucket is the name of the bucket.
	Bucket string
	// AccessKey is the ID of the access key with which DataSync accesses the bucket.
	AccessKey pulumi.StringInput
	// SecretKey is the secret of the access key.
	SecretKey pulumi.StringInput
	// Certificates are the PEM certificates of the authorities that may sign the store's
	// certificate, at most 32768 bytes. The default is the publicly trusted authorities.
	Certificates string
}

// MarketObjects is the part of a bucket that belongs to one market.
type MarketObjects struct {
	// Prefix is the text before a slash with which the names of the market's objects
	// begin, on both sides. The default is the market's code in lower case.
	Prefix string
	// Direction is the direction of the transfer. The default is to-site.
	Direction Direction
}

// ObjectTransfer transfers a service's objects between a bucket at the origin and a
// bucket at a site.
type ObjectTransfer struct{ pulumi.ResourceState }

// MaxTransferCertificateBytes is the largest size of certificates that DataSync accepts,
// in bytes
// (https://docs.aws.amazon.com/datasync/latest/userguide/API_CreateLocationObjectStorage.html).
const MaxTransferCertificateBytes = 32768

// TransferSchedule matches the schedule of an ObjectTransfer: an AWS cron expression with
// a single minute.
var TransferSchedule = regexp.MustCompile(`^cron\([1-5]?\d [0-9*,/-]+ [0-9*,/?LW-]+ [0-9A-Z*,/-]+ [0-9A-Z*,/?L#-]+ [0-9*,/-]+\)$`)

// AgentARN matches the ARN of a DataSync agent, and objectPrefix matches the prefix of a
// market's objects.
var (
	AgentARN     = regexp.MustCompile(`^arn:aws:datasync:[a-z0-9-]+:\d{12}:agent/agent-[0-9a-z]{17}$`)
	objectPrefix = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$`)
)

// NewObjectTransfer creates an AWS DataSync task for each market, and a role that may use
// only the markets' parts of the bucket, and the bucket's key only for them. A task
// transfers the objects that differ, on a schedule. It verifies the objects that it
// transferred, and deletes no object at its target. The resources that refer to the
// origin are named NAME-origin-MARKET.
func NewObjectTransfer(ctx *pulumi.Context, name string, args *ObjectTransferArgs, opts ...pulumi.ResourceOption) (*ObjectTransfer, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	t := &ObjectTransfer{}
	if err := ctx.RegisterComponentResource("multisite:index:ObjectTransfer", name, t, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, t)
	role, policy, err := p.transferRole(a)
	if err != nil {
		return nil, err
	}
	for _, code := range ordered.Keys(a.Markets) {
		if err := p.transferTask(a, code, role, policy); err != nil {
			return nil, err
		}
	}
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{})
}

func (args ObjectTransferArgs) withDefaults() ObjectTransferArgs {
	if args.Origin.Port == 0 {
		args.Origin.Port = 443
	}
	if args.Schedule == "" {
		args.Schedule = "cron(0 0 * * ? *)"
	}
	args.Markets = maps.Clone(args.Markets)
	for code, market := range args.Markets {
		if market.Prefix == "" {
			market.Prefix = strings.ToLower(code)
		}
		if market.Direction == "" {
			market.Direction = ToSite
		}
		args.Markets[code] = market
	}
	return args
}

func (args ObjectTransferArgs) validate(name string) error {
	var p provision.Problems
	p.Check(hostName.MatchString(args.Origin.Host), "Origin.Host: found %q; allowed: a host name such as objects.example.com", args.Origin.Host)
	p.Check(args.Origin.Port >= 1 && args.Origin.Port <= 65535, "Origin.Port: found %d; allowed: 1 to 65535", args.Origin.Port)
	p.Check(components.BucketName.MatchString(args.Origin.Bucket), "Origin.Bucket: found %q; allowed: a bucket's name", args.Origin.Bucket)
	p.Check(args.Origin.AccessKey != nil, "Origin.AccessKey: found none; allowed: the ID of an access key")
	p.Check(args.Origin.SecretKey != nil, "Origin.SecretKey: found none; allowed: the secret of an access key")
	p.Check(args.Origin.Certificates == "" || IsPEM(args.Origin.Certificates), "Origin.Certificates: found no certificate; allowed: none, or certificates in PEM form")
	p.Check(len(args.Origin.Certificates) <= MaxTransferCertificateBytes, "Origin.Certificates: found %d bytes; allowed: at most %d bytes", len(args.Origin.Certificates), MaxTransferCertificateBytes)
	p.Check(len(args.AgentARNs) > 0, "AgentARNs: found none; allowed: at least one agent")
	for _, agent := range args.AgentARNs {
		p.Check(AgentARN.MatchString(agent), "AgentARNs: found %q; allowed: the ARNs of DataSync agents", agent)
	}
	p.Check(args.BucketARN != nil, "BucketARN: found none; allowed: the ARN of a bucket")
	p.Check(args.DataKeyARN != nil, "DataKeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(len(args.Markets) > 0, "Markets: found none; allowed: at least one market")
	owners := map[string]string{}
	for _, code := range ordered.Keys(args.Markets) {
		market := args.Markets[code]
		p.Check(owners[market.Prefix] == "", "Markets[%s].Prefix: found %q; allowed: a prefix other than that of market %s", code, market.Prefix, owners[market.Prefix])
		owners[market.Prefix] = code
		p.Check(components.Country.MatchString(code), "Markets: found %q; allowed: codes of two capital letters", code)
		p.Check(objectPrefix.MatchString(market.Prefix), "Markets[%s].Prefix: found %q; allowed: lower-case letters, digits, hyphens and underscores, separated by single slashes", code, market.Prefix)
		p.Check(slices.Contains(Directions, market.Direction), "Markets[%s].Direction: found %q; allowed: one of %q", code, market.Direction, Directions)
	}
	p.Check(TransferSchedule.MatchString(args.Schedule), "Schedule: found %q; allowed: a cron expression with one minute, such as cron(0 0 * * ? *)", args.Schedule)
	p.Check(components.AccountID.MatchString(args.AccountID), "AccountID: found %q; allowed: 12 digits", args.AccountID)
	p.CheckBoundary(args.PermissionsBoundaryARN)
	p.Check(args.LogGroupARN != nil, "LogGroupARN: found none; allowed: the ARN of a log group")
	return p.Err("ObjectTransfer", name)
}
