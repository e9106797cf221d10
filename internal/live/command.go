package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"example.com/multisite/internal/cli"
)

// errWaited is the error of a wait whose time is over.
var errWaited = errors.New("not in time")

// command runs a command to its end. When the context ends it is interrupted, as by
// Ctrl-C, and may finish what it has begun; when the second signal comes, once more,
// at which Pulumi ends at once.
func (a *app) command(ctx context.Context, name string, args ...string) error {
	return a.commandIn(ctx, "", a.out, name, args...)
}

// commandIn is command in a folder, with its output somewhere.
func (a *app) commandIn(ctx context.Context, dir string, out io.Writer, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...) //nolint:gosec // pulumi, aws or adopt
	c.Dir, c.Stdout, c.Stderr = dir, out, a.out
	c.Env = append(os.Environ(), "AWS_PAGER=")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's Ctrl-C is ours to pass on
	interrupt := func() error { return c.Process.Signal(os.Interrupt) }
	c.Cancel = interrupt
	if err := c.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(a.last, func() {
		_ = interrupt()
		time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	})
	defer stop()
	if err := c.Wait(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return ctx.Err()
}

// pulumi runs a pulumi command on the working copy.
func (a *app) pulumi(ctx context.Context, args ...string) error {
	return a.command(ctx, "pulumi", append([]string{"--cwd", a.project(), "--non-interactive", "--color=never"}, args...)...)
}

// pulumiJSON runs a pulumi command that prints JSON, on the working copy.
func (a *app) pulumiJSON(into any, args ...string) error {
	return cli.JSON(into, "pulumi", append([]string{"--cwd", a.project(), "--non-interactive", "--color=never"}, args...)...)
}

// aws runs a command of the AWS CLI for what it does, not for what it prints.
func (a *app) aws(ctx context.Context, region string, args ...string) error {
	_, _ = fmt.Fprintf(a.out, "aws %s\n", strings.Join(args[:min(4, len(args))], " "))
	return a.commandIn(ctx, "", io.Discard, "aws", append([]string{"--output", "json", "--region", region}, args...)...)
}

// await tries until a probe returns text, for a time. The probe's errors end it.
func (a *app) await(ctx context.Context, within time.Duration, probe func() (string, error)) (string, error) {
	const every = 15 * time.Second
	for deadline := a.clock.Now().Add(within); ; {
		found, err := probe()
		if err != nil || found != "" {
			return found, err
		}
		if a.clock.Now().After(deadline) {
			return "", fmt.Errorf("%w: waited for %v", errWaited, within)
		}
		if err := a.clock.Sleep(ctx, every); err != nil {
			return "", err
		}
	}
}

// setenv points pulumi and its secrets at the run's own folder.
func (a *app) setenv() error {
	return errors.Join(
		os.Setenv("PULUMI_BACKEND_URL", "file://"+a.file("state")),
		os.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", a.file("passphrase")),
		os.Unsetenv("PULUMI_CONFIG_PASSPHRASE"),
		os.Setenv("PULUMI_SKIP_UPDATE_CHECK", "true"),
	)
}

// encoded is a value as JSON, for the AWS CLI.
func encoded(value any) string {
	data, _ := json.Marshal(value) // of maps, lists and text
	return string(data)
}

// texts are the elements of a list.
func texts(list any) []string {
	elements, _ := list.([]any)
	var all []string
	for _, element := range elements {
		all = append(all, fmt.Sprint(element))
	}
	return all
}
