// Command stray is a program with a resource that has no explicit provider.
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var bucket pulumi.CustomResourceState
		return ctx.RegisterResource("aws:s3/bucketV2:BucketV2", "stray", nil, &bucket)
	})
}
