package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/multisite/internal/cli"
)

var databaseCopy = experiment{
	name:     "database-copy",
	promise:  "an update starts a replication task, whose connections DMS tests then, verifies both servers and copies rows",
	done:     "sets a market's phase to copying, updates the site, tests the endpoints of both directions and waits for a row from a stand-in for the origin",
	emulator: "AWS DMS",
	needs:    []string{"image"}, // which fills the databases
	try: func(ctx context.Context, t *trial) (string, error) {
		if t.run.Moving == "" {
			return "", fmt.Errorf("%w: the site has one service, with buckets, which only an agent copies", errNotRun)
		}
		if err := t.configureCopy(ctx); err != nil {
			return "", err
		}
		if err := t.update(ctx, t.run.Site); err != nil {
			return "", isBroken("the update that starts the task failed: %v", err)
		}
		task, err := t.copyTask()
		if err != nil {
			return "", err
		}
		var endpoints []string // of both directions
		if err := cli.AWS(&endpoints, t.run.Region, "dms", "describe-endpoints", "--query", "Endpoints[].EndpointArn"); err != nil {
			return "", err
		}
		for _, endpoint := range endpoints {
			if err := t.connects(ctx, task.ReplicationInstanceArn, endpoint); err != nil {
				return "", err
			}
		}
		return within(t.await(ctx, 15*time.Minute, func() (string, error) {
			var tables []struct {
				SchemaName, TableName, TableState string
				FullLoadRows                      int
			}
			err := cli.AWS(&tables, t.run.Region, "dms", "describe-table-statistics", "--replication-task-arn", task.ReplicationTaskArn, "--query", "TableStatistics")
			for _, table := range tables {
				if table.FullLoadRows > 0 {
					return fmt.Sprintf("%s: %d row of %s.%s", task.ReplicationTaskArn, table.FullLoadRows, table.SchemaName, table.TableName), err
				}
			}
			return "", err
		}))
	},
}

// copyTask is the run's one replication task.
type copyTask struct{ ReplicationTaskArn, ReplicationInstanceArn string }

func (t *trial) copyTask() (task copyTask, err error) {
	var tasks []copyTask
	if err := cli.AWS(&tasks, t.run.Region, "dms", "describe-replication-tasks", "--without-settings", "--query", "ReplicationTasks"); err != nil {
		return task, err
	}
	if len(tasks) != 1 {
		return task, isBroken("%d replication tasks are there", len(tasks))
	}
	return tasks[0], nil
}

// configureCopy configures the copy of the moving service, from the stand-in.
func (t *trial) configureCopy(ctx context.Context) error {
	if t.run.Copying {
		return nil
	}
	certificates, err := t.download(ctx, fmt.Sprintf("https://truststore.pki.rds.amazonaws.com/%[1]s/%[1]s-bundle.pem", t.run.Region))
	if err != nil {
		return err
	}
	var blocks []string // of the data subnets, in which the stand-in is
	if err := cli.AWS(&blocks, t.run.Region, append([]string{"ec2", "describe-subnets", "--query", "Subnets[].CidrBlock", "--subnet-ids"},
		texts(t.site["dataSubnetIds"])...)...); err != nil {
		return err
	}
	var secret string
	if err := cli.AWS(&secret, t.run.Region, "secretsmanager", "get-secret-value", "--secret-id", t.beside["OriginSecret"], "--query", "SecretString"); err != nil {
		return err
	}
	password, err := passwordOf(secret)
	if err != nil {
		return err
	}
	host, err := t.databaseHost(t.beside["OriginDatabase"])
	if err != nil {
		return err
	}
	var failed error
	if err := t.edit(t.run.Site, func(config object) {
		failed = t.run.copying(config, certificates, host, blocks, t.clock.Now())
	}); err != nil || failed != nil {
		return errors.Join(err, failed)
	}
	if err := t.pulumi(ctx, "config", "set", "--stack", t.run.Site, "--secret", "--path",
		"multisite:migration.services."+t.run.Moving+".origin.database.password", password); err != nil {
		return err
	}
	t.run.Copying = true
	return t.save()
}

// copying adds to a site's configuration the copy of a database at a host, which is in
// IPv4 blocks. The password is set apart, as a secret.
func (r *record) copying(config object, certificates, host string, blocks []string, now time.Time) error {
	options, err := r.options("migration", "")
	if err != nil {
		return err
	}
	migration := dig(config, "multisite:migration")
	lay(migration, options)
	dig(migration, "replication")["originCidrBlocks"] = blocks
	migration["certificates"] = certificates
	service := dig(migration, "services", r.Moving)
	service["origin"] = object{"database": object{"host": host, "name": "origin", "username": "multisite"}}
	dig(service, "markets")[r.Market] = object{"phase": "copying", "facts": object{
		"for": "copying", "measured": now.Format(time.DateOnly), "homeEmpty": true,
	}}
	return nil
}

// connects tests an endpoint, and waits for the answer.
func (t *trial) connects(ctx context.Context, instance, endpoint string) error {
	if err := t.aws(ctx, t.run.Region, "dms", "test-connection", "--replication-instance-arn", instance, "--endpoint-arn", endpoint); err != nil {
		return err
	}
	_, err := within(t.await(ctx, 10*time.Minute, func() (string, error) {
		var test struct{ Status, Failure string }
		err := cli.AWS(&test, t.run.Region, "dms", "describe-connections", "--filters", "Name=endpoint-arn,Values="+endpoint,
			"--query", "Connections[0].{Status: Status, Failure: LastFailureMessage}")
		switch {
		case err != nil:
			return "", err
		case test.Status == "failed":
			return "", isBroken("%s: %s", endpoint, test.Failure)
		case test.Status == "successful":
			return test.Status, nil
		}
		return "", nil
	}))
	return err
}

// download reads a small public file.
func (t *trial) download(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if response.StatusCode != http.StatusOK {
		err = errors.Join(err, errors.New(url+": "+response.Status))
	}
	return string(data), err
}

// passwordOf reads the password out of a secret.
func passwordOf(secret string) (string, error) {
	var content struct {
		Password string `json:"password"`
	}
	err := json.Unmarshal([]byte(secret), &content)
	return content.Password, err
}
