package live

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/cli"
)

var alarm = experiment{
	name:     "alarm",
	promise:  "an alarm of the region reaches a subscriber of its encrypted topic",
	done:     "sets one alarm to ALARM, and waits for the message in a queue",
	emulator: "alarms that act",
	try: func(ctx context.Context, t *trial) (string, error) {
		return t.alarmArrives(ctx, t.run.Region, t.output("alarmTopicArn"))
	},
}

var edgeAlarm = experiment{
	name:     "edge-alarm",
	promise:  "an alarm of the CDN, in us-east-1, reaches a subscriber of its topic",
	done:     "sets one alarm there to ALARM, and waits for the message in a queue",
	emulator: "alarms that act",
	try: func(ctx context.Context, t *trial) (string, error) {
		return t.alarmArrives(ctx, edgeRegion, t.output("edgeAlarmTopicArn"))
	},
}

// alarmArrives sets an alarm of a topic off.
func (t *trial) alarmArrives(ctx context.Context, region, topic string) (string, error) {
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
		since := t.clock.Now()
		if err := t.aws(ctx, region, "cloudwatch", "set-alarm-state", "--alarm-name", a.AlarmName,
			"--state-value", "ALARM", "--state-reason", "live tries whether this arrives"); err != nil {
			return "", err
		}
		return t.message(ctx, since, 5*time.Minute, topic, a.AlarmName)
	}
	return "", isBroken("no alarm in %s tells %s", region, topic)
}

// message waits for a message of a topic, sent since a time, in the subscribed queue.
// Messages stay in the queue: other experiments look for theirs among them.
func (t *trial) message(ctx context.Context, since time.Time, patience time.Duration, topic string, words ...string) (string, error) {
	return within(t.await(ctx, patience, func() (string, error) {
		var messages []struct{ Body string }
		if err := cli.AWS(&messages, t.run.Region, "sqs", "receive-message", "--queue-url", t.beside["Queue"],
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
