// Package estimate calculates what a run costs from list prices.
package estimate

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/pulumicli"
)

//go:embed prices.yaml
var priceFile []byte

// priceFileName is the path of the price table in the repository.
const priceFileName = "internal/live/estimate/prices.yaml"

const hoursPerMonth = 730 // the number that AWS divides monthly prices by

// priceTable is the content of prices.yaml.
type priceTable struct {
	Read    string // date on which the prices were read
	Regions map[string][]price
}

// price is the price of one kind of resource, in USD.
type price struct {
	// What is the description in the estimate.
	What string
	// Type is the Pulumi type; empty for a resource that only the experiments need.
	Type string
	// When has the inputs that a resource must have for this price.
	When map[string]any
	// Per is the input that multiplies the price, by its number or by its length.
	Per string
	// Absent is the multiplier if a resource lacks the input Per; 1 if not set.
	Absent float64
	// Count is the number of resources if Type is empty.
	Count float64
	// For is the experiment that needs the resource; empty if all runs create it.
	For string
	// Hour, Month and Once are the prices per hour, per month and per resource.
	Hour, Month, Once float64
	// Source is the URL of the price.
	Source string
	// Unverified means that the price is of another region, or not from its own page.
	Unverified bool
}

func (p price) perHour() float64 { return p.Hour + p.Month/hoursPerMonth }

// item is one line of the estimate.
type item struct {
	price    price
	quantity float64
}

// Estimate is the estimated cost of a run.
type Estimate struct {
	// Rate is the cost per hour, and Once the cost that does not depend on time, USD.
	Rate, Once float64
	items      []item
	kinds      map[string]int // number of resources by type, free resources included
	read       string         // date on which the prices were read
}

// New returns the cost of the resources that a preview would create and of the resources
// that the experiments need, except for the experiments in skip. It fails if the price
// table lacks the region, or has a price for a type but not for a resource's inputs.
func New(region string, steps []pulumicli.Step, skip []string) (*Estimate, error) {
	table := priceTable{}
	if err := yaml.Unmarshal(priceFile, &table); err != nil {
		return nil, fmt.Errorf("%s: %w", priceFileName, err)
	}
	prices := table.Regions[region]
	if prices == nil {
		return nil, fmt.Errorf("%s: regions: found no prices of %s; allowed: %s. Add the region's prices with their sources",
			priceFileName, region, strings.Join(ordered.Keys(table.Regions), ", "))
	}
	e := &Estimate{kinds: map[string]int{}, read: table.Read}
	quantities := make([]float64, len(prices))
	for _, step := range steps {
		if step.Op != "create" {
			continue
		}
		resource, err := step.Resource()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step.URN, err)
		}
		typ := string(resource.Type)
		e.kinds[typ]++
		fits, known := false, false
		for i, p := range prices {
			known = known || p.Type == typ
			if p.Type == typ && p.applies(resource.Inputs) {
				fits = true
				quantities[i] += p.quantity(resource.Inputs)
			}
		}
		if known && !fits {
			return nil, fmt.Errorf("%s: regions.%s: found no price for %s with %v; allowed: a price for each combination that the site creates",
				priceFileName, region, typ, resource.Inputs)
		}
	}
	for i, p := range prices {
		if p.Type == "" && (p.For == "" || !slices.Contains(skip, p.For)) {
			quantities[i] = p.Count
		}
		if quantities[i] > 0 {
			e.items = append(e.items, item{p, quantities[i]})
			e.Rate += quantities[i] * p.perHour()
			e.Once += quantities[i] * p.Once
		}
	}
	return e, nil
}

func (p price) applies(inputs map[string]any) bool {
	for name, value := range p.When {
		if inputs[name] != value {
			return false
		}
	}
	return true
}

func (p price) quantity(inputs map[string]any) float64 {
	switch input := inputs[p.Per].(type) {
	case []any:
		return float64(len(input))
	case float64:
		return input
	}
	return max(1, p.Absent)
}

// Total returns the cost of a run that lasts a number of hours, USD.
func (e *Estimate) Total(hours float64) float64 { return e.Once + e.Rate*hours }

// Print writes the resources that AWS charges for, and the cost per hour and in total.
func (e *Estimate) Print(out io.Writer, hours float64) {
	total := 0
	for _, count := range e.kinds {
		total += count
	}
	_, _ = fmt.Fprintf(out, "The site has %d resources of %d types. The experiments need further resources. AWS charges for:\n\n", total, len(e.kinds))
	table := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	unverified := false
	for _, i := range e.items {
		mark := ""
		if i.price.Unverified {
			mark, unverified = " *", true
		}
		_, _ = fmt.Fprintf(table, "  %s%s\t%g ×\t%.4f USD/h\t", i.price.What, mark, i.quantity, i.price.perHour())
		if i.price.Once > 0 {
			_, _ = fmt.Fprintf(table, "and %.2f USD once", i.price.Once)
		}
		_, _ = fmt.Fprintln(table)
	}
	_ = table.Flush()
	_, _ = fmt.Fprintf(out, "\nAbout %.2f USD per hour, and %.2f USD for %g hours. This is an estimate from list prices\n"+
		"read on %s, without tax, requests, traffic and logs. The sources are in %s.\n", e.Rate, e.Total(hours), hours, e.read, priceFileName)
	if unverified {
		_, _ = fmt.Fprintln(out, "* not verified for the region.")
	}
}
