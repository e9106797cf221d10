package live

import (
	"context"
	"time"
)

var event = experiment{
	name:     "event",
	promise:  "a replication task that stops reaches a subscriber, through EventBridge and the encrypted topic",
	done:     "stops the task, waits for the message in a queue, and starts the task again",
	emulator: "AWS DMS",
	needs:    []string{"database-copy"},
	try: func(ctx context.Context, t *trial) (string, error) {
		task, err := t.copyTask()
		if err != nil {
			return "", err
		}
		since := t.clock.Now()
		if err := t.aws(ctx, t.run.Region, "dms", "stop-replication-task", "--replication-task-arn", task.ReplicationTaskArn); err != nil {
			return "", err
		}
		evidence, err := t.message(ctx, since, 15*time.Minute, t.output("alarmTopicArn"), "REPLICATION_TASK_STOPPED")
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if waiting := t.aws(ctx, t.run.Region, "dms", "wait", "replication-task-stopped", "--filters", "Name=replication-task-arn,Values="+task.ReplicationTaskArn); waiting != nil {
			return "", waiting
		}
		if starting := t.aws(ctx, t.run.Region, "dms", "start-replication-task", "--replication-task-arn", task.ReplicationTaskArn,
			"--start-replication-task-type", "resume-processing"); starting != nil {
			return "", starting
		}
		return evidence, err
	},
}
