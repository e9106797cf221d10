package conformance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"example.com/multisite/localdc/driver"
)

// Traffic is how the suite sends requests through a facility's load balancers. A driver's test
// implements it with the means of the partner's test facility.
type Traffic interface {
	// Dial connects to a port of a load balancer, as a client on the internet does.
	Dial(ctx context.Context, balancer driver.ID, port int) (net.Conn, error)
	// Target runs a workload that answers with handler, registers it with a target pool, and
	// returns a function that removes it from the pool.
	Target(ctx context.Context, pool string, handler http.Handler) (remove func(), err error)
	// Roots are the certificate authorities that clients trust.
	Roots() *x509.CertPool
}

// entry is a load balancer under test.
type entry struct {
	ctx      context.Context
	driver   driver.Driver
	traffic  Traffic
	id       driver.ID
	want     *driver.LoadBalancer
	patience time.Duration
	problems []error
}

// CheckLoadBalancer creates a load balancer with targets, sends requests through it, and deletes
// it. It returns all differences from the contract of driver.LoadBalancer. Certificates, health
// checks and rate limits have patience to take effect. A planned load balancer gets no requests,
// and traffic may then be nil.
func CheckLoadBalancer(ctx context.Context, d driver.Driver, traffic Traffic, patience time.Duration) error {
	want := Specs(false)[driver.KindLoadBalancer].(*driver.LoadBalancer)
	e := &entry{ctx: ctx, driver: d, traffic: traffic, id: driver.ID{Site: Site, Kind: want.Kind(), Name: want.Name}, want: want, patience: patience}
	result, err := d.Create(ctx, e.id, want)
	if err != nil {
		return err
	}
	e.checkResult(result)
	switch {
	case result.Status != driver.Active:
	case traffic == nil:
		e.failed("an active load balancer needs Traffic")
	default:
		e.checkTraffic()
	}
	return errors.Join(append(e.problems, d.Delete(ctx, e.id))...)
}

func (e *entry) failed(format string, args ...any) {
	e.problems = append(e.problems, fmt.Errorf("%s: "+format, append([]any{e.id}, args...)...))
}

// until repeats a check until it succeeds, or reports its last error when patience ends.
func (e *entry) until(check func() error) {
	for end := time.Now().Add(e.patience); ; time.Sleep(e.patience / 100) {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			e.failed("%w", err)
			return
		}
	}
}

// checkResult checks the services and records that a driver reports.
func (e *entry) checkResult(result driver.Result) {
	if !slices.IsSorted(result.Ready) {
		e.failed("Ready: found %q; allowed: sorted services", result.Ready)
	}
	if !result.Serving && len(result.Ready) > 0 {
		e.failed("Ready: found %q; allowed: none, since the load balancer does not serve", result.Ready)
	}
	for _, name := range result.Ready {
		if !slices.ContainsFunc(e.want.Services, func(s driver.ServedService) bool { return s.Name == name }) {
			e.failed("Ready: found %q; allowed: services of the load balancer", name)
		}
	}
	_, domain, _ := strings.Cut(e.want.Endpoint, "."+Site+".")
	within := "." + Site + "." + domain
	for name, value := range result.Records {
		labels, host, _ := strings.Cut(name, "_acme-challenge.")
		allowed := account.MatchString(labels) || labels == "" && strings.Contains(host, "."+Site+".")
		if !allowed || !e.answers(host) || !strings.HasSuffix(value, within) || strings.HasSuffix(value, ".") {
			e.failed("Records: found %s with the value %s; allowed: _acme-challenge.HOSTNAME for a name of this site alone, _ACCOUNT._acme-challenge.HOSTNAME for any, "+
				"with a value that ends in %s", name, value, within)
		}
	}
}

var account = regexp.MustCompile(`^_[a-z0-9]+\.$`)

func (e *entry) answers(host string) bool {
	return slices.ContainsFunc(e.want.Services, func(s driver.ServedService) bool { return slices.Contains(s.Hostnames, host) })
}

// checkTraffic sends requests to all names.
func (e *entry) checkTraffic() {
	e.until(func() error {
		read, err := e.driver.Read(e.ctx, e.id, nil)
		if len(read.Result.Ready) < len(e.want.Services) {
			return errors.Join(err, fmt.Errorf("services that are ready: found %q; allowed: all, once they have certificates", read.Result.Ready))
		}
		return err
	})
	for _, service := range e.want.Services {
		target := &workload{name: service.Name, livePath: service.LivePath}
		target.healthy.Store(true)
		remove := e.target(service, target)
		for _, host := range service.Hostnames {
			e.until(func() error { return e.answeredBy(host, service.Name) })
			e.checkRedirect(host)
		}
		remove()
	}
	e.checkTLS()
	if status, _, err := e.get(e.want.Services[0].Hostnames[0], "unknown.example.com"); err != nil || status != http.StatusNotFound {
		e.failed("a request of the name unknown.example.com: found the status %d, error %v; allowed: 404", status, err)
	}
	e.checkHealth(e.want.Services[1])
	e.checkLimit(e.want.Services[1])
}

// target registers a workload with the pool of a service.
func (e *entry) target(service driver.ServedService, w *workload) (remove func()) {
	remove, err := e.traffic.Target(e.ctx, e.id.TargetPool(service.Name), w)
	if err != nil {
		e.failed("a target of %s: %w", service.Name, err)
		return func() {}
	}
	return remove
}

