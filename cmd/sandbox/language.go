package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/types/known/emptypb"
)

// runtime is Pulumi's Go language runtime for a program that is already built. The stock
// runtime compiles the program on every command, which takes longer than the rest of a
// preview.
type runtime struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	build   func() (string, error)
	env     []string
	engines sync.Map // the address of each client's engine, by the client's address
}

func newRuntime(build func() (string, error), env []string) *runtime {
	return &runtime{build: build, env: env}
}

// goBuild returns a function that builds the program in a project's folder on its first call.
func goBuild(root, program string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		command := exec.Command("go", "build", "-o", program, ".")
		command.Dir, command.Stdout, command.Stderr = root, os.Stderr, os.Stderr
		if err := command.Run(); err != nil {
			return "", fmt.Errorf("go build in %s: %w", root, err)
		}
		return program, nil
	})
}

func (r *runtime) Handshake(ctx context.Context, req *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	if client, ok := peer.FromContext(ctx); ok {
		r.engines.Store(client.Addr.String(), req.GetEngineAddress())
	}
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (*runtime) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{}, nil
}

// GetRequiredPackages returns no packages: the engine is attached to the providers, or finds
// their plugins when the program needs them.
func (*runtime) GetRequiredPackages(context.Context, *pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// Run runs the program, with the request in the environment variables that the Go SDK reads.
func (r *runtime) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	program, err := r.build()
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	config, err := json.Marshal(req.GetConfig())
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(req.GetConfigSecretKeys())
	if err != nil {
		return nil, err
	}
	client, _ := peer.FromContext(ctx)
	engine, attached := r.engines.Load(client.Addr.String())
	if !attached {
		return &pulumirpc.RunResponse{Error: "pulumi: found a version that is too old for the sandbox; allowed: 3.250, or a later version"}, nil
	}
	command := exec.CommandContext(ctx, program)
	command.Dir = req.GetPwd()
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	command.Env = append(slices.Clone(r.env),
		pulumi.EnvOrganization+"="+req.GetOrganization(),
		pulumi.EnvProject+"="+req.GetProject(),
		pulumi.EnvStack+"="+req.GetStack(),
		pulumi.EnvConfig+"="+string(config),
		pulumi.EnvConfigSecretKeys+"="+string(secretKeys),
		pulumi.EnvDryRun+"="+strconv.FormatBool(req.GetDryRun()),
		pulumi.EnvParallel+"="+strconv.Itoa(int(req.GetParallel())),
		pulumi.EnvMonitor+"="+req.GetMonitorAddress(),
		fmt.Sprintf("%s=%v", pulumi.EnvEngine, engine),
	)
	// Only the engine must receive Ctrl-C: it then ends the program in order.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = command.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == constant.ExitStatusLoggedError:
		return &pulumirpc.RunResponse{Bail: true}, nil // the program has logged the error
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program failed: %v", err)}, nil
	}
}
