package law

// copying are actions that copy data to another region or account when called where the data is.
// No stack calls them.
var copying = []string{
	"backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:StartCopyJob",
	"dynamodb:CreateGlobalTable", "dynamodb:CreateTableReplica",
	"elasticache:CreateGlobalReplicationGroup",
	"elasticfilesystem:CreateReplicationConfiguration",
	"kms:ReplicateKey",
	"rds:CreateGlobalCluster", "rds:StartDBInstanceAutomatedBackupsReplication",
	"redshift:AuthorizeDataShare", "redshift:AuthorizeSnapshotAccess", "redshift:EnableSnapshotCopy",
	"route53:CreateQueryLoggingConfig", // its log group must be in us-east-1
	"s3:CreateMultiRegionAccessPoint",
	"secretsmanager:AcceptCrossAccountReplication", "secretsmanager:AssociateCrossAccountReplica", "secretsmanager:ReplicateSecretToRegions",
}

// fetching are actions that copy a snapshot into the region in which they are called, from any
// region of the account. With one region, the copy could only be fetched from where nothing is.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
var fetching = []string{
	"ec2:CopyImage", "ec2:CopySnapshot", "fsx:CopyBackup", "rds:CopyDBClusterSnapshot", "rds:CopyDBSnapshot",
}

// sharing are actions that give other accounts, or the public, access to data or networks.
var sharing = []string{
	"backup:PutBackupVaultAccessPolicy", "dynamodb:PutResourcePolicy",
	"ec2:AcceptTransitGatewayPeeringAttachment", "ec2:AcceptVpcPeeringConnection",
	"ec2:CreateTransitGatewayPeeringAttachment", "ec2:CreateVpcPeeringConnection",
	"ec2:DisableImageBlockPublicAccess", "ec2:DisableSnapshotBlockPublicAccess",
	"ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute", "oam:CreateLink",
	"ram:AcceptResourceShareInvitation", "ram:AssociateResourceShare", "ram:CreateResourceShare",
	"rds:ModifyDBClusterSnapshotAttribute", "rds:ModifyDBSnapshotAttribute",
	"s3:PutAccountPublicAccessBlock", "ssm:PutResourcePolicy",
}

// leaving are actions with which an account escapes from these policies, or opens a region.
var leaving = []string{"account:EnableRegion", "organizations:LeaveOrganization"}

// writing are actions that write data to a resource that another account may own.
var writing = []string{
	"dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "events:PutEvents",
	"firehose:PutRecord*", "kinesis:PutRecord*", "s3:ObjectOwnerOverrideToBucketOwner", "s3:PutObject",
	"s3:Replicate*", "secretsmanager:PutSecretValue", "sns:Publish", "sqs:SendMessage",
}

// flows returns the policy that denies flows between regions and accounts, and public data.
func (a *account) flows() policy {
	statements := []statement{
		{Sid: "Copies", Action: copying},
		// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets-permissions.html
		{Sid: "SecretsOfSeveralRegions", Action: []string{"secretsmanager:CreateSecret"}, Condition: when{"Null": {"secretsmanager:AddReplicaRegions": "false"}}},
		// https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html
		{Sid: "KeysOfSeveralRegions", Action: []string{"kms:CreateKey"}, Condition: when{"Bool": {"kms:MultiRegion": "true"}}},
		{Sid: "Sharing", Action: sharing},
		{Sid: "Leaving", Action: leaving},
		// A request without the key, such as a text message of SNS, has no account to compare.
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
		{Sid: "OtherAccounts", Action: writing, Condition: when{
			"StringNotEquals": {"aws:ResourceAccount": a.id}, "Null": {"aws:ResourceAccount": "false"},
		}},
	}
	if len(a.home) > 1 {
		statements = append(statements, statement{Sid: "CopiesFromOtherSites", Action: fetching}, a.replication())
	}
	return policy{kind: serviceControl, account: a.id, name: "flows", statements: statements}
}

// replication denies replication by S3 between the account's regions, except to the regions that
// a site's configuration names.
func (a *account) replication() statement {
	s := statement{Sid: "ReplicationToOtherSites", Action: []string{"s3:Replicate*"}}
	if targets := together(a.copies, a.copiesHome); len(targets) > 0 {
		s.Condition = outside(targets)
	}
	return s
}
