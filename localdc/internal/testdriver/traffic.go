package testdriver

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/multisite/localdc/driver"
)

// Defect is a way in which the load balancers of a Traffic break the contract.
type Defect string

// Defects of load balancers.
const (
	None          Defect = ""
	PlainHTTP     Defect = "answers HTTP without a redirect"
	OldTLS        Defect = "accepts TLS 1.1"
	OnlyTLS12     Defect = "lacks TLS 1.3"
	OnlyHTTP1     Defect = "lacks HTTP/2"
	LacksName     Defect = "lacks a name"
	LacksCert     Defect = "lacks a certificate for a name"
	AnyName       Defect = "answers names of no service"
	IgnoresHealth Defect = "sends requests to unhealthy targets"
	HidesClient   Defect = "hides the client's address"
	NoLimit       Defect = "ignores the rate limit"
)

// Traffic is the traffic of a folder's load balancer, which serves on ports of the loopback
// interface. Its targets are handlers.
type Traffic struct {
	folder facility
	defect Defect
	// authority and key issue the certificates.
	authority *x509.Certificate
	key       *ecdsa.PrivateKey
	ports     map[int]*httptest.Server

	mutex    sync.Mutex
	balancer driver.ID
	targets  map[string][]*http.Handler // by target pool
	requests int
}

// NewTraffic serves the load balancer in a folder until Close.
func NewTraffic(directory string, defect Defect) (*Traffic, error) {
	t := &Traffic{folder: facility(directory), defect: defect, ports: map[int]*httptest.Server{}, targets: map[string][]*http.Handler{}}
	var err error
	if t.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	t.authority = &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	own, err := x509.CreateCertificate(rand.Reader, t.authority, t.authority, &t.key.PublicKey, t.key)
	if err != nil {
		return nil, err
	}
	if t.authority, err = x509.ParseCertificate(own); err != nil {
		return nil, err
	}
	for port, handler := range map[int]http.HandlerFunc{80: t.redirect, 443: t.forward} {
		server := httptest.NewUnstartedServer(handler)
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes
		t.ports[port] = server
	}
	t.ports[80].Start()
	t.ports[443].EnableHTTP2 = defect != OnlyHTTP1
	t.ports[443].TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: t.certificate}
	if defect == OldTLS {
		t.ports[443].TLS.MinVersion = tls.VersionTLS10
	}
	if defect == OnlyTLS12 {
		t.ports[443].TLS.MaxVersion = tls.VersionTLS12
	}
	t.ports[443].StartTLS()
	t.ports[443].TLS.Certificates = nil // httptest's own
	return t, nil
}

// Close stops serving.
func (t *Traffic) Close() {
	for _, server := range t.ports {
		server.Close()
	}
}

// Dial connects to a port of the load balancer.
func (t *Traffic) Dial(ctx context.Context, balancer driver.ID, port int) (net.Conn, error) {
	t.mutex.Lock()
	t.balancer = balancer
	t.mutex.Unlock()
	return (&net.Dialer{}).DialContext(ctx, "tcp", t.ports[port].Listener.Addr().String())
}

// Target adds a handler to a target pool.
func (t *Traffic) Target(_ context.Context, pool string, handler http.Handler) (remove func(), err error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	target := &handler
	t.targets[pool] = append(t.targets[pool], target)
	return func() {
		t.mutex.Lock()
		defer t.mutex.Unlock()
		t.targets[pool] = slices.DeleteFunc(t.targets[pool], func(other *http.Handler) bool { return other == target })
	}, nil
}

// Roots returns the authority of the certificates.
func (t *Traffic) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(t.authority)
	return pool
}

// spec returns the load balancer as the folder has it.
func (t *Traffic) spec() (*driver.LoadBalancer, error) {
	state, err := t.folder.Read(context.Background(), t.balancer, nil)
	balancer, _ := state.Spec.(*driver.LoadBalancer)
	return balancer, err
}

// certificate issues a certificate for the names of the service that has the requested name.
func (t *Traffic) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	balancer, err := t.spec()
	if err != nil {
		return nil, err
	}
	for _, service := range balancer.Services {
		names := service.Hostnames
		if !slices.Contains(names, hello.ServerName) {
			continue
		}
		if t.defect == LacksCert {
			names = names[:1]
		}
		leaf, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), DNSNames: names,
		}, t.authority, &t.key.PublicKey, t.key)
		return &tls.Certificate{Certificate: [][]byte{leaf}, PrivateKey: t.key}, err
	}
	return nil, errors.New("no service has the name " + hello.ServerName)
}

// redirect answers port 80.
func (t *Traffic) redirect(out http.ResponseWriter, in *http.Request) {
	if t.defect == PlainHTTP {
		t.forward(out, in)
		return
	}
	out.Header().Set("Location", "https://"+in.Host+in.RequestURI)
	out.WriteHeader(http.StatusMovedPermanently)
}

// forward answers port 443: it sends a request to a healthy target of the service with the name.
func (t *Traffic) forward(out http.ResponseWriter, in *http.Request) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	balancer, err := t.spec()
	if err != nil {
		http.Error(out, err.Error(), http.StatusInternalServerError)
		return
	}
	t.requests++
	if t.requests > balancer.RateLimit && balancer.RateLimitAction == "block" && t.defect != NoLimit {
		out.WriteHeader(http.StatusTooManyRequests)
		return
	}
	for _, service := range balancer.Services {
		names := service.Hostnames
		if t.defect == LacksName {
			names = names[:1]
		}
		if !slices.Contains(names, in.Host) && t.defect != AnyName {
			continue
		}
		if t.defect != HidesClient {
			in.Header.Set("X-Forwarded-For", in.RemoteAddr[:strings.LastIndex(in.RemoteAddr, ":")])
		}
		targets := t.targets[t.balancer.TargetPool(service.Name)]
		for i := range targets {
			target := *targets[(t.requests+i)%len(targets)]
			if check := httptest.NewRecorder(); t.defect != IgnoresHealth {
				target.ServeHTTP(check, httptest.NewRequestWithContext(in.Context(), http.MethodGet, service.LivePath, nil))
				if check.Code != http.StatusOK {
					continue
				}
			}
			target.ServeHTTP(out, in)
			return
		}
		out.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	out.WriteHeader(http.StatusNotFound)
}
