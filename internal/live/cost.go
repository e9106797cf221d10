package live

import (
	_ "embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"
)

//go:embed prices.yaml
var priceFile []byte

const hoursPerMonth = 730 // as AWS counts

// priceTable is prices.yaml.
type priceTable struct {
	Read    string // the day
	Regions map[string][]price
}

// price is what one resource costs, in USD.
type price struct {
	What string
	// Type is Pulumi's; empty for what the experiments have beside the site.
	Type string
	// When has inputs that the resource must have.
	When map[string]any
	// Per is an input whose number, or length, multiplies the price.
	Per string
	// Absent is that number where the resource lacks the input; 1 unless given.
	Absent float64
	// Count is how many there are of what is beside the site.
	Count float64
	// For is the experiment that has it, unless it is skipped.
	For string
	// Hour, Month and Once are prices per hour, month and resource.
	Hour, Month, Once float64
	Source            string
	// Unverified says that the price was read elsewhere or for another region.
	Unverified bool
}

func (p price) perHour() float64 { return p.Hour + p.Month/hoursPerMonth }

// planned is one resource that a preview would create.
type planned struct {
	Op       string
	NewState struct {
		Type   string
		Inputs map[string]any
	}
}

// item is one line of the estimate.
type item struct {
	price    price
	quantity float64
}

// estimate is what a run costs.
type estimate struct {
	items []item
	// kinds counts all resources by type, free ones too.
	kinds      map[string]int
	rate, once float64
	read       string
}

// newEstimate prices what a preview would create, and what the experiments have beside it.
func newEstimate(region string, plan []planned, skip []string) (*estimate, error) {
	table := priceTable{}
	if err := yaml.Unmarshal(priceFile, &table); err != nil {
		return nil, fmt.Errorf("live/prices.yaml: %w", err)
	}
	prices := table.Regions[region]
	if prices == nil {
		return nil, fmt.Errorf("live/prices.yaml: regions: found none for %s; allowed: %s. Add the region's prices with their sources",
			region, strings.Join(slices.Sorted(maps.Keys(table.Regions)), ", "))
	}
	e := &estimate{kinds: map[string]int{}, read: table.Read}
	quantities := make([]float64, len(prices))
	for _, step := range plan {
		if step.Op != "create" {
			continue
		}
		e.kinds[step.NewState.Type]++
		fits, known := false, false
		for i, p := range prices {
			known = known || p.Type == step.NewState.Type
			if p.Type == step.NewState.Type && p.applies(step.NewState.Inputs) {
				fits = true
				quantities[i] += p.quantity(step.NewState.Inputs)
			}
		}
		if known && !fits {
			return nil, fmt.Errorf("live/prices.yaml: regions.%s: found no price for %s with %v; allowed: one for each kind that is made",
				region, step.NewState.Type, step.NewState.Inputs)
		}
	}
	for i, p := range prices {
		if p.Type == "" && (p.For == "" || !slices.Contains(skip, p.For)) {
			quantities[i] = p.Count
		}
		if quantities[i] > 0 {
			e.items = append(e.items, item{p, quantities[i]})
			e.rate += quantities[i] * p.perHour()
			e.once += quantities[i] * p.Once
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

func (e *estimate) total(hours float64) float64 { return e.once + e.rate*hours }

// show writes what is made and what it costs.
func (e *estimate) show(out io.Writer, hours float64) {
	total := 0
	for _, count := range e.kinds {
		total += count
	}
	_, _ = fmt.Fprintf(out, "The site has %d resources of %d kinds. Of these, and of what the experiments have beside it, AWS charges for:\n\n", total, len(e.kinds))
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
	_, _ = fmt.Fprintf(out, "\nAbout %.2f USD per hour, and %.2f USD for %g hours. This is an estimate, from list prices\n"+
		"read on %s, without tax, requests, traffic and logs; live/prices.yaml has the sources.\n", e.rate, e.total(hours), hours, e.read)
	if unverified {
		_, _ = fmt.Fprintln(out, "* not verified for the region.")
	}
}
