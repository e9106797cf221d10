// Command sandbox runs a command on a fake AWS account: a simulated account, for which it
// serves the aws and random providers itself, or an emulated AWS API under the real provider
// plugins.
//
// It also serves the language runtime of the Go program, and gives the command an
// environment in which Pulumi uses these, a local state backend, and no credentials.
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
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/simulation"
)

const usage = `Runs a command, usually pulumi, on a fake AWS account.

  sandbox [flags] COMMAND [ARGUMENT...]   for example: sandbox pulumi up -s oregon
  sandbox [flags] reset                   deletes the account and all state

On the simulated account:

  sandbox region                          lists regions, and which of them are down
  sandbox region REGION down              no API of the region answers, and no state in it
  sandbox region REGION up                all is as it was
  sandbox region REGION erased            deletes the region's resources, content and states
  sandbox clock [+DURATION]               shows the account's time, or moves it, such as +10m
  sandbox content show [RESOURCE]         shows what databases, buckets and backups hold
  sandbox content write [--market=MARKET] RESOURCE KEY=VALUE...
  sandbox content delete RESOURCE KEY...  as clients of a database or a bucket do
  sandbox content backfill BUCKET         replicates the objects from before the replication

RESOURCE is a bucket, a DB instance's identifier, or the ARN of a replicated backup;
REGION/NAME selects one of several with the same name.

The account and the states are in .sandbox, in the folder of Pulumi.yaml. The command
runs in a folder there with copies of the Pulumi.*.yaml files, which are updated each
time. It cannot change the files themselves. With --project, these are the files of another
Pulumi project, for example: sandbox --project examples/application pulumi up -s oregon

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
	if program := os.Getenv(pulumiVariable); filepath.Base(os.Args[0]) == "pulumi" && program != "" {
		if err := pulumiCLI(program, os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
	}
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	program := flags.String("program", "", "run this built `file` as the Pulumi program, instead of building the project")
	kind := flags.String("cloud", "simulated", "simulated: the sandbox's own model of AWS; emulated: the real provider plugins on moto_server")
	folder := flags.String("project", ".", "the `folder` of the Pulumi project, in the folder of the Pulumi.yaml found; all its projects share the account")
	account := flags.String("account", simulation.AccountID, "the `number` of the simulated account that the command has credentials for")
	var faults []*simulation.Fault
	flags.Func("fault", "a `FAULT` of the simulated cloud; may be repeated:\n"+simulation.FaultUsage, func(text string) error {
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
	case flags.NArg() == 0 || clouds[*kind] == nil || *kind != "simulated" && (len(faults) > 0 || *account != simulation.AccountID) || !accountNumber.MatchString(*account) || !filepath.IsLocal(*folder):
		flags.Usage()
		os.Exit(2)
	}
	box := &sandbox{folder: *folder, faults: faults, accountID: *account}
	status, err := box.run(context.Background(), *kind, *program, flags.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
	}
	os.Exit(status)
}

// accountNumber matches an account's number.
var accountNumber = regexp.MustCompile(`^\d{12}$`)

// run returns the command's own exit status, or 1 with an error.
func (s *sandbox) run(ctx context.Context, kind, program string, command []string) (int, error) {
	root, err := findProject()
	if err != nil {
		return 1, err
	}
	s.top, s.root, s.dir = root, filepath.Join(root, s.folder), filepath.Join(root, ".sandbox", kind)
	if len(command) == 1 && command[0] == "reset" {
		if err := s.reset(); err != nil {
			return 1, err
		}
		return 0, nil
	}
	if commands[command[0]] != nil && kind == "simulated" {
		return s.own(command)
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
		if err := s.reach(command[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			return 1, nil
		}
		command[0] = s.pulumi
	} else if command[0] == "aws" && kind == "simulated" {
		command[0] = filepath.Join(s.dir, "tools", "aws")
	} else if command[0], err = exec.LookPath(command[0]); err != nil {
		return 127, err
	} else if command[0], err = filepath.Abs(command[0]); err != nil {
		return 1, err
	}
	build := func() (string, error) { return filepath.Abs(program) }
	if s.name, err = projectName(s.root); err != nil {
		return 1, err
	}
	if program == "" {
		build = goBuild(s.root, filepath.Join(root, "bin", s.name))
	}
	if err := s.open(ctx, clouds[kind], build); err != nil {
		return 1, err
	}
	status, err := s.exec(command)
	err = errors.Join(err, s.openState())
	for _, file := range s.changed() {
		fmt.Fprintf(os.Stderr, "sandbox: the command changed its copy of %s only; to keep the change, edit the file itself\n", file)
	}
	return status, err
}

// awsCLI runs a command of the AWS CLI. The sandbox puts this program on PATH under the name
// aws.
func awsCLI(dir string, args []string) error {
	account, err := simulation.Open(dir)
	if err != nil {
		return err
	}
	var faults []*simulation.Fault
	for line := range strings.Lines(os.Getenv(faultsVariable)) {
		fault, err := simulation.ParseFault(line)
		if err != nil {
			return err
		}
		faults = append(faults, fault)
	}
	account.Suffer(faults)
	answer, err := simulation.CLI(account, args)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

// findProject returns the working directory or its nearest parent with a Pulumi.yaml.
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
			return "", fmt.Errorf("%s: found no Pulumi.yaml here or in a parent folder", here)
		}
	}
}

// projectName returns the name of the Pulumi project in a folder.
func projectName(dir string) (string, error) {
	var project struct{ Name string }
	file := filepath.Join(dir, "Pulumi.yaml")
	data, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(data, &project)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return project.Name, nil
}

// findPulumi returns the installed CLI or, if there is none, the pinned version that `make
// build` builds in this program's folder.
func findPulumi(beside string) (string, error) {
	if program := os.Getenv(pulumiVariable); program != "" {
		return program, nil // this command runs within another one
	}
	if path, err := exec.LookPath("pulumi"); err == nil {
		return filepath.Abs(path)
	}
	pinned := filepath.Join(beside, "pulumi")
	if _, err := os.Stat(pinned); err != nil {
		return "", errors.New("PATH: found no pulumi; `make build` builds it")
	}
	return pinned, nil
}
