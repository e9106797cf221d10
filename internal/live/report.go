package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

// report prints the results, and writes them to report.md and report.json.
func (a *app) report() error {
	r := a.run
	data, err := json.MarshalIndent(map[string]any{
		"site": r.Site, "region": r.Region, "account": r.Account, "began": r.Began, "note": neverRun, "results": r.Results,
	}, "", "  ")
	if err != nil {
		return err
	}
	var page strings.Builder
	_, _ = fmt.Fprintf(&page, "# A small site %s, in account %s\n\nBegun %s. %s\n\n", r.Site, r.Account, r.Began.Format("2006-01-02 15:04 MST"), neverRun)
	fmt.Fprint(&page, "| experiment | promise | done | result | evidence |\n|---|---|---|---|---|\n")
	_, _ = fmt.Fprintf(a.out, "\n%s\n\n", neverRun)
	table := tabwriter.NewWriter(a.out, 2, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "PROMISE\tRESULT\tEVIDENCE")
	for _, line := range r.Results {
		cell := strings.NewReplacer("|", `\|`, "\n", " ").Replace
		_, _ = fmt.Fprintf(&page, "| %s | %s | %s | %s | %s |\n", line.Name, cell(line.Promise), cell(line.Done), line.Outcome, cell(line.Evidence))
		evidence := cell(line.Evidence)
		if len(evidence) > 80 {
			evidence = evidence[:77] + "..."
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", line.Promise, line.Outcome, evidence)
	}
	err = errors.Join(table.Flush(), os.WriteFile(a.file("report.md"), []byte(page.String()), 0o600), os.WriteFile(a.file("report.json"), data, 0o600))
	_, _ = fmt.Fprintf(a.out, "\nAll of it is in %s and report.json.\n", a.file("report.md"))
	return err
}
