package live

import (
	"context"
	"slices"
	"strings"
	"time"
)

var databaseEvent = experiment{
	name:     "database-event",
	promise:  "what happens to a database reaches a subscriber of the encrypted topic",
	done:     "reboots a database, and waits for the message in a queue",
	emulator: "events of databases",
	try: func(ctx context.Context, t *trial) (string, error) {
		if err := t.noteDatabases(); err != nil {
			return "", err
		}
		primary := slices.IndexFunc(t.run.Databases, func(id string) bool {
			return strings.HasPrefix(id, t.run.Site+"-"+t.run.Home+"-") && !strings.Contains(id, "-replica-")
		})
		if primary < 0 {
			return "", isBroken("no database of %s is there", t.run.Home)
		}
		id, since := t.run.Databases[primary], t.clock.Now()
		if err := t.aws(ctx, t.run.Region, "rds", "reboot-db-instance", "--db-instance-identifier", id); err != nil {
			return "", err
		}
		// The drift run, and the copies, find it as it was.
		defer func() {
			_ = t.aws(ctx, t.run.Region, "rds", "wait", "db-instance-available", "--db-instance-identifier", id)
		}()
		return t.message(ctx, since, 15*time.Minute, t.output("alarmTopicArn"), id)
	},
}
