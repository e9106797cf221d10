package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// onceOnly makes the engine write its state only at the end, instead of twice for every
// resource.
const onceOnly = "PULUMI_SKIP_CHECKPOINTS=true"

// build builds one of the repository's programs, and returns its path.
func (b *bench) build(pkg string, flags ...string) (string, error) {
	program := filepath.Join(b.dir, filepath.Base(pkg))
	command := exec.Command("go", append(append([]string{"build", "-o", program}, flags...), pkg)...)
	command.Dir = b.root
	_, err := measure(command)
	return program, err
}

func (b *bench) site() string { return filepath.Join(b.root, "bin", "multisite") }

// stacks lists the stacks that are compared with the empty program.
var stacks = []string{"oregon", "california", "singapore", "india", "brazil"}

var created = regexp.MustCompile(`\+ (\d+) (?:to create|created)`)

// sites compares the preview and the update of every site with the preview and the update of
// an empty program, and the previews of all sites at once with the preview of one site.
func sites(b *bench) (string, error) {
	empty, err := b.build("./test/bench/empty")
	if err != nil {
		return "", err
	}
	clean, err := b.box(b.site())
	if err != nil {
		return "", err
	}
	if err := clean.ready(); err != nil {
		return "", err
	}
	type key struct{ stack, what string }
	took, resources := map[key][]time.Duration{}, map[string]string{}
	measured := func(stack, what, program string, env []string, args ...string) error {
		x, err := b.copy(clean)
		if err != nil {
			return err
		}
		x.program, x.env = program, env
		named := stack
		if stack == "empty" {
			named = "oregon"
		}
		r, err := x.pulumi(append(args, "--stack", named)...)
		if err != nil {
			return err
		}
		took[key{stack, what}] = append(took[key{stack, what}], r.wall)
		if count := created.FindStringSubmatch(r.output); count != nil {
			resources[stack] = count[1]
		}
		return nil
	}
	for range b.rounds {
		for _, stack := range append([]string{"empty"}, stacks...) {
			program := b.site()
			if stack == "empty" {
				program = empty
			}
			if err := measured(stack, "preview", program, nil, "preview"); err != nil {
				return "", err
			}
			if err := measured(stack, "up", program, nil, "up", "--yes"); err != nil {
				return "", err
			}
			if err := measured(stack, "once", program, []string{onceOnly}, "up", "--yes"); err != nil {
				return "", err
			}
		}
		all, err := b.atOnce(clean)
		if err != nil {
			return "", err
		}
		took[key{"all", "preview"}] = append(took[key{"all", "preview"}], all)
	}
	of := func(stack, what string) time.Duration { return median(took[key{stack, what}]) }
	var table strings.Builder
	table.WriteString("| | resources | `preview` | of empty | `up` | of empty | `up`, state written once | of empty |\n|---|---|---|---|---|---|---|---|\n")
	for _, stack := range append([]string{"empty"}, stacks...) {
		fmt.Fprintf(&table, "| %s | %s |", stack, resources[stack])
		for _, what := range []string{"preview", "up", "once"} {
			fmt.Fprintf(&table, " %s | %s |", seconds(of(stack, what)), over(of(stack, what), of("empty", what)))
		}
		table.WriteString("\n")
	}
	all := of("all", "preview")
	fmt.Fprintf(&table, "\nThe previews of all five sites at once take %s, %s times that of Oregon and %s times that of Singapore.\n",
		seconds(all), over(all, of("oregon", "preview")), over(all, of("singapore", "preview")))
	return table.String(), nil
}

// atOnce returns how long the previews of all sites take if they run at the same time.
func (b *bench) atOnce(clean *box) (time.Duration, error) {
	x, err := b.copy(clean)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	var previews errgroup.Group
	for _, stack := range stacks {
		previews.Go(func() error {
			_, err := x.pulumi("preview", "--stack", stack)
			return err
		})
	}
	err = previews.Wait()
	return time.Since(began), err
}
