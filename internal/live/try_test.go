package live

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/siteconfig"
)

// only skips all experiments but some.
func only(names ...string) string {
	return strings.Join(slices.DeleteFunc(experimentNames(), func(name string) bool { return slices.Contains(names, name) }), ",")
}

// notice is a message of the topic in the queue, as SNS wraps it.
func notice(at time.Time, text string) string {
	body := encoded(object{"MessageId": "m-1", "TopicArn": "arn:topic", "Message": text, "Timestamp": at.Format(time.RFC3339)})
	return encoded([]object{{"Body": body}})
}

func TestExperiments(t *testing.T) {
	siteAlarm := `{"MetricAlarms": [{"AlarmName": "elsewhere", "AlarmActions": []}, {"AlarmName": "cpu", "AlarmActions": ["arn:topic"]}]}`
	for name, test := range map[string]struct {
		experiment string
		answers    map[string]string
		message    func(now time.Time) string
		outcome    outcome
		evidence   string
	}{
		"an alarm that arrives": {
			"alarm", map[string]string{"cloudwatch describe-alarms": siteAlarm},
			func(now time.Time) string { return notice(now, "cpu is in ALARM") }, kept, "message m-1",
		},
		"an alarm of an earlier trial": {
			"alarm", map[string]string{"cloudwatch describe-alarms": siteAlarm},
			func(now time.Time) string { return notice(now.Add(-time.Hour), "cpu is in ALARM") }, broken, "not in time: waited for 5m0s",
		},
		"an alarm of something else": {
			"alarm", map[string]string{"cloudwatch describe-alarms": siteAlarm},
			func(now time.Time) string { return notice(now, "storage is in ALARM") }, broken, "not in time",
		},
		"no alarm of the topic": {"alarm", map[string]string{"cloudwatch describe-alarms": `{"MetricAlarms": []}`}, nil, broken, "no alarm in us-west-2"},
		"a call that fails":     {"alarm", map[string]string{"cloudwatch describe-alarms": "fails"}, nil, notRun, "exit status 254"},
		"a copy that fails":     {"replication", map[string]string{"s3api head-object": `"FAILED"`}, nil, broken, "status is FAILED"},
		"a copy that is late":   {"replication", map[string]string{"s3api head-object": `"PENDING"`}, nil, broken, "not in time: waited for 20m0s"},
		"an image that is refused": {
			"image", map[string]string{
				"ecs run-task":       `{"Task": "arn:task", "Failures": []}`,
				"ecs describe-tasks": `{"Status": "STOPPED", "Reason": "CannotPullContainerError: 403", "ExitCode": null}`,
			}, nil, broken, "CannotPullContainerError",
		},
		"a container that ends": {
			"image", map[string]string{
				"ecs run-task":       `{"Task": "arn:task", "Failures": []}`,
				"ecs describe-tasks": `{"Status": "STOPPED", "Reason": "Essential container exited", "ExitCode": 0}`,
			}, nil, kept, "ended with status 0",
		},
		"drift": {
			"drift", map[string]string{"preview": `{"steps": [{"op": "update", "urn": "urn:pulumi:oregon::multisite::a$aws:rds/parameterGroup:ParameterGroup::oregon-mi-account", "diffReasons": ["parameters"]}]}`},
			nil, broken, "update aws:rds:ParameterGroup oregon-mi-account: parameters",
		},
		"a preview that shows nothing":   {"drift", map[string]string{"preview": `{}`}, nil, notRun, "has no steps"},
		"what another one is needed for": {"event", nil, nil, notRun, "needs database-copy"},
		"no domain":                      {"dnssec", nil, nil, notRun, "no -domain"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			status, output := b.live("up")
			require.Zero(t, status, output)
			for operation, answer := range test.answers {
				b.set(operation, answer)
			}
			if test.message != nil {
				b.set("sqs receive-message", test.message(b.clock.now))
			}
			status, output = b.live("--skip", only(test.experiment), "check")
			for _, r := range b.record().Results {
				if r.Name == test.experiment {
					assert.Equal(t, test.outcome, r.Outcome)
					assert.Contains(t, r.Evidence, test.evidence)
				} else {
					assert.Equal(t, "skipped", r.Evidence, r.Name)
				}
			}
			assert.Len(t, b.record().Results, len(experiments))
			fails := test.outcome == broken || test.outcome == notRun && test.answers != nil
			assert.Equal(t, fails, status != 0, output)
		})
	}
}

