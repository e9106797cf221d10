package law

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/state/permissions"
)

const requestedRegion = "aws:RequestedRegion"

// global are the actions that are allowed in every region, because AWS runs their services from
// one region or because they only describe an account. Nothing that they write holds users' data.
// The list is a part of the exceptions in AWS's example, without kms, s3 and services that no
// stack uses:
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
var global = []string{
	"account:*", "aws-portal:*", "billing:*", "budgets:*", "ce:*", "ec2:DescribeRegions", "health:*", "iam:*",
	"organizations:*", "payments:*", "route53:*", "route53domains:*", "s3:GetAccountPublicAccessBlock",
	"s3:ListAllMyBuckets", "servicequotas:*", "sts:*", "support:*", "tax:*", "trustedadvisor:*",
}

// setup are what state/setup and state/account call for a state, and the metrics of the CDN, which
// the console shows. S3 is limited to the states' buckets.
var setup = []string{"cloudformation:*", "cloudwatch:GetMetric*", "kms:*", "s3:*"}

// copyServices are the services that a region needs to which S3 replicates.
var copyServices = []string{"kms:*", "s3:*"}

// stateBuckets are the buckets of Pulumi's states and their logs.
const stateBuckets = "arn:aws:s3:::multisite-state-*"

// statusParameters are the parameters with the sites' statuses.
const statusParameters = "arn:aws:ssm:*:*:parameter/multisite/*"

// regions returns the policy that denies the regions that no site of the account is in. In the
// account's other regions it allows only what the stacks need there: the CDN, DNS and their
// alarms in us-east-1, and the states of stacks that have no region.
func (a *account) regions() (policy, error) {
	needed, err := neededIn(a.kinds)
	if err != nil {
		return policy{}, err
	}
	known, exempt := together(a.home, a.others), global
	p := policy{kind: serviceControl, account: a.id, name: "regions"}
	if away := without(a.copies, a.others); len(away) > 0 {
		exempt = together(global, copyServices)
		p.statements = append(p.statements, statement{Sid: "RegionsOfCopies", Action: copyServices, Condition: outside(together(known, away))})
	}
	p.statements = append(p.statements, statement{Sid: "Regions", NotAction: exempt, Condition: outside(known)})
	if len(a.others) == 0 {
		return p, nil
	}
	p.statements = append(p.statements,
		statement{Sid: "OtherRegions", NotAction: together(global, setup, needed), Condition: inside(a.others)},
		statement{
			Sid: "OtherParameters", Action: []string{"ssm:PutParameter"}, NotResource: []string{statusParameters}, Condition: inside(a.others),
		})
	if stateOnly := without(a.others, a.copies); len(stateOnly) > 0 {
		p.statements = append(p.statements, statement{
			Sid: "OtherBuckets", Action: []string{"s3:CreateBucket", "s3:PutObject", "s3:Replicate*"},
			NotResource: []string{stateBuckets}, Condition: inside(stateOnly),
		})
	}
	return p, nil
}

// reading matches the verbs of actions that only read.
var reading = regexp.MustCompile(`^(Describe|Get|List)`)

// needs returns the actions that stacks call.
var needs = sync.OnceValues(permissions.Needs)

// neededIn returns the actions, of services that are not allowed as a whole, that stacks of some
// kinds call outside of their sites' regions. All actions with the same verb stand for a read.
func neededIn(kinds []string) ([]string, error) {
	all, err := needs()
	if err != nil {
		return nil, err
	}
	whole, list := together(global, setup), []string{}
	for _, n := range all {
		service, operation, _ := strings.Cut(n.Action, ":")
		switch {
		case !slices.Contains(kinds, n.Kind), n.Kind == permissions.KindAWS && n.Place == "home", slices.Contains(whole, service+":*"), slices.Contains(whole, n.Action):
		case reading.MatchString(operation):
			list = append(list, service+":"+reading.FindString(operation)+"*")
		default:
			list = append(list, n.Action)
		}
	}
	return ordered.Unique(list), nil
}

// outside is true of requests to other regions.
func outside(regions []string) when {
	return when{"StringNotEquals": {requestedRegion: regions}}
}

// inside is true of requests to the regions.
func inside(regions []string) when { return when{"StringEquals": {requestedRegion: regions}} }
