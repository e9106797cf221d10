package main

import (
	"fmt"
	"os/exec"
	"time"
)

// start measures the time until a command that has run before prints its first line: the
// time in which `make` finds nothing to build, and the time of the command itself.
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
	return fmt.Sprintf("`make` checks for %s whether anything must be built, and `preview` prints its first output after %s.\n", seconds(median(builds)), seconds(median(firsts))), nil
}
