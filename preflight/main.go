// Command preflight reads an AWS account and reports what would stop or hurt `pulumi up` of
// a stack.
package main

import (
	"context"
	"os"
	"os/signal"

	"multisite/internal/preflight"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := preflight.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
