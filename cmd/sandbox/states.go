package main

import (
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/simulation"
)

// stateRegions returns the region of each stack's state: that of state/regions.yaml or, for a
// stack that the file lacks, the stack's own.
func (s *sandbox) stateRegions() (map[string]string, error) {
	regions := map[string]string{}
	for _, file := range s.files() {
		var content struct{ Config map[string]any }
		data, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(data, &content)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		if region, ok := content.Config["multisite:region"].(string); ok {
			regions[stackOf(file)] = region
		}
	}
	own := filepath.Join(s.top, "state", "regions.yaml")
	data, err := os.ReadFile(own)
	if errors.Is(err, fs.ErrNotExist) {
		return regions, nil
	}
	if err == nil {
		err = yaml.Unmarshal(data, &regions)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", own, err)
	}
	return regions, nil
}

// stackOf returns the stack of a file such as Pulumi.oregon.yaml, and yaml for Pulumi.yaml.
func stackOf(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
}

// lostStates returns, by stack, the error of the Pulumi CLI for states in regions that are down.
// The CLI printed these words with an S3 backend that had no network, with the
// attempts and the cause of a timeout.
func (s *sandbox) lostStates() (map[string]string, error) {
	account, err := simulation.Open(s.account())
	if err != nil {
		return nil, err
	}
	down, err := account.Down()
	if err != nil || len(down) == 0 {
		return nil, err
	}
	regions, err := s.stateRegions()
	lost := map[string]string{}
	for stack, region := range regions {
		if _, isDown := down[region]; isDown {
			lost[stack] = fmt.Sprintf(`read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): `+
				"operation error S3: GetObject, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , HostID: , "+
				`request send failed, Get "https://multisite-state-%s-%s.s3.%s.amazonaws.com/.pulumi/meta.yaml?x-id=GetObject": dial tcp: i/o timeout`, stack, s.accountID, region)
		}
	}
	return lost, err
}

// eraseStates deletes the states of the stacks whose state is in a region, in all projects. The
// next command creates the stacks anew.
func (s *sandbox) eraseStates(region string) error {
	regions, err := s.stateRegions()
	if err != nil {
		return err
	}
	for _, stack := range slices.Sorted(maps.Keys(regions)) {
		if regions[stack] != region {
			continue
		}
		own := filepath.Join(s.state(), ".pulumi")
		for _, pattern := range []string{"stacks/*/" + stack + ".json*", "history/*/" + stack, "backups/*/" + stack, "locks/*/*/" + stack} {
			found, _ := filepath.Glob(filepath.Join(own, pattern)) // the pattern is well formed
			for _, path := range found {
				err = errors.Join(err, os.RemoveAll(path))
			}
		}
		err = errors.Join(err, s.eraseCopies(stack))
	}
	return err
}

// eraseCopies deletes the copies of a stack's files, which have the encrypted key of the state.
func (s *sandbox) eraseCopies(stack string) error {
	err := filepath.WalkDir(s.copies(), func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Base(path) == "Pulumi."+stack+".yaml" {
			err = os.Remove(path)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// reach returns the Pulumi CLI's error if the state of a command's stack does not answer.
func (s *sandbox) reach(args []string) error {
	lost, err := s.lostStates()
	if err != nil {
		return err
	}
	return lostTo(lost, args, s.home(), filepath.Join(s.project(), "Pulumi.yaml"))
}

// lostTo returns the error in lost, by stack, for the stack of a Pulumi command: the stack that its
// arguments name, or the selected one.
func lostTo(lost map[string]string, args []string, home, project string) error {
	if len(lost) == 0 {
		return nil
	}
	stack := namedStack(args)
	if stack == "" {
		stack = selectedStack(home, project)
	}
	if text := lost[stack[strings.LastIndex(stack, "/")+1:]]; text != "" {
		return errors.New(text)
	}
	return nil
}

// namedStack returns the stack that a Pulumi command's arguments name, or "".
func namedStack(args []string) string {
	var words []string
	for i, arg := range args {
		name, value, assigned := strings.Cut(arg, "=")
		switch {
		case (name == "-s" || name == "--stack") && assigned:
			return value
		case (name == "-s" || name == "--stack") && i+1 < len(args):
			return args[i+1]
		case strings.HasPrefix(arg, "-s"):
			return arg[2:]
		case !strings.HasPrefix(arg, "-"):
			words = append(words, arg)
		}
	}
	if len(words) > 2 && words[0] == "stack" && slices.Contains([]string{"init", "rm", "select"}, words[1]) {
		return words[2]
	}
	return ""
}

// selectedStack returns the stack that `pulumi stack select` has selected for a project, or "".
func selectedStack(home, project string) string {
	if resolved, err := filepath.EvalSymlinks(project); err == nil {
		project = resolved
	}
	files, _ := filepath.Glob(filepath.Join(home, "workspaces", fmt.Sprintf("*-%x-workspace.json", sha1.Sum([]byte(project)))))
	for _, file := range files {
		var workspace struct{ Stack string }
		if data, err := os.ReadFile(file); err == nil && json.Unmarshal(data, &workspace) == nil {
			return workspace.Stack
		}
	}
	return ""
}

// Environment variables for the program pulumi in the folder tools: the CLI's path, and the errors
// of lostTo as JSON.
const (
	pulumiVariable = "MULTISITE_SANDBOX_PULUMI"
	lostVariable   = "MULTISITE_SANDBOX_LOST"
)

// pulumiCLI runs a command of the Pulumi CLI, unless its state does not answer. The sandbox puts
// this program on PATH under the name pulumi, for programs and shells.
func pulumiCLI(program string, args []string) error {
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	var lost map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(lostVariable)), &lost); err != nil {
		return fmt.Errorf("%s: %w", lostVariable, err)
	}
	if err := lostTo(lost, args, os.Getenv("PULUMI_HOME"), filepath.Join(folder, "Pulumi.yaml")); err != nil {
		return err
	}
	return syscall.Exec(program, append([]string{"pulumi"}, args...), os.Environ())
}
