package cloud

import (
	"context"
	"fmt"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// zones are the availability zones that the simulated account sees. As in life,
// us-west-1 has three and shows two of them, not next to each other.
var zones = map[string]string{
	"ap-southeast-1": "abc",
	"us-east-1":      "abcdef",
	"us-west-1":      "ac",
	"us-west-2":      "abcd",
}

// zonesOf lists a region's zones by name.
func zonesOf(region string) []any {
	var names []any
	for _, letter := range zones[region] {
		names = append(names, region+string(letter))
	}
	return names
}

// Invoke answers the functions that read the account rather than change it.
func (p *Provider) Invoke(ctx context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	region := p.session(ctx).region
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
			"id": AccountID, "accountId": AccountID,
			"arn": "arn:aws:iam::" + AccountID + ":user/sandbox", "userId": "AIDASANDBOX",
		}
	default:
		return nil, fmt.Errorf("the sandbox does not model the function %s: add a case to sandbox/cloud/region.go", req.GetTok())
	}
	fields, err := marshal(result)
	return &pulumirpc.InvokeResponse{Return: fields}, err
}
