package preflight

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/miekg/dns"
)

// ErrNoRecord is wrapped by the error of a Resolver if the record does not exist.
var ErrNoRecord = errors.New("no such record")

// A Resolver queries public DNS.
type Resolver interface {
	// NS returns the names of a zone's name servers, or ErrNoRecord.
	NS(ctx context.Context, zone string) ([]string, error)
	// CAA returns the CAA records at a name, without the records of parent names.
	CAA(ctx context.Context, name string) ([]Authorization, error)
}

// Authorization is a certification authority authorization (CAA) record, such as issue "amazon.com".
type Authorization struct{ Tag, Value string }

// publicDNS queries the resolvers of the machine.
type publicDNS struct{}

// answerWithin is the time limit of a query.
const answerWithin = 10 * time.Second

func (publicDNS) NS(ctx context.Context, zone string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	found, err := net.DefaultResolver.LookupNS(ctx, zone+".")
	var failed *net.DNSError
	if errors.As(err, &failed) && failed.IsNotFound {
		return nil, fmt.Errorf("%w: %w", ErrNoRecord, err)
	}
	var names []string
	for _, server := range found {
		names = append(names, server.Host)
	}
	return names, err
}

// CAA sends the query itself, because package net does not support CAA records.
func (publicDNS) CAA(ctx context.Context, name string) ([]Authorization, error) {
	config, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return nil, err
	}
	err = errors.New("/etc/resolv.conf has no name server")
	for _, server := range config.Servers {
		var found []Authorization
		if found, err = queryCAA(ctx, net.JoinHostPort(server, config.Port), name); err == nil {
			return found, nil
		}
	}
	return nil, err
}

// queryCAA queries the resolver at server, HOST:PORT, first over UDP and, if the answer is
// truncated, over TCP.
func queryCAA(ctx context.Context, server, name string) ([]Authorization, error) {
	question := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeCAA)
	question.SetEdns0(dns.DefaultMsgSize, false)
	var answer *dns.Msg
	for _, network := range []string{"udp", "tcp"} {
		var err error
		client := &dns.Client{Net: network, Timeout: answerWithin}
		if answer, _, err = client.ExchangeContext(ctx, question, server); err != nil {
			return nil, err
		}
		if !answer.Truncated {
			break
		}
	}
	if answer.Rcode != dns.RcodeSuccess && answer.Rcode != dns.RcodeNameError {
		return nil, fmt.Errorf("the resolver %s answers %s", server, dns.RcodeToString[answer.Rcode])
	}
	var found []Authorization
	for _, record := range answer.Answer {
		if caa, ok := record.(*dns.CAA); ok {
			found = append(found, Authorization{caa.Tag, caa.Value})
		}
	}
	return found, nil
}
