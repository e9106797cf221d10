package experiments

import (
	"context"
	"strings"
	"time"

	"example.com/multisite/internal/cli"
)

// logTimeout is an assumption. AWS guarantees no time: logs arrive minutes to hours after
// the event.
const logTimeout = 45 * time.Minute

var flowLog = Experiment{
	Name:     "flow-log",
	promise:  "flow logs record the network's traffic",
	done:     "waits for a log event in the log group of the VPC's flow log",
	emulator: "network traffic",
	try: func(ctx context.Context, t *Trial) (string, error) {
		var group string
		if err := cli.AWS(&group, t.Record.Region, "ec2", "describe-flow-logs", "--filter", "Name=resource-id,Values="+t.Outputs.Text("vpcId"),
			"--query", "FlowLogs[0].LogGroupName || 'none'"); err != nil {
			return "", err
		}
		return t.logged(ctx, group)
	},
}

var databaseLog = Experiment{
	Name:     "database-log",
	promise:  "the log of a database arrives in its encrypted log group",
	done:     "waits for a log event in the PostgreSQL log group of a database",
	emulator: "database logs",
	needs:    []string{"database-event"}, // its reboot writes to the log
	try: func(ctx context.Context, t *Trial) (string, error) {
		for _, id := range t.Record.Databases {
			if strings.HasPrefix(id, t.Record.Site+"-"+t.Record.Home+"-") && !strings.Contains(id, "-replica-") {
				return t.logged(ctx, "/aws/rds/instance/"+id+"/postgresql")
			}
		}
		return "", broken("found no database of %s", t.Record.Home)
	},
}

// logged waits for a log event in a log group.
func (t *Trial) logged(ctx context.Context, group string) (string, error) {
	return inTime(t.Await(ctx, logTimeout, func() (string, error) {
		var streams []string
		err := cli.AWS(&streams, t.Record.Region, "logs", "describe-log-streams", "--log-group-name", group, "--order-by", "LastEventTime", "--descending",
			"--max-items", "5", "--query", "logStreams[?lastEventTimestamp].logStreamName")
		if err != nil || len(streams) == 0 {
			return "", err
		}
		return group + ": " + streams[0], nil
	}))
}
