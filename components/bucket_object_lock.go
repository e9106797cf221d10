package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LockMode controls who may remove an object lock before it expires.
type LockMode string

const (
	// Governance lets principals with the right s3:BypassGovernanceRetention remove the
	// lock.
	Governance LockMode = "governance"
	// Compliance lets no principal remove the lock, not even the account's root user.
	Compliance LockMode = "compliance"
)

// LockModes lists the accepted values.
var LockModes = []LockMode{Governance, Compliance}

// MaxLockDays is the longest default retention that S3 accepts, in days: 100 years.
const MaxLockDays = 36500

// ObjectLock prevents every new object version from being deleted or overwritten for a
// time.
type ObjectLock struct {
	// Mode controls who may remove the lock before it expires.
	Mode LockMode
	// Days is the time for which each version is locked, 1 to 36500 days.
	Days int
}

// lock sets the default retention of new objects.
func (b *Bucket) lock(lock *ObjectLock, versioning pulumi.Resource) error {
	_, err := s3.NewBucketObjectLockConfigurationV2(b.p.Ctx, b.p.Name, &s3.BucketObjectLockConfigurationV2Args{
		Bucket:            b.Name,
		ObjectLockEnabled: pulumi.String("Enabled"),
		Rule: s3.BucketObjectLockConfigurationV2RuleArgs{
			DefaultRetention: s3.BucketObjectLockConfigurationV2RuleDefaultRetentionArgs{
				Mode: pulumi.String(strings.ToUpper(string(lock.Mode))),
				Days: pulumi.Int(lock.Days),
			},
		},
	}, pulumi.Parent(b), pulumi.DependsOn([]pulumi.Resource{versioning}))
	return err
}
