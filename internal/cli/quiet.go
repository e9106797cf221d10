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

// Error is the error of a command that failed.
type Error struct {
	// Name is the program, and Args are its arguments.
	Name string
	Args []string
	// Stderr is the standard error of the command.
	Stderr string
	// Err is the error of the process, such as an exit status, or of the context.
	Err error
}

// Error returns the last line of Stderr, or Err if Stderr is empty.
func (e *Error) Error() string {
	lines := strings.Split(strings.TrimSpace(e.Stderr), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	return fmt.Sprintf("%s: %v", e.Name, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// errorCode matches the messages of the AWS CLI about errors of the AWS API.
var errorCode = regexp.MustCompile(`An error occurred \(([^)]+)\)`)

// Code returns the error code of the AWS API, such as AccessDenied; empty for other errors.
func Code(err error) string {
	var failed *Error
	if errors.As(err, &failed) {
		if match := errorCode.FindStringSubmatch(failed.Stderr); match != nil {
			return match[1]
		}
	}
	return ""
}

// Output runs a command in the folder dir, and returns its standard output. Standard error is not
// printed; an *Error has it if the command fails.
func Output(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	var output, stderr bytes.Buffer
	command.Stdout, command.Stderr = &output, &stderr
	command.Env = append(os.Environ(), "AWS_PAGER=", "PULUMI_SKIP_UPDATE_CHECK=true")
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return output.Bytes(), &Error{name, args, stderr.String(), err}
	}
	return output.Bytes(), nil
}

// AWSArgs returns the arguments of the AWS CLI for one operation in a region, with JSON output.
func AWSArgs(region string, args ...string) []string {
	return append([]string{"--output", "json", "--region", region}, args...)
}
