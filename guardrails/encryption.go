package guardrails

import (
	"slices"
	"strings"
)

var encryptionRules = []rule{
	{"encryption", Guardrail, (*Guard).encryption},
	{"tls", Guardrail, (*Guard).tls},
}

// encrypted are the properties that name a key, by type.
var encrypted = map[string][]string{
	"aws:cloudwatch/logGroup:LogGroup":                  {"kmsKeyId"},
	replicationEndpoint:                                 {"kmsKeyArn"},
	replicationInstance:                                 {"kmsKeyArn"},
	"aws:dynamodb/table:Table":                          {"serverSideEncryption.kmsKeyArn"},
	"aws:ebs/volume:Volume":                             {"kmsKeyId"},
	"aws:efs/fileSystem:FileSystem":                     {"kmsKeyId"},
	"aws:kinesis/stream:Stream":                         {"kmsKeyId"},
	"aws:rds/cluster:Cluster":                           {"kmsKeyId"},
	"aws:rds/instance:Instance":                         {"kmsKeyId", "performanceInsightsKmsKeyId"},
	"aws:secretsmanager/secret:Secret":                  {"kmsKeyId"},
	"aws:sns/topic:Topic":                               {"kmsMasterKeyId"},
	"aws:sqs/queue:Queue":                               {"kmsMasterKeyId"},
	"localdc:index:Database":                            {"key"},
	"localdc:index:ObjectStore":                         {"key"},
	bucketEncryption:                                    {"rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId"},
	"aws:elasticache/replicationGroup:ReplicationGroup": {"kmsKeyId"},
}

const (
	bucketEncryption = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	instance         = "aws:rds/instance:Instance"
	cluster          = "aws:rds/cluster:Cluster"
	// logBuckets begin the names of buckets that S3 itself encrypts: S3 delivers
	// access logs to no bucket with a key of its owner's.
	logBuckets = "aws-waf-logs-"
)

// encryption demands a key of the site's, not AWS's own.
func (g *Guard) encryption(r *resource) (list []finding) {
	if r.typ == bucketEncryption && strings.HasPrefix(r.name, logBuckets) || isReplica(r) && r.at("kmsKeyId") == nil {
		return nil
	}
	for _, path := range encrypted[r.typ] {
		if path == "performanceInsightsKmsKeyId" && r.at("performanceInsightsEnabled") != true {
			continue
		}
		key := r.at(path)
		if name, known := key.(string); key == nil || known && (name == "" || strings.Contains(name, "alias/aws/")) {
			list = append(list, finding{path, text(key), "a key of the site's"})
		}
	}
	switch r.typ {
	case instance, cluster:
		if wrong(r.at("storageEncrypted"), true) {
			list = append(list, finding{"storageEncrypted", text(r.at("storageEncrypted")), "true"})
		}
	case bucketEncryption:
		for _, algorithm := range r.all("rules[].applyServerSideEncryptionByDefault.sseAlgorithm") {
			if wrong(algorithm, "aws:kms") && wrong(algorithm, "aws:kms:dsse") {
				list = append(list, finding{"rules[].applyServerSideEncryptionByDefault.sseAlgorithm", text(algorithm), "aws:kms"})
			}
		}
	case "aws:kms/key:Key":
		// KMS rotates symmetric keys alone, which are those that encrypt.
		if usage := r.at("keyUsage"); (usage == nil || usage == "ENCRYPT_DECRYPT") && wrong(r.at("enableKeyRotation"), true) {
			list = append(list, finding{"enableKeyRotation", text(r.at("enableKeyRotation")), "true"})
		}
	}
	return list
}

// isReplica reports whether a database has its key and its backups from another one.
func isReplica(r *resource) bool { return r.typ == instance && r.at("replicateSourceDb") != nil }

// forcedTLS are the parameters by which databases refuse what is not encrypted.
var forcedTLS = map[string]string{"postgres": "rds.force_ssl", "mysql": "require_secure_transport", "mariadb": "require_secure_transport", "aurora": "rds.force_ssl"}

// tls demands encryption in transit.
func (g *Guard) tls(r *resource) (list []finding) {
	switch r.typ {
	case "aws:s3/bucketPolicy:BucketPolicy", "aws:sns/topicPolicy:TopicPolicy", "aws:sqs/queuePolicy:QueuePolicy":
		if _, known := r.at("policy").(string); known && !slices.ContainsFunc(policies(r), statement.refusesPlainText) {
			list = append(list, finding{"policy", "no statement that refuses requests without TLS", "Deny to everybody where aws:SecureTransport is false"})
		}
	case "aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup":
		family, _ := r.at("family").(string)
		for _, engine := range sorted(forcedTLS) {
			if strings.HasPrefix(family, engine) && !g.forces(r, forcedTLS[engine]) {
				list = append(list, finding{"parameters", "no " + forcedTLS[engine], forcedTLS[engine] + " = 1"})
			}
		}
	case instance:
		// A replica has its primary's.
		if r.at("parameterGroupName") == nil && !isReplica(r) {
			list = append(list, finding{"parameterGroupName", "", "a parameter group that forces TLS"})
		}
	case "aws:cloudfront/distribution:Distribution":
		for _, path := range []string{"defaultCacheBehavior.viewerProtocolPolicy", "orderedCacheBehaviors[].viewerProtocolPolicy", "origins[].customOriginConfig.originProtocolPolicy"} {
			for _, policy := range r.all(path) {
				if wrong(policy, "https-only") {
					list = append(list, finding{path, text(policy), "https-only"})
				}
			}
		}
	case replicationEndpoint:
		allowed := []string{"verify-full", "verify-ca", "require"}
		if g.open(r.name) {
			allowed = allowed[:1]
		}
		mode := r.at("sslMode")
		if !slices.ContainsFunc(allowed, func(one string) bool { return !wrong(mode, one) }) {
			list = append(list, finding{"sslMode", text(mode), strings.Join(allowed, ", ")})
		}
	case objectStorage:
		if protocol := r.at("serverProtocol"); wrong(protocol, "HTTPS") {
			list = append(list, finding{"serverProtocol", text(protocol), "HTTPS"})
		}
	case "aws:lb/listener:Listener":
		if protocol := r.at("protocol"); wrong(protocol, "HTTPS") && wrong(protocol, "TLS") {
			list = append(list, finding{"protocol", text(protocol), "HTTPS, TLS"})
		}
	}
	return list
}

func (*Guard) forces(r *resource, parameter string) bool {
	for _, p := range r.all("parameters[]") {
		entry, known := p.(map[string]any)
		if !known || entry["name"] == parameter && (!wrong(entry["value"], "1") || entry["value"] == "ON") {
			return true
		}
	}
	return false
}
