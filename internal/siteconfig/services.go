package siteconfig

import (
	"fmt"
	"math"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/bounds"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

// loadServices reads multisite:services. load reads the keys that depend on the provider.
func loadServices(n config.Node, site *Site, reg *register.Register, load func(config.Node, *Service)) {
	for _, name := range n.Fields(ordered.Keys(reg.Services)...) {
		entry := n.Field(name)
		entry.Fields("markets", "publicMarkets", "standIn", "entry", "database", "buckets")
		service := Service{
			Markets: entry.Field("markets").List(ordered.Keys(reg.Markets)...),
			StandIn: entry.Field("standIn").OneOf("", ordered.Keys(reg.Sites)...),
			Entry:   loadEntryService(entry.Field("entry")),
		}
		if public := entry.Field("publicMarkets"); public.Value != nil {
			service.PublicMarkets = public.List(ordered.Keys(reg.Markets)...)
		}
		load(entry, &service)
		site.Services[name] = service
	}
	if len(site.Services) == 0 {
		n.Log.Add(n.Path, nil, "at least one of "+strings.Join(ordered.Keys(reg.Services), ", "))
	}
	checkNames(n, ordered.Keys(site.Services))
}

// bucketNames returns the names of a service's buckets, and reports names of the wrong form.
func bucketNames(n config.Node) []string {
	buckets := n.Field("buckets")
	list := buckets.Children()
	for _, name := range list {
		if !register.Named(name, register.MaxBucketName) {
			buckets.Log.Add(buckets.Path, name, "names of up to 20 lower-case letters, digits and hyphens, a letter first")
		}
	}
	return list
}

// loadService reads the database and buckets of a service of an AWS site.
func loadService(n config.Node, service *Service) {
	service.Buckets = map[string]components.BucketArgs{}
	if database := n.Field("database"); database.Value != nil {
		service.Database = loadDatabase(database)
	}
	for _, name := range bucketNames(n) {
		service.Buckets[name] = loadBucket(n.Field("buckets").Field(name))
	}
}

func loadDatabase(n config.Node) *components.DatabaseArgs {
	n.Fields("engineVersion", "instanceClass", "storageGiB", "maxStorageGiB", "readReplicas", "deletion")
	const withSnapshot = "with-snapshot"
	database := &components.DatabaseArgs{
		EngineVersion: n.Field("engineVersion").OneOf(bounds.DefaultEngineVersion, bounds.EngineVersions...),
		InstanceClass: n.Field("instanceClass").Match(components.InstanceClass, "an RDS instance class of the families t, m, r and x, such as db.m7g.large"),
		ReadReplicas:  n.Field("readReplicas").NumberOr(0, 0, bounds.MaxReadReplicas),
		AllowDeletion: n.Field("deletion").OneOf(string(components.NeverDelete), string(components.NeverDelete), withSnapshot) == withSnapshot,
	}
	database.StorageGiB, database.MaxStorageGiB = loadStorage(n)
	return database
}

// loadStorage reads the initial storage of a database and the limit of its growth, in GiB.
func loadStorage(n config.Node) (first, most int) {
	first = n.Field("storageGiB").Number(bounds.MinStorageGiB, bounds.MaxStorageGiB)
	most = n.Field("maxStorageGiB").Number(bounds.MinStorageGiB, bounds.MaxStorageGiB)
	if most > 0 && !bounds.CanGrow(first, most) {
		n.Field("maxStorageGiB").Problem("at least a tenth above storageGiB")
	}
	return first, most
}

// loadMaintenance reads multisite:maintenance, the windows that all databases of a site share.
func loadMaintenance(n config.Node, services map[string]Service) {
	n.Fields("backupWindow", "maintenanceWindow")
	needed := n.Value != nil
	for _, service := range services {
		needed = needed || service.Database != nil
	}
	if !needed {
		return
	}
	backup, maintenance := n.Field("backupWindow"), n.Field("maintenanceWindow")
	at, _ := backup.Value.(string)
	if components.CheckBackupWindow(at) != nil {
		backup.Problem("at least 30 minutes a day, in UTC, such as 18:00-18:30")
	}
	on, _ := maintenance.Value.(string)
	if components.CheckMaintenanceWindow(on, at) != nil {
		maintenance.Problem("30 minutes to a day, in UTC and apart from backupWindow, such as sun:19:00-sun:20:00")
	}
	for _, service := range services {
		if service.Database != nil {
			service.Database.BackupWindow, service.Database.MaintenanceWindow = at, on
		}
	}
}

func loadBucket(n config.Node) components.BucketArgs {
	n.Fields("storageClass", "expireAfterDays", "objectLock", "replication", "deletion")
	bucket := components.BucketArgs{
		StorageClass:    config.Choice(n.Field("storageClass"), components.Standard, components.StorageClasses),
		ExpireAfterDays: n.Field("expireAfterDays").NumberOr(0, 1, math.MaxInt32),
		Deletion:        loadDeletion(n.Field("deletion")),
	}
	if lock := n.Field("objectLock"); lock.Value != nil {
		lock.Fields("mode", "days")
		bucket.ObjectLock = &components.ObjectLock{
			Mode: config.Choice(lock.Field("mode"), "", components.LockModes),
			Days: lock.Field("days").Number(1, components.MaxLockDays),
		}
		if lock.Field("mode").Value == nil {
			lock.Field("mode").Problem(fmt.Sprintf("one of %q", components.LockModes))
		}
		if bucket.Deletion == components.DeleteWithObjects {
			n.Field("deletion").Problem("never or when-empty, together with objectLock")
		}
	}
	if replication := n.Field("replication"); replication.Value != nil {
		replication.Fields("bucket", "keyArn")
		bucket.Replication = &components.Replication{
			Bucket: replication.Field("bucket").Match(components.BucketName, "the name of a bucket"),
			KeyARN: replication.Field("keyArn").Match(components.KeyARN, "the ARN of a KMS key outside of China, in the region of the bucket"),
		}
	}
	return bucket
}

// checkNames reports buckets of different services whose resource names, such as mi-cloud-photos,
// would be the same.
func checkNames(n config.Node, services []string) {
	owners := map[string]string{}
	for _, service := range services {
		buckets := n.Field(service).Field("buckets")
		object, _ := buckets.Value.(map[string]any)
		for _, bucket := range ordered.Keys(object) {
			joined := service + "-" + bucket
			if owner, taken := owners[joined]; taken {
				n.Log.Add(buckets.Path, bucket, "another name, since a bucket of "+owner+" has the resource name "+joined)
			}
			owners[joined] = buckets.Path
		}
	}
}
