package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"example.com/multisite/internal/simulation"
)

// passphrase encrypts the secrets in the states of the emulated cloud.
const passphrase = "sandbox"

// A sandbox is the account that projects share, and their Pulumi states.
type sandbox struct {
	top    string // the folder that has .sandbox
	root   string // the project's folder
	folder string // root, relative to top
	name   string // the project's name
	dir    string // the folder of the sandbox's own files
	beside string // the folder of this program
	pulumi string
	env    []string
	held   *flock.Flock
	lost   []string // the stacks whose state does not answer
	faults []*simulation.Fault
	// accountID is the number of the account that the command has credentials for.
	accountID string
	// secrets returns the secrets provider of a stack's state.
	secrets func(stack string) string
}

// account, state and copies return the folders that a reset deletes, with all other accounts.
func (s *sandbox) account() string { return filepath.Join(s.dir, simulation.Folder(s.accountID)) }
func (s *sandbox) state() string   { return filepath.Join(s.dir, "state") }
func (s *sandbox) copies() string  { return filepath.Join(s.dir, "project") }

// project returns the folder of the copies of the project's files.
func (s *sandbox) project() string { return filepath.Join(s.copies(), s.folder) }

// home returns the folder where Pulumi keeps its plugins.
func (s *sandbox) home() string { return filepath.Join(s.dir, "home") }

// reset deletes the account and all state, unless a command is using them.
func (s *sandbox) reset() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	use := s.use()
	if free, err := use.TryLock(); err != nil || !free {
		return errors.Join(err, errors.New("a command is running in the sandbox: wait until it ends, then reset"))
	}
	defer func() { _ = use.Unlock() }()
	stopEmulator(s.emulatorFile())
	accounts, _ := filepath.Glob(filepath.Join(s.dir, simulation.Folder(simulation.AccountID)+"*")) // the pattern is well formed
	for _, folder := range append(accounts, filepath.Join(s.dir, simulation.World), s.state(), s.state()+closed, s.copies()) {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	return nil
}

// use returns the lock that running commands hold shared, and a reset holds exclusively.
func (s *sandbox) use() *flock.Flock { return flock.New(filepath.Join(s.dir, "use")) }

// open starts the account and the language runtime, sets the environment to use them,
// copies the project's files and creates new stacks.
func (s *sandbox) open(ctx context.Context, start func(*sandbox) ([]string, error), build func() (string, error)) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	s.held = s.use() // until the process ends
	if err := s.held.RLock(); err != nil {
		return err
	}
	// Only one command at a time prepares the sandbox.
	lock := flock.New(filepath.Join(s.dir, "lock"))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	account, err := start(s)
	if err != nil {
		return err
	}
	port, err := listen(func(server *grpc.Server) {
		pulumirpc.RegisterLanguageRuntimeServer(server, newRuntime(build, append(inherited(), account...)))
	})
	if err != nil {
		return err
	}
	s.env = append(append(inherited(), account...),
		fmt.Sprintf("PULUMI_DEBUG_LANGUAGES=go:%d", port),
		"PULUMI_BACKEND_URL=file://"+filepath.ToSlash(s.state())+"?metadata=skip", // writes no checksum files
		"PULUMI_CONFIG_PASSPHRASE="+passphrase,
		"PULUMI_HOME="+s.home(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
	)
	return s.prepare(ctx)
}

// simulate serves the providers from the simulated account.
func (s *sandbox) simulate() ([]string, error) {
	account, err := simulation.Open(s.account())
	if err != nil {
		return nil, err
	}
	account.Suffer(s.faults)
	faults, err := simulation.NewFaults(s.account(), s.faults)
	if err != nil {
		return nil, err
	}
	faults.Expired = s.closeState
	var providers []string
	for _, pkg := range []string{"aws", "random"} {
		var provider *grpc.Server
		port, err := listen(func(server *grpc.Server) {
			provider = server
			pulumirpc.RegisterResourceProviderServer(server, simulation.NewProvider(pkg, account))
		}, grpc.ChainUnaryInterceptor(faults.Interceptor(func() { provider.Stop() })))
		if err != nil {
			return nil, err
		}
		providers = append(providers, fmt.Sprintf("%s:%d", pkg, port))
	}
	tools, err := s.tools()
	if err != nil {
		return nil, err
	}
	keys, err := serveKeys()
	if err != nil {
		return nil, err
	}
	lost, err := s.lostStates()
	if err != nil {
		return nil, err
	}
	s.secrets, s.lost = keyOf, slices.Collect(maps.Keys(lost))
	lostText, err := json.Marshal(lost)
	if err != nil {
		return nil, err
	}
	return append(keys,
		"PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"),
		accountVariable+"="+s.account(),
		faultsVariable+"="+simulation.LastingFaults(s.faults),
		pulumiVariable+"="+s.pulumi,
		lostVariable+"="+string(lostText),
		"PULUMI_DEBUG_PROVIDERS="+strings.Join(providers, ","),
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
	), nil
}

