package stacks

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed latency.yaml
var latencyFile []byte

// latencyPath is the file, for people to find.
const latencyPath = "stacks/latency.yaml"

// beijing is where the move comes from, which is no site.
const beijing = "beijing"

// Latency says how far markets are from sites, and what a page is like that is
// fetched from there.
type Latency struct {
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

// DefaultLatency is that of this repository.
func DefaultLatency(register *Register) (*Latency, error) {
	return LoadLatency(latencyFile, register)
}

// LoadLatency reads and checks the figures, and reports all that is wrong with them.
func LoadLatency(data []byte, register *Register) (*Latency, error) {
	l := &Latency{}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(l); err != nil {
		return nil, fmt.Errorf("%s: %w", latencyPath, err)
	}
	p := &Problems{File: latencyPath}
	places := append(names(register.Sites), beijing)
	checkKeys(p, "roundTripMs", names(l.RoundTripMs), names(register.Markets))
	for _, market := range names(l.RoundTripMs) {
		l.check(p, "roundTripMs."+market, l.RoundTripMs[market], places)
	}
	l.check(p, "page", l.Page, names(pageFigures))
	for _, name := range names(l.Sources) {
		if l.Sources[name] == "" {
			p.add("sources."+name, nil, "text")
		}
	}
	for _, pair := range [][2]string{{"documentKB", "pageKB"}, {"connections", "requests"}} {
		if less, more := l.Page[pair[0]].Value, l.Page[pair[1]].Value; less >= more {
			p.add("page."+pair[0], less, fmt.Sprintf("less than %s, %g", pair[1], more))
		}
	}
	if loss := l.Page["borderLossPercent"].Value; loss >= 100 {
		p.add("page.borderLossPercent", loss, "less than 100")
	}
	return l, p.Err()
}

// check demands a figure under each key and none besides, with a source or a reason.
func (l *Latency) check(p *Problems, path string, figures map[string]Figure, keys []string) {
	checkKeys(p, path, names(figures), keys)
	for _, key := range names(figures) {
		figure, path := figures[key], path+"."+key
		if figure.Value <= 0 {
			p.add(path+".value", figure.Value, "a number above 0")
		}
		if (figure.Source == "") == (figure.Assumption == "") {
			p.add(path, figure, "either a source or an assumption")
		}
		if _, known := l.Sources[figure.Source]; figure.Source != "" && !known {
			p.add(path+".source", figure.Source, "one of "+strings.Join(names(l.Sources), ", "))
		}
	}
}

// checkKeys demands these keys and no others.
func checkKeys(p *Problems, path string, have, want []string) {
	for _, key := range have {
		if !slices.Contains(want, key) {
			p.unknown(path+"."+key, want)
		}
	}
	for _, key := range want {
		if !slices.Contains(have, key) {
			p.add(path+"."+key, nil, "a figure, or figures")
		}
	}
}
