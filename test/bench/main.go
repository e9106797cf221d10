// Command bench measures how long Pulumi's commands and the build take, all in one run so
// that their ratios are comparable, and writes the tables of docs/benchmarks.md. Run it with
// `make bench`, in the repository's root folder.
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

// document is the file with the tables. It contains a pair of marks for each section, and
// the section's table is written between them.
const document = "docs/benchmarks.md"

// A section measures one thing and returns it as Markdown.
type section struct {
	name    string
	measure func(*bench) (string, error)
}

var sections = []section{{"sites", sites}, {"entry", entry}, {"growth", growth}, {"start", start}, {"terraform", terraform}, {"cold", cold}}

// bench holds the settings that all sections share.
type bench struct {
	root   string // the repository's root folder
	dir    string // a temporary folder for all files of a run
	rounds int    // how often each command is measured; the median is reported
}

func main() {
	if program := os.Getenv(timedProgram); program != "" {
		os.Exit(runTimed(program))
	}
	rounds := flag.Int("rounds", 5, "how many `times` to measure each command; the median is reported")
	only := flag.String("only", "sites,entry,growth,start,terraform", "the `sections` to measure: sites, entry, growth, start, terraform, cold; cold starts with empty caches and takes many minutes")
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
		table = fmt.Sprintf("%s\n%s/%s, %d CPUs, %s, medians of %d: `go run ./test/bench -only %s -rounds %d`.\n",
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

// median returns the middle of an odd number of values.
func median(values []time.Duration) time.Duration {
	slices.Sort(values)
	return values[len(values)/2]
}

// over renders the ratio of a to b.
func over(a, b time.Duration) string { return fmt.Sprintf("%.1f", a.Seconds()/b.Seconds()) }

// seconds renders a duration.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
