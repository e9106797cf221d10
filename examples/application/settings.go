package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/multisite/guardrails"
	"example.com/multisite/register"
)

// settings are the stack's configuration, with the region and the account that the register
// has for its site.
type settings struct {
	file                 string // such as Pulumi.oregon.yaml
	site, service, image string
	tasks                string
	sites, services      []string // the accepted values
	region               string   // empty if the site is none of sites
	account              string   // empty if the register has none
}

// maxTasks is ECS's quota of tasks for each service
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html). minTasks
// keeps the service up if a zone fails.
const minTasks, maxTasks = 2, 5000

func readSettings(ctx *pulumi.Context, reg *register.Register) *settings {
	c := config.New(ctx, "")
	s := &settings{
		file: "Pulumi." + ctx.Stack() + ".yaml",
		site: c.Get("site"), service: c.Get("service"), image: c.Get("image"), tasks: c.Get("tasks"),
	}
	for name, site := range reg.Sites {
		if site.Provider == register.ProviderAWS {
			s.sites = append(s.sites, name)
		}
	}
	for name := range reg.Services {
		s.services = append(s.services, name)
	}
	slices.Sort(s.sites)
	slices.Sort(s.services)
	if slices.Contains(s.sites, s.site) {
		s.region, s.account = reg.Sites[s.site].Region, reg.Sites[s.site].Account
	}
	return s
}

