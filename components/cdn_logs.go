package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// requestLogs delivers the log of all requests directly to the site's region. The older
// kind of log, a setting of the distribution, requires a bucket with ACLs
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html).
func (e edge) requestLogs(a CdnArgs, distribution *cloudfront.Distribution) error {
	// These resources have fixed names, so the old resource must be deleted before its
	// replacement is created.
	options := e.options(provision.Replaceable, pulumi.DeleteBeforeReplace(true))
	source, err := cloudwatch.NewLogDeliverySource(e.Ctx, e.Name, &cloudwatch.LogDeliverySourceArgs{
		Name:        pulumi.String(e.Name),
		LogType:     pulumi.String("ACCESS_LOGS"),
		ResourceArn: distribution.Arn,
		Tags:        provision.NameTag(e.Name),
	}, options...)
	if err != nil {
		return err
	}
	destination, err := cloudwatch.NewLogDeliveryDestination(e.Ctx, e.Name, &cloudwatch.LogDeliveryDestinationArgs{
		Name:         pulumi.String(e.Name),
		OutputFormat: pulumi.String("parquet"),
		DeliveryDestinationConfiguration: cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs{
			// The ARN contains CloudFront's default folder. If the ARN has no folder,
			// CloudFront puts the default folder before SuffixPath when it creates a
			// delivery, but not when it updates one
			// (https://github.com/hashicorp/terraform-provider-aws/issues/46328).
			DestinationResourceArn: pulumi.Sprintf("%s/%s", bucketARN(a.LogBucket), cloudFrontLogs(a.AccountID)),
		},
		Tags: provision.NameTag(e.Name),
	}, options...)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewLogDelivery(e.Ctx, e.Name, &cloudwatch.LogDeliveryArgs{
		DeliverySourceName:     source.Name,
		DeliveryDestinationArn: destination.Arn,
		S3DeliveryConfigurations: cloudwatch.LogDeliveryS3DeliveryConfigurationArray{cloudwatch.LogDeliveryS3DeliveryConfigurationArgs{
			EnableHiveCompatiblePath: pulumi.Bool(false),
			SuffixPath:               pulumi.String("{DistributionId}/{yyyy}/{MM}/{dd}/{HH}"),
		}},
		Tags: provision.NameTag(e.Name),
	}, options...)
	return err
}
