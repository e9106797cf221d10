package provision

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NewLogGroup creates an encrypted log group. If physical is nil, because AWS prescribes no
// name, Pulumi generates the name.
func (p Component) NewLogGroup(name string, physical pulumi.StringPtrInput, keyARN pulumi.StringInput, days int) (*cloudwatch.LogGroup, error) {
	return cloudwatch.NewLogGroup(p.Ctx, name, &cloudwatch.LogGroupArgs{
		Name:            physical,
		KmsKeyId:        keyARN,
		RetentionInDays: pulumi.Int(days),
		Tags:            NameTag(name),
	}, pulumi.Parent(p.Parent))
}
