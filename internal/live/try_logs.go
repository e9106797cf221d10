package live

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"example.com/multisite/internal/cli"
)

// Logs come minutes to hours after what they are about; AWS promises no time.
const logPatience = 45 * time.Minute

var flowLog = experiment{
	name:     "flow-log",
	promise:  "traffic of the network is logged",
	done:     "waits for an event in a flow log group with the run's tag",
	emulator: "traffic",
	try: func(ctx context.Context, t *trial) (string, error) {
		var group string
		if err := cli.AWS(&group, t.run.Region, "ec2", "describe-flow-logs", "--filter", "Name=resource-id,Values="+t.output("vpcId"),
			"--query", "FlowLogs[0].LogGroupName || 'none'"); err != nil {
			return "", err
		}
		return t.logged(ctx, group)
	},
}

var databaseLog = experiment{
	name:     "database-log",
	promise:  "the log of a database arrives in its encrypted log group",
	done:     "waits for an event in the PostgreSQL log group of a database",
	emulator: "logs of databases",
	needs:    []string{"database-event"}, // which makes it log
	try: func(ctx context.Context, t *trial) (string, error) {
		for _, id := range t.run.Databases {
			if strings.HasPrefix(id, t.run.Site+"-"+t.run.Home+"-") && !strings.Contains(id, "-replica-") {
				return t.logged(ctx, "/aws/rds/instance/"+id+"/postgresql")
			}
		}
		return "", isBroken("no database of %s is there", t.run.Home)
	},
}

// logged waits for an event in a log group.
func (t *trial) logged(ctx context.Context, group string) (string, error) {
	return within(t.await(ctx, logPatience, func() (string, error) {
		var streams []string
		err := cli.AWS(&streams, t.run.Region, "logs", "describe-log-streams", "--log-group-name", group, "--order-by", "LastEventTime", "--descending",
			"--max-items", "5", "--query", "logStreams[?lastEventTimestamp].logStreamName")
		if err != nil || len(streams) == 0 {
			return "", err
		}
		return group + ": " + streams[0], nil
	}))
}

var bucketLog = experiment{
	name:     "bucket-log",
	promise:  "requests to a bucket are logged under s3/NAME/, by the day of the event",
	done:     "waits for an object under that prefix of the log bucket",
	emulator: "logs of buckets by day",
	needs:    []string{"replication"}, // which makes requests
	try: func(ctx context.Context, t *trial) (string, error) {
		return t.delivered(ctx, "s3/"+t.run.Site+"-"+t.run.Home+"-"+t.run.Bucket+"/"+t.run.Account+"/")
	},
}

var cdnLog = experiment{
	name:     "cdn-log",
	promise:  "requests to the CDN are logged under AWSLogs/ACCOUNT/CloudFront/DISTRIBUTION/, to which the log bucket's policy lets them",
	done:     "fetches a page through the CDN, and waits for an object under that prefix of the log bucket",
	emulator: "CDN that answers",
	try: func(ctx context.Context, t *trial) (string, error) {
		if err := t.fetch(ctx); err != nil {
			return "", err
		}
		var id string
		if err := cli.AWS(&id, edgeRegion, "cloudfront", "list-distributions",
			"--query", "DistributionList.Items[?DomainName=='"+t.output("cdnDomainName")+"' || contains(Aliases.Items || `[]`, '"+t.output("cdnDomainName")+"')].Id | [0]"); err != nil {
			return "", err
		}
		evidence, err := t.delivered(ctx, "AWSLogs/"+t.run.Account+"/CloudFront/"+id+"/")
		if err == nil {
			return evidence, nil
		}
		// Where it came instead, if anywhere.
		var elsewhere string
		if asked := cli.AWS(&elsewhere, t.run.Region, "s3api", "list-objects-v2", "--bucket", t.output("logBucketName"),
			"--query", "Contents[?contains(Key, '"+id+"')].Key | [0] || 'nowhere'"); asked != nil {
			return "", asked
		}
		return "", fmt.Errorf("%w; logged %s", err, elsewhere)
	},
}

var firewallLog = experiment{
	name:     "firewall-log",
	promise:  "what the CDN's firewall sees is logged under AWSLogs/ACCOUNT/WAFLogs/",
	done:     "fetches a page through the CDN, and waits for an object under that prefix of the log bucket",
	emulator: "firewall that answers",
	try: func(ctx context.Context, t *trial) (string, error) {
		if err := t.fetch(ctx); err != nil {
			return "", err
		}
		return t.delivered(ctx, "AWSLogs/"+t.run.Account+"/WAFLogs/")
	},
}

// fetch puts a page into the CDN's bucket and gets it through the CDN.
func (t *trial) fetch(ctx context.Context) error {
	if err := t.put(ctx, t.output("cdnBucketName"), "live.html"); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+t.output("cdnDomainName")+"/live.html", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return isBroken("the CDN answers %s for its own page", response.Status)
	}
	return nil
}

// delivered waits for an object in the log bucket.
func (t *trial) delivered(ctx context.Context, prefix string) (string, error) {
	return within(t.await(ctx, logPatience, func() (string, error) {
		var key string
		err := cli.AWS(&key, t.run.Region, "s3api", "list-objects-v2", "--bucket", t.output("logBucketName"), "--prefix", prefix,
			"--max-items", "1", "--query", "Contents[0].Key || ''")
		return key, err
	}))
}

func writeText(file, content string) error { return os.WriteFile(file, []byte(content), 0o600) }
