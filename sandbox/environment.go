package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/gofrs/flock"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"gopkg.in/yaml.v3"

	"multisite/sandbox/cloud"
)

// passphrase encrypts the secrets of a state that holds nothing real.
const passphrase = "sandbox"

// A sandbox is one project's simulated account with the state that Pulumi keeps of it.
type sandbox struct {
	root   string // of the project
	dir    string // of everything that the sandbox keeps
	pulumi string
	env    []string
}

// account, state and project are the three things that a reset deletes.
func (s *sandbox) account() string { return filepath.Join(s.dir, "account") }
func (s *sandbox) state() string   { return filepath.Join(s.dir, "state") }
func (s *sandbox) project() string { return filepath.Join(s.dir, "project") }

func (s *sandbox) reset() error {
	return errors.Join(os.RemoveAll(s.account()), os.RemoveAll(s.state()), os.RemoveAll(s.project()))
}

// serve starts the providers and the language runtime and points the environment at them.
func (s *sandbox) serve(build func() (string, error)) error {
	account, err := cloud.Open(s.account())
	if err != nil {
		return err
	}
	var providers []string
	for _, pkg := range []string{"aws", "random"} {
		port, err := listen(func(server *grpc.Server) {
			pulumirpc.RegisterResourceProviderServer(server, cloud.NewProvider(pkg, account))
		})
		if err != nil {
			return err
		}
		providers = append(providers, fmt.Sprintf("%s:%d", pkg, port))
	}
	port, err := listen(func(server *grpc.Server) {
		pulumirpc.RegisterLanguageRuntimeServer(server, newRuntime(build))
	})
	if err != nil {
		return err
	}
	s.env = append(inherited(),
		"PULUMI_DEBUG_PROVIDERS="+strings.Join(providers, ","),
		fmt.Sprintf("PULUMI_DEBUG_LANGUAGES=go:%d", port),
		"PULUMI_BACKEND_URL=file://"+filepath.ToSlash(s.state()),
		"PULUMI_CONFIG_PASSPHRASE="+passphrase,
		"PULUMI_HOME="+filepath.Join(s.dir, "home"),
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
	)
	return nil
}

// inherited is this process's environment without what names real accounts, stacks or secrets.
func inherited() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "AWS_") ||
			slices.Contains([]string{"PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_STACK"}, name)
	})
}

// listen serves on a free loopback port until the process ends.
func listen(register func(*grpc.Server)) (int, error) {
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(server *grpc.Server) error { register(server); return nil },
	})
	return handle.Port, err
}

// prepare copies the project's YAML files and creates the stacks that are new.
func (s *sandbox) prepare(ctx context.Context) error {
	for _, dir := range []string{s.state(), s.project()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	lock := flock.New(filepath.Join(s.dir, "lock"))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	inits, ctx := errgroup.WithContext(ctx)
	for _, file := range s.files() {
		if err := s.copyFile(file); err != nil {
			return err
		}
		stack := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
		if stack != "yaml" && !s.hasStack(stack) {
			inits.Go(func() error { return s.createStack(ctx, stack) })
		}
	}
	return inits.Wait()
}

// copyFile makes the copy of a project or stack file anew, unless it is up to date.
func (s *sandbox) copyFile(file string) error {
	wanted, found, err := s.compare(file)
	if err != nil || bytes.Equal(wanted, found) {
		return err
	}
	copied := s.copied(file)
	if err := os.WriteFile(copied+".new", wanted, 0o600); err != nil {
		return err
	}
	return os.Rename(copied+".new", copied)
}

func (s *sandbox) copied(file string) string { return filepath.Join(s.project(), filepath.Base(file)) }

// compare returns what the copy of a file should hold and what it holds. What a
// stack's file says of secrets belongs to another backend; copies have a salt of their own.
func (s *sandbox) compare(file string) (wanted, found []byte, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	var content, old map[string]any
	if err := yaml.Unmarshal(data, &content); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	found, err = os.ReadFile(s.copied(file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	if err := yaml.Unmarshal(found, &old); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.copied(file), err)
	}
	if content == nil {
		content = map[string]any{}
	}
	delete(content, "secretsprovider")
	delete(content, "encryptedkey")
	delete(content, "encryptionsalt")
	if salt, ok := old["encryptionsalt"]; ok {
		content["encryptionsalt"] = salt
	}
	wanted, err = yaml.Marshal(content)
	return wanted, found, err
}

// changed names the files whose copies the command wrote to.
func (s *sandbox) changed() (names []string) {
	for _, file := range s.files() {
		if wanted, found, err := s.compare(file); err == nil && !equalYAML(wanted, found) {
			names = append(names, filepath.Base(file))
		}
	}
	return names
}

func equalYAML(a, b []byte) bool {
	var one, other any
	return yaml.Unmarshal(a, &one) == nil && yaml.Unmarshal(b, &other) == nil && reflect.DeepEqual(one, other)
}

// files are the project's and its stacks' files.
func (s *sandbox) files() []string {
	files, _ := filepath.Glob(filepath.Join(s.root, "Pulumi*.yaml")) // the pattern is well formed
	return files
}

func (s *sandbox) hasStack(name string) bool {
	found, err := filepath.Glob(filepath.Join(s.state(), ".pulumi", "stacks", "*", name+".json"))
	return err == nil && len(found) > 0
}

func (s *sandbox) createStack(ctx context.Context, name string) error {
	command := exec.CommandContext(ctx, s.pulumi, "stack", "init", name, "--non-interactive")
	command.Dir, command.Env = s.project(), s.env
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("pulumi stack init %s: %w\n%s", name, err, output)
	}
	return nil
}
