package siteconfig

import (
	"fmt"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
)

// unprotect lets everything go where the site as a whole may, except for
// objects: dropping those has to be said of each bucket.
func (s *Site) unprotect() {
	if s.DeletionProtection {
		return
	}
	lift := func(deletion *components.BucketDeletion) {
		if *deletion == components.NeverDelete {
			*deletion = components.DeleteWhenEmpty
		}
	}
	lift(&s.Cdn.Deletion)
	lift(&s.Logs.Deletion)
	for _, service := range s.Services {
		if service.Database != nil {
			service.Database.AllowDeletion = true
		}
		for name, bucket := range service.Buckets {
			lift(&bucket.Deletion)
			service.Buckets[name] = bucket
		}
	}
}

// Deletable are the names of what the configuration lets go, with what it says.
func (s *Site) Deletable() map[string]string {
	if !s.DeletionProtection {
		return map[string]string{"": config.Namespace + "deletionProtection is false"}
	}
	lifted := map[string]string{}
	lift := func(name, key string, deletion components.BucketDeletion) {
		if deletion.Allowed() {
			lifted[name] = config.Namespace + key + ".deletion is " + string(deletion)
		}
	}
	lift(s.Name+"-cdn-origin", "cdn", s.Cdn.Deletion)
	lift(components.LogBucketPrefix+s.Name, "logs", s.Logs.Deletion)
	for _, r := range s.releases {
		for _, resource := range r.resources {
			lifted[resource] = config.Namespace + r.why
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
				lifted[server] = config.Namespace + key + ".database.deletion is with-snapshot"
			}
		}
		for bucket, args := range service.Buckets {
			lift(s.ResourceName(name)+"-"+bucket, key+".buckets."+bucket, args.Deletion)
		}
	}
	return lifted
}
