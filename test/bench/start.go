package main

import (
	"fmt"
	"os/exec"
	"time"
)

// start measures what comes before the first line of output of a command that has
// been run before: `make` finding nothing to build, and the command itself.
func start(b *bench) (string, error) {
	x, err := b.box(b.site())
	if err != nil {
		return "", err
	}
	if err := x.ready(); err != nil {
		return "", err
	}
	var builds, firsts []time.Duration
	for range b.rounds {
		upToDate := exec.Command("make", "--silent", "build")
		upToDate.Dir = b.root
		build, err := measure(upToDate)
		if err != nil {
			return "", err
		}
		preview, err := x.pulumi("preview", "--stack", "oregon")
		if err != nil {
			return "", err
		}
		builds, firsts = append(builds, build.wall), append(firsts, preview.first)
	}
	return fmt.Sprintf("`make` looks for something to build for %s, and `preview` says its first word after %s.\n", seconds(median(builds)), seconds(median(firsts))), nil
}
