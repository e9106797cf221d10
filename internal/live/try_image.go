package live

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.com/multisite/internal/cli"
)

var image = experiment{
	name:     "image",
	promise:  "a workload in a private subnet pulls its image through the endpoints, reads its secret and reaches the database over TLS",
	done:     "runs a container there that fills the databases for database-copy",
	emulator: "container runtime",
	try: func(ctx context.Context, t *trial) (string, error) {
		task, err := t.runTask(ctx, "awsvpcConfiguration={subnets=["+strings.Join(texts(t.site["privateSubnetIds"]), ",")+
			"],securityGroups=["+t.output("privateSecurityGroupId")+"],assignPublicIp=DISABLED}")
		if err != nil {
			return "", err
		}
		stopped, err := t.await(ctx, 15*time.Minute, func() (string, error) {
			var state struct {
				Status, Reason, Container string
				ExitCode                  *int
			}
			err := cli.AWS(&state, t.run.Region, "ecs", "describe-tasks", "--cluster", t.beside["Cluster"], "--tasks", task, "--query",
				"tasks[0].{Status: lastStatus, Reason: stoppedReason, Container: containers[0].reason, ExitCode: containers[0].exitCode}")
			switch {
			case err != nil || state.Status != "STOPPED":
				return "", err
			case state.ExitCode == nil || *state.ExitCode != 0:
				return "", isBroken("%s: %s %s", task, state.Reason, state.Container)
			}
			return task + " ended with status 0", nil
		})
		return within(stopped, err)
	},
}

// runTask starts the container. The first time, ECS refuses until the role that it
// makes for itself in the account is there.
func (t *trial) runTask(ctx context.Context, network string) (string, error) {
	var last error
	task, err := t.await(ctx, 2*time.Minute, func() (string, error) {
		var started struct {
			Task     string
			Failures []struct{ Reason string }
		}
		last = cli.AWS(&started, t.run.Region, "ecs", "run-task", "--cluster", t.beside["Cluster"], "--task-definition", t.beside["Task"],
			"--launch-type", "FARGATE", "--network-configuration", network, "--query", "{Task: tasks[0].taskArn, Failures: failures}")
		if last == nil && len(started.Failures) > 0 {
			last = errors.New(started.Failures[0].Reason)
		}
		return started.Task, nil
	})
	if errors.Is(err, errWaited) {
		err = last
	}
	return task, err
}