// closeState makes the state inaccessible to Pulumi until the command has ended, as when the
// credential for the account and the state's bucket has expired. It replaces the folder with
// a file.
func (s *sandbox) closeState() error {
	return errors.Join(os.Rename(s.state(), s.state()+closed), os.WriteFile(s.state(), nil, 0o600))
}

// openState makes the state accessible again.
func (s *sandbox) openState() error {
	if _, err := os.Stat(s.state() + closed); err != nil {
		return nil // it is not closed
	}
	return errors.Join(os.Remove(s.state()), os.Rename(s.state()+closed, s.state()))
}

// closed is the suffix of a closed state's folder.
const closed = ".closed"

// accountVariable is the environment variable with the account's folder for the AWS CLI.
const accountVariable = "MULTISITE_SANDBOX_ACCOUNT"

// faultsVariable is the environment variable with the faults for the AWS CLI, one a line.
const faultsVariable = "MULTISITE_SANDBOX_FAULTS"

// tools creates the folder with the commands that docs/runbook.md uses, under the names that
// they have outside the sandbox, and returns it.
func (s *sandbox) tools() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(s.dir, "tools")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	for name, program := range map[string]string{"aws": self, "pulumi": self, "sites": filepath.Join(s.beside, "sites")} {
		link := filepath.Join(folder, name)
		if current, err := os.Readlink(link); err == nil && current == program {
			continue
		}
		if err := errors.Join(os.RemoveAll(link), os.Symlink(program, link)); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// inherited returns this process's environment without variables for real accounts, stacks
// or secrets.
func inherited() []string {
	kept := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "AWS_") ||
			slices.Contains([]string{"PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_STACK"}, name)
	})
	return append(kept, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
}

// listen serves on a free loopback port until the process ends.
func listen(reg func(*grpc.Server), options ...grpc.ServerOption) (int, error) {
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init:    func(server *grpc.Server) error { reg(server); return nil },
		Options: options,
	})
	return handle.Port, err
}

// prepare copies the project's YAML files and creates new stacks.
func (s *sandbox) prepare(ctx context.Context) error {
	for _, dir := range []string{s.state(), s.project()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := errors.Join(s.linkPlugin(), s.stopLogs()); err != nil {
		return err
	}
	inits, ctx := errgroup.WithContext(ctx)
	for _, file := range s.files() {
		if err := s.copyFile(file); err != nil {
			return err
		}
		stack := stackOf(file)
		if stack != "yaml" && !slices.Contains(s.lost, stack) && !s.hasStack(stack) {
			inits.Go(func() error { return s.createStack(ctx, stack) })
		}
	}
	return inits.Wait()
}

// linkPlugin installs the localdc plugin if `make` has built it in this program's folder.
// The engine would also find it on PATH, but print a warning each time.
func (s *sandbox) linkPlugin() error {
	const name = "pulumi-resource-localdc"
	plugin, installed := filepath.Join(s.beside, name), filepath.Join(s.home(), "plugins", "resource-localdc-v0.0.0", name)
	if _, err := os.Stat(plugin); err != nil {
		return os.RemoveAll(filepath.Dir(installed)) // sites on AWS need no plugin
	}
	if current, err := os.Readlink(installed); err == nil && current == plugin {
		return nil // not replaced, since another command may be using it
	}
	return errors.Join(os.RemoveAll(installed), os.MkdirAll(filepath.Dir(installed), 0o700), os.Symlink(plugin, installed))
}

// stopLogs puts a file in place of the folder where Pulumi writes a full log of each
// command, which takes a third of the command's time. Pulumi has no setting for it.
func (s *sandbox) stopLogs() error {
	logs := filepath.Join(s.home(), "logs")
	if info, err := os.Stat(logs); err == nil && info.Mode().IsRegular() {
		return nil
	}
	return errors.Join(os.RemoveAll(logs), os.MkdirAll(s.home(), 0o700), os.WriteFile(logs, nil, 0o600))
}

func (s *sandbox) hasStack(name string) bool {
	_, err := os.Stat(filepath.Join(s.state(), ".pulumi", "stacks", s.name, name+".json"))
	return err == nil
}

func (s *sandbox) createStack(ctx context.Context, name string) error {
	command := exec.CommandContext(ctx, s.pulumi, "stack", "init", name, "--non-interactive", "--secrets-provider="+s.secrets(name))
	command.Dir, command.Env = s.project(), s.env
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("pulumi stack init %s: %w\n%s", name, err, output)
	}
	return nil
}
