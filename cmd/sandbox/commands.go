package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/multisite/internal/simulation"
)

// commands are the sandbox's own commands on the simulated AWS, by name.
var commands = map[string]func(s *sandbox, account *simulation.Account, args []string, out io.Writer) error{
	"region": (*sandbox).region, "clock": (*sandbox).clock, "content": (*sandbox).content,
}

// errUsage is the error of a command whose arguments are wrong.
var errUsage = errors.New("the arguments are wrong; `sandbox --help` lists the commands")

// own runs one of the sandbox's own commands. Other commands may run meanwhile, but no reset.
func (s *sandbox) own(command []string) (int, error) {
	account, err := simulation.Open(s.account())
	if err != nil {
		return 1, err
	}
	use := s.use()
	erases := command[0] == "region" && command[len(command)-1] == "erased"
	if erases {
		if free, err := use.TryLock(); err != nil || !free {
			return 1, errors.Join(err, errors.New("a command is running in the sandbox: wait until it ends, then erase the region"))
		}
	} else if err := use.RLock(); err != nil {
		return 1, err
	}
	defer func() { _ = use.Unlock() }()
	if err := commands[command[0]](s, account, command[1:], os.Stdout); err != nil {
		return 1, fmt.Errorf("%s: %w", command[0], err)
	}
	return 0, nil
}

// region shows or changes the state of regions.
func (s *sandbox) region(account *simulation.Account, args []string, out io.Writer) error {
	switch {
	case len(args) == 2 && args[1] == "down":
		return account.TakeDown(args[0])
	case len(args) == 2 && args[1] == "up":
		return account.BringUp(args[0])
	case len(args) == 2 && args[1] == "erased":
		return account.Erase(args[0], func() error { return s.eraseStates(args[0]) })
	case len(args) != 0:
		return errUsage
	}
	down, err := account.Down()
	if err != nil {
		return err
	}
	stacks, err := s.stateRegions()
	if err != nil {
		return err
	}
	regions := slices.Concat(slices.Collect(maps.Keys(down)), slices.Collect(maps.Values(stacks)))
	slices.Sort(regions)
	for _, region := range slices.Compact(regions) {
		state := "up"
		if since, isDown := down[region]; isDown {
			state = "down since " + since.Format(time.RFC3339)
		}
		if _, err := fmt.Fprintln(out, region, state); err != nil {
			return err
		}
	}
	return nil
}

// clock shows the accounts' time, or moves their clock forward.
func (s *sandbox) clock(account *simulation.Account, args []string, out io.Writer) error {
	if len(args) > 1 {
		return errUsage
	}
	if len(args) == 1 {
		by, err := time.ParseDuration(args[0])
		if err != nil {
			return fmt.Errorf("found %q; allowed: a duration such as +10m", args[0])
		}
		if err := account.MoveClock(by); err != nil {
			return err
		}
	}
	now, ahead, err := account.Now()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s +%s\n", now.Format(time.RFC3339), ahead)
	return err
}

// content shows or changes the content of databases and buckets.
func (s *sandbox) content(account *simulation.Account, args []string, out io.Writer) error {
	market := ""
	if len(args) > 1 && strings.HasPrefix(args[1], "--market=") {
		market = strings.TrimPrefix(args[1], "--market=")
		args = slices.Delete(slices.Clone(args), 1, 2)
	}
	if len(args) == 0 || market != "" && args[0] != "write" {
		return errUsage
	}
	switch {
	case args[0] == "write" && len(args) > 2:
		var entries []simulation.Entry
		for _, pair := range args[2:] {
			key, value, ok := strings.Cut(pair, "=")
			if !ok {
				return fmt.Errorf("found %q; allowed: KEY=VALUE", pair)
			}
			entries = append(entries, simulation.Entry{Key: key, Value: value, Market: market})
		}
		return account.Write(args[1], entries...)
	case args[0] == "delete" && len(args) > 2:
		return account.Remove(args[1], args[2:]...)
	case args[0] == "backfill" && len(args) == 2:
		return account.Fill(args[1])
	case args[0] == "show" && len(args) == 1:
		contents, err := account.Contents()
		if err != nil {
			return err
		}
		return show(out, contents...)
	case args[0] == "show" && len(args) == 2:
		content, err := account.Content(args[1])
		if err != nil {
			return err
		}
		return errors.Join(show(out, content), list(out, content))
	}
	return errUsage
}

// show writes a table with a row for each resource.
func show(out io.Writer, contents ...*simulation.Content) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "REGION\tKIND\tRESOURCE\tCOUNT\tMARKETS\tDIGEST")
	for _, c := range contents {
		markets, counts := c.Markets(), []string{}
		for _, market := range slices.Sorted(maps.Keys(markets)) {
			counts = append(counts, fmt.Sprintf("%s:%d", market, markets[market]))
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%.12s\n", c.Region, c.Kind, c.Resource, len(c.Entries), strings.Join(counts, " "), c.Digest())
	}
	return table.Flush()
}

// list writes a table with a row for each entry.
func list(out io.Writer, content *simulation.Content) error {
	if content.Kind == "backup" {
		if _, err := fmt.Fprintf(out, "restore window: %s to %s\n", content.Earliest.Format(time.RFC3339), content.Latest.Format(time.RFC3339)); err != nil {
			return err
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "KEY\tVALUE\tMARKET\tTIME")
	for _, e := range content.Entries {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", e.Key, e.Value, e.Market, e.Time.Format(time.RFC3339))
	}
	return table.Flush()
}
