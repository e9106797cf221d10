package simulation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

// attempts is how often the provider tries a call before it fails, unless its setting maxRetries
// is another number.
const attempts = 25

// endpoints are the host names of services' APIs, where they are not the name in the tokens of
// types.
var endpoints = map[string]string{
	"cloudwatch": "monitoring", "lb": "elasticloadbalancing", "alb": "elasticloadbalancing",
}

// globalServices have one API for all regions, whose host name contains no region.
var globalServices = []string{"iam", "cloudfront", "route53"}

// host returns the host name of a service's API in a region.
func host(name, region string) string {
	if slices.Contains(globalServices, name) {
		return name + ".amazonaws.com"
	}
	return cmp.Or(endpoints[name], name) + "." + region + ".amazonaws.com"
}

// unreachable returns the error of a call to an API that does not answer, in the words of the
// AWS SDK for Go v2 (https://github.com/GoogleCloudPlatform/terraformer/issues/1831 for the
// form, https://github.com/hashicorp/terraform-provider-aws/issues/40465 for the cause).
func unreachable(name, operation, region string, tries int) error {
	return fmt.Errorf("operation error %s: %s, exceeded maximum number of attempts, %d, https response error StatusCode: 0, RequestID: , request send failed, Post %q: dial tcp: i/o timeout",
		strings.ToUpper(name), operation, tries, "https://"+host(name, region)+"/")
}

// apiRegion returns the region whose outage makes an API for the resources of a region fail.
// The control planes of IAM, CloudFront and Route 53 are in us-east-1, and they also serve
// reads: "create, read/describe, update, delete, and list". Their data planes, such as
// answers to DNS queries, are not calls of the provider. Source: AWS Fault Isolation Boundaries
// (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
// and control-planes-and-data-planes.html).
func apiRegion(region string) string {
	if region == Global {
		return awstypes.EdgeRegion
	}
	return region
}

// isDown reports whether the API for the resources of a region does not answer.
func (a *Account) isDown(region string) (bool, error) {
	w, err := a.world()
	_, down := w.Down[apiRegion(region)]
	return down, err
}

// dial returns the AWS CLI's error if a service's API does not answer. Without a region, it
// answers.
func (a *Account) dial(name, region string) error {
	if slices.Contains(globalServices, name) {
		region = Global
	}
	down, err := a.isDown(region)
	if err != nil || !down {
		return err
	}
	return fmt.Errorf("Connect timeout on endpoint URL: %q", "https://"+host(name, region)+"/") //nolint:staticcheck // the AWS CLI's words
}

// verbs are the first words of the operations with which the provider does something.
var verbs = map[string]string{"creating": "Create", "reading": "Describe", "updating": "Modify", "deleting": "Delete"}

// reach returns the provider's error if the API of a type's resources does not answer. doing
// is one of verbs. The name of the API's operation is formed from the type's name, and is not
// always AWS's.
func (p *Provider) reach(s session, doing, token, name string) error {
	if p.pkg != "aws" {
		return nil
	}
	region := types[token].region(s.region)
	down, err := s.account.isDown(region)
	if err != nil || !down {
		return err
	}
	operation := verbs[doing] + token[strings.LastIndex(token, ":")+1:]
	return fmt.Errorf("%s %s: %w", doing, label(token, name), unreachable(service(token), operation, apiRegion(region), s.attempts))
}

// begin runs before a resource is created, read or changed. In a preview no API is called.
func (p *Provider) begin(s session, doing, token, name string, preview bool) error {
	if !preview {
		if err := p.reach(s, doing, token, name); err != nil {
			return err
		}
	}
	return types[token].before(p.account)
}

// invoked are the services and operations that the functions call.
var invoked = map[string][2]string{
	"aws:index/getAvailabilityZones:getAvailabilityZones": {"ec2", "DescribeAvailabilityZones"},
	"aws:ssm/getParameter:getParameter":                   {"ssm", "GetParameter"},
	"aws:ssm/getParametersByPath:getParametersByPath":     {"ssm", "GetParametersByPath"},
	"aws:acm/getCertificate:getCertificate":               {"acm", "ListCertificates"},
	"aws:index/getCallerIdentity:getCallerIdentity":       {"sts", "GetCallerIdentity"},
}

// reachFunction returns the provider's error if the API that a function calls does not answer.
func (s session) reachFunction(token string) error {
	function, known := invoked[token]
	region := s.region
	if function[0] == "sts" {
		region = s.sts
	}
	down, err := s.account.isDown(region)
	if err != nil || !down || !known {
		return err
	}
	return unreachable(function[0], function[1], apiRegion(region), s.attempts)
}

// identify returns the provider's error if it cannot find out the account's number, or if the
// account is not allowed.
func (p *Provider) identify(s session, args Properties, allowed []string) error {
	if p.pkg != "aws" {
		return nil
	}
	skips := func(name string) bool { return fmt.Sprint(args[name]) == "true" }
	id, err := s.accountID(skips("skipCredentialsValidation"), skips("skipRequestingAccountId"))
	if err == nil && len(allowed) > 0 && !slices.Contains(allowed, id) {
		err = fmt.Errorf("AWS account ID not allowed: %s", id)
	}
	return err
}

// accountID returns the account's number as the provider finds it when it is configured, or the
// provider's error if the API that it asks does not answer:
//
//   - Unless skipCredentialsValidation is true, pulumi-aws asks the STS of the provider's own
//     region, whatever stsRegion is. It does so for the first provider of a process; here it
//     does so for each, since the order differs from run to run. Source: validateCredentials in
//     pulumi-aws, provider/resources.go.
//   - The provider asks the STS of stsRegion, unless skipRequestingAccountId is true too. Source:
//     GetAwsAccountIDAndPartition in hashicorp/aws-sdk-go-base, aws_config.go.
//   - Without a number, allowedAccountIds allows no account. Source: VerifyAccountIDAllowed there.
func (s session) accountID(skipValidation, skipAccountID bool) (string, error) {
	if skipValidation && skipAccountID {
		return "", nil
	}
	asked := []string{s.region, s.sts}
	if skipValidation {
		asked = asked[1:]
	}
	for _, region := range asked {
		down, err := s.account.isDown(region)
		switch {
		case err != nil:
			return "", err
		case !down:
			continue
		}
		failed := unreachable("sts", "GetCallerIdentity", apiRegion(region), s.attempts)
		if skipValidation {
			return "", fmt.Errorf("retrieving AWS account details: AWS account ID not previously found and failed retrieving via all available methods. Errors: retrieving caller identity from STS: %w", failed)
		}
		return "", fmt.Errorf("unable to validate AWS credentials.\nDetails: validating provider credentials: retrieving caller identity from STS: %w", failed)
	}
	return s.account.ID, nil
}
