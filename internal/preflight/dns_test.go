package preflight

import (
	"net"
	"testing"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// resolver starts a DNS server on UDP and TCP and returns its address.
func resolver(t *testing.T, handle dns.HandlerFunc) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	packets, err := net.ListenPacket("udp", listener.Addr().String())
	require.NoError(t, err)
	for _, server := range []*dns.Server{{Listener: listener, Handler: handle}, {PacketConn: packets, Handler: handle}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go func() { _ = server.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	return listener.Addr().String()
}

// TestQueryCAA checks answers over UDP and TCP, missing names and errors.
func TestQueryCAA(t *testing.T) {
	t.Parallel()
	server := resolver(t, func(w dns.ResponseWriter, question *dns.Msg) {
		answer := new(dns.Msg).SetReply(question)
		switch question.Question[0].Name {
		case "example.com.": // too long for a packet
			if _, overUDP := w.RemoteAddr().(*net.UDPAddr); overUDP {
				answer.Truncated = true
				break
			}
			record, err := dns.NewRR(`example.com. 300 IN CAA 0 issue "amazon.com"`)
			if err == nil {
				answer.Answer = append(answer.Answer, record)
			}
		case "none.example.com.":
			answer.Rcode = dns.RcodeNameError
		default:
			answer.Rcode = dns.RcodeServerFailure
		}
		_ = w.WriteMsg(answer)
	})
	found, err := queryCAA(t.Context(), server, "example.com")
	require.NoError(t, err)
	assert.Equal(t, []Authorization{{"issue", "amazon.com"}}, found)
	found, err = queryCAA(t.Context(), server, "none.example.com")
	require.NoError(t, err)
	assert.Empty(t, found)
	_, err = queryCAA(t.Context(), server, "broken.example.com")
	require.ErrorContains(t, err, "answers SERVFAIL")
}
