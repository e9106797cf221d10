package state_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const account = "123456789012"

// A fakeAWS simulates the operations of AWS that the scripts call. Emulators lack features
// that the tests need: moto 5.2.1 has neither rollbacks nor imports, and ignores DeletionPolicy.
type fakeAWS struct {
	t      *testing.T
	folder string // a copy of state/, with the register in its parent folder
	bin    string // the first folder on PATH
	stacks map[string]*stack
	things []*thing
	// failing are the logical IDs whose creation fails, and undeletable the logical IDs whose
	// deletion fails.
	failing, undeletable []string
	// halfCreated is true if a resource exists although its creation failed.
	halfCreated bool
	// ignoreDeletes is true if CloudFormation accepts the deletion of a stack, but keeps the stack.
	ignoreDeletes bool
	changes       map[string]*stack // prepared imports, by stack
	commands      []string
}

// thing is a resource in the account, with or without a stack.
type thing struct {
	typ     string // CloudFormation's resource type
	name    string // unique in its type; empty if the type has no names
	id      string
	key     string // of an alias, or of a bucket: the ID of its key
	stack   string // empty if none
	pending bool   // a key that is scheduled for deletion
	hasData bool   // its deletion is an error of the test
}

// newAWS returns an empty account and a copy of the scripts to run on it.
func newAWS(t *testing.T) *fakeAWS {
	t.Helper()
	root := t.TempDir()
	f := &fakeAWS{t: t, folder: filepath.Join(root, "state"), bin: filepath.Join(root, "bin"), stacks: map[string]*stack{}, changes: map[string]*stack{}}
	require.NoError(t, os.CopyFS(f.folder, os.DirFS(".")))
	f.copyFile("../register/register.yaml", "../register/register.yaml")
	for site := range regions(t) {
		f.copyFile("../Pulumi."+site+".yaml", "../Pulumi."+site+".yaml")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			f.serve(connection)
		}
	}()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	f.script("aws", `exec 3<>/dev/tcp/127.0.0.1/`+port+`
printf '%s\0' $# "$@" >&3
read -r status <&3
IFS= read -r -d '' answer <&3
if ((status)); then printf '%s' "$answer" >&2; else printf '%s' "$answer"; fi
exit "$status"`)
	f.script("sleep", "")
	return f
}

// copyFile copies a file of the repository to a path relative to the scripts' folder.
func (f *fakeAWS) copyFile(from, to string) {
	f.t.Helper()
	data, err := os.ReadFile(from)
	require.NoError(f.t, err)
	to = filepath.Join(f.folder, to)
	require.NoError(f.t, os.MkdirAll(filepath.Dir(to), 0o700))
	require.NoError(f.t, os.WriteFile(to, data, 0o600))
}

// script writes a command to the first folder on PATH.
func (f *fakeAWS) script(name, text string) {
	f.t.Helper()
	bash, err := exec.LookPath("bash")
	require.NoError(f.t, err)
	require.NoError(f.t, os.MkdirAll(f.bin, 0o700))
	require.NoError(f.t, os.WriteFile(filepath.Join(f.bin, name), []byte("#!"+bash+"\n"+text+"\n"), 0o700))
}

// run runs one of the scripts, and returns what it prints.
func (f *fakeAWS) run(script string, args ...string) (stdout, stderr string, err error) {
	f.t.Helper()
	command := exec.Command(filepath.Join(f.folder, script), args...)
	command.Env = append(os.Environ(), "PATH="+f.bin+":"+os.Getenv("PATH"), "AWS_REGION=us-east-1")
	var out, errors strings.Builder
	command.Stdout, command.Stderr = &out, &errors
	err = command.Run()
	return out.String(), errors.String(), err
}

