// Package cli runs the pulumi and aws command-line interfaces and reads their JSON.
package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// JSON runs a command and decodes what it prints. A command that fails may have
// printed JSON all the same: it is decoded before the error is returned.
func JSON(into any, name string, args ...string) error {
	command := exec.Command(name, args...)
	command.Stderr = os.Stderr
	command.Env = append(os.Environ(), "AWS_PAGER=")
	output, failed := command.Output()
	if err := errors.Join(failed, json.Unmarshal(output, into)); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, output)
	}
	return nil
}

// AWS calls one operation of the AWS API in a region, through the AWS CLI and its credentials.
func AWS(into any, region string, args ...string) error {
	return JSON(into, "aws", AWSArgs(region, args...)...)
}
