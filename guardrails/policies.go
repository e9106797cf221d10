package guardrails

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
)

// statement is a statement of a policy document in a property of a resource.
type statement struct {
	path                    string // such as policy.Statement[0]
	Effect                  string
	Principal, NotPrincipal any
	Action, Resource        any
	NotAction, NotResource  any
	Condition               map[string]map[string]any
}

// policies returns the statements of the policy documents in a resource's inputs. It skips
// documents that are unknown in a preview.
func policies(r *resource) []statement {
	if r.statementsCache != nil {
		return r.statementsCache
	}
	for _, l := range r.leaves() {
		if document, ok := l.value.(string); ok && strings.HasPrefix(strings.TrimSpace(document), "{") {
			r.statementsCache = append(r.statementsCache, statementsOf(l.path, document)...)
		}
	}
	return r.statementsCache
}

// statementsOf returns the statements of a policy document; none if the text is no policy.
func statementsOf(path, document string) (statements []statement) {
	var policy struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(document), &policy) != nil || policy.Statement == nil {
		return nil
	}
	if json.Unmarshal(policy.Statement, &statements) != nil {
		statements = make([]statement, 1) // a single statement may stand without a list
		_ = json.Unmarshal(policy.Statement, &statements[0])
	}
	for i := range statements {
		statements[i].path = fmt.Sprintf("%s.Statement[%d]", path, i)
	}
	return statements
}

// texts returns all strings and numbers in a value, a list or an object, at any depth.
func texts(value any) (list []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case float64: // IAM reads an account without quotes as text
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case []any:
		for _, element := range v {
			list = append(list, texts(element)...)
		}
	case map[string]any:
		for _, key := range ordered.Keys(v) {
			list = append(list, texts(v[key])...)
		}
	}
	return list
}

// principals returns the principals of all kinds, such as AWS and Service.
func (s statement) principals() []string { return texts(s.Principal) }

// values returns the values of all conditions.
func (s statement) values() (list []string) {
	for _, operator := range ordered.Keys(s.Condition) {
		list = append(list, texts(s.Condition[operator])...)
	}
	return list
}

// deniesPlainText reports whether a statement denies every principal requests without TLS.
func (s statement) deniesPlainText() bool {
	if s.Effect != "Deny" || fmt.Sprint(s.principals()) != "[*]" {
		return false
	}
	value := s.Condition["Bool"]["aws:SecureTransport"]
	return fmt.Sprint(value) == "false" || fmt.Sprint(value) == "[false]"
}

// allowedActions are the actions that a policy of the stack may allow, by the type of the
// resource that has the policy. A policy of a VPC endpoint admits no principal that IAM and the
// resource refuse, and the first statement of a key's policy lets IAM policies of the account
// decide.
var allowedActions = map[string][]string{
	"VpcEndpoint":       {"*", "s3:GetObject"},
	"Key":               {"kms:*", "kms:CreateGrant", "kms:Decrypt", "kms:Decrypt*", "kms:Describe*", "kms:DescribeKey", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:GetPublicKey", "kms:ReEncrypt*", "kms:Sign"},
	"BucketPolicy":      {"s3:GetBucketAcl", "s3:GetObject", "s3:ListBucket", "s3:PutObject"},
	"TopicPolicy":       {"sns:Publish"},
	"LogResourcePolicy": {"logs:CreateLogStream", "logs:PutLogEvents"},
	"Role":              {"sts:AssumeRole"},
	"RolePolicy": {
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
		"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey",
		"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents",
		"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetBucketLocation", "s3:GetObject", "s3:GetObjectLegalHold", "s3:GetObjectRetention",
		"s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging",
		"s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts",
		"s3:PutObject", "s3:PutObjectTagging", "s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags",
		"secretsmanager:GetSecretValue",
	},
}

// conditionKeys are the keys that the conditions of a policy of the stack may have.
var conditionKeys = []string{
	"aws:PrincipalAccount", "aws:ResourceAccount", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn",
	"kms:EncryptionContext:aws:logs:arn", "kms:EncryptionContext:aws:s3:arn", "kms:GrantIsForAWSResource", "kms:ViaService", "s3:x-amz-acl",
}

// operators are the operators that the conditions of a policy of the stack may have.
var operators = []string{"ArnEquals", "ArnLike", "Bool", "StringEquals", "StringEqualsIfExists", "StringLike"}

// sourceKeys are the condition keys that limit on whose behalf an AWS service calls.
var sourceKeys = []string{"aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:aws:logs:arn"}

// admitsServiceForAnyone reports whether a statement of a resource's policy admits an AWS service
// without a condition on its source. The service may then act for any account
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). A role needs none: only
// principals with iam:PassRole in the role's account can give it to a service. AWS documents
// the statements for EventBridge's use of a topic and its key without a condition
// (components/alarm_topic.go), and the grants of Route 53 with another one
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html).
func (g *Guard) admitsServiceForAnyone(r *resource, s statement) bool {
	isService := func(principal string) bool {
		return strings.HasSuffix(principal, ".amazonaws.com") && (principal != "events.amazonaws.com" || r.typ != awstypes.Key && r.typ != awstypes.TopicPolicy)
	}
	if r.typ == awstypes.Role || !slices.ContainsFunc(s.principals(), isService) {
		return false
	}
	if slices.Equal(texts(s.Action), []string{"kms:CreateGrant"}) && text(s.Condition["Bool"]["kms:GrantIsForAWSResource"]) == "true" {
		return false
	}
	for _, operator := range []string{"ArnEquals", "ArnLike", "StringEquals"} {
		for key := range s.Condition[operator] {
			if slices.Contains(sourceKeys, key) {
				return false
			}
		}
	}
	return true
}

