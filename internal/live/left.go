package live

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/multisite/internal/cli"
)

// left lists what the account has of the run, and apart from it what AWS deletes by
// itself later on and does not charge for. AWS lists roles, which cost nothing, for nobody.
func (a *app) left() (pending, left []string, err error) {
	for _, region := range slices.Compact([]string{a.run.Region, edgeRegion}) {
		found, err := tagged(region, runTag, a.run.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, arn := range found {
			switch gone, when := a.gone(region, arn); {
			case gone:
			case when != "":
				pending = append(pending, arn+": "+when)
			default:
				left = append(left, arn)
			}
		}
	}
	return pending, left, nil
}

// gone reports whether something is there no more, though it is listed, or when it
// will be deleted. What cannot be asked is taken to be there.
func (a *app) gone(region, arn string) (gone bool, when string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return false, ""
	}
	service, name := parts[2], parts[5]
	id := name[strings.LastIndexAny(name, "/:")+1:]
	var text string
	ask := func(args ...string) bool { return cli.AWS(&text, region, args...) == nil }
	switch {
	case strings.HasPrefix(name, "snapshot:rds:"):
		return false, "goes with the automated backups of its database"
	case service == "kms" && ask("kms", "describe-key", "--key-id", arn, "--query", "to_string(KeyMetadata.DeletionDate)"):
		if text != "null" {
			return false, "is deleted on " + aDay(text)
		}
	case service == "secretsmanager" && ask("secretsmanager", "describe-secret", "--secret-id", arn, "--query", "to_string(DeletedDate)"):
		if text != "null" {
			return false, "is deleted within 30 days of " + aDay(text)
		}
	case strings.HasPrefix(name, "natgateway/") && ask("ec2", "describe-nat-gateways", "--nat-gateway-ids", id, "--query", "NatGateways[0].State"):
		return text == "deleted", ""
	case strings.HasPrefix(name, "vpc-endpoint/") && ask("ec2", "describe-vpc-endpoints", "--vpc-endpoint-ids", id, "--query", "VpcEndpoints[0].State"):
		return strings.EqualFold(text, "deleted"), ""
	case strings.HasPrefix(name, "task-definition/") && ask("ecs", "describe-task-definition", "--task-definition", arn, "--query", "taskDefinition.status"):
		return text == "INACTIVE", ""
	}
	return false, ""
}

// aDay is a day of a time as the AWS CLI prints it: in seconds since 1970 or, from
// version 2, as ISO 8601 has it.
func aDay(text string) string {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Unix(int64(seconds), 0).UTC().Format(time.DateOnly)
	}
	day, _, _ := strings.Cut(text, "T")
	return day
}
