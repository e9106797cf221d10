package experiments

import (
	"context"
	"time"
)

var event = Experiment{
	Name:     "event",
	promise:  "the event of a stopped replication task reaches a subscriber, through EventBridge and the encrypted topic",
	done:     "stops the task, waits for the event's message in a queue, and starts the task again",
	emulator: "AWS DMS",
	needs:    []string{"database-copy"},
	try: func(ctx context.Context, t *Trial) (string, error) {
		task, err := t.copyTask()
		if err != nil {
			return "", err
		}
		since := t.Clock.Now()
		if err := t.AWS(ctx, t.Record.Region, "dms", "stop-replication-task", "--replication-task-arn", task.ReplicationTaskArn); err != nil {
			return "", err
		}
		evidence, err := t.message(ctx, since, 15*time.Minute, t.Outputs.Text("alarmTopicArn"), "REPLICATION_TASK_STOPPED")
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if waiting := t.AWS(ctx, t.Record.Region, "dms", "wait", "replication-task-stopped", "--filters", "Name=replication-task-arn,Values="+task.ReplicationTaskArn); waiting != nil {
			return "", waiting
		}
		if starting := t.AWS(ctx, t.Record.Region, "dms", "start-replication-task", "--replication-task-arn", task.ReplicationTaskArn,
			"--start-replication-task-type", "resume-processing"); starting != nil {
			return "", starting
		}
		return evidence, err
	},
}
