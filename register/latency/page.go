package latency

import "example.com/multisite/internal/pageload"

// pageFigures are the fields of Page, by the names that they have in latency.yaml.
var pageFigures = map[string]func(*pageload.Page) *float64{
	"pageKB":            func(p *pageload.Page) *float64 { return &p.PageKB },
	"documentKB":        func(p *pageload.Page) *float64 { return &p.DocumentKB },
	"requests":          func(p *pageload.Page) *float64 { return &p.Requests },
	"connections":       func(p *pageload.Page) *float64 { return &p.Connections },
	"serverMs":          func(p *pageload.Page) *float64 { return &p.ServerMs },
	"accessMs":          func(p *pageload.Page) *float64 { return &p.AccessMs },
	"edgeMs":            func(p *pageload.Page) *float64 { return &p.EdgeMs },
	"lineMbps":          func(p *pageload.Page) *float64 { return &p.LineMbps },
	"borderLossPercent": func(p *pageload.Page) *float64 { return &p.BorderLossPercent },
	"retransmitMs":      func(p *pageload.Page) *float64 { return &p.RetransmitMs },
}

// PageModel is the page of the file.
func (l *Table) PageModel() pageload.Page {
	p := pageload.Page{}
	for name, field := range pageFigures {
		*field(&p) = l.Page[name].Value
	}
	return p
}
