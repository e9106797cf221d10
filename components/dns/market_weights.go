package dns

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// market creates the records that divide the requests of a market between its home and
// its origin.
func (p routes) market(code string, m MarketRoute) (route, error) {
	code = strings.ToLower(code)
	home := p.unserved()
	if m.Home != "" {
		var err error
		if home, err = p.site(m.Home, m.Failover); err != nil {
			return route{}, err
		}
	}
	percent := m.HomePercent
	if m.Origin == "" {
		percent = 100
	}
	var shared route
	for _, share := range []struct {
		to      string
		percent int
		route   route
	}{{"home", percent, home}, {"origin", 100 - percent, route{host: m.Origin}}} {
		if share.percent == 0 && (share.to == "home" || m.Origin == "") {
			continue
		}
		record, err := p.record(code+"-"+share.to, code+".market."+p.args.Hostname, share.route, route53.RecordArgs{
			SetIdentifier:           pulumi.String(share.to),
			WeightedRoutingPolicies: route53.RecordWeightedRoutingPolicyArray{route53.RecordWeightedRoutingPolicyArgs{Weight: pulumi.Int(share.percent)}},
		})
		if err != nil {
			return route{}, err
		}
		shared.record = record
	}
	return shared, nil
}
