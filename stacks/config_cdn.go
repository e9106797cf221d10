package stacks

import (
	"fmt"
	"slices"
	"strconv"

	"multisite/components"
)

func loadCdn(n node) components.CdnArgs {
	n.fields("domain", "rateLimit", "rateLimitAction", "contentSecurityPolicy", "geoRestriction", "failoverOrigin", "originShield", "errorPages", "deletion")
	cdn := components.CdnArgs{
		RateLimit:             n.field("rateLimit").numberOr(0, components.MinRateLimit, components.MaxRateLimit),
		RateLimitAction:       choice(n.field("rateLimitAction"), "", components.RateLimitActions),
		ContentSecurityPolicy: n.field("contentSecurityPolicy").textOr("", oneLine, "the header's value, in one line"),
		FailoverOrigin:        n.field("failoverOrigin").textOr("", components.FailoverOrigin, "BUCKET.s3.REGION.amazonaws.com"),
		OriginShield:          n.field("originShield").flag(false),
		ErrorPages:            loadErrorPages(n.field("errorPages")),
		Deletion:              loadDeletion(n.field("deletion")),
	}
	if domain := n.field("domain"); domain.value != nil {
		domain.fields("name", "hostedZoneId")
		cdn.Domain = &components.Domain{
			Name:         domain.field("name").match(components.Hostname, "a DNS name such as cdn.example.com"),
			HostedZoneID: domain.field("hostedZoneId").match(components.HostedZoneID, "the ID of a Route 53 zone, such as Z2FDTNDATAQYW2"),
		}
	}
	if geo := n.field("geoRestriction"); geo.value != nil {
		modes := geo.fields(string(components.Allow), string(components.Block))
		if len(modes) != 1 {
			geo.problem("either allow or block, with a list of ISO 3166 codes")
			return cdn
		}
		cdn.GeoRestriction = &components.GeoRestriction{
			Mode: components.GeoMode(modes[0]), Countries: geo.field(modes[0]).names(1, components.Country),
		}
	}
	return cdn
}

func loadErrorPages(n node) map[int]string {
	var pages map[int]string
	for _, name := range n.children() {
		code, err := strconv.Atoi(name)
		if err != nil || !slices.Contains(components.ErrorCodes, code) {
			n.log.add(n.path, name, fmt.Sprintf("the codes %d", components.ErrorCodes))
			continue
		}
		if pages == nil {
			pages = map[int]string{}
		}
		pages[code] = n.field(name).match(components.ErrorPage, "a path such as /404.html")
	}
	return pages
}
