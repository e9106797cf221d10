// Command sandbox runs a command against an AWS account that is not real: a
// simulated one, of which it serves the aws and random providers itself, or an
// emulated AWS API under the real provider plugins.
//
// It serves the runtime of the Go program too, and gives the command an
// environment in which Pulumi uses all this, a local state backend, and no credentials.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"multisite/internal/simulation"
)

const usage = `Runs a command, most often pulumi, against an AWS account that is not real.

  sandbox [flags] COMMAND [ARGUMENT...]   for example: sandbox pulumi up -s oregon
  sandbox [flags] reset                   deletes the account and all state

The account and the state live in .sandbox beside Pulumi.yaml. The command's
working directory is a folder there with a copy of the Pulumi.*.yaml files, made
anew each time, so that it cannot change the files themselves.

`

// clouds are the accepted values of --cloud.
var clouds = map[string]func(*sandbox) ([]string, error){
	"simulated": (*sandbox).simulate,
	"emulated":  (*sandbox).emulate,
}

func main() {
	if account := os.Getenv(accountVariable); filepath.Base(os.Args[0]) == "aws" && account != "" {
		if err := awsCLI(account, os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "aws:", err)
			os.Exit(254)
		}
		return
	}
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	program := flags.String("program", "", "run this built `file` as the Pulumi program, instead of building the project")
	kind := flags.String("cloud", "simulated", "simulated: AWS as modelled here; emulated: the real provider plugins on moto_server")
	account := flags.String("account", simulation.AccountID, "the `number` of the simulated account that the command has credentials of")
	var faults []*simulation.Fault
	flags.Func("fault", "make something go wrong with the simulated cloud, as `FAULT` says; may be repeated:\n"+simulation.FaultUsage, func(text string) error {
		fault, err := simulation.ParseFault(text)
		faults = append(faults, fault)
		return err
	})
	flags.Usage = func() {
		_, _ = fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	switch err := flags.Parse(os.Args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		os.Exit(2)
	case flags.NArg() == 0 || clouds[*kind] == nil || *kind != "simulated" && (len(faults) > 0 || *account != simulation.AccountID) || !accountNumber.MatchString(*account):
		flags.Usage()
		os.Exit(2)
	}
	box := &sandbox{faults: faults, accountID: *account}
	status, err := box.run(context.Background(), *kind, *program, flags.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
	}
	os.Exit(status)
}

// accountNumber is the form of an account's number.
var accountNumber = regexp.MustCompile(`^\d{12}$`)

// run returns the command's own exit status, or 1 with an error.
func (s *sandbox) run(ctx context.Context, kind, program string, command []string) (int, error) {
	root, err := findProject()
	if err != nil {
		return 1, err
	}
	s.root, s.dir = root, filepath.Join(root, ".sandbox", kind)
	if len(command) == 1 && command[0] == "reset" {
		if err := s.reset(); err != nil {
			return 1, err
		}
		return 0, nil
	}
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	s.beside = filepath.Dir(self)
	if s.pulumi, err = findPulumi(s.beside); err != nil {
		return 1, err
	}
	if command[0] == "pulumi" {
		command[0] = s.pulumi
	} else if command[0] == "aws" && kind == "simulated" {
		command[0] = filepath.Join(s.dir, "tools", "aws")
	} else if command[0], err = exec.LookPath(command[0]); err != nil {
		return 127, err
	} else if command[0], err = filepath.Abs(command[0]); err != nil {
		return 1, err
	}
	build := func() (string, error) { return filepath.Abs(program) }
	if program == "" {
		build = goBuild(root)
	}
	if err := s.open(ctx, clouds[kind], build); err != nil {
		return 1, err
	}
	status, err := s.exec(command)
	err = errors.Join(err, s.openState())
	for _, file := range s.changed() {
		fmt.Fprintf(os.Stderr, "sandbox: the command changed its copy of %s only; to keep a change, edit the file itself\n", file)
	}
	return status, err
}

// awsCLI answers for the AWS CLI, under whose name this program is found in the sandbox.
func awsCLI(dir string, args []string) error {
	account, err := simulation.Open(dir)
	if err != nil {
		return err
	}
	answer, err := simulation.CLI(account, args)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

// findProject is the nearest folder, from here upwards, with a Pulumi.yaml.
func findProject() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no Pulumi.yaml in %s or above", here)
		}
	}
}

// findPulumi prefers an installed CLI to the pinned one that `make build` puts beside this program.
func findPulumi(beside string) (string, error) {
	if path, err := exec.LookPath("pulumi"); err == nil {
		return filepath.Abs(path)
	}
	pinned := filepath.Join(beside, "pulumi")
	if _, err := os.Stat(pinned); err != nil {
		return "", errors.New("there is no pulumi on PATH; `make build` builds one")
	}
	return pinned, nil
}
