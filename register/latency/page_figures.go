package latency

import "example.com/multisite/internal/pageload"

// PageModel returns the page that the table describes.
func (t *Table) PageModel() pageload.Page {
	p := pageload.Page{}
	for name, field := range pageFigures {
		*field(&p) = t.Page[name].Value
	}
	return p
}

// pageFigures maps the keys under page in latency.yaml to the fields of pageload.Page.
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
