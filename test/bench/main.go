// Command bench measures how long things take, beside one another in one run, and
// writes the tables of docs/benchmarks.md. Run it from the repository, by `make bench`.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// document has a pair of marks for each section, between which the tables go.
const document = "docs/benchmarks.md"

// A section measures one thing and returns it as Markdown.
type section struct {
	name    string
	measure func(*bench) (string, error)
}

var sections = []section{{"sites", sites}, {"growth", growth}, {"start", start}, {"terraform", terraform}, {"cold", cold}}

// bench is what the sections have in common.
type bench struct {
	root   string // of the repository
	dir    string // for everything that a run makes
	rounds int
}

func main() {
	if program := os.Getenv(timedProgram); program != "" {
		os.Exit(runTimed(program))
	}
	rounds := flag.Int("rounds", 5, "measure each thing so many `times`, of which the median counts")
	only := flag.String("only", "sites,growth,start,terraform", "measure these `sections`: sites, growth, start, terraform; cold, with empty caches, takes many minutes")
	flag.Parse()
	if err := run(*rounds, strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(rounds int, only []string) (err error) {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{root, dir, rounds}
	for _, s := range sections {
		if !slices.Contains(only, s.name) {
			continue
		}
		table, err := s.measure(b)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		table = fmt.Sprintf("%s\n%s/%s, %d CPUs, %s, medians of %d: `go run ./bench -only %s -rounds %d`.\n",
			table, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().Format(time.DateOnly), b.rounds, s.name, b.rounds)
		fmt.Println(table)
		if err := b.write(s.name, table); err != nil {
			return err
		}
	}
	return nil
}

// write puts a section's table into the document.
func (b *bench) write(name, table string) error {
	path := filepath.Join(b.root, document)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(string(text), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s: found no marks of the section %s; allowed: %s and %s", document, name, begin, end)
	}
	return os.WriteFile(path, []byte(before+begin+"\n"+table+"\n"+end+after), 0o600)
}

// median is the middle of an odd number of values.
func median(values []time.Duration) time.Duration {
	slices.Sort(values)
	return values[len(values)/2]
}

// over renders a ratio.
func over(a, b time.Duration) string { return fmt.Sprintf("%.1f", a.Seconds()/b.Seconds()) }

// seconds renders a duration.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
