package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// workload creates the resources of the service.
type workload struct {
	*settings
	ctx     *pulumi.Context
	place   *place
	account string
	in      pulumi.ResourceOption // the provider
}

// Sizes of a task: half a vCPU and 1 GiB, and how long its logs are kept.
const cpuUnits, memoryMiB, logDays = 512, 1024, 30

// gracePeriod is how many seconds a new task may fail the load balancer's health checks.
const gracePeriod = 60

// provision creates an ECS service on Fargate, whose tasks the load balancer reaches.
func (w *workload) provision() error {
	logs, err := cloudwatch.NewLogGroup(w.ctx, w.name(), &cloudwatch.LogGroupArgs{
		KmsKeyId: pulumi.String(w.place.LogsKeyARN), RetentionInDays: pulumi.Int(logDays),
	}, w.in)
	if err != nil {
		return err
	}
	execution, mayStart, err := w.newRole("execution", w.startStatements(logs))
	if err != nil {
		return err
	}
	task, mayRun, err := w.newRole("task", w.runStatements())
	if err != nil {
		return err
	}
	cluster, err := ecs.NewCluster(w.ctx, w.name(), &ecs.ClusterArgs{
		// The log group of Container Insights would have neither the site's key nor an end.
		Settings: ecs.ClusterSettingArray{ecs.ClusterSettingArgs{Name: pulumi.String("containerInsights"), Value: pulumi.String("disabled")}},
	}, w.in)
	if err != nil {
		return err
	}
	definition, err := ecs.NewTaskDefinition(w.ctx, w.name(), &ecs.TaskDefinitionArgs{
		Family: pulumi.String(w.name()), NetworkMode: pulumi.String("awsvpc"), RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}),
		Cpu: pulumi.String(strconv.Itoa(cpuUnits)), Memory: pulumi.String(strconv.Itoa(memoryMiB)),
		ExecutionRoleArn: execution.Arn, TaskRoleArn: task.Arn,
		ContainerDefinitions: pulumi.JSONMarshal(pulumi.Array{w.container(logs)}),
	}, w.in)
	if err != nil {
		return err
	}
	tasks, _ := strconv.Atoi(w.tasks) // checked
	service, err := ecs.NewService(w.ctx, w.name(), &ecs.ServiceArgs{
		Cluster: cluster.Arn, TaskDefinition: definition.Arn, LaunchType: pulumi.String("FARGATE"),
		DesiredCount: pulumi.Int(tasks), AvailabilityZoneRebalancing: pulumi.String("ENABLED"),
		NetworkConfiguration: ecs.ServiceNetworkConfigurationArgs{
			Subnets: pulumi.ToStringArray(w.place.SubnetIDs), SecurityGroups: pulumi.ToStringArray([]string{w.place.SecurityGroupID}),
			AssignPublicIp: pulumi.Bool(false),
		},
		LoadBalancers: ecs.ServiceLoadBalancerArray{ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: pulumi.String(w.place.TargetGroupARN), ContainerName: pulumi.String(w.service), ContainerPort: pulumi.Int(w.place.TargetPort),
		}},
		HealthCheckGracePeriodSeconds:   pulumi.Int(gracePeriod),
		DeploymentMinimumHealthyPercent: pulumi.Int(100), DeploymentMaximumPercent: pulumi.Int(200),
		DeploymentCircuitBreaker: ecs.ServiceDeploymentCircuitBreakerArgs{Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true)},
		WaitForSteadyState:       pulumi.Bool(true),
		EnableExecuteCommand:     pulumi.Bool(false), // a shell in a task reaches the users' data
		PropagateTags:            pulumi.String("SERVICE"),
	}, w.in, pulumi.DependsOn([]pulumi.Resource{mayStart, mayRun}))
	if err != nil {
		return err
	}
	w.ctx.Export("taskDefinition", w.deployed(service, definition))
	return nil
}

// deployed returns the ARN of the task definition that runs. It is an error if ECS rolled back to
// the former one, which the provider reports as success
// (https://github.com/hashicorp/terraform-provider-aws/issues/20858). The engine then deletes
// nothing, and the former one, which the service needs, stays.
func (w *workload) deployed(service *ecs.Service, definition *ecs.TaskDefinition) pulumi.Output {
	return pulumi.All(service.TaskDefinition, definition.Arn).ApplyT(func(both []any) (string, error) {
		running, _ := both[0].(*string)
		if wanted := both[1].(string); !w.ctx.DryRun() && running != nil && *running != wanted {
			return "", fmt.Errorf("ECS runs %s: the tasks of %s did not become healthy, and ECS rolled back", *running, wanted)
		}
		return both[1].(string), nil
	})
}