// serve answers one command. The request is the number of arguments and the arguments, each
// terminated by NUL.
func (f *fakeAWS) serve(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	reader := bufio.NewReader(connection)
	next := func() string {
		text, _ := reader.ReadString(0)
		return strings.TrimSuffix(text, "\x00")
	}
	count, _ := strconv.Atoi(next())
	args := make([]string, count)
	for i := range args {
		args[i] = next()
	}
	f.commands = append(f.commands, strings.Join(args, " "))
	answer, err := f.answer(args)
	if err != nil {
		_, _ = fmt.Fprintf(connection, "254\naws: %v\n", err)
		return
	}
	_, _ = io.WriteString(connection, "0\n"+answer)
}

// quoted matches the value that a query compares with.
var quoted = regexp.MustCompile(`=='([^']*)'|, '/([^']*)'\)`)

// answer executes a command. It does not evaluate --query, but takes from it the value that
// the query compares with.
func (f *fakeAWS) answer(args []string) (string, error) {
	options := map[string][]string{}
	var words []string
	option := ""
	for _, arg := range args {
		switch {
		case strings.HasPrefix(arg, "--"):
			option = arg[2:]
			options[option] = []string{}
		case option == "", len(words) < 2 && len(options[option]) > 0, len(words) == 2 && words[1] == "wait":
			words = append(words, arg)
		default:
			options[option] = append(options[option], arg)
		}
	}
	get := func(name string) string { return strings.Join(options[name], " ") }
	var wanted string
	if match := quoted.FindStringSubmatch(get("query")); match != nil {
		wanted = match[1] + match[2]
	}
	switch command := strings.Join(words, " "); command {
	case "sts get-caller-identity":
		return account + "\n", nil
	case "kms list-aliases":
		return f.list("AWS::KMS::Alias", wanted, func(t *thing) string { return t.key }), nil
	case "kms describe-key":
		if f.find("AWS::KMS::Key", get("key-id")).pending {
			return "PendingDeletion\n", nil
		}
		return "Enabled\n", nil
	case "s3api list-buckets":
		return f.list("AWS::S3::Bucket", wanted, func(t *thing) string { return t.name }), nil
	case "s3api get-bucket-policy":
		if f.find("AWS::S3::BucketPolicy", get("bucket")) == nil {
			return "", fmt.Errorf("NoSuchBucketPolicy")
		}
		return "{}\n", nil
	case "s3api get-bucket-encryption":
		return "arn:aws:kms:us-west-2:" + account + ":key/" + f.find("AWS::S3::Bucket", get("bucket")).key + "\n", nil
	case "iam list-roles":
		return f.list("AWS::IAM::Role", wanted, func(t *thing) string { return t.name }), nil
	case "iam list-policies":
		return f.list("AWS::IAM::ManagedPolicy", wanted, func(t *thing) string { return t.id }), nil
	case "iam list-open-id-connect-providers":
		return f.list("AWS::IAM::OIDCProvider", wanted, func(t *thing) string { return t.id }), nil
	case "iam get-open-id-connect-provider":
		return "sts.amazonaws.com\n", nil
	default:
		service, operation, _ := strings.Cut(command, " ")
		if service != "cloudformation" {
			return "", fmt.Errorf("fakeAWS does not support %q", command)
		}
		return f.cloudFormation(operation, get, wanted)
	}
}

// list renders the thing of a type with a name; it returns no line if there is none.
func (f *fakeAWS) list(typ, name string, render func(t *thing) string) string {
	if found := f.find(typ, name); found != nil {
		return render(found) + "\n"
	}
	return ""
}

// find returns the thing of a type with a name or an ID.
func (f *fakeAWS) find(typ, name string) *thing {
	for _, t := range f.things {
		if t.typ == typ && (t.name == name || t.id == name) {
			return t
		}
	}
	return nil
}

// remove deletes a thing. A key is scheduled for deletion instead.
func (f *fakeAWS) remove(t *thing) {
	if t.hasData {
		f.t.Errorf("%s %s contains data, and was deleted", t.typ, t.name)
	}
	if t.stack = ""; t.typ == "AWS::KMS::Key" {
		t.pending = true
		return
	}
	f.things = slices.DeleteFunc(f.things, func(other *thing) bool { return other == t })
}
