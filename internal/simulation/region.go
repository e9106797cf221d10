package simulation

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// zones are the letters of the availability zones that a region offers to the simulated
// account. As on AWS, us-west-1 offers two of its three zones, which are not adjacent.
var zones = map[string]string{
	"us-east-1": "abcdef",
	"us-west-1": "ac",
	"us-west-2": "abcd",
}

var regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)

// zonesOf returns the names of a region's availability zones: three zones if the map zones
// does not list the region, none if the name is not in the form of a region's name.
func zonesOf(region string) []any {
	letters, known := zones[region]
	if !known && regionName.MatchString(region) {
		letters = "abc"
	}
	var names []any
	for _, letter := range letters {
		names = append(names, region+string(letter))
	}
	return names
}

// Invoke runs the functions that read the account.
func (p *Provider) Invoke(ctx context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	s := p.session(ctx)
	region := s.region
	args, err := unmarshal(req.GetArgs())
	if err != nil {
		return nil, err
	}
	if s.reads != "" && (req.GetTok() != "aws:ssm/getParameter:getParameter" || text(args, "name") != s.reads) {
		return nil, apiError("AccessDeniedException", "the role may read only the parameter %s", s.reads)
	}
	if err := s.reachFunction(req.GetTok()); err != nil {
		return nil, err
	}
	var result Properties
	switch req.GetTok() {
	case "aws:index/getAvailabilityZones:getAvailabilityZones":
		names := zonesOf(region)
		ids, groups := slices.Clone(names), make([]any, len(names))
		for i := range groups {
			groups[i] = region
		}
		result = Properties{"id": region, "names": names, "zoneIds": ids, "groupNames": groups}
	case "aws:index/getCallerIdentity:getCallerIdentity":
		result = Properties{
			"id": s.account.ID, "accountId": s.account.ID,
			"arn": "arn:aws:iam::" + s.account.ID + ":user/sandbox", "userId": "AIDASANDBOX",
		}
	case "aws:ssm/getParameter:getParameter":
		if result, err = parameterOf(s.account, region, text(args, "name")); err != nil {
			return nil, err
		}
	case "aws:ssm/getParametersByPath:getParametersByPath":
		if result, err = parametersByPath(s.account, region, text(args, "path")); err != nil {
			return nil, err
		}
	case "aws:acm/getCertificate:getCertificate":
		if result, err = certificateOf(s.account, region, args); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("the sandbox does not model the function %s: add a case to internal/simulation/region.go", req.GetTok())
	}
	fields, err := marshal(result)
	return &pulumirpc.InvokeResponse{Return: fields}, err
}
