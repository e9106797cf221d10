// Package query runs the commands of a preflight: the AWS CLI and Pulumi, each command once.
package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"example.com/multisite/internal/cli"
)

const (
	// concurrency is the maximum number of commands that run at the same time. The AWS CLI
	// needs most of a second of CPU to start, so more commands would not end sooner.
	concurrency = 8
	// timeout is the time limit of a command. Without a network, the AWS CLI retries for minutes.
	timeout = 90 * time.Second
)

// ErrNoValue is the error of a caller whose answer from AWS lacks the value.
var ErrNoValue = errors.New("the answer has no value")

// Runner runs a program in a folder and returns what it prints. If the program fails, the
// error is a *cli.Error.
type Runner func(ctx context.Context, dir, name string, args ...string) ([]byte, error)

// Client runs commands, each once and at most eight at the same time.
type Client struct {
	ctx      context.Context
	dir      string
	runner   Runner
	slots    chan struct{}
	progress func(ended int)

	mutex   sync.Mutex
	answers map[string]func() ([]byte, error)
	ended   int
}

// New returns a client that runs commands in a folder. Runner is cli.Output if nil.
// Progress, if not nil, is called after each command with the number of commands that have
// ended, from several goroutines at a time.
func New(ctx context.Context, dir string, runner Runner, progress func(ended int)) *Client {
	c := &Client{
		ctx: ctx, dir: dir, runner: runner, slots: make(chan struct{}, concurrency),
		progress: progress, answers: map[string]func() ([]byte, error){},
	}
	if c.runner == nil {
		c.runner = cli.Output
	}
	if c.progress == nil {
		c.progress = func(int) {}
	}
	return c
}

// Output returns what a command prints. If the command ran before, Output returns the same again.
func (c *Client) Output(name string, args ...string) ([]byte, error) {
	key := strings.Join(append([]string{name}, args...), "\x00")
	c.mutex.Lock()
	answer, ran := c.answers[key]
	if !ran {
		answer = sync.OnceValues(func() ([]byte, error) { return c.run(name, args...) })
		c.answers[key] = answer
	}
	c.mutex.Unlock()
	return answer()
}

func (c *Client) run(name string, args ...string) ([]byte, error) {
	c.slots <- struct{}{}
	defer func() { <-c.slots }()
	ctx, cancel := context.WithTimeout(c.ctx, timeout)
	defer cancel()
	output, err := c.runner(ctx, c.dir, name, args...)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%s %s gave no answer within %s", name, strings.Join(args[:min(len(args), 6)], " "), timeout)
	}
	c.mutex.Lock()
	c.ended++
	ended := c.ended
	c.mutex.Unlock()
	c.progress(ended)
	return output, err
}

// AWS calls one operation of the AWS API in a region and decodes its answer. An operation
// that returns nothing leaves into unchanged.
func (c *Client) AWS(into any, region string, args ...string) error {
	output, err := c.Output("aws", cli.AWSArgs(region, args...)...)
	if err != nil || len(strings.TrimSpace(string(output))) == 0 {
		return err
	}
	if err := json.Unmarshal(output, into); err != nil {
		return fmt.Errorf("aws %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// JSON runs a command and decodes what it prints.
func (c *Client) JSON(into any, name string, args ...string) error {
	output, err := c.Output(name, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(output, into); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

// IsNotFound reports whether AWS answered that the resource does not exist. It is false for
// every other error, such as a missing permission.
func IsNotFound(err error) bool {
	switch cli.Code(err) {
	case "404", "NoSuchBucket", "NoSuchEntity", "NoSuchHostedZone", "NotFoundException", "NotFound":
		return true
	}
	return false
}
