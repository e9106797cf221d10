package simulation

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/structpb"
)

// FaultUsage describes the syntax of ParseFault.
const FaultUsage = `KIND OPERATION [SETTING=VALUE]...

KIND is the kind of failure:
  before        the API refuses the call; nothing changes
  throttle      like before, with the error for too many calls after all of the SDK's retries
  expired       like before, since the credential has expired: all later calls fail too, and
                the state is inaccessible
  after         the change takes effect, and waiting for its completion fails
  timeout       like after, with a timeout
  crash-before  the provider's process ends; nothing changes
  crash-after   the change takes effect, and the provider's process ends without a response
OPERATION is create, read, update, delete, configure or any.
SETTING is one of:
  resource=PATTERN  only resources such as aws:ec2:Vpc?oregon-network; * and ? match any characters
  call=N            only the command's Nth matching call
  probability=P     the probability that a resource fails, 0 to 1; by default 1
  seed=N            selects, with probability, the resources that fail; by default 0
  delay=DURATION    how long the call takes, such as 100ms
A fault affects a resource's operation once; account/faults lists the affected operations.

Or: KIND [name=PATTERN], which lasts for the whole command. KIND is:
  undelegated   no parent zone delegates the hosted zones with such names
  unhealthy     the targets of the ECS services with such names fail the health checks of
                load balancers`

// A Fault is a failure of calls to a provider.
type Fault struct {
	kind, operation, resource string
	call                      int
	probability               float64
	seed                      uint64
	delay                     time.Duration
}

// faultMessages are the kinds of faults, with the real provider's error messages.
var faultMessages = map[string]string{
	"before":       "api error InternalError: An internal error has occurred",
	"throttle":     "exceeded maximum number of attempts, 25, https response error StatusCode: 400, api error ThrottlingException: Rate exceeded",
	"expired":      "https response error StatusCode: 403, api error ExpiredToken: The security token included in the request is expired",
	"after":        "waiting for completion: unexpected state 'failed', wanted target 'available'",
	"timeout":      "waiting for completion: timeout while waiting for state to become 'available' (last state: 'pending', timeout: 10m0s)",
	"crash-before": "the provider's process has ended", "crash-after": "the provider's process has ended",
}

// lasting are the kinds of faults of the account itself, which affect no call.
var lasting = []string{"undelegated", "unhealthy"}

var faultOperations = []string{"create", "read", "update", "delete", "configure"}

// ParseFault parses a fault in the syntax of FaultUsage.
func ParseFault(text string) (*Fault, error) {
	words := strings.Fields(text)
	if len(words) > 0 && slices.Contains(lasting, words[0]) {
		return parseLasting(words, text)
	}
	if len(words) < 2 || faultMessages[words[0]] == "" || words[1] != "any" && !slices.Contains(faultOperations, words[1]) {
		return nil, fmt.Errorf("found %q; allowed: %s", text, FaultUsage)
	}
	f := &Fault{kind: words[0], operation: words[1], resource: "*", probability: 1}
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "resource":
			f.resource = value
			_, err = path.Match(value, "")
		case "call":
			f.call, err = strconv.Atoi(value)
		case "probability":
			f.probability, err = strconv.ParseFloat(value, 64)
		case "seed":
			f.seed, err = strconv.ParseUint(value, 10, 64)
		case "delay":
			f.delay, err = time.ParseDuration(value)
		default:
			err = errors.New("unknown setting")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: found %q (%w); allowed: %s", name, value, err, FaultUsage)
		}
	}
	return f, nil
}

// parseLasting parses a fault that lasts for the whole command. The names that it concerns
// are in resource.
func parseLasting(words []string, text string) (*Fault, error) {
	f := &Fault{kind: words[0], resource: "*"}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		if _, err := path.Match(value, ""); name != "name" || err != nil {
			return nil, fmt.Errorf("found %q; allowed: %s", text, FaultUsage)
		}
		f.resource = value
	}
	return f, nil
}

// Suffer applies to the account the faults that last for the whole command.
func (a *Account) Suffer(faults []*Fault) {
	a.faults = slices.DeleteFunc(slices.Clone(faults), func(f *Fault) bool { return !slices.Contains(lasting, f.kind) })
}

// LastingFaults returns the faults that last for the whole command, one a line, as ParseFault
// takes them.
func LastingFaults(faults []*Fault) string {
	text := ""
	for _, f := range faults {
		if slices.Contains(lasting, f.kind) {
			text += f.kind + " name=" + f.resource + "\n"
		}
	}
	return text
}

