package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// Error is a command that failed.
type Error struct {
	// Name and Args are the command.
	Name string
	Args []string
	// Stderr is what it wrote to standard error.
	Stderr string
	// Err is why it ended, such as an exit status.
	Err error
}

// Error is the last line that the command wrote, or why it ended.
func (e *Error) Error() string {
	lines := strings.Split(strings.TrimSpace(e.Stderr), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	return fmt.Sprintf("%s: %v", e.Name, e.Err)
}

// Unwrap is why the command ended.
func (e *Error) Unwrap() error { return e.Err }

// errorCode is in every message of the AWS CLI that repeats an error of the AWS API.
var errorCode = regexp.MustCompile(`An error occurred \(([^)]+)\)`)

// Code is the error code of the AWS API, such as AccessDenied, or empty where the error
// is not the API's.
func Code(err error) string {
	var failed *Error
	if errors.As(err, &failed) {
		if match := errorCode.FindStringSubmatch(failed.Stderr); match != nil {
			return match[1]
		}
	}
	return ""
}

// Output runs a command in a folder, without a terminal, and returns what it prints.
// Standard error is kept in the Error of a command that fails.
func Output(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	var output, problems bytes.Buffer
	command.Stdout, command.Stderr = &output, &problems
	command.Env = append(os.Environ(), "AWS_PAGER=", "PULUMI_SKIP_UPDATE_CHECK=true")
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return output.Bytes(), &Error{name, args, problems.String(), err}
	}
	return output.Bytes(), nil
}

// AWSArgs are the arguments by which the AWS CLI calls one operation in a region and
// answers in JSON.
func AWSArgs(region string, args ...string) []string {
	return append([]string{"--output", "json", "--region", region}, args...)
}
