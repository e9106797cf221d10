package awstypes

// Types of Amazon Elastic Container Service (ECS), with which application teams run workloads
// behind a site's load balancer.
const (
	ECSCluster        = "aws:ecs/cluster:Cluster"
	ECSTaskDefinition = "aws:ecs/taskDefinition:TaskDefinition"
	ECSService        = "aws:ecs/service:Service"
)

var workloads = map[string]Type{
	ECSCluster: {
		Import: byARN(`:ecs:.*:cluster/(.*)$`),
		Plain:  paths("name settings[].name settings[].value"),
	},
	// Containers run from images in the registry of the site's account and region, write to log
	// groups of the stack, and read secrets of the site. They read no files from buckets and share nothing with the host.
	ECSTaskDefinition: {
		Import:    byARN(`^(arn:[^:]*:ecs:.*:task-definition/.*)$`),
		Refs:      []Ref{{"executionRoleArn", Role}, {"taskRoleArn", Role}},
		Documents: paths("containerDefinitions"),
		Names: []Ref{
			{"containerDefinitions[].secrets[].valueFrom", Secret}, {"containerDefinitions[].environment[].value", Bucket},
			{"containerDefinitions[].environment[].value", DBInstance}, {"containerDefinitions[].logConfiguration.options.awslogs-group", LogGroup},
		},
		Images:   paths("containerDefinitions[].image"),
		Places:   paths("containerDefinitions[].logConfiguration.options.awslogs-region"),
		Declared: paths("containerDefinitions[].environment[].value containerDefinitions[].secrets[].valueFrom"),
		Fixed: []Setting{
			{Path: "networkMode", Allowed: []any{"awsvpc"}},
			{Path: "requiresCompatibilities[]", Allowed: []any{"FARGATE"}},
			{Path: "containerDefinitions[].logConfiguration.logDriver", Allowed: []any{"awslogs"}},
		},
		Plain: paths(`
			containerDefinitions[].command[] containerDefinitions[].cpu containerDefinitions[].entryPoint[]
			containerDefinitions[].environment[].name containerDefinitions[].environment[].value
			containerDefinitions[].essential containerDefinitions[].healthCheck.command[]
			containerDefinitions[].healthCheck.interval containerDefinitions[].healthCheck.retries
			containerDefinitions[].healthCheck.startPeriod containerDefinitions[].healthCheck.timeout
			containerDefinitions[].linuxParameters.capabilities.drop[]
			containerDefinitions[].linuxParameters.initProcessEnabled
			containerDefinitions[].logConfiguration.options.awslogs-stream-prefix
			containerDefinitions[].logConfiguration.options.max-buffer-size
			containerDefinitions[].logConfiguration.options.mode containerDefinitions[].memory
			containerDefinitions[].memoryReservation containerDefinitions[].mountPoints[].containerPath
			containerDefinitions[].mountPoints[].readOnly containerDefinitions[].mountPoints[].sourceVolume
			containerDefinitions[].name containerDefinitions[].portMappings[].containerPort
			containerDefinitions[].portMappings[].hostPort containerDefinitions[].portMappings[].name
			containerDefinitions[].portMappings[].protocol containerDefinitions[].readonlyRootFilesystem
			containerDefinitions[].secrets[].name containerDefinitions[].stopTimeout containerDefinitions[].user
			containerDefinitions[].workingDirectory cpu ephemeralStorage.sizeInGib family memory
			runtimePlatform.cpuArchitecture runtimePlatform.operatingSystemFamily skipDestroy trackLatest volumes[].name
		`),
	},
	// A service has no public addresses: the load balancer reaches its tasks in private subnets.
	ECSService: {
		Import:  byARN(`:ecs:.*:service/(.*)$`),
		Private: []Setting{{Path: "networkConfiguration.assignPublicIp", Allowed: []any{false}}},
		Refs:    []Ref{{"cluster", ECSCluster}, {"taskDefinition", ECSTaskDefinition}},
		Names: []Ref{
			{"loadBalancers[].targetGroupArn", TargetGroup}, {"networkConfiguration.securityGroups[]", SecurityGroup},
			{"networkConfiguration.subnets[]", Subnet},
		},
		Declared: paths("loadBalancers[].targetGroupArn networkConfiguration.securityGroups[] networkConfiguration.subnets[]"),
		Fixed: []Setting{
			{Path: "networkConfiguration.assignPublicIp", Allowed: []any{false}},
			{Path: "enableExecuteCommand", Allowed: []any{false}},
			{Path: "launchType", Allowed: []any{"FARGATE"}},
			{Path: "deploymentController.type", Allowed: []any{"ECS"}},
		},
		Plain: paths(`
			availabilityZoneRebalancing deploymentCircuitBreaker.enable deploymentCircuitBreaker.rollback
			deploymentMaximumPercent deploymentMinimumHealthyPercent desiredCount enableEcsManagedTags forceNewDeployment
			healthCheckGracePeriodSeconds loadBalancers[].containerName loadBalancers[].containerPort name platformVersion
			propagateTags schedulingStrategy triggers.* waitForSteadyState
		`),
	},
}
