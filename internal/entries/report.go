package entries

import (
	"fmt"
	"slices"
	"strings"
)

// markdown renders the report. Markets with the same answer share a row. The error lists data that
// reaches a site that may not hold it.
func (r *report) markdown() (text string, unlawful error) {
	var b strings.Builder
	b.WriteString("# Entries\n\n| service | markets | name | leads to | rule | certificate | targets | missing |\n|---|---|---|---|---|---|---|---|\n")
	rows, unlawful := r.rows()
	var order []row // without markets
	markets := map[row][]string{}
	for _, one := range rows {
		market := one.Market
		one.Market = ""
		if !slices.Contains(order, one) {
			order = append(order, one)
		}
		markets[one] = append(markets[one], market)
	}
	for _, one := range order {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
			one.Service, strings.Join(markets[one], ", "), one.Name, one.To, one.Rule, one.Certificate, one.Targets, one.Missing)
	}
	if unlawful == nil {
		b.WriteString("\nNo data reaches a site that may not hold it.\n")
	} else {
		fmt.Fprintf(&b, "\n**Unlawful**: %s.\n", strings.ReplaceAll(unlawful.Error(), "\n", "; "))
	}
	return b.String(), unlawful
}
