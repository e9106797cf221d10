package siteconfig

import (
	"slices"

	"example.com/multisite/internal/ordered"
)

// Declared returns the names outside of the stack that the configuration gives to resources: the
// addresses of alarms, the buckets and keys that objects are copied to, the CDN's zone and its
// failover origin, the origin's hosts and agents,
// and the settings of a local driver.
func (s *Site) Declared() []string {
	names := slices.Concat(s.AlarmEmails, s.Migration.AgentARNs, []string{s.Cdn.FailoverOrigin})
	if s.IsLocal() {
		for _, name := range ordered.Keys(s.Local.Partner.Settings) {
			names = append(names, s.Local.Partner.Settings[name])
		}
	}
	if s.Cdn.Domain != nil {
		names = append(names, s.Cdn.Domain.HostedZoneID)
	}
	for _, service := range ordered.Keys(s.Services) {
		entry := s.Services[service]
		if entry.Origin != nil {
			names = append(names, entry.Origin.Objects.Host)
		}
		for _, bucket := range ordered.Keys(entry.Buckets) {
			if to := entry.Buckets[bucket].Replication; to != nil {
				names = append(names, "arn:aws:s3:::"+to.Bucket, to.KeyARN)
			}
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}
