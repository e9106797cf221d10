package preflight

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
	// atOnce is how many commands run side by side. The AWS CLI takes most of a second of
	// CPU to start, so more would not be sooner.
	atOnce = 8
	// patience is how long one command may take: without a network, the AWS CLI tries for minutes.
	patience = 90 * time.Second
)

// edgeRegion is where CloudFront, IAM, Route 53 and the quota of buckets are asked for.
const edgeRegion = "us-east-1"

// asker runs commands, each once and a few at a time.
type asker struct {
	ctx      context.Context
	dir      string
	runner   Runner
	room     chan struct{}
	progress func(ended int)

	mutex   sync.Mutex
	answers map[string]func() ([]byte, error)
	ended   int
}

func newAsker(ctx context.Context, o Options) *asker {
	a := &asker{
		ctx: ctx, dir: o.Dir, runner: o.Runner, room: make(chan struct{}, atOnce),
		progress: o.Progress, answers: map[string]func() ([]byte, error){},
	}
	if a.runner == nil {
		a.runner = cli.Output
	}
	if a.progress == nil {
		a.progress = func(int) {}
	}
	return a
}

// output returns what a command prints. A command that was run before is not run again.
func (a *asker) output(name string, args ...string) ([]byte, error) {
	key := strings.Join(append([]string{name}, args...), "\x00")
	a.mutex.Lock()
	answer, asked := a.answers[key]
	if !asked {
		answer = sync.OnceValues(func() ([]byte, error) { return a.run(name, args...) })
		a.answers[key] = answer
	}
	a.mutex.Unlock()
	return answer()
}

func (a *asker) run(name string, args ...string) ([]byte, error) {
	a.room <- struct{}{}
	defer func() { <-a.room }()
	ctx, cancel := context.WithTimeout(a.ctx, patience)
	defer cancel()
	output, err := a.runner(ctx, a.dir, name, args...)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%s %s gave no answer within %s", name, strings.Join(args[:min(len(args), 6)], " "), patience)
	}
	a.mutex.Lock()
	a.ended++
	ended := a.ended
	a.mutex.Unlock()
	a.progress(ended)
	return output, err
}

// aws calls one operation of the AWS API in a region and decodes its answer, which is none
// where the operation returns nothing.
func (a *asker) aws(into any, region string, args ...string) error {
	output, err := a.output("aws", cli.AWSArgs(region, args...)...)
	if err != nil || len(strings.TrimSpace(string(output))) == 0 {
		return err
	}
	if err := json.Unmarshal(output, into); err != nil {
		return fmt.Errorf("aws %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// isMissing reports whether AWS answered that there is no such thing, rather than nothing.
func isMissing(err error) bool {
	switch cli.Code(err) {
	case "404", "NoSuchBucket", "NoSuchEntity", "NoSuchHostedZone", "NotFoundException", "NotFound":
		return true
	}
	return false
}

// json runs a command and decodes what it prints.
func (a *asker) json(into any, name string, args ...string) error {
	output, err := a.output(name, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(output, into); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}