// A workload answers requests with its name, and its health check while it is healthy.
type workload struct {
	name, livePath string
	healthy        atomic.Bool
}

func (w *workload) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	if in.URL.Path == w.livePath && !w.healthy.Load() {
		out.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if in.URL.Path != w.livePath && in.Header.Get("X-Forwarded-For") == "" {
		_, _ = io.WriteString(out, "a request without X-Forwarded-For")
		return
	}
	_, _ = io.WriteString(out, w.name)
}

// get requests the path / of a host over HTTPS. name is the name in the header Host.
func (e *entry) get(host, name string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(e.ctx, http.MethodGet, "https://"+host+"/", nil)
	if err != nil {
		return 0, "", err
	}
	request.Host = name
	return e.send(request)
}

func (e *entry) send(request *http.Request) (status int, body string, err error) {
	port := map[string]int{"http": 80, "https": 443}[request.URL.Scheme]
	transport := &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return e.traffic.Dial(ctx, e.id, port) },
		TLSClientConfig:   &tls.Config{RootCAs: e.traffic.Roots(), MinVersion: tls.VersionTLS12},
		DisableKeepAlives: true,
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	if to := response.Header.Get("Location"); to != "" {
		return response.StatusCode, to, nil
	}
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, string(content), err
}

// answeredBy returns an error unless a workload of a name answers the host.
func (e *entry) answeredBy(host, name string) error {
	status, body, err := e.get(host, host)
	if err != nil {
		return fmt.Errorf("https://%s: %w", host, err)
	}
	if status != http.StatusOK || body != name {
		return fmt.Errorf("https://%s: found the status %d, answered by %q; allowed: 200, answered by %q", host, status, body, name)
	}
	return nil
}

// checkRedirect checks that port 80 redirects to HTTPS, whatever the path.
func (e *entry) checkRedirect(host string) {
	for _, path := range []string{"/", "/path?query=1"} {
		request, err := http.NewRequestWithContext(e.ctx, http.MethodGet, "http://"+host+path, nil)
		if err != nil {
			e.failed("%w", err)
			return
		}
		status, location, err := e.send(request)
		to, parseErr := url.Parse(location)
		if err != nil || parseErr != nil || status != http.StatusMovedPermanently || to.Scheme != "https" || to.Hostname() != host || to.RequestURI() != path {
			e.failed("http://%s%s: found the status %d to %q, error %v; allowed: 301 to https://%s%s", host, path, status, location, err, host, path)
		}
	}
}

// checkTLS checks which versions of TLS and HTTP are offered.
func (e *entry) checkTLS() {
	host := e.want.Services[0].Hostnames[0]
	handshake := func(version uint16) (tls.ConnectionState, error) {
		connection, err := e.traffic.Dial(e.ctx, e.id, 443)
		if err != nil {
			e.failed("port 443: %w", err)
			return tls.ConnectionState{}, err
		}
		defer func() { _ = connection.Close() }()
		client := tls.Client(connection, &tls.Config{
			RootCAs: e.traffic.Roots(), ServerName: host, NextProtos: []string{"h2", "http/1.1"}, MinVersion: version, MaxVersion: version,
		})
		err = client.HandshakeContext(e.ctx)
		return client.ConnectionState(), err
	}
	has := e.driver.Capabilities()
	for version, must := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false,
		tls.VersionTLS12: e.want.TLSMinVersion == "1.2", tls.VersionTLS13: e.want.TLSMinVersion == "1.3" || has["tls-1.3"].Local != "",
	} {
		state, err := handshake(version)
		if old := version < tls.VersionTLS12; old && err == nil {
			e.failed("%s: found a connection; allowed: none below %s", tls.VersionName(version), e.want.TLSMinVersion)
		} else if must && err != nil {
			e.failed("%s: %w", tls.VersionName(version), err)
		} else if must && has["http-2"].Local != "" && state.NegotiatedProtocol != "h2" {
			e.failed("HTTP/2 with %s: found %q; allowed: h2, as Capabilities states", tls.VersionName(version), state.NegotiatedProtocol)
		}
	}
}

// checkHealth checks that requests go to the healthy one of two targets, and then to the other.
func (e *entry) checkHealth(service driver.ServedService) {
	host, first, second := service.Hostnames[0], &workload{name: "first", livePath: service.LivePath}, &workload{name: "second", livePath: service.LivePath}
	defer e.target(service, first)()
	defer e.target(service, second)()
	for _, healthy := range []*workload{first, second} {
		first.healthy.Store(healthy == first)
		second.healthy.Store(healthy == second)
		e.until(func() error {
			for range 10 {
				if err := e.answeredBy(host, healthy.name); err != nil {
					return fmt.Errorf("one of two targets is healthy: %w", err)
				}
			}
			return nil
		})
	}
}

// checkLimit checks that requests above the limit are refused, if the load balancer must block.
func (e *entry) checkLimit(service driver.ServedService) {
	limited := *e.want
	limited.RateLimit, limited.RateLimitAction = 10, "block"
	if _, err := e.driver.Update(e.ctx, e.id, &limited); err != nil {
		e.failed("update to a lower rateLimit: %w", err)
		return
	}
	e.until(func() error {
		for range 2 * limited.RateLimit {
			if status, _, err := e.get(service.Hostnames[0], service.Hostnames[0]); err != nil || status == http.StatusTooManyRequests {
				return err
			}
		}
		return fmt.Errorf("%d requests with rateLimit %d and block: found none with the status 429", 2*limited.RateLimit, limited.RateLimit)
	})
}
