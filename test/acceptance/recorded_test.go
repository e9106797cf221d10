package acceptance_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/state/permissions"
)

// record makes the tests write the AWS operations that they call to recordedFile.
var record = flag.Bool("record", false, "write the called AWS operations to state/permissions/recorded.txt")

var recordedFile = filepath.Join("..", "..", "state", "permissions", "recorded.txt")

// called holds the calls of all tests.
var called struct {
	sync.Mutex
	calls []permissions.Call
}

// A recorder compares the AWS operations that a stack calls with recordedFile. The policies
// of the stack's roles are generated from that file.
type recorder struct {
	t                   *testing.T
	url                 string
	kind, stack, region string
}

func newRecorder(t *testing.T, p *engine.Project, kind, stack, region string) *recorder {
	t.Helper()
	url, err := p.Command("sh", "-c", "echo $AWS_ENDPOINT_URL").Output()
	require.NoError(t, err)
	return &recorder{t, strings.TrimSpace(string(url)), kind, stack, region}
}

// newCalls returns the calls since the last phase, and clears the emulator's record.
func (r *recorder) newCalls() []string {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+"/recorded-calls", nil)
	require.NoError(r.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	return strings.FieldsFunc(string(body), func(r rune) bool { return r == '\n' })
}

// phase checks that recordedFile contains the calls since the last phase.
func (r *recorder) phase(phase string) {
	r.t.Helper()
	known, err := permissions.Recorded()
	require.NoError(r.t, err)
	for _, line := range r.newCalls() {
		fields := strings.Split(line, "\t")
		require.Len(r.t, fields, 4, line)
		c := permissions.Call{
			Kind: r.kind, Operation: fields[0], Place: "home", Resource: r.general(fields[2]), Tagged: fields[3] == "tagged", Phases: []string{phase},
		}
		if fields[1] != r.region {
			assert.Equal(r.t, edgeRegion, fields[1], "the region of %s", line)
			c.Place = "edge"
		}
		if c.Operation == "kms:Decrypt" && c.Resource == "*" { // the request names no key, since the ciphertext contains it
			c.Resource = "arn:aws:kms:REGION:ACCOUNT:alias/pulumi-secrets-SITE"
		}
		if strings.Contains(c.Resource, ":::multisite-state-") || strings.Contains(c.Resource, "alias/pulumi-") {
			c.Kind = permissions.KindState
		}
		called.Lock()
		called.calls = append(called.calls, c)
		called.Unlock()
		if !*record {
			assert.True(r.t, slices.ContainsFunc(known, func(k permissions.Call) bool { return k.Covers(c) }),
				"%s lacks %+v: run `make recorded`, then `go test ./state/permissions -update`", recordedFile, c)
		}
	}
}

var (
	ownName  = regexp.MustCompile(`SITE-[\w.+-]+`)
	drawnID  = regexp.MustCompile(`^(arn:aws:(?:acm|cloudfront|ec2|kms|route53):.*[:/]|arn:aws:logs:.*:delivery:)[\w-]+$|^(arn:aws:rds:.*:db:)db-[A-Z0-9]+$`)
	within   = regexp.MustCompile(`(/webacl/SITE-\*|:elasticloadbalancing:.*/SITE-\*|:parameter/multisite/services/SITE)/.*$`)
	object   = regexp.MustCompile(`(:s3:::[^/]+/).*$`)
	subtopic = regexp.MustCompile(`(:sns:.*:SITE-\*):.*$`)
)

// general replaces the stack's names and the generated parts of an ARN by placeholders.
func (r *recorder) general(arn string) string {
	arn = strings.NewReplacer("123456789012", "ACCOUNT", r.stack, "SITE", r.region, "REGION").Replace(arn)
	arn = ownName.ReplaceAllStringFunc(arn, func(name string) string {
		if name == "SITE-ACCOUNT" {
			return name
		}
		return "SITE-*"
	})
	if !strings.Contains(arn, "SITE") {
		arn = drawnID.ReplaceAllString(arn, "$1$2*")
	}
	arn = object.ReplaceAllString(arn, "$1*")
	return subtopic.ReplaceAllString(within.ReplaceAllString(arn, "$1/*"), "$1:*")
}

// finishRecording writes the calls of the tests, if record is set. Otherwise, if all tests
// ran, it returns an error for recorded operations that no test has called.
func finishRecording() error {
	known, err := permissions.Recorded()
	if err != nil {
		return err
	}
	whole := flag.Lookup("test.run").Value.String() == ""
	if *record {
		if !whole {
			called.calls = append(called.calls, known...)
		}
		return os.WriteFile(recordedFile, []byte(permissions.FormatRecorded(called.calls)), 0o600)
	}
	if !whole {
		return nil
	}
	for _, k := range known {
		if !slices.ContainsFunc(called.calls, func(c permissions.Call) bool { return c.Kind == k.Kind && c.Operation == k.Operation }) {
			err = fmt.Errorf("%s has %s of kind %s, which no test called: run `make recorded`", recordedFile, k.Operation, k.Kind)
		}
	}
	return err
}
