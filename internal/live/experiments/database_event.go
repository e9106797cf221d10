package experiments

import (
	"context"
	"slices"
	"strings"
	"time"
)

var databaseEvent = Experiment{
	Name:     "database-event",
	promise:  "an RDS event reaches a subscriber of the encrypted topic",
	done:     "reboots a database, and waits for the event's message in a queue",
	emulator: "RDS events",
	try: func(ctx context.Context, t *Trial) (string, error) {
		if err := t.RecordDatabases(); err != nil {
			return "", err
		}
		primary := slices.IndexFunc(t.Record.Databases, func(id string) bool {
			return strings.HasPrefix(id, t.Record.Site+"-"+t.Record.Home+"-") && !strings.Contains(id, "-replica-")
		})
		if primary < 0 {
			return "", broken("found no database of %s", t.Record.Home)
		}
		id, since := t.Record.Databases[primary], t.Clock.Now()
		if err := t.AWS(ctx, t.Record.Region, "rds", "reboot-db-instance", "--db-instance-identifier", id); err != nil {
			return "", err
		}
		// The experiments drift and database-copy need an available database.
		defer func() {
			_ = t.AWS(ctx, t.Record.Region, "rds", "wait", "db-instance-available", "--db-instance-identifier", id)
		}()
		return t.message(ctx, since, 15*time.Minute, t.Outputs.Text("alarmTopicArn"), id)
	},
}
