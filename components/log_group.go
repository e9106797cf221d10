package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DefaultLogRetention is how long logs are kept by default, in days.
const DefaultLogRetention = 365

// LogRetentions are the retention times that CloudWatch Logs supports, in days
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
var LogRetentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

// logGroup creates an encrypted log group. If physical is nil, because AWS prescribes no
// name, Pulumi generates the name.
func (p provisioner) logGroup(name string, physical pulumi.StringPtrInput, keyARN pulumi.StringInput, days int) (*cloudwatch.LogGroup, error) {
	return cloudwatch.NewLogGroup(p.ctx, name, &cloudwatch.LogGroupArgs{
		Name:            physical,
		KmsKeyId:        keyARN,
		RetentionInDays: pulumi.Int(days),
		Tags:            nameTag(name),
	}, pulumi.Parent(p.parent))
}
