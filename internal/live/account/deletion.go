package account

import (
	"strconv"
	"strings"
	"time"

	"example.com/multisite/internal/cli"
)

// Deletion reports whether a resource that AWS still lists is deleted, or, in pending,
// when AWS will delete it. AWS does not charge for a resource whose deletion is pending.
// A resource whose state cannot be read counts as existing.
func Deletion(region, arn string) (deleted bool, pending string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return false, ""
	}
	service, name := parts[2], parts[5]
	id := name[strings.LastIndexAny(name, "/:")+1:]
	var text string
	read := func(args ...string) bool { return cli.AWS(&text, region, args...) == nil }
	switch {
	case strings.HasPrefix(name, "snapshot:rds:"):
		return false, "is deleted with the automated backups of its database"
	case service == "kms" && read("kms", "describe-key", "--key-id", arn, "--query", "to_string(KeyMetadata.DeletionDate)"):
		if text != "null" {
			return false, "is deleted on " + date(text)
		}
	case service == "secretsmanager" && read("secretsmanager", "describe-secret", "--secret-id", arn, "--query", "to_string(DeletedDate)"):
		if text != "null" {
			return false, "is deleted within 30 days of " + date(text)
		}
	case strings.HasPrefix(name, "natgateway/") && read("ec2", "describe-nat-gateways", "--nat-gateway-ids", id, "--query", "NatGateways[0].State"):
		return text == "deleted", ""
	case strings.HasPrefix(name, "vpc-endpoint/") && read("ec2", "describe-vpc-endpoints", "--vpc-endpoint-ids", id, "--query", "VpcEndpoints[0].State"):
		return strings.EqualFold(text, "deleted"), ""
	case strings.HasPrefix(name, "task-definition/") && read("ecs", "describe-task-definition", "--task-definition", arn, "--query", "taskDefinition.status"):
		return text == "INACTIVE", ""
	}
	return false, ""
}

// date returns the UTC date of a time that the AWS CLI prints: version 1 prints seconds
// since 1970, version 2 prints ISO 8601.
func date(text string) string {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Unix(int64(seconds), 0).UTC().Format(time.DateOnly)
	}
	day, _, _ := strings.Cut(text, "T")
	return day
}
