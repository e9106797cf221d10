package stacks

import (
	"fmt"
	"math"
	"strings"

	"multisite/components"
)

// loadServices loads what all providers have of a service, and the rest as one does.
func loadServices(n node, site *Site, register *Register, load func(node, *Service)) {
	for _, name := range n.fields(names(register.Services)...) {
		entry := n.field(name)
		entry.fields("markets", "standIn", "database", "buckets")
		service := Service{
			Markets: entry.field("markets").list(names(register.Markets)...),
			StandIn: entry.field("standIn").oneOf("", names(register.Sites)...),
		}
		load(entry, &service)
		site.Services[name] = service
	}
	if len(site.Services) == 0 {
		n.log.add(n.path, nil, "at least one of "+strings.Join(names(register.Services), ", "))
	}
	checkNames(n, names(site.Services))
}

// bucketNames are those of a service's buckets.
func bucketNames(n node) []string {
	buckets := n.field("buckets")
	list := buckets.children()
	for _, name := range list {
		if !named(name, maxBucketName) {
			buckets.log.add(buckets.path, name, "names of up to 20 lower-case letters, digits and hyphens, a letter first")
		}
	}
	return list
}

func loadService(n node, service *Service) {
	service.Buckets = map[string]components.BucketArgs{}
	if database := n.field("database"); database.value != nil {
		service.Database = loadDatabase(database)
	}
	for _, name := range bucketNames(n) {
		service.Buckets[name] = loadBucket(n.field("buckets").field(name))
	}
}

func loadDatabase(n node) *components.DatabaseArgs {
	n.fields("engineVersion", "instanceClass", "storageGiB", "maxStorageGiB", "readReplicas", "deletion")
	const withSnapshot = "with-snapshot"
	database := &components.DatabaseArgs{
		EngineVersion: n.field("engineVersion").oneOf(components.DefaultEngineVersion, components.EngineVersions...),
		InstanceClass: n.field("instanceClass").match(components.InstanceClass, "an RDS instance class of the families t, m, r and x, such as db.m7g.large"),
		ReadReplicas:  n.field("readReplicas").numberOr(0, 0, components.MaxReadReplicas),
		AllowDeletion: n.field("deletion").oneOf(string(components.NeverDelete), string(components.NeverDelete), withSnapshot) == withSnapshot,
	}
	database.StorageGiB, database.MaxStorageGiB = loadStorage(n)
	return database
}

// loadStorage is a database's, at first and at most.
func loadStorage(n node) (first, most int) {
	first = n.field("storageGiB").number(components.MinStorageGiB, components.MaxStorageGiB)
	most = n.field("maxStorageGiB").number(components.MinStorageGiB, components.MaxStorageGiB)
	if most > 0 && !components.CanGrow(first, most) {
		n.field("maxStorageGiB").problem("at least a tenth above storageGiB")
	}
	return first, most
}

// loadMaintenance gives all databases of a site the same quiet hours.
func loadMaintenance(n node, services map[string]Service) {
	n.fields("backupWindow", "maintenanceWindow")
	needed := n.value != nil
	for _, service := range services {
		needed = needed || service.Database != nil
	}
	if !needed {
		return
	}
	backup, maintenance := n.field("backupWindow"), n.field("maintenanceWindow")
	at, _ := backup.value.(string)
	if components.CheckBackupWindow(at) != nil {
		backup.problem("at least 30 minutes a day, in UTC, such as 18:00-18:30")
	}
	on, _ := maintenance.value.(string)
	if components.CheckMaintenanceWindow(on, at) != nil {
		maintenance.problem("30 minutes to a day, in UTC and apart from backupWindow, such as sun:19:00-sun:20:00")
	}
	for _, service := range services {
		if service.Database != nil {
			service.Database.BackupWindow, service.Database.MaintenanceWindow = at, on
		}
	}
}

func loadBucket(n node) components.BucketArgs {
	n.fields("storageClass", "expireAfterDays", "objectLock", "replication", "deletion")
	bucket := components.BucketArgs{
		StorageClass:    choice(n.field("storageClass"), components.Standard, components.StorageClasses),
		ExpireAfterDays: n.field("expireAfterDays").numberOr(0, 1, math.MaxInt32),
		Deletion:        loadDeletion(n.field("deletion")),
	}
	if lock := n.field("objectLock"); lock.value != nil {
		lock.fields("mode", "days")
		bucket.ObjectLock = &components.ObjectLock{
			Mode: choice(lock.field("mode"), "", components.LockModes),
			Days: lock.field("days").number(1, components.MaxLockDays),
		}
		if lock.field("mode").value == nil {
			lock.field("mode").problem(fmt.Sprintf("one of %q", components.LockModes))
		}
		if bucket.Deletion == components.DeleteWithObjects {
			n.field("deletion").problem("never and when-empty beside objectLock")
		}
	}
	if replication := n.field("replication"); replication.value != nil {
		replication.fields("bucket", "keyArn")
		bucket.Replication = &components.Replication{
			Bucket: replication.field("bucket").match(components.BucketName, "the name of a bucket"),
			KeyARN: replication.field("keyArn").match(components.KeyARN, "the ARN of a KMS key outside of China, in the region of the bucket"),
		}
	}
	return bucket
}

// checkNames finds services and buckets whose joined names, mi-cloud-photos for
// one, are the same.
func checkNames(n node, services []string) {
	owners := map[string]string{}
	for _, service := range services {
		buckets := n.field(service).field("buckets")
		object, _ := buckets.value.(map[string]any)
		for _, bucket := range names(object) {
			joined := service + "-" + bucket
			if owner, taken := owners[joined]; taken {
				n.log.add(buckets.path, bucket, "names that do not make "+joined+", as one of "+owner+" does")
			}
			owners[joined] = buckets.path
		}
	}
}
