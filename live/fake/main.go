// Command fake stands for aws, pulumi and adopt in the tests of `live`, under whose names
// it is found on PATH. It notes every call in the file calls of the folder LIVE_FAKE, and
// answers from the files there that are named for the calls.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

func main() {
	f, args := fake{os.Getenv("LIVE_FAKE")}, os.Args[1:]
	switch filepath.Base(os.Args[0]) {
	case "aws":
		os.Exit(f.aws(args))
	case "pulumi":
		os.Exit(f.pulumi(args))
	}
	f.note(filepath.Base(os.Args[0]) + " " + strings.Join(args, " "))
}

type fake struct{ folder string }

func (f fake) note(call string) {
	file, err := os.OpenFile(filepath.Join(f.folder, "calls"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(file, call)
	}
	if err != nil {
		panic(err)
	}
}

// has returns what a file of the folder holds, if it is there.
func (f fake) has(name string) (string, bool) {
	data, err := os.ReadFile(filepath.Join(f.folder, strings.ReplaceAll(name, " ", "_")))
	return string(data), err == nil
}

func (f fake) set(name, content string) {
	if err := os.WriteFile(filepath.Join(f.folder, strings.ReplaceAll(name, " ", "_")), []byte(content), 0o600); err != nil {
		panic(err)
	}
}

// aws answers for the AWS CLI, called as `aws --output json --region REGION SERVICE OPERATION …`.
func (f fake) aws(args []string) int {
	region, operation, rest := args[3], args[4]+" "+args[5], strings.Join(args[6:], " ")
	f.note("aws " + operation + " " + rest)
	if answer, set := f.has(operation + " in " + region); set {
		fmt.Println(answer)
		return 0
	}
	if answer, set := f.has(operation); set {
		if answer == "fails" {
			return 254
		}
		fmt.Println(answer)
		return 0
	}
	name, deployed := f.has("stack")
	switch operation {
	case "sts get-caller-identity":
		fmt.Print(`{"Account": "999988887777"}`)
	case "cloudformation deploy":
		f.set("stack", args[slices.Index(args, "--stack-name")+1])
	case "cloudformation describe-stacks":
		if deployed {
			fmt.Printf(`{"Stacks": [{"StackName": %q, "StackStatus": "CREATE_COMPLETE"}]}`, name)
		} else {
			fmt.Print(`{}`)
		}
	case "cloudformation list-stack-resources":
		fmt.Print(`{"StackResourceSummaries": [{"LogicalResourceId": "Key", "PhysicalResourceId": "0000-1111"}, {"LogicalResourceId": "Copies", "PhysicalResourceId": "copies"}]}`)
	default:
		fmt.Print(map[bool]string{true: "[]", false: "{}"}[strings.Contains(rest, "--query")])
	}
	return 0
}

// pulumi answers for the Pulumi CLI.
func (f fake) pulumi(args []string) int {
	args = args[4:] // after --cwd FOLDER --non-interactive --color=never
	command := strings.Join(args, " ")
	f.note("pulumi " + command)
	state := strings.TrimPrefix(os.Getenv("PULUMI_BACKEND_URL"), "file://")
	switch {
	case args[0] == "up" && f.is("kill"):
		// As a kill leaves it: with a lock, and without whoever waits for it.
		lock := filepath.Join(state, ".pulumi", "locks", "organization", "multisite", "oregon")
		_ = os.MkdirAll(lock, 0o700)
		_ = os.WriteFile(filepath.Join(lock, "1.json"), []byte("{}"), 0o600)
		_ = os.Remove(filepath.Join(f.folder, "kill"))
		_ = syscall.Kill(os.Getppid(), syscall.SIGKILL)
	case f.is("block " + args[0]):
		interrupts := make(chan os.Signal, 1)
		signal.Notify(interrupts, os.Interrupt)
		f.set("blocked", "")
		<-interrupts
		f.note("interrupted")
		return 1
	case strings.HasPrefix(command, "stack init"):
		_ = os.MkdirAll(filepath.Join(state, ".pulumi", "stacks", "multisite"), 0o700)
		_ = os.WriteFile(filepath.Join(state, ".pulumi", "stacks", "multisite", args[2]+".json"), []byte("{}"), 0o600)
	case args[0] == "preview":
		plan, set := f.has("preview")
		if !set {
			plan = `{"steps": [{"op": "create", "newState": {"type": "aws:ec2/natGateway:NatGateway", "inputs": {}}}]}`
		}
		fmt.Print(plan)
	case strings.HasPrefix(command, "stack output"):
		fmt.Print(`{"vpcId": "vpc-1", "dataSubnetIds": ["subnet-1"], "alarmTopicArn": "arn:topic", "mi-account.bucketName.avatars": "avatars-1"}`)
	}
	return 0
}

func (f fake) is(name string) bool { _, is := f.has(name); return is }
