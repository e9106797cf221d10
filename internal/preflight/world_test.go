package preflight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/phases"
	"example.com/multisite/internal/preflight/report"
)

const account = "123456789012"

// A world is a project with a simulated account, state and DNS.
type world struct {
	t        *testing.T
	dir      string
	stack    string
	account  string            // the stack's account in the register
	answers  map[string]string // what a command prints
	errors   map[string]string // what a command that fails writes to standard error
	servers  map[string][]string
	caa      map[string][]Authorization
	dnsFails error

	mutex  sync.Mutex
	called map[string]bool // operations, such as iam:getrole
}

// newWorld returns a world in which nothing is wrong with a stack.
func newWorld(t *testing.T, stack string) *world {
	t.Helper()
	w := &world{
		t: t, dir: t.TempDir(), stack: stack, account: account, answers: map[string]string{}, errors: map[string]string{}, called: map[string]bool{},
		servers: map[string][]string{"example.com": {"ns-2.awsdns-02.com.", "NS-1.awsdns-01.org.", "ns-3.awsdns-03.net.", "ns-4.awsdns-04.co.uk."}},
		caa:     map[string][]Authorization{},
	}
	files, err := filepath.Glob("../../Pulumi*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(w.dir, filepath.Base(file)), data, 0o600))
	}
	data, err := os.ReadFile("../../state/regions.yaml")
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(w.dir, "state"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "state", "regions.yaml"), data, 0o600))
	var regions map[string]string
	require.NoError(t, yaml.Unmarshal(data, &regions))
	region := regions[stack]
	w.edit(func(file map[string]any) {
		file["secretsprovider"] = "awskms://alias/pulumi-secrets-" + stack + "?region=" + region
		if stack != "india" {
			file["config"].(map[string]any)["multisite:alarms"] = map[string]any{"emails": []string{"alarms@example.com"}}
		}
	})
	data, err = os.ReadFile("testdata/account.json")
	require.NoError(t, err)
	var answers map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(data, &answers))
	for command, answer := range answers {
		var text string
		if json.Unmarshal(answer, &text) != nil {
			text = string(answer)
		}
		w.answers[command] = strings.NewReplacer("STACK", stack, "REGION", region).Replace(text)
	}
	return w
}

// edit changes the stack's file.
func (w *world) edit(change func(file map[string]any)) {
	w.t.Helper()
	path := filepath.Join(w.dir, "Pulumi."+w.stack+".yaml")
	data, err := os.ReadFile(path)
	require.NoError(w.t, err)
	file := map[string]any{}
	require.NoError(w.t, yaml.Unmarshal(data, &file))
	change(file)
	data, err = yaml.Marshal(file)
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(path, data, 0o600))
}

// set changes a key of the stack's configuration.
func (w *world) set(key string, value any) {
	w.t.Helper()
	w.edit(func(file map[string]any) { file["config"].(map[string]any)[key] = value })
}

// answer sets what a command prints.
func (w *world) answer(command, output string) { w.answers[command] = output }

// change replaces a part of what a command prints.
func (w *world) change(command, old, changed string) {
	w.t.Helper()
	require.Contains(w.t, w.answers[command], old)
	w.answers[command] = strings.ReplaceAll(w.answers[command], old, changed)
}

// refuse makes AWS answer with an error code.
func (w *world) refuse(command, code string) {
	w.errors[command] = fmt.Sprintf("\nAn error occurred (%s) when calling an operation: it did not work\n", code)
}

// has sets the resources in the stack's state.
func (w *world) has(resources ...map[string]any) {
	w.t.Helper()
	data, err := json.Marshal(map[string]any{"deployment": map[string]any{"resources": resources}})
	require.NoError(w.t, err)
	w.answer("pulumi stack export", string(data))
}

func resource(stack, typ, id, provider string, outputs map[string]any) map[string]any {
	return map[string]any{
		"type": typ, "id": id, "outputs": outputs, "urn": "urn:pulumi:" + stack + "::multisite::" + typ + "::" + id,
		"provider": "urn:pulumi:" + stack + "::multisite::pulumi:providers:aws::" + provider + "::11111111-1111-1111-1111-111111111111",
	}
}

// closest returns the entry whose key has the most words, all of which are in the command
// line in this order.
func closest(entries map[string]string, line []string) (string, bool) {
	best, found := "", false
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		words, rest := strings.Fields(key), line
		for len(words) > 0 && len(rest) > 0 {
			if words[0] == rest[0] {
				words = words[1:]
			}
			rest = rest[1:]
		}
		if len(words) == 0 && len(strings.Fields(key)) > len(strings.Fields(best)) {
			best, found = key, true
		}
	}
	return entries[best], found
}

