package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// cold measures a first use: a clone of the repository, and `make up` with empty caches and
// nothing built. Each row of the table begins at a line that the Makefile prints.
func cold(b *bench) (string, error) {
	b.rounds = 1
	clone := filepath.Join(b.dir, "clone")
	if _, err := measure(exec.Command("git", "clone", "--quiet", b.root, clone)); err != nil {
		return "", err
	}
	command := exec.Command("make", "up", "STACK=california")
	command.Dir = clone
	command.Env = append(os.Environ(), "GOCACHE="+filepath.Join(b.dir, "cache"), "GOMODCACHE="+filepath.Join(b.dir, "modules"), "GOFLAGS=-modcacherw")
	stdout, err := command.StdoutPipe()
	if err != nil {
		return "", err
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		return "", err
	}
	var table strings.Builder
	table.WriteString("| after | |\n|---|---|\n")
	lines, first := bufio.NewScanner(stdout), true
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		creating := strings.Contains(line, "creating")
		if strings.Contains(line, "uilding") || first && creating {
			first = first && !creating
			fmt.Fprintf(&table, "| %.0f s | %s |\n", time.Since(began).Seconds(), line)
		}
	}
	err = errors.Join(lines.Err(), command.Wait())
	fmt.Fprintf(&table, "| %.0f s | the site is up |\n", time.Since(began).Seconds())
	return table.String(), err
}
