package siteconfig

import (
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
)

// Declared returns the names outside of the stack that the configuration gives to inputs of
// resources: the addresses of alarms, the buckets and keys that objects are copied to, the CDN's
// zone and its failover origin, the origin's hosts and agents, and the settings of a local driver.
func (s *Site) Declared() map[guardrails.Input][]string {
	names := map[guardrails.Input][]string{}
	add := func(typ, path string, values ...string) {
		input := guardrails.Input{Type: typ, Path: path}
		names[input] = append(names[input], values...)
	}
	add(awstypes.TopicSubscription, "endpoint", s.AlarmEmails...)
	add(awstypes.DataSyncObjectStorage, "agentArns[]", s.Migration.AgentARNs...)
	add(awstypes.Distribution, "origins[].domainName", s.Cdn.FailoverOrigin)
	if s.Cdn.Domain != nil {
		add(awstypes.Record, "zoneId", s.Cdn.Domain.HostedZoneID)
		add(awstypes.Certificate, "domainName", s.Cdn.Domain.Name)
	}
	if s.IsLocal() {
		for _, name := range ordered.Keys(s.Local.Partner.Settings) {
			add(awstypes.LocalProvider, "settings.*", s.Local.Partner.Settings[name])
		}
	}
	if content := s.ContentHostname(); content != "" {
		add(awstypes.Certificate, "domainName", content)
	}
	for _, service := range ordered.Keys(s.Services) {
		entry := s.Services[service]
		if names := s.Hostnames(service); names != nil && !s.IsLocal() {
			add(awstypes.Certificate, "domainName", names[0])
			add(awstypes.Certificate, "subjectAlternativeNames[]", names...)
		}
		if entry.Origin != nil {
			add(awstypes.DataSyncObjectStorage, "serverHostname", entry.Origin.Objects.Host)
		}
		for _, bucket := range ordered.Keys(entry.Buckets) {
			if to := entry.Buckets[bucket].Replication; to != nil {
				const destination = "rules[].destination"
				add(awstypes.BucketReplication, destination+".bucket", "arn:aws:s3:::"+to.Bucket)
				add(awstypes.BucketReplication, destination+".encryptionConfiguration.replicaKmsKeyId", to.KeyARN)
				add(awstypes.RolePolicy, "policy", "arn:aws:s3:::"+to.Bucket, to.KeyARN)
			}
		}
	}
	return names
}
