package simulation

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy"

// putLogDelivery models how CloudWatch Logs delivers CloudFront's logs. If the destination
// has no folder, it adds CloudFront's folder to the suffix path of a new delivery, but not
// of an updated delivery
// (https://github.com/hashicorp/terraform-provider-aws/issues/46328).
func putLogDelivery(a *Account, r *Resource) error {
	destination := a.find(deliveryDestination, r.Region, r.Properties["deliveryDestinationArn"])
	target, _ := at(destination.Properties, "deliveryDestinationConfiguration.destinationResourceArn")[0].(string)
	folder := "AWSLogs/" + a.ID + "/CloudFront"
	if _, given, found := strings.Cut(target, "/"); found {
		folder = given
	} else if a.Get(r.Type, r.Region, r.ID) == nil {
		for _, value := range at(r.Properties, "s3DeliveryConfigurations[]") {
			s3 := value.(map[string]any)
			s3["suffixPath"] = "AWSLogs/{account-id}/CloudFront/" + strings.TrimPrefix(text(s3, "suffixPath"), "/")
		}
	}
	return a.admitLogs(target, folder, r.Region, "delivery-source:"+text(r.Properties, "deliverySourceName"))
}

// putFirewallLogs models how AWS WAF gets the right to deliver to its log bucket. The logs of
// a regional web ACL come from its region, and CloudFront's from us-east-1.
func putFirewallLogs(a *Account, r *Resource) error {
	for _, target := range at(r.Properties, "logDestinationConfigs[]") {
		if err := a.admitLogs(target.(string), "AWSLogs/"+a.ID, r.Region, "*"); err != nil {
			return err
		}
	}
	return nil
}

// admitLogs adds to a bucket's policy the statement that CloudWatch Logs needs to write to a
// folder from a region, unless the policy contains exactly this statement, as AWS does
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html).
func (a *Account) admitLogs(target, folder, region, source string) error {
	name, _, _ := strings.Cut(strings.TrimPrefix(target, "arn:aws:s3:::"), "/")
	found := a.All(func(r *Resource) bool { return r.Type == bucketPolicy && r.Properties["bucket"] == name })
	if len(found) == 0 {
		return nil // AWS would create a policy outside the program's resources
	}
	var document struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(text(found[0].Properties, "policy")), &document); err != nil {
		return err
	}
	needed := map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": "delivery.logs.amazonaws.com"}, "Action": "s3:PutObject",
		"Resource": "arn:aws:s3:::" + name + "/" + folder + "/*",
		"Condition": map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": a.ID, "s3:x-amz-acl": "bucket-owner-full-control"},
			"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws:logs:" + region + ":" + a.ID + ":" + source},
		},
	}
	if slices.ContainsFunc(document.Statement, func(statement map[string]any) bool {
		needed["Sid"] = statement["Sid"]
		return reflect.DeepEqual(statement, needed)
	}) {
		return nil
	}
	needed["Sid"] = "AWSLogDeliveryWrite"
	document.Statement = append(document.Statement, needed)
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	changed := *found[0]
	changed.Properties = merge(changed.Properties, map[string]any{"policy": string(text)})
	return a.Put(&changed)
}

// admitsBalancer returns the API's error if a load balancer may not write logs to a bucket:
// the bucket is in another region, is not encrypted with S3 managed keys, or has no policy
// that lets Elastic Load Balancing write to the folder
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
func (a *Account) admitsBalancer(balancer *Resource, name, prefix string) error {
	denied := apiError("InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", name)
	for _, encryption := range a.All(func(r *Resource) bool { return r.Type == bucketEncryption && r.Properties["bucket"] == name }) {
		for _, algorithm := range at(encryption.Properties, "rules[].applyServerSideEncryptionByDefault.sseAlgorithm") {
			if algorithm != "AES256" {
				return denied
			}
		}
	}
	file := "arn:aws:s3:::" + name + "/" + strings.TrimPrefix(prefix+"/", "/") + "AWSLogs/" + balancer.account + "/ELBAccessLogTestFile"
	for _, policy := range a.All(func(r *Resource) bool { return r.Type == bucketPolicy && r.Properties["bucket"] == name }) {
		var document struct{ Statement []logStatement }
		if err := json.Unmarshal([]byte(text(policy.Properties, "policy")), &document); err != nil {
			return err
		}
		if slices.ContainsFunc(document.Statement, func(s logStatement) bool { return s.admits(balancer, file) }) {
			return nil
		}
	}
	return denied
}

// logStatement is a statement of a bucket policy.
type logStatement struct {
	Effect                      string
	Principal, Action, Resource any
	Condition                   map[string]map[string]any
}

// admits reports whether the statement lets Elastic Load Balancing write a file on behalf of
// a load balancer. A condition that the model lacks is not met.
func (s logStatement) admits(balancer *Resource, file string) bool {
	principal, _ := s.Principal.(map[string]any)
	if s.Effect != "Allow" || !anyMatches(principal["Service"], "logdelivery.elasticloadbalancing.amazonaws.com") ||
		!anyMatches(s.Action, "s3:PutObject") || !anyMatches(s.Resource, file) {
		return false
	}
	known := map[string]string{"aws:SourceArn": balancer.ID, "aws:SourceAccount": balancer.account}
	for operator, keys := range s.Condition {
		for key, pattern := range keys {
			value, has := known[key]
			if !has || !slices.Contains([]string{"ArnLike", "ArnEquals", "StringLike", "StringEquals"}, operator) || !anyMatches(pattern, value) {
				return false
			}
		}
	}
	return true
}

// anyMatches reports whether a pattern with asterisks, or one of a list, matches a text.
func anyMatches(patterns any, text string) bool {
	list, isList := patterns.([]any)
	if !isList {
		list = []any{patterns}
	}
	return slices.ContainsFunc(list, func(pattern any) bool {
		written, _ := pattern.(string)
		expression := "^" + strings.ReplaceAll(regexp.QuoteMeta(written), `\*`, ".*") + "$"
		return regexp.MustCompile(expression).MatchString(text)
	})
}
