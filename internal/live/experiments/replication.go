package experiments

import (
	"context"
	"os"
	"time"

	"example.com/multisite/internal/cli"
)

var replication = Experiment{
	Name:     "replication",
	promise:  "an object is replicated to another bucket, and encrypted with that bucket's key",
	done:     "writes an object, and waits for its replication status",
	emulator: "object replication",
	try: func(ctx context.Context, t *Trial) (string, error) {
		bucket := t.Outputs.Text(t.Record.Home + ".bucketName." + t.Record.Bucket)
		if err := t.put(ctx, bucket, "live/replicated"); err != nil {
			return "", err
		}
		var status string
		_, err := t.Await(ctx, 20*time.Minute, func() (string, error) {
			err := cli.AWS(&status, t.Record.Region, "s3api", "head-object", "--bucket", bucket, "--key", "live/replicated", "--query", "ReplicationStatus || 'none'")
			if err != nil || status == "PENDING" {
				return "", err
			}
			return status, nil
		})
		if _, err := inTime("", err); err != nil {
			return "", err
		}
		if status != "COMPLETED" {
			return "", broken("the replication status is %s", status)
		}
		var key string
		if err := cli.AWS(&key, t.Record.Region, "s3api", "head-object", "--bucket", t.Record.CopiesBucket(), "--key", "live/replicated", "--query", "SSEKMSKeyId"); err != nil {
			return "", err
		}
		if key != t.Record.KeyARN(t.IDs["Key"]) {
			return "", broken("the copy is encrypted with %s", key)
		}
		return "status COMPLETED; the copy is encrypted with " + key, nil
	},
}

// put writes a small object, encrypted as the bucket's default settings require.
func (t *Trial) put(ctx context.Context, bucket, key string) error {
	file := t.File("body")
	if err := os.WriteFile(file, []byte("live\n"), 0o600); err != nil {
		return err
	}
	return t.AWS(ctx, t.Record.Region, "s3api", "put-object", "--bucket", bucket, "--key", key, "--body", file, "--content-type", "text/html")
}
