package simulation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const (
	cluster        = "aws:ecs/cluster:Cluster"
	taskDefinition = "aws:ecs/taskDefinition:TaskDefinition"
	ecsService     = "aws:ecs/service:Service"
)

const ecsARN = "arn:aws:ecs:{region}:{account}:"

func init() {
	model(map[string]*Type{
		// CreateCluster succeeds if the cluster exists.
		cluster: {
			ID: ecsARN + "cluster/{name}", Import: "{name}", Name: "name", Tagged: true, Overwritten: true,
			Missing: "ClusterNotFoundException", Taken: "ClientException", InUse: "ClusterContainsServicesException",
			Outputs: map[string]any{"arn": "{id}", "settings": []any{map[string]any{"name": "containerInsights", "value": "disabled"}}},
			Replace: []string{"name"},
			Valid:   map[string]Rule{"name": ecsName},
		},
		// The provider's ID is the family alone. Here it has the revision, as the ARN has, so
		// that a new revision and the one that it replaces are two resources.
		taskDefinition: {
			ID: "{family}:{attempt}", Import: "{arn}", Name: "family", Tagged: true,
			Missing: "ClientException",
			Outputs: map[string]any{
				"arn": ecsARN + "task-definition/{id}", "arnWithoutRevision": ecsARN + "task-definition/{family}",
				"revision":    func(r *Resource) any { return number(r.ID[strings.LastIndex(r.ID, ":")+1:]) },
				"networkMode": "bridge", "executionRoleArn": "", "taskRoleArn": "", "ipcMode": "", "pidMode": "", "enableFaultInjection": false,
				"skipDestroy": false, "trackLatest": false,
			},
			Replace: []string{
				"family", "containerDefinitions", "cpu", "memory", "networkMode", "executionRoleArn", "taskRoleArn", "requiresCompatibilities",
				"ephemeralStorage", "ipcMode", "pidMode", "placementConstraints", "proxyConfiguration", "runtimePlatform", "volumes",
			},
			Valid: map[string]Rule{
				"family": ecsName, "networkMode": oneOf("bridge", "host", "awsvpc", "none"), "requiresCompatibilities[]": oneOf("EC2", "FARGATE", "EXTERNAL"),
				"containerDefinitions": func(value any) string {
					if _, err := containers(value); err != nil {
						return fmt.Sprintf("ECS Task Definition container_definitions is invalid: %s", err)
					}
					return ""
				},
			},
			Put: putTaskDefinition,
		},
		ecsService: {
			ID: ecsARN + "service/{path_cluster}/{name}", Import: "{path_cluster}/{name}", Name: "name", Tagged: true,
			Missing: "ServiceNotFoundException", Taken: "InvalidParameterException",
			Outputs: map[string]any{
				"arn": "{id}", "cluster": "default", "iamRole": "", "launchType": "EC2", "platformVersion": "LATEST", "schedulingStrategy": "REPLICA",
				"availabilityZoneRebalancing": "DISABLED", "deploymentMaximumPercent": 200, "deploymentMinimumHealthyPercent": 100, "desiredCount": 0,
				"enableEcsManagedTags": false, "enableExecuteCommand": false, "healthCheckGracePeriodSeconds": 0, "propagateTags": "NONE",
				"triggers": map[string]any{}, "waitForSteadyState": false,
				"deploymentCircuitBreaker":            map[string]any{"enable": false, "rollback": false},
				"deploymentController":                map[string]any{"type": "ECS"},
				"networkConfiguration.assignPublicIp": false, "networkConfiguration.securityGroups": []any{}, "loadBalancers[].elbName": "",
			},
			Replace: []string{"name", "cluster", "iamRole", "launchType", "schedulingStrategy", "deploymentController"},
			Valid: map[string]Rule{
				"name": ecsName, "launchType": oneOf("EC2", "FARGATE", "EXTERNAL"), "schedulingStrategy": oneOf("REPLICA", "DAEMON"),
				"propagateTags": oneOf("SERVICE", "TASK_DEFINITION", "NONE"), "loadBalancers[].containerPort": between(0, 65536),
			},
			Put: putService,
		},
	})
}