// container returns the definition of the only container. It runs as the user of distroless
// images without root, and has no other files to write than those in memory.
func (w *workload) container(logs *cloudwatch.LogGroup) pulumi.Map {
	environment, secrets := pulumi.Array{}, pulumi.Array{}
	variables := map[string]string{
		"SITE": w.site, "PORT": strconv.Itoa(w.place.TargetPort), "PROTOCOL": w.place.TargetProtocol,
		"LIVE_PATH": w.place.LivePath, "HEALTH_PATH": w.place.HealthPath,
	}
	for purpose, bucket := range w.place.Buckets {
		variables["BUCKET_"+strings.ToUpper(strings.ReplaceAll(purpose, "-", "_"))] = bucket
	}
	if w.place.DatabaseSecretARN != "" {
		variables["DATABASE_ENDPOINT"] = w.place.DatabaseEndpoint
		secrets = append(secrets, pulumi.StringMap{"name": pulumi.String("DATABASE_SECRET"), "valueFrom": pulumi.String(w.place.DatabaseSecretARN)})
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		environment = append(environment, pulumi.StringMap{"name": pulumi.String(name), "value": pulumi.String(variables[name])})
	}
	return pulumi.Map{
		"name": pulumi.String(w.service), "image": pulumi.String(w.image), "essential": pulumi.Bool(true),
		"user": pulumi.String("65532:65532"), "readonlyRootFilesystem": pulumi.Bool(true),
		"linuxParameters": pulumi.Map{"initProcessEnabled": pulumi.Bool(true), "capabilities": pulumi.Map{"drop": pulumi.ToStringArray([]string{"ALL"})}},
		"portMappings":    pulumi.Array{pulumi.Map{"containerPort": pulumi.Int(w.place.TargetPort), "protocol": pulumi.String("tcp")}},
		"environment":     environment, "secrets": secrets,
		"logConfiguration": pulumi.Map{"logDriver": pulumi.String("awslogs"), "options": pulumi.StringMap{
			"awslogs-group": logs.Name, "awslogs-region": pulumi.String(w.region), "awslogs-stream-prefix": pulumi.String("tasks"),
		}},
	}
}

// newRole creates a role that only the ECS tasks of this account and region have.
func (w *workload) newRole(purpose string, statements pulumi.Array) (*iam.Role, *iam.RolePolicy, error) {
	name := w.name() + "-" + purpose
	role, err := iam.NewRole(w.ctx, name, &iam.RoleArgs{
		PermissionsBoundary: pulumi.String(w.place.PermissionsBoundaryARN),
		AssumeRolePolicy: document(pulumi.Array{pulumi.Map{
			"Effect": pulumi.String("Allow"), "Action": pulumi.String("sts:AssumeRole"),
			"Principal": pulumi.Map{"Service": pulumi.String("ecs-tasks.amazonaws.com")},
			"Condition": pulumi.Map{
				"StringEquals": pulumi.Map{"aws:SourceAccount": pulumi.String(w.account)},
				"ArnLike":      pulumi.Map{"aws:SourceArn": pulumi.String(w.arn("ecs") + "*")},
			},
		}}),
	}, w.in)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(w.ctx, name, &iam.RolePolicyArgs{Role: role.Name, Policy: document(statements)}, w.in)
	return role, policy, err
}

// startStatements allow ECS to start a task: to pull its image, read its secret and write its logs.
func (w *workload) startStatements(logs *cloudwatch.LogGroup) pulumi.Array {
	repository := image.FindStringSubmatch(w.image)[3]
	statements := pulumi.Array{
		allow(pulumi.String("*"), "ecr:GetAuthorizationToken"), // ECR has no narrower resource for it
		allow(pulumi.String(w.arn("ecr")+"repository/"+repository), "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
		allow(pulumi.Sprintf("%s:*", logs.Arn), "logs:CreateLogStream", "logs:PutLogEvents"),
	}
	if w.place.DatabaseSecretARN != "" {
		statements = append(statements, allow(pulumi.String(w.place.DatabaseSecretARN), "secretsmanager:GetSecretValue"),
			w.allowVia("secretsmanager", w.place.SecretsKeyARN, "kms:Decrypt"))
	}
	return statements
}

// runStatements allow the containers to use the service's buckets, and nothing else of AWS.
func (w *workload) runStatements() pulumi.Array {
	statements := pulumi.Array{}
	for _, purpose := range slices.Sorted(maps.Keys(w.place.Buckets)) {
		bucket := "arn:aws:s3:::" + w.place.Buckets[purpose]
		statements = append(statements, allow(pulumi.String(bucket), "s3:ListBucket"),
			allow(pulumi.String(bucket+"/*"), "s3:DeleteObject", "s3:GetObject", "s3:PutObject"))
	}
	return append(statements, w.allowVia("s3", w.place.DataKeyARN, "kms:Decrypt", "kms:GenerateDataKey"))
}

// arn returns the beginning of the ARNs of an AWS service in the site's account and region.
func (w *workload) arn(service string) string {
	return "arn:aws:" + service + ":" + w.region + ":" + w.account + ":"
}

// allowVia allows the use of a key by way of an AWS service.
func (w *workload) allowVia(service, key string, actions ...string) pulumi.Map {
	statement := allow(pulumi.String(key), actions...)
	statement["Condition"] = pulumi.Map{"StringEquals": pulumi.Map{"kms:ViaService": pulumi.String(service + "." + w.region + ".amazonaws.com")}}
	return statement
}

func allow(resource pulumi.StringInput, actions ...string) pulumi.Map {
	return pulumi.Map{"Effect": pulumi.String("Allow"), "Action": pulumi.ToStringArray(actions), "Resource": resource}
}

func document(statements pulumi.Array) pulumi.StringOutput {
	return pulumi.JSONMarshal(pulumi.Map{"Version": pulumi.String("2012-10-17"), "Statement": statements})
}
