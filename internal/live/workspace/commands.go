package workspace

import (
	"context"
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

// ErrTimeout is the error of Await when the time is over.
var ErrTimeout = errors.New("timed out")

// Pulumi runs a pulumi command on the working copy.
func (w *Workspace) Pulumi(ctx context.Context, args ...string) error {
	return w.run(ctx, "", w.Out, "pulumi", w.pulumiArgs(args)...)
}

// PulumiJSON runs a pulumi command on the working copy and decodes its JSON.
func (w *Workspace) PulumiJSON(into any, args ...string) error {
	return cli.JSON(into, "pulumi", w.pulumiArgs(args)...)
}

func (w *Workspace) pulumiArgs(args []string) []string {
	return append([]string{"--cwd", w.project(), "--non-interactive", "--color=never"}, args...)
}

// AWS runs an AWS CLI command that changes or awaits something. It prints the start of
// the command and discards the command's output.
func (w *Workspace) AWS(ctx context.Context, region string, args ...string) error {
	_, _ = fmt.Fprintf(w.Out, "aws %s\n", strings.Join(args[:min(4, len(args))], " "))
	return w.run(ctx, "", io.Discard, "aws", cli.AWSArgs(region, args...)...)
}

// run runs a command in a folder. It interrupts the command when the context ends, so
// that the command can complete the operations it has begun, and again when Abort is
// done, at which Pulumi exits immediately. A minute later it kills the command.
func (w *Workspace) run(ctx context.Context, dir string, out io.Writer, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, out, w.Out
	c.Env = append(os.Environ(), "AWS_PAGER=")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the terminal must not send Ctrl-C to the command too
	interrupt := func() error { return c.Process.Signal(os.Interrupt) }
	c.Cancel = interrupt
	if err := c.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(w.Abort, func() {
		_ = interrupt()
		time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	})
	defer stop()
	if err := c.Wait(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return ctx.Err()
}

// Await calls a probe every 15 seconds until it returns text or an error, or until the
// time is over.
func (w *Workspace) Await(ctx context.Context, within time.Duration, probe func() (string, error)) (string, error) {
	const interval = 15 * time.Second
	for deadline := w.Clock.Now().Add(within); ; {
		found, err := probe()
		if err != nil || found != "" {
			return found, err
		}
		if w.Clock.Now().After(deadline) {
			return "", fmt.Errorf("%w after %v", ErrTimeout, within)
		}
		if err := w.Clock.Sleep(ctx, interval); err != nil {
			return "", err
		}
	}
}
