package stacks

import (
	"fmt"
	"math"

	"multisite/components"
)

func loadService(n node, register *Register) Service {
	n.fields("markets", "standIn", "database", "buckets")
	service := Service{
		Markets: n.field("markets").list(names(register.Markets)...),
		StandIn: n.field("standIn").oneOf("", names(register.Sites)...),
		Buckets: map[string]components.BucketArgs{},
	}
	if database := n.field("database"); database.value != nil {
		service.Database = loadDatabase(database)
	}
	buckets := n.field("buckets")
	for _, name := range buckets.children() {
		if !named(name, maxBucketName) {
			buckets.log.add(buckets.path, name, "names of up to 20 lower-case letters, digits and hyphens, a letter first")
		}
		service.Buckets[name] = loadBucket(buckets.field(name))
	}
	return service
}

func loadDatabase(n node) *components.DatabaseArgs {
	n.fields("engineVersion", "instanceClass", "storageGiB", "maxStorageGiB", "readReplicas", "deletion")
	const withSnapshot = "with-snapshot"
	database := &components.DatabaseArgs{
		EngineVersion: n.field("engineVersion").oneOf(components.DefaultEngineVersion, components.EngineVersions...),
		InstanceClass: n.field("instanceClass").match(components.InstanceClass, "an RDS instance class of the families t, m, r and x, such as db.m7g.large"),
		StorageGiB:    n.field("storageGiB").number(components.MinStorageGiB, components.MaxStorageGiB),
		MaxStorageGiB: n.field("maxStorageGiB").number(components.MinStorageGiB, components.MaxStorageGiB),
		ReadReplicas:  n.field("readReplicas").numberOr(0, 0, components.MaxReadReplicas),
		AllowDeletion: n.field("deletion").oneOf(string(components.NeverDelete), string(components.NeverDelete), withSnapshot) == withSnapshot,
	}
	if database.MaxStorageGiB > 0 && !components.CanGrow(database.StorageGiB, database.MaxStorageGiB) {
		n.field("maxStorageGiB").problem("at least a tenth above storageGiB")
	}
	return database
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
func checkNames(services map[string]Service, p *Problems) {
	owners := map[string]string{}
	for _, service := range names(services) {
		for _, bucket := range names(services[service].Buckets) {
			joined, path := service+"-"+bucket, namespace+"services."+service+".buckets"
			if owner, taken := owners[joined]; taken {
				p.add(path, bucket, "names that do not make "+joined+", as one of "+owner+" does")
			}
			owners[joined] = path
		}
	}
}
