// Command audit checks all stacks beside one another, without a cloud, and writes
// down for an auditor where their data lies.
package main

import (
	"fmt"
	"os"
	"time"
)

const usage = `Checks the stacks of this folder, and writes down where their data lies.

  audit check                     the configuration of all stacks, against origin/main too
  audit evidence DIR EXPORT...    a report per market in DIR, from files of "pulumi stack export"

The exit status is 0, 1 where something is wrong, or 2 where the command was not used as above.
`

func main() {
	args := os.Args[1:]
	var err error
	switch {
	case len(args) == 1 && args[0] == "check":
		err = check(".", "origin/main", time.Now(), os.Stdout)
	case len(args) >= 3 && args[0] == "evidence":
		err = evidence(".", args[1], args[2:])
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "audit:", err)
		os.Exit(1)
	}
}
