package simulation

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"slices"
	"strings"
)

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
				if certificate := text(r.Properties, "serverCertificate"); certificate != "" && !isCertificateChain(certificate) {
					return apiError("InvalidRequestException", "Invalid parameter: ServerCertificate: it must be certificates in PEM format, of at most 32768 bytes.")
				}
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
				"taskMode":                     oneOf("BASIC", "ENHANCED"),
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

// deleteLocation refuses the deletion while a task transfers from or to the location.
func deleteLocation(a *Account, r *Resource) error {
	for _, task := range a.All(func(o *Resource) bool { return o.Type == transfer && o.Region == r.Region }) {
		if r.is(task.Properties["sourceLocationArn"]) || r.is(task.Properties["destinationLocationArn"]) {
			return apiError("InvalidRequestException", "Location %s is in use by task %s", r.ID, task.ID)
		}
	}
	return nil
}

// isCertificateChain reports whether DataSync accepts a text for verifying an object store.
// DataSync accepts certificates in PEM format, which must not also be Base64-encoded
// (https://docs.aws.amazon.com/datasync/latest/userguide/API_CreateLocationObjectStorage.html).
func isCertificateChain(chain string) bool {
	if len(chain) > 32768 {
		return false
	}
	rest, found := []byte(chain), false
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return found && strings.TrimSpace(string(rest)) == ""
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return false
		}
		found = true
	}
}

// Actions that a location's role must allow on the bucket and on its objects
// (https://docs.aws.amazon.com/datasync/latest/userguide/create-s3-location.html#create-s3-location-required-permissions).
var (
	bucketActions      = []string{"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"}
	sourceActions      = []string{"s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging", "s3:ListMultipartUploadParts"}
	destinationActions = []string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject", "s3:PutObjectTagging"}
)

// mount checks that the location's role allows DataSync's actions on the bucket, as a source
// or as a destination.
func (a *Account) mount(location *Resource, destination bool) error {
	needed := slices.Concat(bucketActions, sourceActions)
	if destination {
		needed = append(needed, destinationActions...)
	}
	access := a.find(role, location.Region, at(location.Properties, "s3Config.bucketAccessRoleArn")[0])
	allowed := a.allowed(access)
	for _, action := range needed {
		if !slices.Contains(allowed, action) {
			return apiError("InvalidRequestException", "DataSync location access test failed: could not perform %s in bucket %v. Access denied.", action, location.Properties["s3BucketArn"])
		}
	}
	return nil
}

// allowed returns the actions that a role's inline policies allow, on any resource.
func (a *Account) allowed(role *Resource) (actions []string) {
	for _, p := range a.All(func(o *Resource) bool { return o.Type == rolePolicy && o.Properties["role"] == role.ID }) {
		var document struct {
			Statement []struct {
				Effect string
				Action any
			}
		}
		_ = json.Unmarshal([]byte(text(p.Properties, "policy")), &document) // checked when the policy was created
		for _, statement := range document.Statement {
			list, several := statement.Action.([]any)
			if !several {
				list = []any{statement.Action}
			}
			for _, action := range list {
				if name, _ := action.(string); statement.Effect == "Allow" {
					actions = append(actions, name)
				}
			}
		}
	}
	return actions
}

// putTransfer requires existing locations, at least one of them in AWS, the rights on the
// bucket for the transfer's direction, and the right to write to the log group, if any.
func putTransfer(a *Account, r *Resource) error {
	inAWS, elsewhere := false, false
	for _, property := range []string{"sourceLocationArn", "destinationLocationArn"} {
		own := a.find(s3Location, r.Region, r.Properties[property])
		if own != nil {
			if err := a.mount(own, property == "destinationLocationArn"); err != nil {
				return err
			}
		}
		elsewhere = elsewhere || own == nil
		if own == nil && a.find(objectStorage, r.Region, r.Properties[property]) == nil {
			return apiError("InvalidRequestException", "Location %v is not found.", r.Properties[property])
		}
		inAWS = inAWS || own != nil
	}
	if !inAWS {
		return apiError("InvalidRequestException", "Invalid combination of source and destination: neither lies in AWS")
	}
	// An agent's tasks run in basic mode
	// (https://docs.aws.amazon.com/datasync/latest/userguide/choosing-task-mode.html).
	if elsewhere && r.Properties["taskMode"] == "ENHANCED" {
		return apiError("InvalidRequestException", "Enhanced mode is not supported for this combination of locations: one of them has an agent")
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
