package pageload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestRequestByHand checks that all round trips of a first request are to the site, and none to the
// edge: DNS 20, TCP, TLS and the request 120 each, server 50. On the way to Beijing one packet of
// five is lost: each of the three takes a quarter of a second more.
func TestRequestByHand(t *testing.T) {
	p := Page{ServerMs: 50, AccessMs: 20, EdgeMs: 10, BorderLossPercent: 20, RetransmitMs: 1000}
	assert.Equal(t, 430*time.Millisecond, p.RequestToSite(100))
	assert.Equal(t, (430+3*250)*time.Millisecond, p.RequestToBeijing(100))
}

// TestPageByHand compares the model with a calculation by hand: a document of 20 kB and
// twelve images of 10 kB over six connections, from a site at 100 ms, on a fast line.
func TestPageByHand(t *testing.T) {
	p := Page{PageKB: 140, DocumentKB: 20, Requests: 13, Connections: 6, ServerMs: 50, AccessMs: 20, EdgeMs: 10, LineMbps: 1000, BorderLossPercent: 20, RetransmitMs: 1000}
	// The document: DNS 20, TCP and TLS 240, server 50, two windows 240. The images:
	// TCP and TLS 240, and two of 10 kB on each connection, a window each: 240.
	assert.Equal(t, 1030*time.Millisecond, p.FromSite(100, false))
	// From the edge at 30 ms: DNS 20, TCP and TLS 60, two windows 60.
	assert.Equal(t, (550+140)*time.Millisecond, p.FromSite(100, true))
	// One packet of five is lost, so an exchange takes a quarter of a second more on average:
	// TCP, TLS and the request of the document; TCP, TLS and two requests of the images.
	assert.Equal(t, (1030+7*250)*time.Millisecond, p.FromBeijing(100))
	// At 1 Mbps the line limits the images, which take 960 ms. The document takes 160 ms on the
	// line, less than its round trips.
	p.LineMbps = 1
	assert.Equal(t, (550+240+960)*time.Millisecond, p.FromSite(100, false))
}
