package components

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ObjectTransferArgs describe an ObjectTransfer.
type ObjectTransferArgs struct {
	// Origin is the bucket outside of AWS.
	Origin ObjectOrigin
	// AgentARNs are the AWS DataSync agents, of the site's region, that stand beside
	// the origin.
	AgentARNs []string
	// BucketARN is the site's bucket.
	BucketARN pulumi.StringInput
	// DataKeyARN is the KMS key that encrypts its objects.
	DataKeyARN pulumi.StringInput
	// Markets are what is transferred, by the markets' codes, such as IN.
	Markets map[string]MarketObjects
	// Schedule is when a transfer begins, in UTC, as a cron expression of AWS's: at most
	// once an hour. Each transfer lists all objects of the market at both ends, which takes
	// minutes to hours and costs requests
	// (https://docs.aws.amazon.com/datasync/latest/userguide/how-datasync-transfer-works.html).
	Schedule string
	// PermissionsBoundaryARN is the IAM policy beyond which no role of the transfer has rights.
	PermissionsBoundaryARN string
	// AccountID is the 12-digit AWS account.
	AccountID string
	// LogGroupARN is the log group of a TransferLog.
	LogGroupARN pulumi.StringInput
}

// ObjectOrigin is a bucket of an S3-compatible object store outside of AWS, reached over TLS.
type ObjectOrigin struct {
	// Host is the store's name, which its certificate has to bear.
	Host string
	// Port is the TCP port that it answers on.
	Port int
	// Bucket is the bucket's name.
	Bucket string
	// AccessKey names who asks for objects.
	AccessKey pulumi.StringInput
	// SecretKey proves it.
	SecretKey pulumi.StringInput
	// Certificates are the PEM certificates of the authorities that may sign the store's
	// server, at most 32768 bytes, by default those that the public trusts.
	Certificates string
}

// MarketObjects are the part of a bucket that belongs to one market.
type MarketObjects struct {
	// Prefix is what the names of the market's objects begin with, up to a slash, on both
	// sides, by default the market's code in lower case.
	Prefix string
	// Direction is which way the objects go, by default to-site.
	Direction Direction
}

// ObjectTransfer keeps a service's bucket and one at the origin in step.
type ObjectTransfer struct{ pulumi.ResourceState }

// MaxTransferCertificateBytes is the most that DataSync takes of certificates
// (https://docs.aws.amazon.com/datasync/latest/userguide/API_CreateLocationObjectStorage.html).
const MaxTransferCertificateBytes = 32768

// TransferSchedule is the form of an ObjectTransfer's schedule.
var TransferSchedule = regexp.MustCompile(`^cron\([1-5]?\d [0-9*,/-]+ [0-9*,/?LW-]+ [0-9A-Z*,/-]+ [0-9A-Z*,/?L#-]+ [0-9*,/-]+\)$`)

// What is looked for in the arguments of transfers.
var (
	AgentARN     = regexp.MustCompile(`^arn:aws:datasync:[a-z0-9-]+:\d{12}:agent/agent-[0-9a-z]{17}$`)
	objectPrefix = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$`)
)

// NewObjectTransfer creates a task of AWS DataSync for each market, which transfers what
// differs on a schedule, verifies what it transferred and deletes nothing at its target,
// and a role that may use the market's part of the bucket and the bucket's key for
// that, and for nothing else. What refers to the origin is named NAME-origin-MARKET.
func NewObjectTransfer(ctx *pulumi.Context, name string, args *ObjectTransferArgs, opts ...pulumi.ResourceOption) (*ObjectTransfer, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	t := &ObjectTransfer{}
	if err := ctx.RegisterComponentResource("multisite:index:ObjectTransfer", name, t, opts...); err != nil {
		return nil, err
	}
	p := provisioner{ctx, name, t}
	role, policy, err := p.transferRole(a)
	if err != nil {
		return nil, err
	}
	for _, code := range slices.Sorted(maps.Keys(a.Markets)) {
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
	var p problems
	p.check(hostName.MatchString(args.Origin.Host), "Origin.Host: found %q, allowed is a host name such as objects.example.com", args.Origin.Host)
	p.check(args.Origin.Port >= 1 && args.Origin.Port <= 65535, "Origin.Port: found %d, allowed are 1 to 65535", args.Origin.Port)
	p.check(BucketName.MatchString(args.Origin.Bucket), "Origin.Bucket: found %q, allowed is a bucket's name", args.Origin.Bucket)
	p.check(args.Origin.AccessKey != nil, "Origin.AccessKey: found none, a value is required")
	p.check(args.Origin.SecretKey != nil, "Origin.SecretKey: found none, a value is required")
	p.check(args.Origin.Certificates == "" || IsPEM(args.Origin.Certificates), "Origin.Certificates: found no certificate, allowed are none and certificates in PEM form")
	p.check(len(args.Origin.Certificates) <= MaxTransferCertificateBytes, "Origin.Certificates: found %d bytes, allowed are at most %d", len(args.Origin.Certificates), MaxTransferCertificateBytes)
	p.check(len(args.AgentARNs) > 0, "AgentARNs: found none, allowed is at least one")
	for _, agent := range args.AgentARNs {
		p.check(AgentARN.MatchString(agent), "AgentARNs: found %q, allowed are the ARNs of DataSync agents", agent)
	}
	p.check(args.BucketARN != nil, "BucketARN: found none, a value is required")
	p.check(args.DataKeyARN != nil, "DataKeyARN: found none, a value is required")
	p.check(len(args.Markets) > 0, "Markets: found none, allowed is at least one")
	owners := map[string]string{}
	for _, code := range slices.Sorted(maps.Keys(args.Markets)) {
		market := args.Markets[code]
		p.check(owners[market.Prefix] == "", "Markets[%s].Prefix: found %q, allowed is another than that of %s", code, market.Prefix, owners[market.Prefix])
		owners[market.Prefix] = code
		p.check(Country.MatchString(code), "Markets: found %q, allowed are codes of two capital letters", code)
		p.check(objectPrefix.MatchString(market.Prefix), "Markets[%s].Prefix: found %q, allowed are lower-case letters, digits, hyphens and underscores, with single slashes between", code, market.Prefix)
		p.check(slices.Contains(Directions, market.Direction), "Markets[%s].Direction: found %q, allowed are %q", code, market.Direction, Directions)
	}
	p.check(TransferSchedule.MatchString(args.Schedule), "Schedule: found %q, allowed is a cron expression with one minute, such as cron(0 0 * * ? *)", args.Schedule)
	p.check(accountID.MatchString(args.AccountID), "AccountID: found %q, allowed are 12 digits", args.AccountID)
	p.checkBoundary(args.PermissionsBoundaryARN)
	p.check(args.LogGroupARN != nil, "LogGroupARN: found none, a value is required")
	return p.err("ObjectTransfer", name)
}
