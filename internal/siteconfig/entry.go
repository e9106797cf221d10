package siteconfig

import (
	"example.com/multisite/components"
	"example.com/multisite/internal/config"
)

// Hostnames returns the DNS names of a service that the site answers: the name that all sites
// of the service answer, and the name of this site alone. It is nil if the project has no
// domain.
func (s *Site) Hostnames(service string) []string {
	if s.Domain == "" {
		return nil
	}
	return []string{service + "." + s.Domain, service + "." + s.Name + "." + s.Domain}
}

// ContentHostname returns the DNS name of the site's public content. It is empty if the project
// has no domain, or if the configuration names the CDN's domain.
func (s *Site) ContentHostname() string {
	if s.Domain == "" || s.Cdn.Domain != nil {
		return ""
	}
	return "static." + s.Name + "." + s.Domain
}

// loadEntry reads multisite:entry, the settings of an AWS site's load balancer.
func loadEntry(n config.Node) components.EntryArgs {
	n.Fields("rateLimit", "rateLimitAction", "managedRulesAction")
	return components.EntryArgs{
		RateLimit:          n.Field("rateLimit").NumberOr(0, components.MinRateLimit, components.MaxRateLimit),
		RateLimitAction:    config.Choice(n.Field("rateLimitAction"), "", components.RateLimitActions),
		ManagedRulesAction: config.Choice(n.Field("managedRulesAction"), "", components.RateLimitActions),
	}
}

// loadEntryService reads the key entry of a service: how the load balancer reaches its
// workloads.
func loadEntryService(n config.Node) components.EntryService {
	n.Fields("port", "protocol", "livePath")
	return components.EntryService{
		Port:     n.Field("port").NumberOr(components.DefaultTargetPort, 1, 65535),
		Protocol: config.Choice(n.Field("protocol"), components.TargetHTTPS, components.TargetProtocols),
		LivePath: n.Field("livePath").TextOr(components.DefaultLivePath, components.RequestPath, "a path such as "+components.DefaultLivePath+", at most 50 characters"),
	}
}