// TestKeptIsNotTriedAgain goes on with what was not kept.
func TestKeptIsNotTriedAgain(t *testing.T) {
	b := newBench(t)
	status, output := b.live("up")
	require.Zero(t, status, output)
	b.set("preview", `{"steps": [{"op": "same"}]}`)
	for range 2 {
		status, output = b.live("--skip", only("drift"), "check")
		require.Zero(t, status, output)
	}
	assert.Equal(t, 1, strings.Count(strings.Join(b.calls(), "\n"), "pulumi refresh"))
}

// TestEmulated holds to trying nothing that an emulator cannot answer.
func TestEmulated(t *testing.T) {
	b := newBench(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	b.set("preview", `{"steps": [{"op": "same"}]}`)
	status, output := b.live()
	assert.Zero(t, status, output)
	for _, r := range b.record().Results {
		assert.Equal(t, r.Evidence != "no changes in oregon", strings.HasPrefix(r.Evidence, "the emulator has no "), r.Name)
	}
}

// TestSmallSite holds the small site to what the program takes, for every site on AWS,
// and to every option that there is.
func TestSmallSite(t *testing.T) {
	for _, site := range []string{"oregon", "singapore", "california"} {
		t.Run(site, func(t *testing.T) {
			content, err := readYAML(filepath.Join("..", "..", "Pulumi."+site+".yaml"))
			require.NoError(t, err)
			config := content["config"].(object)
			r := &record{ID: "live-00000000", Site: site, Region: config["multisite:region"].(string), Account: throwAway, Until: "2026-05-04", Domain: "example.com", Zone: "Z2FDTNDATAQYW2"}
			require.NoError(t, r.chooseServices(config))
			require.NoError(t, r.small(config, r.keyARN(noKey)))
			dir := t.TempDir()
			require.NoError(t, writeYAML(filepath.Join(dir, "Pulumi."+site+".yaml"), object{"config": config}))
			sites, placement, err := siteconfig.LoadProject(dir)
			require.NoError(t, err)
			assert.Equal(t, map[string]string{"LiveRun": "live-00000000", "LiveUntil": "2026-05-04"}, sites[site].Tags)
			if r.Moving != "" {
				require.NoError(t, r.copying(config, authority(t)+authority(t), "origin.example.net", []string{"10.16.192.0/22"}, time.Now()))
				dig(config, "multisite:migration", "services", r.Moving, "origin", "database")["password"] = object{"secure": "v1:none"}
				require.NoError(t, writeYAML(filepath.Join(dir, "Pulumi."+site+".yaml"), object{"config": config}))
				_, _, err := siteconfig.LoadProject(dir)
				require.NoError(t, err)
			}

			global, err := readYAML(filepath.Join("..", "..", "Pulumi.global.yaml"))
			require.NoError(t, err)
			r.global(global["config"].(object))
			require.NoError(t, writeYAML(filepath.Join(dir, "Pulumi.global.yaml"), global))
			_, err = siteconfig.LoadGlobalFile(dir, placement.Register)
			require.NoError(t, err)

			data, err := os.ReadFile(filepath.Join("..", "engine", "every-option.yaml"))
			require.NoError(t, err)
			options := object{}
			require.NoError(t, yaml.Unmarshal(data, &options))
			assert.ElementsMatch(t, []string{
				// The queue subscribes in their place, and what the account is for is to go.
				"multisite:alarms", "multisite:services.SERVICE.database.deletion", "multisite:services.SERVICE.buckets.NAME.deletion",
			}, missing("", options, config, map[string]string{"SERVICE": r.Home, "NAME": r.Bucket}))
		})
	}
}

// authority makes a certificate such as the bundle of RDS has several of.
func authority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// missing lists the options that a configuration does not set.
func missing(path string, options, config object, names map[string]string) []string {
	var list []string
	for key, option := range options {
		name := key
		if given := names[key]; given != "" {
			name = given
		}
		value, set := config[name]
		nested, isObject := option.(object)
		within, _ := value.(object)
		switch own := strings.TrimPrefix(path+"."+key, "."); {
		case !set:
			list = append(list, own)
		case isObject && key != "errorPages":
			list = append(list, missing(own, nested, within, names)...)
		}
	}
	return list
}

// TestDocs holds docs/live.md to the experiments.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "live.md"))
	require.NoError(t, err)
	for _, e := range experiments {
		lacks := "–"
		if e.emulator != "" {
			lacks = e.emulator
		}
		assert.Regexp(t, fmt.Sprintf("(?m)^\\| `%s` \\| .* \\| %s \\|$", e.name, lacks), string(page))
	}
	assert.Contains(t, string(page), "never run on AWS")
}
