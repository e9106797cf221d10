package siteconfig

import (
	"fmt"
	"slices"
	"strconv"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
)

// loadCdn reads multisite:cdn, except for the price class, which Load derives from the markets.
func loadCdn(n config.Node) components.CdnArgs {
	n.Fields("domain", "rateLimit", "rateLimitAction", "contentSecurityPolicy", "geoRestriction", "failoverOrigin", "originShield", "errorPages", "deletion")
	cdn := components.CdnArgs{
		RateLimit:             n.Field("rateLimit").NumberOr(0, components.MinRateLimit, components.MaxRateLimit),
		RateLimitAction:       config.Choice(n.Field("rateLimitAction"), "", components.RateLimitActions),
		ContentSecurityPolicy: n.Field("contentSecurityPolicy").TextOr("", config.OneLine, "the header's value, in one line"),
		FailoverOrigin:        n.Field("failoverOrigin").TextOr("", components.FailoverOrigin, "BUCKET.s3.REGION.amazonaws.com"),
		OriginShield:          n.Field("originShield").Flag(false),
		ErrorPages:            loadErrorPages(n.Field("errorPages")),
		Deletion:              loadDeletion(n.Field("deletion")),
	}
	if domain := n.Field("domain"); domain.Value != nil {
		domain.Fields("name", "hostedZoneId")
		cdn.Domain = &components.Domain{
			Name:         domain.Field("name").Match(components.Hostname, "a DNS name such as cdn.example.com"),
			HostedZoneID: domain.Field("hostedZoneId").Match(components.HostedZoneID, "the ID of a Route 53 zone, such as Z2FDTNDATAQYW2"),
		}
	}
	if geo := n.Field("geoRestriction"); geo.Value != nil {
		modes := geo.Fields(string(components.Allow), string(components.Block))
		if len(modes) != 1 {
			geo.Problem("either allow or block, with a list of ISO 3166 codes")
			return cdn
		}
		cdn.GeoRestriction = &components.GeoRestriction{
			Mode: components.GeoMode(modes[0]), Countries: geo.Field(modes[0]).Names(1, components.Country),
		}
	}
	return cdn
}

// loadErrorPages reads the paths of error pages by HTTP status code.
func loadErrorPages(n config.Node) map[int]string {
	var pages map[int]string
	for _, name := range n.Children() {
		code, err := strconv.Atoi(name)
		if err != nil || !slices.Contains(components.ErrorCodes, code) {
			n.Log.Add(n.Path, name, fmt.Sprintf("the codes %d", components.ErrorCodes))
			continue
		}
		if pages == nil {
			pages = map[int]string{}
		}
		pages[code] = n.Field(name).Match(components.ErrorPage, "a path such as /404.html")
	}
	return pages
}
