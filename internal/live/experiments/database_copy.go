package experiments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/live/account"
	"example.com/multisite/internal/live/smallsite"
	"example.com/multisite/register"
)

// DatabaseCopy is the name of the experiment that needs a stand-in for the origin.
const DatabaseCopy = "database-copy"

var databaseCopy = Experiment{
	Name:     DatabaseCopy,
	promise:  "an update starts a replication task; AWS DMS connects to both databases, verifies their certificates and copies rows",
	done:     "sets a market's phase to copying, updates the site, tests the task's endpoints and waits for a row from a stand-in for the origin",
	emulator: "AWS DMS",
	needs:    []string{"image"}, // fills the databases
	try: func(ctx context.Context, t *Trial) (string, error) {
		if t.Record.Moving == "" {
			return "", fmt.Errorf("%w: the site has only one service, and only a DataSync agent copies its buckets", errNotRun)
		}
		if err := t.configureCopy(ctx); err != nil {
			return "", err
		}
		if err := t.Update(ctx, t.Record.Site); err != nil {
			return "", broken("the update to start the task failed: %v", err)
		}
		task, err := t.copyTask()
		if err != nil {
			return "", err
		}
		var endpoints []string
		if err := cli.AWS(&endpoints, t.Record.Region, "dms", "describe-endpoints", "--query", "Endpoints[].EndpointArn"); err != nil {
			return "", err
		}
		for _, endpoint := range endpoints {
			if err := t.connects(ctx, task.ReplicationInstanceArn, endpoint); err != nil {
				return "", err
			}
		}
		return inTime(t.Await(ctx, 15*time.Minute, func() (string, error) {
			var tables []struct {
				SchemaName, TableName, TableState string
				FullLoadRows                      int
			}
			err := cli.AWS(&tables, t.Record.Region, "dms", "describe-table-statistics", "--replication-task-arn", task.ReplicationTaskArn, "--query", "TableStatistics")
			for _, table := range tables {
				if table.FullLoadRows > 0 {
					return fmt.Sprintf("%s: %d rows of %s.%s", task.ReplicationTaskArn, table.FullLoadRows, table.SchemaName, table.TableName), err
				}
			}
			return "", err
		}))
	},
}

// copyTask is the only replication task of the account.
type copyTask struct{ ReplicationTaskArn, ReplicationInstanceArn string }

func (t *Trial) copyTask() (task copyTask, err error) {
	var tasks []copyTask
	if err := cli.AWS(&tasks, t.Record.Region, "dms", "describe-replication-tasks", "--without-settings", "--query", "ReplicationTasks"); err != nil {
		return task, err
	}
	if len(tasks) != 1 {
		return task, broken("found %d replication tasks; allowed: 1", len(tasks))
	}
	return tasks[0], nil
}

// configureCopy configures the copy of the moving service's database from the stand-in
// for its origin, unless the configuration has it.
func (t *Trial) configureCopy(ctx context.Context) error {
	if t.Record.Copying {
		return nil
	}
	certificates, err := download(ctx, fmt.Sprintf("https://truststore.pki.rds.amazonaws.com/%[1]s/%[1]s-bundle.pem", t.Record.Region))
	if err != nil {
		return err
	}
	var blocks []string // of the data subnets; the stand-in is in them
	if err := cli.AWS(&blocks, t.Record.Region, append([]string{"ec2", "describe-subnets", "--query", "Subnets[].CidrBlock", "--subnet-ids"},
		t.Outputs.List("dataSubnetIds")...)...); err != nil {
		return err
	}
	var secret string
	if err := cli.AWS(&secret, t.Record.Region, "secretsmanager", "get-secret-value", "--secret-id", t.IDs["OriginSecret"], "--query", "SecretString"); err != nil {
		return err
	}
	password, err := passwordOf(secret)
	if err != nil {
		return err
	}
	host, err := account.DatabaseHost(t.Record.Region, t.IDs["OriginDatabase"])
	if err != nil {
		return err
	}
	reg, err := register.Default()
	if err != nil {
		return err
	}
	if !reg.Origin.Has(host) {
		return fmt.Errorf("%w: %s: origin.hosts: found %v; allowed: also %s, in a working copy for this run", errNotRun, register.Path, reg.Origin.Hosts, host)
	}
	var failed error
	if err := t.Edit(t.Record.Site, func(config map[string]any) {
		failed = smallsite.ConfigureCopy(t.Record, config, certificates, host, blocks, t.Clock.Now())
	}); err != nil || failed != nil {
		return errors.Join(err, failed)
	}
	if err := t.Pulumi(ctx, "config", "set", "--stack", t.Record.Site, "--secret", "--path",
		"multisite:migration.services."+t.Record.Moving+".origin.database.password", password); err != nil {
		return err
	}
	t.Record.Copying = true
	return t.Save()
}

// connects starts the test of an endpoint's connection, and waits for its result.
func (t *Trial) connects(ctx context.Context, instance, endpoint string) error {
	if err := t.AWS(ctx, t.Record.Region, "dms", "test-connection", "--replication-instance-arn", instance, "--endpoint-arn", endpoint); err != nil {
		return err
	}
	_, err := inTime(t.Await(ctx, 10*time.Minute, func() (string, error) {
		var test struct{ Status, Failure string }
		err := cli.AWS(&test, t.Record.Region, "dms", "describe-connections", "--filters", "Name=endpoint-arn,Values="+endpoint,
			"--query", "Connections[0].{Status: Status, Failure: LastFailureMessage}")
		switch {
		case err != nil:
			return "", err
		case test.Status == "failed":
			return "", broken("%s: %s", endpoint, test.Failure)
		case test.Status == "successful":
			return test.Status, nil
		}
		return "", nil
	}))
	return err
}

// download returns a public file, up to 1 MiB.
func download(ctx context.Context, url string) (string, error) {
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

// passwordOf returns the password in a secret's JSON.
func passwordOf(secret string) (string, error) {
	var content struct {
		Password string `json:"password"`
	}
	err := json.Unmarshal([]byte(secret), &content)
	return content.Password, err
}
