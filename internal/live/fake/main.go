// Command fake replaces aws, pulumi and sites in the tests of `sites live`, which put it
// on PATH under these names. It records every call in the file calls of the folder
// LIVE_FAKE, and answers with the contents of the file there that has the call's name, with
// underscores in place of spaces. If there is a file block_COMMAND, that pulumi command waits
// for an interrupt; if there is a file kill, pulumi up kills its parent process.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"example.com/multisite/internal/awstypes"
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

// note records a call.
func (f fake) note(call string) {
	file, err := os.OpenFile(filepath.Join(f.folder, "calls"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(file, call)
	}
	if err != nil {
		panic(err)
	}
}

func (f fake) path(name string) string {
	return filepath.Join(f.folder, strings.ReplaceAll(name, " ", "_"))
}

// write writes a file and creates its folder.
func write(content string, path ...string) {
	file := filepath.Join(path...)
	err := os.MkdirAll(filepath.Dir(file), 0o700)
	if err == nil {
		err = os.WriteFile(file, []byte(content), 0o600)
	}
	if err != nil {
		panic(err)
	}
}

// has returns the content of a file in the folder, if it exists.
func (f fake) has(name string) (string, bool) {
	data, err := os.ReadFile(f.path(name))
	return string(data), err == nil
}

func (f fake) set(name, content string) {
	write(content, f.path(name))
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
	stacks, _ := f.has("stacks")
	switch operation {
	case "sts get-caller-identity":
		fmt.Print(`{"Account": "999988887777"}`)
	case "cloudformation deploy":
		f.set("stacks", stacks+args[slices.Index(args, "--stack-name")+1]+" ")
	case "cloudformation describe-stacks":
		var list []string
		for name := range strings.FieldsSeq(stacks) {
			list = append(list, fmt.Sprintf(`{"StackName": %q, "StackStatus": "CREATE_COMPLETE"}`, name))
		}
		fmt.Printf(`{"Stacks": [%s]}`, strings.Join(list, ","))
	case "cloudformation list-stack-resources":
		fmt.Print(`{"StackResourceSummaries": [{"LogicalResourceId": "Key", "PhysicalResourceId": "0000-1111"}, {"LogicalResourceId": "Copies", "PhysicalResourceId": "copies"}]}`)
	case "s3api delete-objects": // deletes all versions
		_ = os.Remove(f.path("s3api list-object-versions"))
		fmt.Print("null")
	case "rds describe-db-instances":
		fmt.Print(map[bool]string{true: `"origin.beijing.example"`, false: "{}"}[strings.Contains(rest, "Endpoint")])
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
		// Leave a lock, and kill the parent, which waits for the command.
		write("{}", state, ".pulumi", "locks", "organization", "multisite", "oregon", "1.json")
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
		write("{}", state, ".pulumi", "stacks", "multisite", args[2]+".json")
	case args[0] == "preview":
		plan, set := f.has("preview")
		if !set {
			plan = `{"steps": [{"op": "create", "newState": {"type": "` + awstypes.NATGateway + `", "inputs": {}}}]}`
		}
		fmt.Print(plan)
	case strings.HasPrefix(command, "stack output"):
		fmt.Print(`{"vpcId": "vpc-1", "dataSubnetIds": ["subnet-1"], "alarmTopicArn": "arn:topic", "mi-account.bucketName.avatars": "avatars-1"}`)
	}
	return 0
}

func (f fake) is(name string) bool { _, is := f.has(name); return is }
