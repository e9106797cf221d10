package simulation

import "fmt"

const (
	subnetGroup    = "aws:rds/subnetGroup:SubnetGroup"
	parameterGroup = "aws:rds/parameterGroup:ParameterGroup"
	dbInstance     = "aws:rds/instance:Instance"
)

const rdsARN = "arn:aws:rds:{region}:{account}:"

func init() {
	model(map[string]*Type{
		subnetGroup: {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "DBSubnetGroupNotFoundFault", Taken: "DBSubnetGroupAlreadyExists", InUse: "InvalidDBSubnetGroupStateFault",
			Outputs: map[string]any{
				"arn": rdsARN + "subgrp:{id}", "description": "Managed by Pulumi", "namePrefix": "",
				"supportedNetworkTypes": []any{"IPV4"}, "vpcId": "",
			},
			Replace: []string{"name"},
			Valid:   map[string]Rule{"name": match(`^[ .0-9a-z_-]+$`, "only lower-case letters, digits, hyphens, underscores, periods and spaces are allowed")},
			Put:     putSubnetGroup,
		},
		parameterGroup: {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "DBParameterGroupNotFound", Taken: "DBParameterGroupAlreadyExists", InUse: "InvalidDBParameterGroupState",
			Outputs: map[string]any{
				"arn": rdsARN + "pg:{id}", "description": "Managed by Pulumi", "namePrefix": "", "skipDestroy": false,
				"parameters[].applyMethod": "immediate",
			},
			Replace: []string{"name", "description", "family"},
			Valid:   map[string]Rule{"name": match(`^[a-z][0-9a-z.-]*$`, "only lower-case letters, digits, periods and hyphens are allowed, a letter first")},
			Put:     putParameterGroup,
		},
		"aws:rds/eventSubscription:EventSubscription": {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "SubscriptionNotFound", Taken: "SubscriptionAlreadyExist",
			Outputs: map[string]any{"arn": rdsARN + "es:{id}", "customerAwsId": "{account}", "enabled": true, "namePrefix": ""},
			Replace: []string{"name"},
		},
		dbInstance: {
			ID: "db-{upper26}", Import: "{identifier}", Name: "identifier", Tagged: true,
			Missing: "DBInstanceNotFound", Taken: "DBInstanceAlreadyExists",
			Outputs: map[string]any{
				"arn":     rdsARN + "db:{identifier}",
				"address": "{identifier}.{lower12}.{region}.rds.amazonaws.com", "endpoint": endpoint,
				"port": 5432, "resourceId": "{id}", "hostedZoneId": "Z{upper13}", "status": "available",
				"engineVersionActual": "{engineVersion}.8", "availabilityZone": "{region}a",
				"allocatedStorage": 20, "maxAllocatedStorage": 0, "iops": 3000, "storageThroughput": 125, "storageType": "gp3",
				"backupRetentionPeriod": 0, "backupWindow": "07:00-07:30", "maintenanceWindow": "sun:08:00-sun:08:30",
				"backupTarget": "region", "caCertIdentifier": "rds-ca-rsa2048-g1", "characterSetName": "", "networkType": "IPV4",
				"engineLifecycleSupport": "open-source-rds-extended-support", "licenseModel": "postgresql-license",
				"identifierPrefix": "", "latestRestorableTime": "", "listenerEndpoints": []any{}, "masterUserSecrets": []any{},
				"monitoringInterval": 0, "monitoringRoleArn": "", "multiAz": false, "ncharCharacterSetName": "",
				"optionGroupName": "default:postgres", "performanceInsightsKmsKeyId": "", "performanceInsightsRetentionPeriod": 0,
				"replicas": []any{}, "replicaMode": "", "timezone": "", "dedicatedLogVolume": false,
				"applyImmediately": false, "customIamInstanceProfile": "", "customerOwnedIpEnabled": false, "databaseInsightsMode": "",
				"deleteAutomatedBackups": true, "domain": "", "domainAuthSecretArn": "", "domainFqdn": "", "domainIamRoleName": "",
				"domainOu": "", "replicateSourceDb": "", "skipFinalSnapshot": false,
				// A replica copies these from its primary.
				"dbName": "", "dbSubnetGroupName": "", "engine": "", "engineVersion": "", "kmsKeyId": "", "parameterGroupName": "", "username": "",
			},
			Computed: ofPrimary,
			Replace:  []string{"engine", "username", "dbName", "storageEncrypted", "kmsKeyId", "availabilityZone", "snapshotIdentifier", "restoreToPointInTime"},
			Valid: map[string]Rule{
				"identifier":            match(`^[a-z][0-9a-z-]*$`, "only lower-case letters, digits and hyphens are allowed, a letter first"),
				"storageType":           oneOf("standard", "gp2", "gp3", "io1", "io2"),
				"backupRetentionPeriod": between(0, 35),
				"monitoringInterval":    oneOf("0", "1", "5", "10", "15", "30", "60"),
				"instanceClass":         match(`^db\.`, "an instance class begins with db."),
				"kmsKeyId":              match(`^arn:`, "an invalid ARN"),
			},
			Check: func(p Properties) []Problem {
				if p["snapshotIdentifier"] != nil || p["replicateSourceDb"] != nil {
					return nil
				}
				if p["restoreToPointInTime"] != nil {
					return checkRestore(p)
				}
				return required(p, "for a new DB instance", "engine", "username", "allocatedStorage")
			},
			Unique:     []string{"identifier"},
			Suppressed: grown,
			Put:        putInstance,
			Delete: func(_ *Account, r *Resource) error {
				if r.Properties["deletionProtection"] == true {
					return apiError("InvalidParameterCombination", "Cannot delete protected DB Instance, please disable deletion protection and try again.")
				}
				if r.Properties["skipFinalSnapshot"] != true && text(r.Properties, "finalSnapshotIdentifier") == "" {
					return apiError("InvalidParameterCombination", "final_snapshot_identifier is required when skip_final_snapshot is false")
				}
				return nil
			},
		},
	})
}

