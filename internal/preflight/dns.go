package preflight

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/miekg/dns"
)

// ErrNoRecord is in the error of a Resolver where the answer is that there is no such record.
var ErrNoRecord = errors.New("no such record")

// A Resolver answers questions from public DNS.
type Resolver interface {
	// NS returns the names of a zone's name servers.
	NS(ctx context.Context, zone string) ([]string, error)
	// CAA returns the certification authority authorizations at a name, not those above it.
	CAA(ctx context.Context, name string) ([]Authorization, error)
}

// Authorization is a CAA record, such as issue "amazon.com".
type Authorization struct{ Tag, Value string }

// publicDNS asks the resolvers that the machine is configured with.
type publicDNS struct{}

// answerWithin is how long a resolver has for an answer.
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

// CAA asks by itself, since package net knows no such records.
func (publicDNS) CAA(ctx context.Context, name string) ([]Authorization, error) {
	config, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return nil, err
	}
	err = errors.New("/etc/resolv.conf names no server")
	for _, server := range config.Servers {
		var found []Authorization
		if found, err = askCAA(ctx, net.JoinHostPort(server, config.Port), name); err == nil {
			return found, nil
		}
	}
	return nil, err
}

// askCAA asks one resolver, HOST:PORT, over TCP too where the answer is long.
func askCAA(ctx context.Context, server, name string) ([]Authorization, error) {
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
