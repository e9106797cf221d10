package experiments

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
)

var alarm = Experiment{
	Name:     "alarm",
	promise:  "a CloudWatch alarm in the site's region reaches a subscriber of the encrypted topic",
	done:     "sets an alarm to ALARM, and waits for its message in a queue",
	emulator: "alarm actions",
	try: func(ctx context.Context, t *Trial) (string, error) {
		return t.alarmArrives(ctx, t.Record.Region, t.Outputs.Text("alarmTopicArn"))
	},
}

var edgeAlarm = Experiment{
	Name:     "edge-alarm",
	promise:  "an alarm of the CDN, in us-east-1, reaches a subscriber of its topic",
	done:     "sets an alarm in us-east-1 to ALARM, and waits for its message in a queue",
	emulator: "alarm actions",
	try: func(ctx context.Context, t *Trial) (string, error) {
		return t.alarmArrives(ctx, awstypes.EdgeRegion, t.Outputs.Text("edgeAlarmTopicArn"))
	},
}

// alarmArrives sets an alarm that notifies the topic to ALARM, and waits for the message.
func (t *Trial) alarmArrives(ctx context.Context, region, topic string) (string, error) {
	var alarms struct {
		MetricAlarms []struct {
			AlarmName    string
			AlarmActions []string
		}
	}
	if err := cli.AWS(&alarms, region, "cloudwatch", "describe-alarms"); err != nil {
		return "", err
	}
	for _, a := range alarms.MetricAlarms {
		if !slices.Contains(a.AlarmActions, topic) {
			continue
		}
		since := t.Clock.Now()
		if err := t.AWS(ctx, region, "cloudwatch", "set-alarm-state", "--alarm-name", a.AlarmName,
			"--state-value", "ALARM", "--state-reason", "sites live tests whether this message arrives"); err != nil {
			return "", err
		}
		return t.message(ctx, since, 5*time.Minute, topic, a.AlarmName)
	}
	return "", broken("no alarm in %s has the action %s", region, topic)
}

// message waits in the subscribed queue for a topic's message that was sent since a time
// and contains all words. It deletes no messages, because other experiments wait for
// theirs in the same queue.
func (t *Trial) message(ctx context.Context, since time.Time, patience time.Duration, topic string, words ...string) (string, error) {
	return inTime(t.Await(ctx, patience, func() (string, error) {
		var messages []struct{ Body string }
		if err := cli.AWS(&messages, t.Record.Region, "sqs", "receive-message", "--queue-url", t.IDs["Queue"],
			"--max-number-of-messages", "10", "--wait-time-seconds", "10", "--query", "Messages"); err != nil {
			return "", err
		}
		for _, m := range messages {
			var notice struct {
				MessageID string `json:"MessageId"`
				TopicArn  string
				Message   string
				Timestamp time.Time
			}
			if json.Unmarshal([]byte(m.Body), &notice) != nil || notice.TopicArn != topic || notice.Timestamp.Before(since.Add(-time.Minute)) {
				continue
			}
			if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(notice.Message, word) }) {
				return "message " + notice.MessageID + " at " + notice.Timestamp.Format(time.RFC3339), nil
			}
		}
		return "", nil
	}))
}
