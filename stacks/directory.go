package stacks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"multisite/components"
)

// directory is where sites say, to the global stack, where and what they serve. A
// StackReference cannot: each stack's state is in a place of its own.
const directory = "/multisite/sites/"

// SiteStatus is what a site says of itself. It is zero for a site that is not up.
type SiteStatus struct {
	// Host is what users are sent to, the site's CDN or local endpoint.
	Host string `json:"host"`
	// Serving is false for a site that is planned.
	Serving bool `json:"serving"`
	// Moves are the markets on their way, by service. All others are there.
	Moves map[string]map[string]MoveStatus `json:"moves"`
}

// MoveStatus is how far a market has moved.
type MoveStatus struct {
	Phase        Phase `json:"phase"`
	SharePercent int   `json:"sharePercent"`
}

// statusMoves are the markets of a site that are on their way.
func (s *Site) statusMoves() map[string]map[string]MoveStatus {
	moves := map[string]map[string]MoveStatus{}
	for name, service := range s.Services {
		for market, move := range service.Moves {
			if moves[name] == nil {
				moves[name] = map[string]MoveStatus{}
			}
			moves[name][market] = MoveStatus{move.Phase, move.SharePercent}
		}
	}
	return moves
}

// enter writes a site into the directory, after all that it speaks of, and exports the
// phases that it has from there.
func enter(ctx *pulumi.Context, site *Site, host pulumi.StringInput, serving pulumi.BoolInput, after []pulumi.Resource, in pulumi.ResourceOption) error {
	parameter, err := components.NewParameter(ctx, site.Name+"-directory", &components.ParameterArgs{
		Path:        directory + site.Name,
		Description: "Where and what " + site.Name + " serves, for the stack " + GlobalStack,
		Value:       pulumi.JSONMarshal(pulumi.Map{"host": host, "serving": serving, "moves": pulumi.Any(site.statusMoves())}),
		After:       after,
	}, in)
	if err != nil {
		return err
	}
	return outputs{ctx}.phases(site, parameter.Value)
}

// readDirectory returns what all sites say.
func readDirectory(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (map[string]SiteStatus, error) {
	args := &ssm.GetParametersByPathArgs{Path: strings.TrimSuffix(directory, "/")}
	var found ssm.GetParametersByPathResult
	// The provider takes every value for a secret; these are none.
	if _, err := ctx.InvokePackageRaw("aws:ssm/getParametersByPath:getParametersByPath", args, &found, "", opts...); err != nil {
		return nil, err
	}
	sites := map[string]SiteStatus{}
	for i, name := range found.Names {
		var status SiteStatus
		if err := json.Unmarshal([]byte(found.Values[i]), &status); err != nil {
			return nil, fmt.Errorf("the parameter %s in %s: %w", name, edgeRegion, err)
		}
		sites[strings.TrimPrefix(name, directory)] = status
	}
	return sites, nil
}
