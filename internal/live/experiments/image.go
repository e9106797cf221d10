package experiments

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/live/workspace"
)

var image = Experiment{
	Name:     "image",
	promise:  "a workload in a private subnet pulls its image through the endpoints, reads its secret and connects to the database over TLS",
	done:     "runs a container in a private subnet, which also fills the databases for database-copy",
	emulator: "container runtime",
	try: func(ctx context.Context, t *Trial) (string, error) {
		task, err := t.runTask(ctx, "awsvpcConfiguration={subnets=["+strings.Join(t.Outputs.List("privateSubnetIds"), ",")+
			"],securityGroups=["+t.Outputs.Text("privateSecurityGroupId")+"],assignPublicIp=DISABLED}")
		if err != nil {
			return "", err
		}
		stopped, err := t.Await(ctx, 15*time.Minute, func() (string, error) {
			var state struct {
				Status, Reason, Container string
				ExitCode                  *int
			}
			err := cli.AWS(&state, t.Record.Region, "ecs", "describe-tasks", "--cluster", t.IDs["Cluster"], "--tasks", task, "--query",
				"tasks[0].{Status: lastStatus, Reason: stoppedReason, Container: containers[0].reason, ExitCode: containers[0].exitCode}")
			switch {
			case err != nil || state.Status != "STOPPED":
				return "", err
			case state.ExitCode == nil || *state.ExitCode != 0:
				return "", broken("%s: %s %s", task, state.Reason, state.Container)
			}
			return task + " ended with status 0", nil
		})
		return inTime(stopped, err)
	},
}

// runTask starts the container and returns the task's ARN. It retries, because in a new
// account ECS refuses tasks until it has created its service-linked role.
func (t *Trial) runTask(ctx context.Context, network string) (string, error) {
	var last error
	task, err := t.Await(ctx, 2*time.Minute, func() (string, error) {
		var started struct {
			Task     string
			Failures []struct{ Reason string }
		}
		last = cli.AWS(&started, t.Record.Region, "ecs", "run-task", "--cluster", t.IDs["Cluster"], "--task-definition", t.IDs["Task"],
			"--launch-type", "FARGATE", "--network-configuration", network, "--query", "{Task: tasks[0].taskArn, Failures: failures}")
		if last == nil && len(started.Failures) > 0 {
			last = errors.New(started.Failures[0].Reason)
		}
		return started.Task, nil
	})
	if errors.Is(err, workspace.ErrTimeout) {
		err = last
	}
	return task, err
}
