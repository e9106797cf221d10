package cloud

import "regexp"

const bucket = "aws:s3/bucketV2:BucketV2"

// bucketName has the rules that every bucket name obeys.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// ofBucket is a bucket's side resource: one of its kind, gone with the bucket.
func ofBucket(check func(Properties) []Problem, outputs map[string]any) *Type {
	return &Type{
		ID: "{bucket}", Outputs: outputs, Check: check,
		Missing: "NoSuchBucket", Taken: "BucketAlreadyConfigured",
		Replace: []string{"bucket"},
		Refs:    []Ref{{"bucket", bucket}},
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
				"accelerationStatus": "", "acl": "private", "policy": "", "corsRules": []any{}, "grants": []any{},
				"lifecycleRules": []any{}, "loggings": []any{}, "replicationConfigurations": []any{},
				"serverSideEncryptionConfigurations": []any{}, "versionings": []any{}, "websites": []any{},
				"websiteDomain": "", "websiteEndpoint": "",
			},
			Replace: []string{"bucket", "objectLockEnabled"},
			Check: func(p Properties) []Problem {
				if name := text(p, "bucket"); name != "" && !bucketName.MatchString(name) {
					return []Problem{{"bucket", "invalid bucket name " + name + ": only lowercase letters, digits, dots and hyphens, 3 to 63 of them, are allowed"}}
				}
				return nil
			},
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
			Refs:    []Ref{{"bucket", bucket}},
		},
		"aws:s3/bucketVersioningV2:BucketVersioningV2":                                               ofBucket(nil, map[string]any{"expectedBucketOwner": ""}),
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": ofBucket(nil, map[string]any{"expectedBucketOwner": ""}),
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     ofBucket(nil, nil),
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket(nil, map[string]any{
			"blockPublicAcls": false, "blockPublicPolicy": false, "ignorePublicAcls": false, "restrictPublicBuckets": false,
		}),
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": ofBucket(nil, map[string]any{
			"expectedBucketOwner": "", "transitionDefaultMinimumObjectSize": "all_storage_classes_128K",
		}),
		"aws:s3/bucketPolicy:BucketPolicy": ofBucket(func(p Properties) []Problem { return policy(p, "policy") }, nil),
	})
}

// deleteBucket refuses while there are objects, unless told to drop them.
func deleteBucket(a *Account, r *Resource) error {
	objects := a.All(func(o *Resource) bool {
		return o.Type == "aws:s3/bucketObjectv2:BucketObjectv2" && o.Properties["bucket"] == r.ID
	})
	if len(objects) > 0 && r.Properties["forceDestroy"] != true {
		return apiError("BucketNotEmpty", "The bucket you tried to delete is not empty: %s holds %d objects", r.ID, len(objects))
	}
	for _, object := range objects {
		if err := a.Delete(object); err != nil {
			return err
		}
	}
	return nil
}
