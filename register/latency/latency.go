// Package latency holds the round trips from each market to each site and to Beijing, and the
// figures of the page whose load time the placement report predicts (latency.yaml). Every
// figure has a source or states its assumption. The package measures nothing, and does not
// predict: the model is in the package pageload.
package latency

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

//go:embed latency.yaml
var file []byte

// Path is the path of latency.yaml in the repository, for messages.
const Path = "register/latency/latency.yaml"

// Beijing is the key of the data centre that the services move from. It is not a site.
const Beijing = "beijing"

// Table holds the figures of latency.yaml.
type Table struct {
	// Sources are the citations of the figures, by the name that Figure.Source has.
	Sources map[string]string
	// RoundTripMs are round trips in milliseconds, from the exchange of the user's network,
	// by market and by site or Beijing. The rest of the world has none.
	RoundTripMs map[string]map[string]Figure `yaml:"roundTripMs"`
	// Page are the figures of the page, by the keys of pageFigures.
	Page map[string]Figure
}

// Figure is a number with either a source or an assumption.
type Figure struct {
	Value float64
	// Source is a key of Table.Sources. It is empty if the number is assumed.
	Source string
	// Assumption states how the number was calculated.
	Assumption string
}

// Default returns the figures of this repository, latency.yaml.
func Default(reg *register.Register) (*Table, error) {
	return Load(file, reg)
}

// Load reads figures and checks them: it requires a figure for each market and each site of
// the register, and none for the rest of the world, which is in no one place. Its error reports all problems at once.
func Load(data []byte, reg *register.Register) (*Table, error) {
	t := &Table{}
	if err := config.Decode(Path, data, t); err != nil {
		return nil, err
	}
	p := &config.Problems{File: Path}
	places := append(ordered.Keys(reg.Sites), Beijing)
	markets := slices.DeleteFunc(ordered.Keys(reg.Markets), func(code string) bool { return code == components.RestOfWorld })
	checkKeys(p, "roundTripMs", ordered.Keys(t.RoundTripMs), markets)
	for _, market := range ordered.Keys(t.RoundTripMs) {
		t.check(p, "roundTripMs."+market, t.RoundTripMs[market], places)
	}
	t.check(p, "page", t.Page, ordered.Keys(pageFigures))
	for _, name := range ordered.Keys(t.Sources) {
		if t.Sources[name] == "" {
			p.Add("sources."+name, nil, "text")
		}
	}
	for _, pair := range [][2]string{{"documentKB", "pageKB"}, {"connections", "requests"}} {
		if less, more := t.Page[pair[0]].Value, t.Page[pair[1]].Value; less >= more {
			p.Add("page."+pair[0], less, fmt.Sprintf("less than %s, %g", pair[1], more))
		}
	}
	if loss := t.Page["borderLossPercent"].Value; loss >= 100 {
		p.Add("page.borderLossPercent", loss, "less than 100")
	}
	return t, p.Err()
}

// check reports missing and unknown keys, and figures that are not above 0 or do not have
// either a source or an assumption.
func (t *Table) check(p *config.Problems, path string, figures map[string]Figure, keys []string) {
	checkKeys(p, path, ordered.Keys(figures), keys)
	for _, key := range ordered.Keys(figures) {
		figure, path := figures[key], path+"."+key
		if figure.Value <= 0 {
			p.Add(path+".value", figure.Value, "a number above 0")
		}
		if (figure.Source == "") == (figure.Assumption == "") {
			p.Add(path, figure, "either a source or an assumption")
		}
		if _, known := t.Sources[figure.Source]; figure.Source != "" && !known {
			p.Add(path+".source", figure.Source, "one of "+strings.Join(ordered.Keys(t.Sources), ", "))
		}
	}
}

// checkKeys reports found keys that are not wanted, and wanted keys that were not found.
func checkKeys(p *config.Problems, path string, found, want []string) {
	for _, key := range found {
		if !slices.Contains(want, key) {
			p.Unknown(path+"."+key, want)
		}
	}
	for _, key := range want {
		if !slices.Contains(found, key) {
			p.Add(path+"."+key, nil, "a figure, or figures")
		}
	}
}
