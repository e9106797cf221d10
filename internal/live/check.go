package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"example.com/multisite/internal/live/experiments"
	"example.com/multisite/internal/live/support"
	"example.com/multisite/internal/live/workspace"
)

// check runs the experiments whose outcome is not Kept yet, and reports their results. It
// fails if a promise is broken or an experiment failed.
func (a *app) check(ctx context.Context) error {
	if a.Record == nil || !slices.Contains(a.Record.Up, a.Record.Site) {
		return fmt.Errorf("%s: found no site that is up; allowed: a site after %s", a.Folder(), a.Resume(string(stepUp)))
	}
	if err := errors.Join(a.refuseOtherAccount(), a.RefuseOver(), a.CreateProject()); err != nil {
		return err
	}
	t := &experiments.Trial{Workspace: a.Workspace}
	var err error
	if t.Outputs, err = a.Outputs(a.Record.Site); err != nil {
		return err
	}
	if t.IDs, err = support.IDs(a.Workspace); err != nil {
		return err
	}
	if a.skip != "" {
		a.Record.Skip = a.skipped()
	}
	var problems []error
	for _, e := range experiments.All() {
		if a.Record.Outcome(e.Name) == workspace.Kept {
			continue
		}
		if err := a.RefuseOver(); err != nil {
			problems = append(problems, err)
			break
		}
		result, failed := e.Run(ctx, t)
		if ctx.Err() != nil {
			problems = append(problems, ctx.Err())
			break
		}
		problems = append(problems, failed)
		a.Record.Results = append(slices.DeleteFunc(a.Record.Results, func(r workspace.Result) bool { return r.Name == e.Name }), result)
		_, _ = fmt.Fprintf(a.Out, "%-8s %s: %s\n", result.Outcome, result.Name, result.Evidence)
		if err := a.Save(); err != nil {
			return err
		}
	}
	return errors.Join(append(problems, a.report())...)
}

// report prints the results, and writes them to report.md and report.json.
func (a *app) report() error {
	r := a.Record
	data, err := json.MarshalIndent(map[string]any{
		"site": r.Site, "region": r.Region, "account": r.Account, "began": r.Began, "note": neverRun, "results": r.Results,
	}, "", "  ")
	if err != nil {
		return err
	}
	var page strings.Builder
	_, _ = fmt.Fprintf(&page, "# A small site %s, in account %s\n\nBegun %s. %s\n\n", r.Site, r.Account, r.Began.Format("2006-01-02 15:04 MST"), neverRun)
	fmt.Fprint(&page, "| experiment | promise | done | result | evidence |\n|---|---|---|---|---|\n")
	_, _ = fmt.Fprintf(a.Out, "\n%s\n\n", neverRun)
	table := tabwriter.NewWriter(a.Out, 2, 0, 2, ' ', 0)
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
	err = errors.Join(table.Flush(), os.WriteFile(a.File("report.md"), []byte(page.String()), 0o600), os.WriteFile(a.File("report.json"), data, 0o600))
	_, _ = fmt.Fprintf(a.Out, "\nThe full report is in %s and report.json.\n", a.File("report.md"))
	return err
}