// suffers reports whether a lasting fault of a kind concerns a name.
func (a *Account) suffers(kind, name string) bool {
	return slices.ContainsFunc(a.faults, func(f *Fault) bool {
		matched, _ := path.Match(f.resource, name)
		return f.kind == kind && matched
	})
}

// Faults are the faults of one command.
type Faults struct {
	// Expired is called once, when the credential expires.
	Expired func() error

	file   string
	faults []*Fault

	lock    sync.Mutex
	calls   map[*Fault]int
	struck  map[string]bool
	expired bool
}

// NewFaults returns the faults for the account in dir. Operations that the file
// account/faults lists are not affected again.
func NewFaults(dir string, faults []*Fault) (*Faults, error) {
	f := &Faults{file: filepath.Join(dir, "faults"), faults: faults, calls: map[*Fault]int{}, struck: map[string]bool{}, Expired: func() error { return nil }}
	data, err := os.ReadFile(f.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		f.struck[strings.TrimSuffix(line, "\n")] = true
	}
	return f, nil
}

// Interceptor returns an interceptor that applies the faults to a provider's server. crash
// ends that server.
func (f *Faults) Interceptor(crash func()) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		fault, err := f.strike(path.Base(info.FullMethod), req)
		switch {
		case err != nil:
			return nil, err
		case fault == nil:
			return handler(ctx, req)
		}
		select {
		case <-time.After(fault.delay):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		message := errors.New(faultMessages[fault.kind])
		switch fault.kind {
		case "crash-after":
			_, _ = handler(ctx, req)
			fallthrough
		case "crash-before":
			go crash()
			<-ctx.Done() // the end of the server closes the connection
			return nil, ctx.Err()
		case "after", "timeout":
			response, err := handler(ctx, req)
			if err != nil {
				return nil, err
			}
			return nil, unfinished(message, req, response)
		}
		return nil, message
	}
}

// strike returns the fault that affects a call, or nil, and records it in the file
// account/faults. An expired credential is not recorded, since it affects all later calls of
// the command.
func (f *Faults) strike(method string, req any) (*Fault, error) {
	operation := strings.ToLower(method)
	if preview, ok := req.(interface{ GetPreview() bool }); !slices.Contains(faultOperations, operation) || ok && preview.GetPreview() {
		return nil, nil
	}
	urn := resource.URN(req.(interface{ GetUrn() string }).GetUrn())
	label := urn.Type().DisplayName() + " " + urn.Name()
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.expired {
		return &Fault{kind: "expired"}, nil
	}
	for _, fault := range f.faults {
		line := fault.kind + " " + operation + " " + label
		if f.struck[line] || !fault.concerns(operation, label) {
			continue
		}
		if f.calls[fault]++; fault.call != 0 && f.calls[fault] != fault.call {
			continue
		}
		if fault.kind == "expired" {
			f.expired = true
			return fault, f.Expired()
		}
		f.struck[line] = true
		return fault, appendLine(f.file, line)
	}
	return nil, nil
}

// concerns reports whether a fault may affect an operation. The result does not depend on
// the order of calls, since the engine makes many calls at a time.
func (f *Fault) concerns(operation, label string) bool {
	if matched, _ := path.Match(f.resource, label); !matched || f.operation != "any" && f.operation != operation {
		return false
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", f.seed, operation, label))
	return float64(binary.BigEndian.Uint32(sum[:]))/(1+math.MaxUint32) < f.probability
}

// unfinished returns the error that a bridged provider returns for a resource that exists
// but is not ready. The engine records the resource, and the next update completes it. The
// error cannot report that a deletion took effect.
func unfinished(message error, req, response any) error {
	failed := &pulumirpc.ErrorResourceInitFailed{Reasons: []string{message.Error()}}
	switch response := response.(type) {
	case *pulumirpc.CreateResponse:
		failed.Id = response.GetId()
	case *pulumirpc.UpdateResponse:
		failed.Id = req.(*pulumirpc.UpdateRequest).GetId()
	default:
		return message
	}
	failed.Properties = response.(interface{ GetProperties() *structpb.Struct }).GetProperties()
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, message.Error()), protoadapt.MessageV1Of(failed))
}

func appendLine(file, line string) error {
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, line)
	return errors.Join(err, out.Close())
}
