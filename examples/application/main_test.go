package main_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// folder is the example's folder in the repository.
const folder = "examples/application"

// parameter is where the site publishes what the service's workloads need.
const parameter = "/multisite/services/oregon/mi-account"

// openEntry brings Oregon up until its load balancer answers the services over HTTPS.
func openEntry(p *engine.Project) {
	for _, stack := range []string{"global", "oregon", "global", "oregon"} {
		p.Up(stack)
	}
}

// health returns the states of a target group's targets, as the AWS CLI has them.
func health(t *testing.T, p *engine.Project, targetGroup string) (states []string) {
	t.Helper()
	var answer struct {
		TargetHealthDescriptions []struct{ TargetHealth struct{ State string } }
	}
	output, err := p.Command("aws", "elbv2", "describe-target-health", "--target-group-arn", targetGroup, "--region", "us-west-2").Output()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(output, &answer))
	for _, target := range answer.TargetHealthDescriptions {
		states = append(states, target.TargetHealth.State)
	}
	return states
}

func TestTasksAreHealthyBehindTheLoadBalancer(t *testing.T) {
	p := engine.New(t)
	openEntry(p)
	targets := p.State("oregon")["aws:lb:TargetGroup oregon-entry-mi-account"].ID
	require.Empty(t, health(t, p, targets))
	before := p.Account()
	application := p.Within(folder)
	application.Up("oregon")
	assert.Equal(t, []string{"healthy", "healthy", "healthy"}, health(t, p, targets))
	assert.Empty(t, application.Preview("oregon"))
	assert.Empty(t, p.Preview("oregon"), "the site has nothing of the application's")

	application.Edit("oregon", func(config map[string]any) { config["application:tasks"] = 2 })
	assert.Equal(t, map[string][]string{"update": {"aws:ecs:Service oregon-mi-account"}}, application.Preview("oregon"))

	application.Pulumi("destroy", "--stack", "oregon", "--yes", "--skip-preview")
	assert.Empty(t, health(t, p, targets))
	assert.Equal(t, before, p.Account())
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	const digest = "@sha256:0000000000000000000000000000000000000000000000000000000000000000"
	const valid = "123456789012.dkr.ecr.us-west-2.amazonaws.com/mi-account" + digest
	application := engine.New(t).Within(folder)
	for _, test := range []struct {
		name   string
		config map[string]any
		want   []string
	}{
		{"nothing is set", map[string]any{}, []string{
			"Pulumi.oregon.yaml: application:site: found nothing; allowed: california, oregon, singapore",
			"Pulumi.oregon.yaml: application:service: found nothing; allowed: cloud-messaging, ecommerce, mi-account, mi-cloud",
			"Pulumi.oregon.yaml: application:image: found nothing; allowed: ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY@sha256:DIGEST",
			"Pulumi.oregon.yaml: application:tasks: found nothing; allowed: 2 to 5000",
		}},
		{"a local site", map[string]any{"site": "india", "service": "shop", "tasks": 1}, []string{
			`application:site: found "india"; allowed: california, oregon, singapore`,
			`application:service: found "shop"; allowed: cloud-messaging, ecommerce, mi-account, mi-cloud`,
			`application:tasks: found "1"; allowed: 2 to 5000`,
		}},
		{"an image of another account", map[string]any{"image": "210987654321.dkr.ecr.us-west-2.amazonaws.com/mi-account" + digest, "tasks": "many"}, []string{
			"allowed: 123456789012.dkr.ecr.us-west-2.amazonaws.com/REPOSITORY@sha256:DIGEST, an image in the registry of the site's account and region",
			`application:tasks: found "many"`,
		}},
		{"an image of another region", map[string]any{"image": "123456789012.dkr.ecr.cn-north-1.amazonaws.com/mi-account" + digest}, []string{"allowed: 123456789012.dkr.ecr.us-west-2"}},
		{"a public image", map[string]any{"image": "docker.io/library/nginx" + digest}, []string{"allowed: 123456789012.dkr.ecr.us-west-2"}},
		{"a tag", map[string]any{"image": "123456789012.dkr.ecr.us-west-2.amazonaws.com/mi-account:latest"}, []string{"@sha256:DIGEST"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			application.Edit("oregon", func(config map[string]any) {
				for key, value := range map[string]any{"site": "oregon", "service": "mi-account", "image": valid, "tasks": 3} {
					if changed, set := test.config[key]; set || len(test.config) == 0 {
						value = changed
					}
					config["application:"+key] = value
				}
			})
			output, err := application.Try("preview", "--stack", "oregon")
			require.Error(t, err)
			for _, want := range test.want {
				assert.Contains(t, output, want)
			}
			assert.NotContains(t, output, "panic")
		})
	}
}

func TestNothingIsCreatedWithoutTheSite(t *testing.T) {
	p := engine.New(t)
	application := p.Within(folder)
	assert.Contains(t, refused(t, application), "parameter "+parameter+" in us-west-2: found nothing; allowed: the parameter of a site that is up, hosts the service")
	assert.Empty(t, p.Account())
}

func TestNothingIsCreatedBeforeTheLoadBalancerAnswers(t *testing.T) {
	p := engine.New(t)
	p.Up("oregon")
	before := p.Account()
	assert.Contains(t, refused(t, p.Within(folder)), "parameter "+parameter+" in us-west-2: found ready: false; allowed: ready: true")
	assert.Equal(t, before, p.Account())
}

// TestTheGuardrailsCheckTheParameter checks that a parameter that somebody changed cannot lead the
// workload out of the site.
func TestTheGuardrailsCheckTheParameter(t *testing.T) {
	p := engine.New(t)
	openEntry(p)
	directory := p.State("oregon")["aws:ssm:Parameter oregon-mi-account-directory"]
	before := p.Account()
	for _, test := range []struct {
		field string
		value any
		want  string
	}{
		{"databaseSecretArn", "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:singapore-mi-account-abcdef", "rule flow"},
		{"targetGroupArn", "arn:aws:elasticloadbalancing:us-west-2:210987654321:targetgroup/x/1", "rule account"},
		{"databaseEndpoint", "db.example.com:5432", "found databaseEndpoint: db.example.com:5432; allowed: a database of Amazon RDS in us-west-2"},
		{"databaseEndpoint", "a.b.ap-southeast-1.rds.amazonaws.com:5432", "allowed: a database of Amazon RDS in us-west-2"},
		{"buckets", map[string]string{"avatars": "elsewhere"}, "found buckets.avatars: elsewhere; allowed: a bucket whose name begins with oregon-mi-account-avatars"},
		{"permissionsBoundaryArn", "arn:aws:iam::123456789012:policy/multisite-boundary-singapore", "rule boundary"},
	} {
		t.Run(test.field, func(t *testing.T) {
			changed := map[string]any{}
			require.NoError(t, json.Unmarshal([]byte(directory.Outputs["insecureValue"].(string)), &changed))
			changed[test.field] = test.value
			value, err := json.Marshal(changed)
			require.NoError(t, err)
			p.Tamper(directory, map[string]any{"insecureValue": string(value)})
			output, err := p.Within(folder).Try("preview", "--stack", "oregon")
			require.Error(t, err)
			assert.Contains(t, output, test.want)
		})
	}
	assert.Equal(t, before, p.Account())
}

// refused returns the output of an update that must fail.
func refused(t *testing.T, application *engine.Project) string {
	t.Helper()
	output, err := application.Try("up", "--stack", "oregon", "--yes", "--skip-preview")
	require.Error(t, err, output)
	return output
}
