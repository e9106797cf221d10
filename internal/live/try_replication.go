package live

import (
	"context"
	"time"

	"example.com/multisite/internal/cli"
)

var replication = experiment{
	name:     "replication",
	promise:  "an object is replicated to the other bucket, under the other key",
	done:     "writes an object, and waits for its replication status",
	emulator: "replication of objects",
	try: func(ctx context.Context, t *trial) (string, error) {
		bucket := t.output(t.run.Home + ".bucketName." + t.run.Bucket)
		if err := t.put(ctx, bucket, "live/replicated"); err != nil {
			return "", err
		}
		var status string
		_, err := t.await(ctx, 20*time.Minute, func() (string, error) {
			err := cli.AWS(&status, t.run.Region, "s3api", "head-object", "--bucket", bucket, "--key", "live/replicated", "--query", "ReplicationStatus || 'none'")
			if err != nil || status == "PENDING" {
				return "", err
			}
			return status, nil
		})
		if _, err := within("", err); err != nil {
			return "", err
		}
		if status != "COMPLETED" {
			return "", isBroken("the replication status is %s", status)
		}
		var key string
		if err := cli.AWS(&key, t.run.Region, "s3api", "head-object", "--bucket", t.run.copies(), "--key", "live/replicated", "--query", "SSEKMSKeyId"); err != nil {
			return "", err
		}
		if key != t.run.keyARN(t.beside["Key"]) {
			return "", isBroken("the copy is encrypted with %s", key)
		}
		return "status COMPLETED; the copy is encrypted with " + key, nil
	},
}

// put writes a small object with the bucket's own encryption.
func (t *trial) put(ctx context.Context, bucket, key string) error {
	file := t.file("body")
	if err := writeText(file, "live\n"); err != nil {
		return err
	}
	return t.aws(ctx, t.run.Region, "s3api", "put-object", "--bucket", bucket, "--key", key, "--body", file, "--content-type", "text/html")
}
