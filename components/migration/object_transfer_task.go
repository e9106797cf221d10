package migration

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/datasync"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

// sourceActions are the actions on objects that DataSync requires in a bucket that is a
// task's source. destinationActions add the actions that it requires in a destination
// (https://docs.aws.amazon.com/datasync/latest/userguide/create-s3-location.html#create-s3-location-required-permissions).
// DataSync requires s3:DeleteObject whatever the task's options are. The tasks here
// delete no object at their target (PreserveDeletedFiles), and the bucket keeps deleted
// versions.
var (
	sourceActions      = []string{"s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging", "s3:ListMultipartUploadParts"}
	destinationActions = append([]string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject", "s3:PutObjectTagging"}, sourceActions...)
)

// transferRole creates the role with which DataSync reads or writes each market's
// objects, depending on the market's direction.
func (p provisioner) transferRole(a ObjectTransferArgs) (*iam.Role, *iam.RolePolicy, error) {
	role, err := p.NewServiceRole(p.Name, "datasync.amazonaws.com", "Transfers objects for "+p.Name, a.PermissionsBoundaryARN, pulumi.String(a.AccountID))
	if err != nil {
		return nil, nil, err
	}
	here := provision.Condition("StringEquals", "aws:ResourceAccount", pulumi.String(a.AccountID))
	statements := []pulumi.Map{provision.Allow([]string{"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"}, a.BucketARN, here)}
	use := []string{"kms:Decrypt"}
	for _, code := range ordered.Keys(a.Markets) {
		actions := sourceActions
		if a.Markets[code].Direction == ToSite { // a task also reads the objects that it wrote, to verify them
			use, actions = []string{"kms:Decrypt", "kms:GenerateDataKey"}, destinationActions
		}
		statements = append(statements, provision.Allow(actions, pulumi.Sprintf("%s/%s/*", a.BucketARN, a.Markets[code].Prefix), here))
	}
	policy, err := iam.NewRolePolicy(p.Ctx, p.Name, &iam.RolePolicyArgs{
		Role: role.ID(),
		Policy: provision.PolicyDocument(append(statements,
			provision.Allow(use, a.DataKeyARN, provision.Condition("StringLike", "kms:ViaService", pulumi.String("s3.*.amazonaws.com"))))...),
	}, pulumi.Parent(p.Parent))
	return role, policy, err
}

// transferTask creates the task that transfers one market's objects, and its locations.
func (p provisioner) transferTask(a ObjectTransferArgs, code string, role *iam.Role, policy pulumi.Resource) error {
	market := a.Markets[code]
	subdirectory, suffix := pulumi.String("/"+market.Prefix+"/"), strings.ToLower(code)
	origin := &datasync.LocationObjectStorageArgs{
		ServerHostname: pulumi.String(a.Origin.Host),
		ServerPort:     pulumi.Int(a.Origin.Port),
		ServerProtocol: pulumi.String("HTTPS"),
		BucketName:     pulumi.String(a.Origin.Bucket),
		Subdirectory:   subdirectory,
		AccessKey:      a.Origin.AccessKey.ToStringOutput(),
		SecretKey:      a.Origin.SecretKey.ToStringOutput(),
		AgentArns:      pulumi.ToStringArray(a.AgentARNs),
		Tags:           provision.NameTag(p.Child("origin-" + suffix)),
	}
	if a.Origin.Certificates != "" {
		// The value is in PEM form, contrary to the SDK's comment: the provider passes
		// these bytes on, and the AWS SDK encodes them
		// (https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/datasync/location_object_storage.go).
		origin.ServerCertificate = pulumi.String(a.Origin.Certificates)
	}
	store, err := datasync.NewLocationObjectStorage(p.Ctx, p.Child("origin-"+suffix), origin, pulumi.Parent(p.Parent))
	if err != nil {
		return err
	}
	name := p.Child(suffix)
	bucket, err := datasync.NewS3Location(p.Ctx, name, &datasync.S3LocationArgs{
		S3BucketArn:  a.BucketARN,
		Subdirectory: subdirectory,
		S3Config:     datasync.S3LocationS3ConfigArgs{BucketAccessRoleArn: role.Arn},
		Tags:         provision.NameTag(name),
	}, pulumi.Parent(p.Parent), pulumi.DependsOn([]pulumi.Resource{policy})) // DataSync tests the access when it creates the location
	if err != nil {
		return err
	}
	source, target := store.Arn, bucket.Arn
	if market.Direction == ToOrigin {
		source, target = target, source
	}
	_, err = datasync.NewTask(p.Ctx, name, &datasync.TaskArgs{
		Name:                   pulumi.String(name),
		SourceLocationArn:      source,
		DestinationLocationArn: target,
		CloudwatchLogGroupArn:  a.LogGroupARN.ToStringOutput(),
		Schedule:               datasync.TaskScheduleArgs{ScheduleExpression: pulumi.String(a.Schedule)},
		Options: datasync.TaskOptionsArgs{
			LogLevel:             pulumi.String("BASIC"), // TRANSFER would log the name of every object
			OverwriteMode:        pulumi.String("ALWAYS"),
			PreserveDeletedFiles: pulumi.String("PRESERVE"),
			TransferMode:         pulumi.String("CHANGED"),
			VerifyMode:           pulumi.String("ONLY_FILES_TRANSFERRED"),
			// Object stores have no POSIX users, groups and permissions.
			Uid: pulumi.String("NONE"), Gid: pulumi.String("NONE"), PosixPermissions: pulumi.String("NONE"),
		},
		Tags: provision.NameTag(name),
		// Two tasks at once would each transfer the other's objects back.
	}, pulumi.Parent(p.Parent), pulumi.DeleteBeforeReplace(true))
	return err
}