// runCommand is the query.Runner of the world.
func (w *world) runCommand(_ context.Context, _, name string, args ...string) ([]byte, error) {
	// Move the AWS CLI's own options behind the operation; the answer may depend on the region.
	line := append([]string{name}, args...)
	if name == "aws" && len(args) > 4 {
		line = append(append([]string{name}, args[4:]...), args[2:4]...)
		w.mutex.Lock()
		w.called[strings.ReplaceAll(args[4], "-", "")+":"+strings.ReplaceAll(args[5], "-", "")] = true
		w.mutex.Unlock()
	}
	if stderr, fails := closest(w.errors, line); fails {
		return nil, &cli.Error{Name: name, Args: args, Stderr: stderr, Err: errors.New("exit status 254")}
	}
	if output, found := closest(w.answers, line); found {
		return []byte(output), nil
	}
	return nil, &cli.Error{Name: name, Args: args, Stderr: fmt.Sprintf("testdata/account.json has no %q", line), Err: errors.New("exit status 252")}
}

// NS and CAA make the world a Resolver.
func (w *world) NS(_ context.Context, zone string) ([]string, error) {
	if w.dnsFails != nil {
		return nil, w.dnsFails
	}
	if servers := w.servers[zone]; servers != nil {
		return servers, nil
	}
	return nil, ErrNoRecord
}

func (w *world) CAA(_ context.Context, name string) ([]Authorization, error) {
	return w.caa[name], w.dnsFails
}

// run checks the stack.
func (w *world) run() *report.Report {
	w.t.Helper()
	target, err := load(w.dir, w.stack)
	require.NoError(w.t, err)
	target.registered = w.account
	return target.run(w.t.Context(), Options{Dir: w.dir, Stack: w.stack, Runner: w.runCommand, Resolver: w})
}

// lineOn runs the checks and returns the only line on a subject.
func (w *world) lineOn(subject string) report.Line {
	w.t.Helper()
	return line(w.t, w.run(), subject)
}

func line(t *testing.T, r *report.Report, subject string) report.Line {
	t.Helper()
	var found []report.Line
	for _, l := range r.Lines {
		if strings.HasPrefix(l.Subject, subject) {
			found = append(found, l)
		}
	}
	require.Len(t, found, 1, "%s: %v", subject, r.Lines)
	return found[0]
}

// newCopyingWorld returns a world in which California copies the data of a market from the origin.
func newCopyingWorld(t *testing.T) *world {
	w := newWorld(t, "california")
	today := "2026-11-24"
	w.set("multisite:migration", map[string]any{
		"replication":  map[string]any{"instanceClass": "dms.c6i.large", "originCidrBlocks": []any{"203.0.113.0/28"}},
		"agents":       []any{"arn:aws:datasync:us-west-1:123456789012:agent/agent-0123456789abcdef0"},
		"certificates": certificate,
		"services": map[string]any{"ecommerce": map[string]any{
			"origin": map[string]any{
				"database": map[string]any{"host": "db.beijing.example", "name": "shop", "username": "dms", "password": map[string]any{"secure": "v1:a"}},
				"objects": map[string]any{
					"host": "objects.beijing.example", "accessKey": "key", "secretKey": map[string]any{"secure": "v1:a"},
					"buckets": map[string]any{"product-media": "shop-media", "invoices": "shop-invoices"},
				},
			},
			"markets": map[string]any{"MX": map[string]any{"phase": phases.Copying, "facts": map[string]any{"measured": today}}},
		}},
	})
	return w
}

// certificate is the CA certificate of a test authority, in place of the origin's.
const certificate = "-----BEGIN CERTIFICATE-----\nMIIBijCCAS+gAwIBAgIUG0hJSM5Ss84Xw35FmkPTmpf/EIkwCgYIKoZIzj0EAwIw\n" +
	"GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTIyMTc0NjAyWhgPMjEy\nNjEwMjkxNzQ2MDJaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI\n" +
	"zj0CAQYIKoZIzj0DAQcDQgAE7jnls9OUnqYECkiWAH8Eoz9p94aj68XEf2OFvIGZ\n9CedTCft71wdPTN73dmQP5OEeRKHPuUSnSHxGMHmVqWZUaNTMFEwHQYDVR0OBBYE\n" +
	"FNB+I8LjE2LZoMTUuQ2UtxAsBPC3MB8GA1UdIwQYMBaAFNB+I8LjE2LZoMTUuQ2U\ntxAsBPC3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAJmRyRcG\n" +
	"3qS65kDgBghCP5z29+iuSBfivIpTTXTf4/7FAiEAkIalSDbixrEAw1vV/+TS+vhS\nTqMi1ug4mqoQ2pC0nHo=\n-----END CERTIFICATE-----\n"
