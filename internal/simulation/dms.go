package simulation

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	replicationSubnetGroup = "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup"
	replicationInstance    = "aws:dms/replicationInstance:ReplicationInstance"
	replicationEndpoint    = "aws:dms/endpoint:Endpoint"
	replicationTask        = "aws:dms/replicationTask:ReplicationTask"
	replicationCertificate = "aws:dms/certificate:Certificate"
)

const dmsARN = "arn:aws:dms:{region}:{account}:"

// dmsName is the form of the names of endpoints, tasks and certificates.
var dmsName = match(`^[A-Za-z]([0-9A-Za-z]|-[0-9A-Za-z]){0,254}$`, "it must begin with a letter, and hold letters, digits and single hyphens")

func init() {
	model(map[string]*Type{
		replicationSubnetGroup: {
			ID: "{replicationSubnetGroupId}", ARN: "replicationSubnetGroupArn", Tagged: true,
			Missing: "ResourceNotFoundFault", Taken: "ResourceAlreadyExistsFault", InUse: "InvalidResourceStateFault",
			Outputs: map[string]any{"replicationSubnetGroupArn": dmsARN + "subgrp:{replicationSubnetGroupId}", "vpcId": ""},
			Replace: []string{"replicationSubnetGroupId"},
			Valid:   map[string]Rule{"replicationSubnetGroupId": match(`^[0-9A-Za-z_ .-]{1,255}$`, "only letters, digits, periods, spaces, underscores and hyphens are allowed")},
			Put:     putReplicationSubnetGroup,
		},
		replicationInstance: {
			ID: "{replicationInstanceId}", ARN: "replicationInstanceArn", Tagged: true,
			Missing: "ResourceNotFoundFault", Taken: "ResourceAlreadyExistsFault", InUse: "InvalidResourceStateFault",
			Outputs: map[string]any{
				"replicationInstanceArn": dmsARN + "rep:{upper26}", "allocatedStorage": 50, "autoMinorVersionUpgrade": true, "availabilityZone": "{region}a",
				"engineVersion": "3.5.4", "kmsKeyArn": "", "multiAz": false, "networkType": "IPV4", "preferredMaintenanceWindow": "sun:08:00-sun:08:30",
				"publiclyAccessible": true, "replicationSubnetGroupId": "default", "vpcSecurityGroupIds": []any{},
				"replicationInstancePrivateIps": []any{"10.{digits2}.{digits2}.{digits2}"}, "replicationInstancePublicIps": []any{},
			},
			Replace: []string{"replicationInstanceId", "kmsKeyArn", "replicationSubnetGroupId", "publiclyAccessible", "availabilityZone"},
			Valid: map[string]Rule{
				"replicationInstanceId":      match(`^[A-Za-z]([0-9A-Za-z]|-[0-9A-Za-z]){0,62}$`, "it must begin with a letter, and hold up to 63 letters, digits and single hyphens"),
				"allocatedStorage":           between(5, 6144),
				"kmsKeyArn":                  match(`^arn:`, "an invalid ARN"),
				"networkType":                oneOf("IPV4", "DUAL"),
				"preferredMaintenanceWindow": match(`^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$`, `must satisfy the format of "ddd:hh24:mi-ddd:hh24:mi"`),
			},
			Put: func(_ *Account, r *Resource) error {
				if !strings.HasPrefix(text(r.Properties, "replicationInstanceClass"), "dms.") {
					return apiError("InvalidParameterValueException", "The replication instance class %v is not available", r.Properties["replicationInstanceClass"])
				}
				return nil
			},
		},
		replicationEndpoint: {
			ID: "{endpointId}", ARN: "endpointArn", Tagged: true,
			Missing: "ResourceNotFoundFault", Taken: "ResourceAlreadyExistsFault", InUse: "InvalidResourceStateFault",
			Outputs: map[string]any{
				"endpointArn": dmsARN + "endpoint:{upper26}", "certificateArn": "", "extraConnectionAttributes": "", "kmsKeyArn": "", "sslMode": "none",
			},
			Replace: []string{"endpointId", "kmsKeyArn"},
			Valid: map[string]Rule{
				"endpointId":   dmsName,
				"endpointType": oneOf("source", "target"),
				"engineName":   oneOf("postgres", "aurora-postgresql", "mysql", "mariadb", "oracle", "sqlserver", "s3", "mongodb", "kafka", "kinesis"),
				"sslMode":      oneOf("none", "require", "verify-ca", "verify-full"),
				"kmsKeyArn":    match(`^arn:`, "an invalid ARN"),
			},
			Check: checkReplicationEndpoint,
			Put:   putReplicationEndpoint,
		},
		replicationCertificate: {
			ID: "{certificateId}", ARN: "certificateArn", Tagged: true,
			Missing: "ResourceNotFoundFault", Taken: "ResourceAlreadyExistsFault", InUse: "InvalidResourceStateFault",
			Outputs: map[string]any{"certificateArn": dmsARN + "cert:{upper26}"},
			Replace: []string{"certificateId", "certificatePem", "certificateWallet"},
			Valid:   map[string]Rule{"certificateId": dmsName},
			Put: func(_ *Account, r *Resource) error {
				if pem := text(r.Properties, "certificatePem"); !strings.Contains(pem, "BEGIN CERTIFICATE") {
					return apiError("InvalidCertificateFault", "The certificate is not in PEM format")
				}
				return nil
			},
		},
		replicationTask: {
			ID: "{replicationTaskId}", ARN: "replicationTaskArn", Tagged: true,
			Missing: "ResourceNotFoundFault", Taken: "ResourceAlreadyExistsFault",
			Outputs: map[string]any{
				"replicationTaskArn": dmsARN + "task:{upper26}", "cdcStartPosition": "", "replicationTaskSettings": "{}",
				"status": func(r *Resource) any {
					if r.Properties["startReplicationTask"] == true {
						return "running"
					}
					return "ready"
				},
			},
			Replace: []string{"replicationTaskId", "replicationInstanceArn", "sourceEndpointArn", "targetEndpointArn", "resourceIdentifier"},
			Valid: map[string]Rule{
				"replicationTaskId":       dmsName,
				"migrationType":           oneOf("full-load", "cdc", "full-load-and-cdc"),
				"tableMappings":           jsonObject,
				"replicationTaskSettings": jsonObject,
			},
			Put: putReplicationTask,
		},
	})
}

