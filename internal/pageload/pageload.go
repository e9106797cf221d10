// Package pageload predicts how long a page takes to load, for the placement report. It is a
// model: it fetches and measures nothing, and has no figures, which are in
// register/latency/latency.yaml.
package pageload

import (
	"math"
	"time"
)

// Page predicts how long a user's browser takes to load a page for the first time.
// It counts round trips, and is small enough for a calculation by hand:
//
//	round trip  R = access + way             way: to a site, to Beijing or to the edge
//	exchange    E = R + l/(1-l) · timeout     l: the loss at China's border; elsewhere 0
//	connection  C = 2 · E                     one for TCP (RFC 9293, section 3.5), one for TLS 1.3
//	            (RFC 8446, section 2), both with the host that ends the connection
//	request     Q = access + C + E + server   the first request to a service; a later request
//	            on the same connection takes E + server
//	body        B(b, n, c) = m · (E - R) + max(r · R, b / line)
//	            b bytes in n requests of one size, on c connections that share the line:
//	            m = n / c requests in turn on each, in r rounds; the window starts at
//	            10 segments (RFC 6928) and doubles in each round (RFC 5681)
//	document    D = access + C + server + B(document, 1, 1)
//	            access: DNS, from the resolver of the user's network
//	rest        A = C + B(page - document, requests - 1, connections)
//	page        T = D + A
//
// The connection for the document ends at the load balancer of the site, whichever host the rest
// is from. Without a CDN the browser fetches everything there. With a CDN it fetches the
// rest from the edge, where that connection ends, which costs one more DNS lookup. A request that
// is lost on its way into China is repeated after TCP's timeout (RFC 6298). The model leaves out
// rendering and the browser's cache, which are the same for every source of the page; losses and
// congestion outside of China's border; misses of the CDN's cache, and requests to the service
// after the document, which favours the CDN; HTTP/3, which saves the edge a round trip; and
// TLS 1.2, whose handshake takes one more (RFC 5246, section 7.3).
type Page struct {
	// PageKB and DocumentKB are sizes in units of 1,000 bytes. PageKB includes the document.
	PageKB, DocumentKB float64
	// Requests is the number of requests of the page, with the request for the document.
	Requests float64
	// Connections is the number of connections that a browser opens to a host.
	Connections float64
	// ServerMs is the time in which the site generates the document, in milliseconds.
	ServerMs float64
	// AccessMs is the round trip between the user and the exchange of their network, and
	// EdgeMs the round trip between the exchange and the CDN, in milliseconds.
	AccessMs, EdgeMs float64
	// LineMbps is the capacity of the user's line, in millions of bits per second.
	LineMbps float64
	// BorderLossPercent is the share of the packets into China that are lost, in percent.
	BorderLossPercent float64
	// RetransmitMs is the time after which a lost packet is sent again, in milliseconds.
	RetransmitMs float64
}

// initialWindow is how many bytes a sender may have in flight before the first
// acknowledgement: ten segments (RFC 6928) of 1,460 bytes, Ethernet's 1,500 without headers.
const initialWindow = 10 * 1460

// RequestToSite returns the time until a user's first request to a service is answered by a site
// at a round trip in milliseconds from the exchange of the user's network.
func (p Page) RequestToSite(roundTripMs float64) time.Duration {
	return milliseconds(p.request(p.toSite(roundTripMs)))
}

// RequestToBeijing returns the time until a user's first request to a service is answered by
// Beijing.
func (p Page) RequestToBeijing(roundTripMs float64) time.Duration {
	return milliseconds(p.request(p.toBeijing(roundTripMs)))
}

// FromSite returns the time to load the page from a site at a round trip in milliseconds from
// the exchange of the user's network, with the site's CDN or without it.
func (p Page) FromSite(roundTripMs float64, cdn bool) time.Duration {
	site := p.toSite(roundTripMs)
	if !cdn {
		return milliseconds(p.document(site) + p.rest(site))
	}
	return milliseconds(p.document(site) + p.AccessMs + p.rest(path{roundTrip: p.AccessMs + p.EdgeMs}))
}

// FromBeijing returns the time to load the page from Beijing, which has no CDN abroad.
func (p Page) FromBeijing(roundTripMs float64) time.Duration {
	way := p.toBeijing(roundTripMs)
	return milliseconds(p.document(way) + p.rest(way))
}

// path is a path of packets: its round trip, and the time that losses add to an exchange on
// average, both in milliseconds.
type path struct{ roundTrip, retry float64 }

func (p Page) toSite(roundTripMs float64) path { return path{roundTrip: p.AccessMs + roundTripMs} }

func (p Page) toBeijing(roundTripMs float64) path {
	loss := p.BorderLossPercent / 100
	return path{roundTrip: p.AccessMs + roundTripMs, retry: loss / (1 - loss) * p.RetransmitMs}
}

// exchange returns the time of a request and its answer, E in the model.
func (w path) exchange() float64 { return w.roundTrip + w.retry }

// Round trips of the handshakes of a new connection.
const (
	tcpRoundTrips = 1 // RFC 9293, section 3.5: the client sends data with its second packet
	tlsRoundTrips = 1 // RFC 8446, section 2: TLS 1.3, without early data, which load balancers do not implement
)

// connect returns the time of the handshakes of TCP and TLS, C in the model.
func (w path) connect() float64 { return (tcpRoundTrips + tlsRoundTrips) * w.exchange() }

// request returns the time until a first request is answered, Q in the model.
func (p Page) request(w path) float64 {
	return p.AccessMs + w.connect() + w.exchange() + p.ServerMs
}

// document returns the time until the document is loaded, D in the model.
func (p Page) document(w path) float64 {
	return p.AccessMs + w.connect() + p.ServerMs + p.body(w, p.DocumentKB, 1, 1)
}

// rest returns the time until everything but the document is loaded, A in the model.
func (p Page) rest(w path) float64 {
	return w.connect() + p.body(w, p.PageKB-p.DocumentKB, p.Requests-1, p.Connections)
}

// body returns the time for requests of the same size on parallel connections, B in the model.
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

// milliseconds rounds to whole milliseconds, so that results are equal on all machines.
func milliseconds(ms float64) time.Duration { return time.Duration(math.Round(ms)) * time.Millisecond }
