package cloud

import "strings"

const (
	objectStorage = "aws:datasync/locationObjectStorage:LocationObjectStorage"
	s3Location    = "aws:datasync/s3Location:S3Location"
	transfer      = "aws:datasync/task:Task"
)

const datasyncARN = "arn:aws:datasync:{region}:{account}:"

func init() {
	model(map[string]*Type{
		objectStorage: {
			ID: datasyncARN + "location/loc-{hex17}", Tagged: true,
			Missing: "InvalidRequestException",
			Outputs: map[string]any{"arn": "{id}", "subdirectory": "/", "uri": "object-storage://{serverHostname}/{bucketName}{subdirectory}"},
			Replace: []string{"bucketName", "serverHostname"},
			Valid: map[string]Rule{
				"serverProtocol": oneOf("HTTP", "HTTPS"),
				"serverPort":     between(1, 65535),
				"agentArns[]":    match(`^arn:`, "an invalid ARN"),
			},
			Put: func(_ *Account, r *Resource) error {
				for _, agent := range at(r.Properties, "agentArns[]") {
					if arn, _ := agent.(string); !strings.HasPrefix(arn, r.render("agent", datasyncARN)+"agent/agent-") {
						return apiError("InvalidRequestException", "Agent %v does not exist.", agent)
					}
				}
				return nil
			},
			Delete: deleteLocation,
		},
		s3Location: {
			ID: datasyncARN + "location/loc-{hex17}", Tagged: true,
			Missing: "InvalidRequestException",
			Outputs: map[string]any{"arn": "{id}", "s3StorageClass": "STANDARD", "uri": "s3://{s3BucketArn}{subdirectory}"},
			Replace: []string{"s3BucketArn", "s3Config", "s3StorageClass", "subdirectory", "agentArns"},
			Refs:    []Ref{{"s3BucketArn", bucket}, {"s3Config.bucketAccessRoleArn", role}},
			Put: func(a *Account, r *Resource) error {
				if access := at(r.Properties, "s3Config.bucketAccessRoleArn"); !trusts(a.find(role, r.Region, access[0]), "datasync.amazonaws.com") {
					return apiError("InvalidRequestException", "DataSync location access test failed: could not assume role %v", access[0])
				}
				return nil
			},
			Delete: deleteLocation,
		},
		transfer: {
			ID: datasyncARN + "task/task-{hex17}", Name: "name", Tagged: true,
			Missing: "InvalidRequestException",
			Outputs: map[string]any{"arn": "{id}", "taskMode": "BASIC"},
			Replace: []string{"sourceLocationArn", "destinationLocationArn", "taskMode"},
			Valid: map[string]Rule{
				"options.logLevel":             oneOf("OFF", "BASIC", "TRANSFER"),
				"options.overwriteMode":        oneOf("ALWAYS", "NEVER"),
				"options.preserveDeletedFiles": oneOf("PRESERVE", "REMOVE"),
				"options.transferMode":         oneOf("CHANGED", "ALL"),
				"options.verifyMode":           oneOf("NONE", "POINT_IN_TIME_CONSISTENT", "ONLY_FILES_TRANSFERRED"),
				"schedule.scheduleExpression":  match(`^[a-zA-Z0-9_*#()?\-/, ]+$`, "Schedule expression must have the following format: cron(<expression>) or rate(<value>)"),
			},
			Put: putTransfer,
		},
	})
}

// deleteLocation refuses while a task transfers from there or to there.
func deleteLocation(a *Account, r *Resource) error {
	for _, task := range a.All(func(o *Resource) bool { return o.Type == transfer && o.Region == r.Region }) {
		if r.is(task.Properties["sourceLocationArn"]) || r.is(task.Properties["destinationLocationArn"]) {
			return apiError("InvalidRequestException", "Location %s is in use by task %s", r.ID, task.ID)
		}
	}
	return nil
}

// putTransfer demands locations, one of them in AWS, and that DataSync may write the
// log that it is told to write.
func putTransfer(a *Account, r *Resource) error {
	inAWS := false
	for _, property := range []string{"sourceLocationArn", "destinationLocationArn"} {
		own := a.find(s3Location, r.Region, r.Properties[property])
		if own == nil && a.find(objectStorage, r.Region, r.Properties[property]) == nil {
			return apiError("InvalidRequestException", "Location %v is not found.", r.Properties[property])
		}
		inAWS = inAWS || own != nil
	}
	if !inAWS {
		return apiError("InvalidRequestException", "Invalid combination of source and destination: neither lies in AWS")
	}
	if text(r.Properties, "cloudwatchLogGroupArn") == "" {
		return nil
	}
	for _, p := range a.All(func(o *Resource) bool { return o.Type == logResourcePolicy && o.Region == r.Region }) {
		if strings.Contains(text(p.Properties, "policyDocument"), `"datasync.amazonaws.com"`) {
			return nil
		}
	}
	return apiError("InvalidRequestException", "DataSync has no permission to write to the log group %v", r.Properties["cloudwatchLogGroupArn"])
}
