package experiments

import (
	"context"
	"fmt"
	"net/http"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
)

var bucketLog = Experiment{
	Name:     "bucket-log",
	promise:  "S3 logs requests to a bucket under s3/NAME/ in the log bucket, by the day of the event",
	done:     "waits for an object with that prefix",
	emulator: "S3 access logs by day",
	needs:    []string{"replication"}, // makes requests
	try: func(ctx context.Context, t *Trial) (string, error) {
		return t.delivered(ctx, "s3/"+t.Record.Site+"-"+t.Record.Home+"-"+t.Record.Bucket+"/"+t.Record.Account+"/")
	},
}

var cdnLog = Experiment{
	Name:     "cdn-log",
	promise:  "CloudFront logs requests under AWSLogs/ACCOUNT/CloudFront/DISTRIBUTION/ in the log bucket, as the bucket's policy allows",
	done:     "requests a page through the CDN, and waits for an object with that prefix",
	emulator: "CloudFront logs",
	try: func(ctx context.Context, t *Trial) (string, error) {
		if err := t.fetch(ctx); err != nil {
			return "", err
		}
		var id string
		if err := cli.AWS(&id, awstypes.EdgeRegion, "cloudfront", "list-distributions",
			"--query", "DistributionList.Items[?DomainName=='"+t.Outputs.Text("cdnDomainName")+"' || contains(Aliases.Items || `[]`, '"+t.Outputs.Text("cdnDomainName")+"')].Id | [0]"); err != nil {
			return "", err
		}
		evidence, err := t.delivered(ctx, "AWSLogs/"+t.Record.Account+"/CloudFront/"+id+"/")
		if err == nil {
			return evidence, nil
		}
		// The evidence names the prefix that CloudFront used instead.
		var elsewhere string
		if listing := cli.AWS(&elsewhere, t.Record.Region, "s3api", "list-objects-v2", "--bucket", t.Outputs.Text("logBucketName"),
			"--query", "Contents[?contains(Key, '"+id+"')].Key | [0] || 'nowhere'"); listing != nil {
			return "", listing
		}
		return "", fmt.Errorf("%w; logged %s", err, elsewhere)
	},
}

var firewallLog = Experiment{
	Name:     "firewall-log",
	promise:  "WAF logs requests to the CDN under AWSLogs/ACCOUNT/WAFLogs/ in the log bucket",
	done:     "requests a page through the CDN, and waits for an object with that prefix",
	emulator: "WAF logs",
	try: func(ctx context.Context, t *Trial) (string, error) {
		if err := t.fetch(ctx); err != nil {
			return "", err
		}
		return t.delivered(ctx, "AWSLogs/"+t.Record.Account+"/WAFLogs/")
	},
}

// fetch writes a page to the CDN's bucket and requests it through the CDN.
func (t *Trial) fetch(ctx context.Context) error {
	if err := t.put(ctx, t.Outputs.Text("cdnBucketName"), "live.html"); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+t.Outputs.Text("cdnDomainName")+"/live.html", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return broken("the CDN returned %s for a page in its bucket", response.Status)
	}
	return nil
}

// delivered waits for an object with a prefix in the log bucket.
func (t *Trial) delivered(ctx context.Context, prefix string) (string, error) {
	return inTime(t.Await(ctx, logTimeout, func() (string, error) {
		var key string
		err := cli.AWS(&key, t.Record.Region, "s3api", "list-objects-v2", "--bucket", t.Outputs.Text("logBucketName"), "--prefix", prefix,
			"--max-items", "1", "--query", "Contents[0].Key || ''")
		return key, err
	}))
}