// jsonObject is a Rule that requires a JSON object.
func jsonObject(value any) string {
	if err := json.Unmarshal(fmt.Append(nil, value), &map[string]any{}); err != nil {
		return fmt.Sprintf("contains an invalid JSON: %v", err)
	}
	return ""
}

// putReplicationSubnetGroup requires subnets in two zones. It does not check for the role
// dms-vpc-role, which DMS needs for networks and which every account has.
func putReplicationSubnetGroup(a *Account, r *Resource) error {
	if zones := a.cover(r); zones < 2 {
		return apiError("ReplicationSubnetGroupDoesNotCoverEnoughAZs", "The replication subnet group does not cover enough Availability Zones (AZs). Current AZ coverage: %d.", zones)
	}
	return nil
}

// trusts reports whether a service may assume a role.
func trusts(r *Resource, service string) bool {
	return r != nil && strings.Contains(text(r.Properties, "assumeRolePolicy"), `"`+service+`"`)
}

// checkReplicationEndpoint requires that credentials are either in a secret or in properties.
func checkReplicationEndpoint(p Properties) []Problem {
	if p["secretsManagerArn"] == nil {
		return nil
	}
	problems := required(p, "with secretsManagerArn", "secretsManagerAccessRoleArn")
	for _, name := range []string{"username", "password", "serverName", "port"} {
		if p[name] != nil {
			problems = append(problems, Problem{name, "conflicts with secretsManagerArn"})
		}
	}
	return problems
}

