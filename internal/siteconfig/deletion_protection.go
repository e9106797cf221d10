package siteconfig

import (
	"fmt"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
)

// Deletable returns the resources whose deletion the configuration allows, by name or TYPE NAME,
// with the setting that allows it. The name "" stands for all resources of the site.
func (s *Site) Deletable() map[string]string {
	if !s.DeletionProtection {
		return map[string]string{"": config.Namespace + "deletionProtection is false"}
	}
	reasons := map[string]string{}
	allow := func(name, key string, deletion components.BucketDeletion) {
		if deletion.Allowed() {
			reasons[name] = config.Namespace + key + ".deletion is " + string(deletion)
		}
	}
	allow(s.Name+"-cdn-origin", "cdn", s.Cdn.Deletion)
	allow(components.LogBucketPrefix+s.Name, "logs", s.Logs.Deletion)
	for _, d := range s.deletable {
		for _, resource := range d.resources {
			reasons[resource] = config.Namespace + d.reason
		}
	}
	for name, service := range s.Services {
		key := "services." + name
		if database := service.Database; database != nil && database.AllowDeletion {
			for n := range database.ReadReplicas + 1 {
				server := s.ResourceName(name)
				if n > 0 {
					server = fmt.Sprintf("%s-replica-%d", server, n)
				}
				reasons[server] = config.Namespace + key + ".database.deletion is with-snapshot"
			}
		}
		for bucket, args := range service.Buckets {
			allow(s.ResourceName(name)+"-"+bucket, key+".buckets."+bucket, args.Deletion)
		}
	}
	return reasons
}

// applyDeletionProtection allows the deletion of all databases and empty buckets if the site has
// no deletion protection. The deletion of objects requires the setting of each bucket.
func (s *Site) applyDeletionProtection() {
	if s.DeletionProtection {
		return
	}
	allow := func(deletion *components.BucketDeletion) {
		if *deletion == components.NeverDelete {
			*deletion = components.DeleteWhenEmpty
		}
	}
	allow(&s.Cdn.Deletion)
	allow(&s.Logs.Deletion)
	for _, service := range s.Services {
		if service.Database != nil {
			service.Database.AllowDeletion = true
		}
		for name, bucket := range service.Buckets {
			allow(&bucket.Deletion)
			service.Buckets[name] = bucket
		}
	}
}
