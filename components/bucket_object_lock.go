package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LockMode says who may lift an object lock.
type LockMode string

const (
	// Governance lets whoever has s3:BypassGovernanceRetention.
	Governance LockMode = "governance"
	// Compliance lets nobody, the account's root user included.
	Compliance LockMode = "compliance"
)

// LockModes lists the accepted values.
var LockModes = []LockMode{Governance, Compliance}

// MaxLockDays is the longest that S3 locks by default, 100 years.
const MaxLockDays = 36500

// ObjectLock keeps every new version from being deleted or overwritten.
type ObjectLock struct {
	// Mode says who may lift the lock.
	Mode LockMode
	// Days is how long, 1 to 36500 days.
	Days int
}

// lock sets the retention that new objects get.
func (b *Bucket) lock(lock *ObjectLock, versioning pulumi.Resource) error {
	_, err := s3.NewBucketObjectLockConfigurationV2(b.p.ctx, b.p.name, &s3.BucketObjectLockConfigurationV2Args{
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
