package simulation

import (
	"encoding/json"
	"reflect"
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
	folder := "AWSLogs/" + AccountID + "/CloudFront"
	if _, given, found := strings.Cut(target, "/"); found {
		folder = given
	} else if a.Get(r.Type, r.Region, r.ID) == nil {
		for _, value := range at(r.Properties, "s3DeliveryConfigurations[]") {
			s3 := value.(map[string]any)
			s3["suffixPath"] = "AWSLogs/{account-id}/CloudFront/" + strings.TrimPrefix(text(s3, "suffixPath"), "/")
		}
	}
	return a.admitLogs(target, folder, "delivery-source:"+text(r.Properties, "deliverySourceName"))
}

// putFirewallLogs models how AWS WAF gets the right to deliver to its log bucket.
func putFirewallLogs(a *Account, r *Resource) error {
	for _, target := range at(r.Properties, "logDestinationConfigs[]") {
		if err := a.admitLogs(target.(string), "AWSLogs/"+AccountID, "*"); err != nil {
			return err
		}
	}
	return nil
}

// admitLogs adds to a bucket's policy the statement that CloudWatch Logs needs to write to a
// folder, unless the policy contains exactly this statement, as AWS does
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html).
func (a *Account) admitLogs(target, folder, source string) error {
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
			"StringEquals": map[string]any{"aws:SourceAccount": AccountID, "s3:x-amz-acl": "bucket-owner-full-control"},
			"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws:logs:us-east-1:" + AccountID + ":" + source},
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
