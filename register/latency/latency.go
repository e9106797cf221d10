package latency

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"

	"go.yaml.in/yaml/v3"
)

//go:embed latency.yaml
var file []byte

// Path is the file, for people to find.
const Path = "register/latency/latency.yaml"

// Beijing is where the move comes from, which is no site.
const Beijing = "beijing"

// Table says how far markets are from sites, and what a page is like that is
// fetched from there.
type Table struct {
	// Sources are what figures name, each a citation with an address.
	Sources map[string]string
	// RoundTripMs are by market and by site, or beijing: from the exchange of the
	// user's network, in milliseconds.
	RoundTripMs map[string]map[string]Figure `yaml:"roundTripMs"`
	Page        map[string]Figure
}

// Figure is a number with its source. One without is an assumption.
type Figure struct {
	Value float64
	// Source is a key of the file's sources.
	Source string
	// Assumption says how the number was reckoned.
	Assumption string
}

// Default is that of this repository.
func Default(reg *register.Register) (*Table, error) {
	return Load(file, reg)
}

// Load reads and checks the figures, and reports all that is wrong with them.
func Load(data []byte, reg *register.Register) (*Table, error) {
	l := &Table{}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(l); err != nil {
		return nil, fmt.Errorf("%s: %w", Path, err)
	}
	p := &config.Problems{File: Path}
	places := append(ordered.Keys(reg.Sites), Beijing)
	checkKeys(p, "roundTripMs", ordered.Keys(l.RoundTripMs), ordered.Keys(reg.Markets))
	for _, market := range ordered.Keys(l.RoundTripMs) {
		l.check(p, "roundTripMs."+market, l.RoundTripMs[market], places)
	}
	l.check(p, "page", l.Page, ordered.Keys(pageFigures))
	for _, name := range ordered.Keys(l.Sources) {
		if l.Sources[name] == "" {
			p.Add("sources."+name, nil, "text")
		}
	}
	for _, pair := range [][2]string{{"documentKB", "pageKB"}, {"connections", "requests"}} {
		if less, more := l.Page[pair[0]].Value, l.Page[pair[1]].Value; less >= more {
			p.Add("page."+pair[0], less, fmt.Sprintf("less than %s, %g", pair[1], more))
		}
	}
	if loss := l.Page["borderLossPercent"].Value; loss >= 100 {
		p.Add("page.borderLossPercent", loss, "less than 100")
	}
	return l, p.Err()
}

// check demands a figure under each key and none besides, with a source or a reason.
func (l *Table) check(p *config.Problems, path string, figures map[string]Figure, keys []string) {
	checkKeys(p, path, ordered.Keys(figures), keys)
	for _, key := range ordered.Keys(figures) {
		figure, path := figures[key], path+"."+key
		if figure.Value <= 0 {
			p.Add(path+".value", figure.Value, "a number above 0")
		}
		if (figure.Source == "") == (figure.Assumption == "") {
			p.Add(path, figure, "either a source or an assumption")
		}
		if _, known := l.Sources[figure.Source]; figure.Source != "" && !known {
			p.Add(path+".source", figure.Source, "one of "+strings.Join(ordered.Keys(l.Sources), ", "))
		}
	}
}

// checkKeys demands these keys and no others.
func checkKeys(p *config.Problems, path string, have, want []string) {
	for _, key := range have {
		if !slices.Contains(want, key) {
			p.Unknown(path+"."+key, want)
		}
	}
	for _, key := range want {
		if !slices.Contains(have, key) {
			p.Add(path+"."+key, nil, "a figure, or figures")
		}
	}
}