// image matches an image by its digest. Its submatches are the account, the region and the
// repository of the registry.
var image = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([a-z0-9]+(?:[._/-][a-z0-9]+)*)@sha256:[0-9a-f]{64}$`)

// check reports all problems of the configuration in one error. account is the account of the
// credentials; it is empty if the site has no region. The image must be in the registry of the
// site's account and region: tasks start without another region, and no user of another account
// can replace the program that reads users' data. It has a digest, since a tag can be given to
// another image.
func (s *settings) check(account string) error {
	var problems []string
	require := func(ok bool, key, found, allowed string) {
		if ok {
			return
		}
		if found = strconv.Quote(found); found == `""` {
			found = "nothing"
		}
		problems = append(problems, fmt.Sprintf("%s: application:%s: found %s; allowed: %s", s.file, key, found, allowed))
	}
	require(s.region != "", "site", s.site, strings.Join(s.sites, ", "))
	require(slices.Contains(s.services, s.service), "service", s.service, strings.Join(s.services, ", "))
	match := image.FindStringSubmatch(s.image)
	inSite := match != nil && (s.region == "" || match[1] == account && match[2] == s.region)
	registry := "ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY"
	if s.region != "" {
		registry = s.registry(account) + "REPOSITORY"
	}
	require(inSite, "image", s.image, registry+"@sha256:DIGEST, an image in the registry of the site's account and region")
	tasks, err := strconv.Atoi(s.tasks)
	require(err == nil && tasks >= minTasks && tasks <= maxTasks, "tasks", s.tasks, fmt.Sprintf("%d to %d", minTasks, maxTasks))
	return joined(problems)
}

// registry returns the beginning of the names of the images in the site's registry.
func (s *settings) registry(account string) string {
	return account + ".dkr.ecr." + s.region + ".amazonaws.com/"
}

// joined returns one error for all problems, nil for none.
func joined(problems []string) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return errors.New(problems[0])
	}
	return fmt.Errorf("%d problems:\n  %s", len(problems), strings.Join(problems, "\n  "))
}

// name is the beginning of the names of all resources.
func (s *settings) name() string { return s.site + "-" + s.service }

// tags are the tags of all resources.
func (s *settings) tags(ctx *pulumi.Context) map[string]string {
	return map[string]string{"Project": ctx.Project(), "Site": s.site, "Service": s.service, "ManagedBy": "pulumi"}
}

// place is where the service's workloads run, as the site publishes it. docs/applications.md
// describes the fields.
type place struct {
	Ready                                 bool
	TargetGroupARN                        string
	TargetPort                            int
	TargetProtocol, LivePath, HealthPath  string
	SubnetIDs                             []string
	SecurityGroupID                       string
	DatabaseEndpoint, DatabaseSecretARN   string            // empty if the service has no database
	Buckets                               map[string]string // by purpose
	DataKeyARN, SecretsKeyARN, LogsKeyARN string
	PermissionsBoundaryARN                string
}

// readPlace reads the parameter that the site publishes for the service.
func readPlace(ctx *pulumi.Context, s *settings, in pulumi.InvokeOption) (*place, error) {
	parameter := "/multisite/services/" + s.site + "/" + s.service
	problem := func(found, allowed string) error {
		return fmt.Errorf("parameter %s in %s: found %s; allowed: %s", parameter, s.region, found, allowed)
	}
	var answer ssm.LookupParameterResult
	// The SDK's own function makes the value secret; it names resources, and has no secret.
	_, err := ctx.InvokePackageRaw("aws:ssm/getParameter:getParameter", &ssm.LookupParameterArgs{Name: parameter}, &answer, "", in)
	if err != nil && strings.Contains(err.Error(), "couldn't find resource") {
		return nil, problem("nothing", fmt.Sprintf("the parameter of a site that is up, hosts the service, and has a load balancer: "+
			"the site's team lists %s in Pulumi.%s.yaml and multisite:domain in Pulumi.global.yaml, and runs pulumi up -s %s", s.service, s.site, s.site))
	}
	if err != nil {
		return nil, fmt.Errorf("parameter %s in %s: %w", parameter, s.region, err)
	}
	p := &place{}
	if err := json.Unmarshal([]byte(answer.InsecureValue), p); err != nil {
		return nil, fmt.Errorf("parameter %s in %s: %w", parameter, s.region, err)
	}
	if !p.Ready {
		// ECS refuses a target group that no rule of a load balancer leads to.
		return nil, problem("ready: false", fmt.Sprintf("ready: true, which a site publishes once its load balancer answers the service over HTTPS: "+
			"the site's team runs pulumi up -s global and pulumi up -s %s again", s.site))
	}
	// The guardrails find a region or an account in an ARN, but none in these names.
	if host := regexp.MustCompile(`^([a-z0-9-]+\.){2}` + s.region + `\.rds\.amazonaws\.com:\d+$`); p.DatabaseEndpoint != "" && !host.MatchString(p.DatabaseEndpoint) {
		return nil, problem("databaseEndpoint: "+p.DatabaseEndpoint, "a database of Amazon RDS in "+s.region)
	}
	for purpose, bucket := range p.Buckets {
		if !strings.HasPrefix(bucket, s.name()+"-"+purpose+"-") {
			return nil, problem("buckets."+purpose+": "+bucket, "a bucket whose name begins with "+s.name()+"-"+purpose)
		}
	}
	return p, nil
}

// declare tells the guardrails the names of the site's resources that the stack's may name.
func (p *place) declare(guard *guardrails.Guard) {
	const task, service = "aws:ecs/taskDefinition:TaskDefinition", "aws:ecs/service:Service"
	var buckets []string
	for _, bucket := range p.Buckets {
		buckets = append(buckets, "arn:aws:s3:::"+bucket)
	}
	for input, names := range map[guardrails.Input][]string{
		{Type: "aws:cloudwatch/logGroup:LogGroup", Path: "kmsKeyId"}:     {p.LogsKeyARN},
		{Type: "aws:iam/rolePolicy:RolePolicy", Path: "policy"}:          buckets,
		{Type: task, Path: "containerDefinitions[].environment[].value"}: {p.DatabaseEndpoint},
		{Type: task, Path: "containerDefinitions[].secrets[].valueFrom"}: {p.DatabaseSecretARN},
		{Type: service, Path: "loadBalancers[].targetGroupArn"}:          {p.TargetGroupARN},
		{Type: service, Path: "networkConfiguration.subnets[]"}:          p.SubnetIDs,
		{Type: service, Path: "networkConfiguration.securityGroups[]"}:   {p.SecurityGroupID},
	} {
		guard.Declare(input, names...)
	}
}
