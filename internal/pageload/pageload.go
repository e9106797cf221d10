package pageload

import (
	"math"
	"time"
)

// initialWindow is what a sender may have under way before it is first acknowledged:
// ten segments (RFC 6928) of 1,460 bytes, which is Ethernet's 1,500 without headers.
const initialWindow = 10 * 1460

// Page predicts how long a user's browser takes to load a page for the first time.
// It is a model of round trips, and small enough to be worked out by hand:
//
//	round trip  R = access + way             way is to a site, to Beijing or to the edge
//	exchange    E = R + l/(1-l) · timeout     l is the loss at China's border; else 0
//	connection  C = 2 · E                     TCP (RFC 9293), and TLS 1.3 (RFC 8446)
//	body        B(b, n, c) = m · (E - R) + max(r · R, b / line)
//	            b bytes in n requests of one size, on c connections that share the line:
//	            m = n / c one after the other on each, in r rounds; the window begins at
//	            10 segments (RFC 6928) and doubles in each round (RFC 5681)
//	document    D = access + C + server + B(document, 1, 1)
//	            the access is DNS, from the resolver of the user's network
//	rest        A = C + B(page - document, requests - 1, connections)
//	page        T = D + A
//
// Without a CDN all is fetched from the site. With one the rest is fetched from the
// edge, for one more DNS look-up. A request that is lost on its way into China is made
// again after TCP's timeout (RFC 6298). Left out are rendering and the browser's cache,
// the same wherever the page comes from; losses and congestion elsewhere; and what the
// CDN's cache lacks, which favours the CDN.
type Page struct {
	// PageKB and DocumentKB are sizes in units of 1,000 bytes; the page's has the document.
	PageKB, DocumentKB float64
	// Requests is how many the page takes, the document's among them.
	Requests float64
	// Connections are as many as a browser opens to a host.
	Connections float64
	// ServerMs is how long the site takes to make the document.
	ServerMs float64
	// AccessMs is the round trip between the user and the exchange of their network,
	// EdgeMs that between there and the CDN.
	AccessMs, EdgeMs float64
	// LineMbps is what the user's line carries, in millions of bits per second.
	LineMbps float64
	// BorderLossPercent is how many packets into China are lost, of 100.
	BorderLossPercent float64
	// RetransmitMs is after what time a lost packet is sent again.
	RetransmitMs float64
}

// FromSite is the time to load the page from a site at a round trip's distance, with
// the site's CDN or without it.
func (p Page) FromSite(roundTripMs float64, cdn bool) time.Duration {
	site := path{roundTrip: p.AccessMs + roundTripMs}
	if !cdn {
		return milliseconds(p.document(site) + p.rest(site))
	}
	return milliseconds(p.document(site) + p.AccessMs + p.rest(path{roundTrip: p.AccessMs + p.EdgeMs}))
}

// FromBeijing is the time to load it from Beijing, which has no CDN abroad.
func (p Page) FromBeijing(roundTripMs float64) time.Duration {
	loss := p.BorderLossPercent / 100
	way := path{roundTrip: p.AccessMs + roundTripMs, retry: loss / (1 - loss) * p.RetransmitMs}
	return milliseconds(p.document(way) + p.rest(way))
}

// path is where packets go: the round trip, and the time that losses add to an
// exchange on average, in milliseconds.
type path struct{ roundTrip, retry float64 }

// connect is TCP's handshake and TLS's.
func (w path) connect() float64 { return 2 * (w.roundTrip + w.retry) }

func (p Page) document(w path) float64 {
	return p.AccessMs + w.connect() + p.ServerMs + p.body(w, p.DocumentKB, 1, 1)
}

func (p Page) rest(w path) float64 {
	return w.connect() + p.body(w, p.PageKB-p.DocumentKB, p.Requests-1, p.Connections)
}

// body is the time for requests of the same size, made over connections side by side.
func (p Page) body(w path, kilobytes, requests, connections float64) float64 {
	size, window, rounds := kilobytes*1000/requests, float64(initialWindow), 0.0
	inTurn := math.Ceil(requests / connections)
	for range int(inTurn) {
		for left := size; left > 0; left -= window / 2 {
			rounds++
			window *= 2
		}
	}
	return inTurn*w.retry + max(rounds*w.roundTrip, kilobytes*8/p.LineMbps)
}

// milliseconds are whole ones, so that all machines agree.
func milliseconds(ms float64) time.Duration { return time.Duration(math.Round(ms)) * time.Millisecond }
