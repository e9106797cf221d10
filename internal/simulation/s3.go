package simulation

import (
	"fmt"
	"regexp"
)

const (
	bucket            = "aws:s3/bucketV2:BucketV2"
	bucketEncryption  = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	bucketReplication = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	objectLock        = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
)

// Bucket names have the form of host names, but not of IP addresses or internationalized names.
var (
	bucketName     = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	notABucketName = regexp.MustCompile(`\.\.|^xn--|^\d+\.\d+\.\d+\.\d+$`)
)

// ofBucket returns the type of a bucket's setting. A bucket has at most one resource of the
// type, which is deleted with the bucket.
func ofBucket(valid map[string]Rule, outputs map[string]any) *Type {
	return &Type{
		ID: "{bucket}", Outputs: outputs, Valid: valid, Overwritten: true,
		Missing: "NoSuchBucket", Taken: "BucketAlreadyConfigured",
		Replace: []string{"bucket"},
	}
}

func init() {
	model(map[string]*Type{
		bucket: {
			ID: "{bucket}", Name: "bucket", Tagged: true,
			Missing: "NoSuchBucket", Taken: "BucketAlreadyOwnedByYou",
			Outputs: map[string]any{
				"arn": "arn:aws:s3:::{id}", "region": "{region}", "bucketDomainName": "{id}.s3.amazonaws.com",
				"bucketRegionalDomainName": "{id}.s3.{region}.amazonaws.com", "hostedZoneId": "Z{upper13}",
				"forceDestroy": false, "objectLockEnabled": false, "requestPayer": "BucketOwner", "bucketPrefix": "",
				"accelerationStatus": "", "policy": "", "corsRules": []any{},
				"lifecycleRules": []any{}, "loggings": []any{}, "replicationConfigurations": []any{},
				"serverSideEncryptionConfigurations": []any{}, "websites": []any{},
				"versionings": []any{map[string]any{"enabled": false, "mfaDelete": false}},
				"grants": []any{map[string]any{
					"id": "{hex64}", "permissions": []any{"FULL_CONTROL"}, "type": "CanonicalUser", "uri": "",
				}},
			},
			Replace: []string{"bucket", "objectLockEnabled"},
			Valid: map[string]Rule{"bucket": func(value any) string {
				if name := fmt.Sprint(value); !bucketName.MatchString(name) || notABucketName.MatchString(name) {
					return "invalid bucket name " + name + ": only lowercase letters, digits, dots and hyphens, 3 to 63 of them, are allowed"
				}
				return ""
			}},
			Put: func(a *Account, r *Resource) error {
				if a.All(func(o *Resource) bool { return o.Type == bucket && o.ID == r.ID && o.Region != r.Region }) != nil {
					return apiError("BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system.")
				}
				return nil
			},
			Delete: deleteBucket,
		},
		"aws:s3/bucketObjectv2:BucketObjectv2": {
			ID: "{bucket}/{key}", Tagged: true,
			Missing: "NoSuchKey",
			Outputs: map[string]any{"arn": "arn:aws:s3:::{bucket}/{key}", "etag": "{hex32}", "versionId": "{lower32}"},
			Replace: []string{"bucket", "key"},
		},
		"aws:s3/bucketVersioningV2:BucketVersioningV2": ofBucket(map[string]Rule{
			"versioningConfiguration.status": oneOf("Enabled", "Suspended", "Disabled"),
		}, map[string]any{
			"expectedBucketOwner": "", "versioningConfiguration.mfaDelete": "",
		}),
		bucketEncryption: ofBucket(map[string]Rule{
			"rules[].applyServerSideEncryptionByDefault.sseAlgorithm": oneOf("AES256", "aws:kms", "aws:kms:dsse"),
		}, map[string]any{"expectedBucketOwner": "", "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId": ""}),
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket(map[string]Rule{
			"rule.objectOwnership": oneOf("BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"),
		}, nil),
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket(nil, map[string]any{
			"blockPublicAcls": false, "blockPublicPolicy": false, "ignorePublicAcls": false, "restrictPublicBuckets": false,
		}),
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": ofBucket(map[string]Rule{
			"rules[].status": oneOf("Enabled", "Disabled"),
		}, map[string]any{
			"id": "{bucket}", "expectedBucketOwner": "", "transitionDefaultMinimumObjectSize": "all_storage_classes_128K",
			"rules[].prefix": "", "rules[].expiration.days": 0, "rules[].expiration.expiredObjectDeleteMarker": false, "rules[].transitions": []any{}, "rules[].noncurrentVersionTransitions": []any{},
		}),
		"aws:s3/bucketLoggingV2:BucketLoggingV2": ofBucket(nil, map[string]any{"expectedBucketOwner": "", "targetGrants": []any{}}),
		objectLock: ofBucket(map[string]Rule{
			"rule.defaultRetention.mode": oneOf("GOVERNANCE", "COMPLIANCE"),
		}, map[string]any{"expectedBucketOwner": "", "rule.defaultRetention.years": 0}),
		bucketReplication: ofBucket(map[string]Rule{
			"rules[].status": oneOf("Enabled", "Disabled"), "rules[].destination.metrics.status": oneOf("Enabled", "Disabled"), "rules[].destination.metrics.eventThreshold.minutes": oneOf("15"),
			"rules[].destination.replicationTime.status": oneOf("Enabled", "Disabled"), "rules[].destination.replicationTime.time.minutes": oneOf("15"),
		}, map[string]any{
			"rules[].prefix": "", "rules[].priority": 0, "rules[].destination.account": "", "rules[].destination.storageClass": "",
		}),
		"aws:s3/bucketPolicy:BucketPolicy": ofBucket(map[string]Rule{"policy": policy}, nil),
	})
	types[objectLock].Replace = append(types[objectLock].Replace, "objectLockEnabled")
	types[bucketReplication].Put = func(_ *Account, r *Resource) error {
		if len(at(r.Properties, "rules[].destination.replicationTime")) > len(at(r.Properties, "rules[].destination.metrics")) {
			return apiError("InvalidRequest", "ReplicationTime must be specified together with Metrics.")
		}
		return nil
	}
}

// deleteBucket refuses the deletion while the bucket holds objects, unless forceDestroy is
// true.
func deleteBucket(a *Account, r *Resource) error {
	objects := a.All(func(o *Resource) bool {
		return o.Type == "aws:s3/bucketObjectv2:BucketObjectv2" && o.Properties["bucket"] == r.ID
	})
	content, err := a.contentOf(r)
	if err != nil {
		return err
	}
	if len(objects)+len(content) > 0 && r.Properties["forceDestroy"] != true {
		return apiError("BucketNotEmpty", "The bucket you tried to delete is not empty: %s holds %d objects", r.ID, len(objects)+len(content))
	}
	for _, object := range objects {
		if err := a.Delete(object); err != nil {
			return err
		}
	}
	return nil
}
