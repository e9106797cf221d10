// Command law runs the program under the register and the residency rules in the folder that the
// environment variable LAW names.
package main

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/register"
	"example.com/multisite/register/residency"
	"example.com/multisite/stacks"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		registerFile, err := os.ReadFile(filepath.Join(os.Getenv("LAW"), filepath.FromSlash(register.Path)))
		residencyFile, unread := os.ReadFile(filepath.Join(os.Getenv("LAW"), filepath.FromSlash(residency.Path)))
		if err := errors.Join(err, unread); err != nil {
			return err
		}
		reg, err := register.Load(registerFile)
		if err != nil {
			return err
		}
		rules, err := residency.Load(residencyFile, reg, time.Now())
		if err != nil {
			return err
		}
		return stacks.RunIn(ctx, rules)
	})
}