var ecsName = match(`^[0-9A-Za-z_-]{1,255}$`, "only letters, digits, hyphens and underscores are allowed, at most 255")

// A container is an element of a task definition's containerDefinitions.
type container struct {
	Name             string
	PortMappings     []struct{ ContainerPort float64 }
	Secrets          []struct{ Name, ValueFrom string }
	LogConfiguration struct{ LogDriver string }
}

func containers(definitions any) (list []container, err error) {
	err = json.Unmarshal(fmt.Append(nil, definitions), &list)
	return list, err
}

// putTaskDefinition requires what AWS Fargate requires of a task definition
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html).
func putTaskDefinition(_ *Account, r *Resource) error {
	if !slices.Contains(at(r.Properties, "requiresCompatibilities[]"), any("FARGATE")) {
		return nil
	}
	list, err := containers(r.Properties["containerDefinitions"])
	if err != nil {
		return err
	}
	for _, size := range []string{"cpu", "memory"} {
		if text(r.Properties, size) == "" {
			return apiError("ClientException", "Fargate requires that '%s' be defined at the task level.", size)
		}
	}
	if r.Properties["networkMode"] != "awsvpc" {
		return apiError("ClientException", "Fargate only supports network mode ‘awsvpc’.")
	}
	for _, c := range list {
		if text(r.Properties, "executionRoleArn") == "" && (c.LogConfiguration.LogDriver == "awslogs" || len(c.Secrets) > 0) {
			return apiError("ClientException", "Fargate requires task definition to have execution role ARN to support log driver awslogs or secrets.")
		}
	}
	return nil
}

// putService requires that the service's target groups belong to load balancers, and that
// its containers have the ports to which they forward.
func putService(a *Account, r *Resource) error {
	task := a.find(taskDefinition, r.Region, r.Properties["taskDefinition"])
	for _, value := range at(r.Properties, "loadBalancers[]") {
		balancer := value.(map[string]any)
		arn := balancer["targetGroupArn"]
		group := a.find(targetGroup, r.Region, arn)
		switch {
		case group == nil:
			return apiError("InvalidParameterException", "Unable to assume role and validate the specified targetGroupArn: target group %v not found", arn)
		case task.Properties["networkMode"] == "awsvpc" && group.Properties["targetType"] != "ip":
			return apiError("InvalidParameterException", "The provided target group %v has target type %v, which is incompatible with the awsvpc network mode specified in the task definition.", arn, group.Properties["targetType"])
		case len(a.balancersOf(arn)) == 0:
			return apiError("InvalidParameterException", "The target group with targetGroupArn %v does not have an associated load balancer.", arn)
		case !exposes(task, balancer):
			return apiError("InvalidParameterException", "The container %v did not have a container port %v defined.", balancer["containerName"], balancer["containerPort"])
		}
	}
	for path, token := range map[string]string{"networkConfiguration.subnets[]": subnet, "networkConfiguration.securityGroups[]": securityGroup} {
		for _, id := range at(r.Properties, path) {
			if a.find(token, r.Region, id) == nil {
				return apiError("InvalidParameterException", "Error retrieving %s information for [%v]: %s", label(token, ""), id, types[token].Missing)
			}
		}
	}
	return nil
}

// exposes reports whether a task definition has the container and the port that a service
// gives for a load balancer.
func exposes(task *Resource, balancer map[string]any) bool {
	list, err := containers(task.Properties["containerDefinitions"])
	return err == nil && slices.ContainsFunc(list, func(c container) bool {
		return c.Name == balancer["containerName"] && slices.ContainsFunc(c.PortMappings, func(m struct{ ContainerPort float64 }) bool {
			return m.ContainerPort == number(balancer["containerPort"])
		})
	})
}