// defaultParameters holds the default values, in RDS for PostgreSQL, of some parameters.
var defaultParameters = map[string]string{"rds.force_ssl": "1", "log_statement": "none", "log_min_duration_statement": "-1"}

// putParameterGroup sets the apply method of parameters with their default value to
// pending-reboot (https://github.com/hashicorp/terraform-provider-aws/issues/39252), and
// refuses other apply methods for static parameters.
func putParameterGroup(_ *Account, r *Resource) error {
	for _, value := range at(r.Properties, "parameters[]") {
		parameter := value.(map[string]any)
		name := text(parameter, "name")
		static := name == "shared_preload_libraries" || name == "rds.logical_replication"
		if static && parameter["applyMethod"] != "pending-reboot" {
			return apiError("InvalidParameterCombination", "cannot use immediate apply method for static parameter %s", name)
		}
		if defaultParameters[name] == parameter["value"] {
			parameter["applyMethod"] = "pending-reboot"
		}
	}
	return nil
}

// ofPrimary lists the properties that a replica copies from its primary.
var ofPrimary = []string{"allocatedStorage", "dbName", "dbSubnetGroupName", "engine", "engineVersion", "engineVersionActual", "kmsKeyId", "parameterGroupName", "username"}

// grown suppresses a size that is below the current size, if RDS has increased the storage by
// itself.
func grown(state, inputs Properties) []string {
	wanted, _ := inputs["allocatedStorage"].(float64)
	has, _ := state["allocatedStorage"].(float64)
	most, _ := inputs["maxAllocatedStorage"].(float64)
	if wanted < has && wanted < most {
		return []string{"allocatedStorage"}
	}
	return nil
}

// changeInstance refuses changes that RDS does not support: an older engine version, less
// storage, and a maximum less than 10 % above the storage.
func changeInstance(old, r *Resource) error {
	size := func(p Properties, name string) float64 { n, _ := p[name].(float64); return n }
	major := func(p Properties) (version int) { _, _ = fmt.Sscan(text(p, "engineVersion"), &version); return version }
	storage, most := size(r.Properties, "allocatedStorage"), size(r.Properties, "maxAllocatedStorage")
	switch {
	case major(r.Properties) < major(old.Properties):
		return apiError("InvalidParameterCombination", "Cannot upgrade postgres from %s to %s", text(old.Properties, "engineVersion"), text(r.Properties, "engineVersion"))
	case storage < size(old.Properties, "allocatedStorage"):
		return apiError("InvalidParameterCombination", "Requested storage of %v GiB cannot be less than the current %v GiB", storage, size(old.Properties, "allocatedStorage"))
	case most > 0 && most != size(old.Properties, "maxAllocatedStorage") && 10*most < 11*storage:
		return apiError("InvalidParameterCombination", "The maximum allocated storage must be increased by at least 10 percent.")
	}
	return nil
}

// putInstance checks changes of a primary, and copies a primary's properties to its replica.
func putInstance(a *Account, r *Resource) error {
	source := text(r.Properties, "replicateSourceDb")
	if source == "" {
		restored := r.Properties["restoreToPointInTime"] != nil
		old := a.Get(r.Type, r.Region, r.ID)
		switch {
		case old != nil && restored:
			r.Properties["dbName"] = old.Properties["dbName"]
			return changeInstance(old, r)
		case old != nil:
			return changeInstance(old, r)
		case restored:
			return a.restore(r)
		default:
			return nil
		}
	}
	for _, primary := range siblings(a, r) {
		if primary.Properties["identifier"] == source {
			for _, name := range ofPrimary {
				r.Properties[name] = primary.Properties[name]
			}
			return nil
		}
	}
	return apiError("DBInstanceNotFound", "DBInstance %s not found.", source)
}

func endpoint(r *Resource) any {
	return r.output("address", "{identifier}.{lower12}.{region}.rds.amazonaws.com").(string) + ":5432"
}

// putSubnetGroup requires two zones, as RDS does.
func putSubnetGroup(a *Account, r *Resource) error {
	if zones := a.cover(r); zones < 2 {
		return apiError("DBSubnetGroupDoesNotCoverEnoughAZs", "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: %d. Add subnets to cover at least 2 AZs.", zones)
	}
	return nil
}

// cover sets the VPC of a group of subnets, and returns its number of zones.
func (a *Account) cover(group *Resource) int {
	zones := map[any]bool{}
	for _, id := range at(group.Properties, "subnetIds[]") {
		member := a.find(subnet, group.Region, id)
		zones[member.Properties["availabilityZone"]] = true
		group.Properties["vpcId"] = member.Properties["vpcId"]
	}
	return len(zones)
}
