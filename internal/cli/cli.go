// Package cli runs the pulumi and aws command-line interfaces and reads their JSON.
package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// JSON runs a command and decodes its standard output into into. If the command fails, JSON decodes
// the output all the same, and returns an error with the output.
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

// AWS calls one operation of the AWS API in a region, with the AWS CLI and its credentials, and
// decodes the response into into. args are the service, the operation and its flags.
func AWS(into any, region string, args ...string) error {
	return JSON(into, "aws", AWSArgs(region, args...)...)
}