// putReplicationEndpoint requires a role that DMS may assume to read the credentials, and a
// certificate to verify the server.
func putReplicationEndpoint(a *Account, r *Resource) error {
	if access := r.Properties["secretsManagerAccessRoleArn"]; access != nil && !trusts(a.find(role, r.Region, access), "dms."+r.Region+".amazonaws.com") {
		return apiError("AccessDeniedFault", "Unable to assume the role %v: it does not trust dms.%s.amazonaws.com", access, r.Region)
	}
	if mode := text(r.Properties, "sslMode"); strings.HasPrefix(mode, "verify") && text(r.Properties, "certificateArn") == "" {
		return apiError("InvalidParameterCombinationException", "SSL mode %s requires a certificate", mode)
	}
	return a.modifyEndpoint(r)
}

// modifyEndpoint refuses a change to an endpoint of a running task. With
// pauseReplicationTasks the provider stops such tasks first
// (https://github.com/hashicorp/terraform-provider-aws/issues/27661).
func (a *Account) modifyEndpoint(r *Resource) error {
	old := a.Get(r.Type, r.Region, r.ID)
	if old == nil || r.Properties["pauseReplicationTasks"] == true || sameJSON(withoutTags(old), withoutTags(r)) {
		return nil
	}
	for _, task := range a.All(func(o *Resource) bool { return o.Type == replicationTask && o.Region == r.Region }) {
		if task.Properties["status"] == "running" && task.refers(old) {
			return apiError("InvalidResourceStateFault", "Endpoint %s is part of the replication task %s, which is running. Stop it first.", r.ID, task.ID)
		}
	}
	return nil
}

// withoutTags returns the properties that ModifyEndpoint changes.
func withoutTags(r *Resource) Properties {
	rest := maps.Clone(r.Properties)
	for _, name := range []string{"tags", "tagsAll", "pauseReplicationTasks"} {
		delete(rest, name)
	}
	return rest
}

// connect tests the connection to an endpoint: the endpoint's secret must have a value that
// the endpoint's role may read. DMS starts no task without a successful test, and tests the
// connections itself when it creates a task
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Introduction.Components.html).
func (a *Account) connect(endpoint *Resource) error {
	id := endpoint.Properties["secretsManagerArn"]
	if id == nil {
		return nil
	}
	versions := a.All(func(o *Resource) bool { return o.Type == secretVersion && o.Properties["secretId"] == id })
	access := a.find(role, endpoint.Region, endpoint.Properties["secretsManagerAccessRoleArn"])
	if versions == nil || !slices.Contains(a.allowed(access), "secretsmanager:GetSecretValue") {
		return apiError("InvalidResourceStateFault", "Test connection for replication instance and endpoint should be successful for starting the replication task: %s", endpoint.ID)
	}
	return nil
}

// putReplicationTask requires a source and a target endpoint, selected tables and, if the
// task starts, working connections. A task's type cannot change
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.Modifying.html).
func putReplicationTask(a *Account, r *Resource) error {
	if old := a.Get(r.Type, r.Region, r.ID); old != nil && old.Properties["migrationType"] != r.Properties["migrationType"] {
		return apiError("InvalidParameterCombinationException", "The migration type of the replication task %s cannot be changed", r.ID)
	}
	for property, typ := range map[string]string{"sourceEndpointArn": "source", "targetEndpointArn": "target"} {
		if end := a.find(replicationEndpoint, r.Region, r.Properties[property]); end.Properties["endpointType"] != typ {
			return apiError("InvalidParameterValueException", "The endpoint %s is not a %s endpoint", end.ID, typ)
		} else if r.Properties["startReplicationTask"] == true {
			if err := a.connect(end); err != nil {
				return err
			}
		}
	}
	var mappings struct {
		Rules []map[string]any `json:"rules"`
	}
	if err := json.Unmarshal([]byte(text(r.Properties, "tableMappings")), &mappings); err != nil || len(mappings.Rules) == 0 {
		return apiError("InvalidParameterValueException", "The table mappings have no selection rule")
	}
	return nil
}