// allowedServices are the AWS services that a policy of the stack may admit, without
// .amazonaws.com. REGION stands for the site's region.
var allowedServices = []string{
	"cloudfront", "cloudwatch", "datasync", "delivery.logs", "dms.REGION", "dnssec-route53", "ecs-tasks", "events", "events.rds",
	"logdelivery.elasticloadbalancing", "logging.s3", "logs.REGION", "monitoring.rds", "s3", "vpc-flow-logs",
}

// onlyOnEverything reports whether AWS offers no narrower resource than * for the statement's action.
func (s statement) onlyOnEverything() bool {
	return slices.Equal(texts(s.Action), []string{"ecr:GetAuthorizationToken"})
}

const bucketARN = "arn:aws:s3:::"

// policyProblems reports what the policy document in an input may not have: other fields,
// actions, principals, resources or conditions than the program's own policies have.
// Statements with the effect Deny may have any.
func (g *Guard) policyProblems(r *resource, l leaf) (list []finding) {
	document, isText := l.value.(string)
	if _, isUnknown := l.value.(unknown); isUnknown {
		return nil
	}
	statements := statementsOf(l.path, document)
	if !isText || document != "" && len(statements) == 0 {
		return []finding{{l.path, text(l.value), "a policy document with statements"}}
	}
	if field := repeatedField(json.NewDecoder(strings.NewReader(document))); field != "" {
		list = append(list, finding{l.path, "two fields " + field + " in one object", "one, since programs differ in which of them counts"})
	}
	for _, s := range statements {
		if s.Effect == "Deny" {
			continue
		}
		report := func(field, found, allowed string) { list = append(list, finding{s.path + "." + field, found, allowed}) }
		if s.Effect != "Allow" {
			report("Effect", s.Effect, "Allow, Deny")
		}
		for field, value := range map[string]any{"NotPrincipal": s.NotPrincipal, "NotAction": s.NotAction, "NotResource": s.NotResource} {
			if value != nil {
				report(field, text(value), "none in a statement that allows")
			}
		}
		if g.admitsServiceForAnyone(r, s) {
			report("Condition", "no source of the service's requests", "aws:SourceAccount or aws:SourceArn of the site's account, or the ARNs of its logs")
		}
		actions := allowedActions[r.typ[strings.LastIndex(r.typ, ":")+1:]]
		for _, action := range texts(s.Action) {
			if !slices.Contains(actions, action) {
				report("Action", action, strings.Join(actions, ", "))
			}
		}
		for _, principal := range s.principals() {
			if !g.isPrincipal(r, l.path, principal) {
				report("Principal", principal, "the site's account, and the services "+strings.Join(allowedServices, ", "))
			}
		}
		for _, value := range texts(s.Resource) {
			if !g.isOwnARN(r, l.path, value) && (value != "*" || awstypes.Service(r.typ) == "iam" && !s.onlyOnEverything()) && !g.isImageLayers(value) {
				report("Resource", value, "resources of this stack")
			}
		}
		for _, operator := range ordered.Keys(s.Condition) {
			if !slices.Contains(operators, operator) {
				report("Condition", operator, strings.Join(operators, ", "))
			}
			for _, key := range ordered.Keys(s.Condition[operator]) {
				if !slices.Contains(conditionKeys, key) {
					report("Condition", key, strings.Join(conditionKeys, ", "))
				}
				for _, value := range texts(s.Condition[operator][key]) {
					if strings.HasPrefix(value, "arn:") && !g.isOwnARN(r, l.path, value) || g.namesPlace(strings.TrimPrefix(value, arn.FindString(value))) && !g.isServiceHost(value) {
						report("Condition."+key, value, "values of this stack")
					}
				}
			}
		}
	}
	return list
}

// isPrincipal reports whether a policy may admit a principal. The rule principal checks "*".
func (g *Guard) isPrincipal(r *resource, input, principal string) bool {
	if service, isService := strings.CutSuffix(principal, ".amazonaws.com"); isService {
		return slices.Contains(allowedServices, strings.ReplaceAll(service, g.site.Region, "REGION"))
	}
	return principal == "*" || principal == g.account || g.isOwnARN(r, input, principal)
}

// isServiceHost reports whether a value is the host of a service in the site's region, or in
// every region, as the condition key kms:ViaService has it.
func (g *Guard) isServiceHost(value string) bool {
	service, isHost := strings.CutSuffix(value, ".amazonaws.com")
	_, region, _ := strings.Cut(service, ".")
	return isHost && (region == g.site.Region || region == "*")
}

// isOwnARN reports whether an ARN is of a resource of the stack, or of the site's account and one
// of its regions. The ARN of a bucket has neither account nor region, so the bucket must be the
// stack's or declared.
func (g *Guard) isOwnARN(r *resource, input, value string) bool {
	if g.isDeclared(r.typ, input, value) || r.owners[value] != nil {
		return true
	}
	match := ownARN.FindStringSubmatch(value)
	if match == nil || match[1] == "s3" {
		return false
	}
	ofRegion := slices.Contains([]string{"", g.site.Region, g.site.EdgeRegion}, match[2])
	return ofRegion && (match[3] == g.account || g.account == "" || match[3] == "" && match[1] == "route53")
}

// ownARN matches an ARN without wildcards before the resource; its submatches are service, region
// and account.
var ownARN = regexp.MustCompile(`^arn:aws:([a-z0-9-]+):([a-z0-9-]*):(\d*):`)

// isImageLayers reports whether an ARN names the bucket of AWS with the layers of container
// images in the site's region
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms).
func (g *Guard) isImageLayers(value string) bool {
	return value == bucketARN+"prod-"+g.site.Region+"-starport-layer-bucket/*"
}
