// Package testdriver is a driver for tests. Its facility is a folder with one file per
// resource, SITE/KIND/NAME.json, which a test may edit or delete, and faults.json, which
// lists the calls that fail.
package testdriver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/multisite/localdc/driver"
)

// Fault is a way in which a call fails, each time while faults.json lists it.
type Fault string

const (
	// Refused fails before any effect.
	Refused Fault = "refused"
	// Transient fails before any effect, with driver.ErrTransient.
	Transient Fault = "transient"
	// Lost fails after the effect.
	Lost Fault = "lost"
	// Incomplete leaves the resource incomplete.
	Incomplete Fault = "incomplete"
	// Hang takes effect, and then blocks until the context ends.
	Hang Fault = "hang"
)

// Setting is the provider's setting with the folder's path.
const Setting = "directory"

type facility string

// record is a file's content.
type record struct {
	Spec       json.RawMessage
	Incomplete bool
	// Waiting reports whether a load balancer waits for its certificates, and serves nothing.
	Waiting bool
}

// Open opens the folder that the settings name.
func Open(c driver.Config) (driver.Driver, error) {
	directory := c.Settings[Setting]
	if directory == "" {
		return nil, errors.New("settings." + Setting + ": found nothing; allowed: a folder")
	}
	return facility(directory), nil
}

// SetFaults replaces the faults, by call and ID, such as "create india/db/mi-account".
func SetFaults(directory string, faults map[string]Fault) error {
	data, err := json.Marshal(faults)
	return errors.Join(err, os.WriteFile(filepath.Join(directory, "faults.json"), data, 0o600))
}

// File returns the path of a resource's file.
func File(directory string, id driver.ID) string {
	return filepath.Join(directory, filepath.FromSlash(id.String())+".json")
}

func (f facility) Capabilities() map[driver.Capability]driver.Support {
	has := map[driver.Capability]driver.Support{}
	for _, c := range driver.AllCapabilities {
		has[c] = driver.Support{Remark: "a folder is not a data centre"}
	}
	has["object-versioning"] = driver.Support{Local: "files"}
	has["http-2"] = driver.Support{Local: "the load balancers of Traffic"}
	has["tls-1.3"] = has["http-2"]
	return has
}

func (f facility) Create(ctx context.Context, id driver.ID, want driver.Spec) (driver.Result, error) {
	return f.write(ctx, "create", id, want)
}

func (f facility) Read(ctx context.Context, id driver.ID, _ *driver.State) (driver.State, error) {
	state := driver.State{Spec: driver.NewSpec(id.Kind)}
	err := f.call(ctx, "read", id, func(Fault) error {
		r, err := f.load(id)
		if err != nil {
			return err
		}
		state.Result = result(id, r)
		if err := json.Unmarshal(r.Spec, state.Spec); err != nil {
			return err
		}
		return unfinished(r)
	})
	return state, err
}

func (f facility) Update(ctx context.Context, id driver.ID, want driver.Spec) (driver.Result, error) {
	if _, err := f.load(id); err != nil {
		return driver.Result{}, err
	}
	return f.write(ctx, "update", id, want)
}

func (f facility) Delete(ctx context.Context, id driver.ID) error {
	return f.call(ctx, "delete", id, func(Fault) error {
		if err := os.Remove(File(string(f), id)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func (f facility) write(ctx context.Context, call string, id driver.ID, want driver.Spec) (answer driver.Result, err error) {
	err = f.call(ctx, call, id, func(fault Fault) error {
		spec, err := json.MarshalIndent(want, "", "  ")
		r := record{Spec: spec, Incomplete: fault == Incomplete}
		data, encodeErr := json.MarshalIndent(r, "", "  ")
		file := File(string(f), id)
		if err := errors.Join(err, encodeErr, os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, data, 0o600)); err != nil {
			return err
		}
		answer = result(id, r)
		return unfinished(r)
	})
	return answer, err
}

// call runs the effect of a call, or fails with the call's fault.
func (f facility) call(ctx context.Context, call string, id driver.ID, effect func(Fault) error) error {
	faults := map[string]Fault{}
	if data, err := os.ReadFile(filepath.Join(string(f), "faults.json")); err == nil {
		if err := json.Unmarshal(data, &faults); err != nil {
			return fmt.Errorf("faults.json: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	switch fault := faults[call+" "+id.String()]; fault {
	case Refused:
		return errors.New("the facility refused")
	case Transient:
		return driver.ErrTransient
	case Lost:
		_ = effect(fault) // the caller does not get the outcome
		return errors.New("the connection was lost")
	case Hang:
		_ = effect(fault)
		<-ctx.Done()
		return ctx.Err()
	default:
		return effect(fault)
	}
}

func (f facility) load(id driver.ID) (record, error) {
	var r record
	data, err := os.ReadFile(File(string(f), id))
	if errors.Is(err, fs.ErrNotExist) {
		return r, driver.ErrNotFound
	}
	return r, errors.Join(err, json.Unmarshal(data, &r))
}

func result(id driver.ID, r record) driver.Result {
	answer := driver.Result{Status: driver.Active, Serving: !r.Incomplete && !r.Waiting, Handle: "rack-" + id.Name}
	if id.Kind != driver.KindLoadBalancer {
		return answer
	}
	var balancer driver.LoadBalancer
	if err := json.Unmarshal(r.Spec, &balancer); err != nil {
		return answer // Read reports the error
	}
	_, within, _ := strings.Cut(balancer.Endpoint, "."+string(id.Kind)+".") // SITE.DOMAIN
	answer.Records = map[string]string{}
	for _, service := range balancer.Services {
		if answer.Serving {
			answer.Ready = append(answer.Ready, service.Name)
		}
		for _, hostname := range service.Hostnames {
			answer.Records["_folder._acme-challenge."+hostname] = strings.ReplaceAll(hostname, ".", "-") + ".proof." + within
		}
	}
	slices.Sort(answer.Ready)
	return answer
}

func unfinished(r record) error {
	if r.Incomplete {
		return driver.Partial{Reasons: []string{"the copies are not in sync"}}
	}
	return nil
}
