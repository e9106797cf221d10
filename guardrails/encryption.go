package guardrails

import (
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

var encryptionRules = []rule{
	{"encryption", Guardrail, (*Guard).encryption},
	{"tls", Guardrail, (*Guard).tls},
}

// logBuckets begin the names of buckets that S3 itself encrypts: S3 delivers
// access logs to no bucket with a key of its owner's.
const logBuckets = "aws-waf-logs-"

// encryption demands a key of the site's, not AWS's own.
func (g *Guard) encryption(r *resource) (list []finding) {
	if r.typ == awstypes.BucketEncryption && strings.HasPrefix(r.name, logBuckets) || isReplica(r) && r.at("kmsKeyId") == nil {
		return nil
	}
	row := awstypes.Of(r.typ)
	for _, property := range row.KeyProperties {
		if property.When != "" && r.at(property.When) != true {
			continue
		}
		key := r.at(property.Path)
		if name, known := key.(string); key == nil || known && (name == "" || strings.Contains(name, "alias/aws/")) {
			list = append(list, finding{property.Path, text(key), "a key of the site's"})
		}
	}
	list = append(list, r.wrongSettings(row.Encryption)...)
	switch r.typ {
	case awstypes.BucketEncryption:
		for _, algorithm := range r.all("rules[].applyServerSideEncryptionByDefault.sseAlgorithm") {
			if wrong(algorithm, "aws:kms") && wrong(algorithm, "aws:kms:dsse") {
				list = append(list, finding{"rules[].applyServerSideEncryptionByDefault.sseAlgorithm", text(algorithm), "aws:kms"})
			}
		}
	case awstypes.Key:
		// KMS rotates symmetric keys alone, which are those that encrypt.
		if usage := r.at("keyUsage"); (usage == nil || usage == "ENCRYPT_DECRYPT") && wrong(r.at("enableKeyRotation"), true) {
			list = append(list, finding{"enableKeyRotation", text(r.at("enableKeyRotation")), "true"})
		}
	}
	return list
}

// isReplica reports whether a database has its key and its backups from another one.
func isReplica(r *resource) bool {
	return r.typ == awstypes.DBInstance && r.at("replicateSourceDb") != nil
}

// isDatabase reports whether a resource is a database of RDS.
func isDatabase(r *resource) bool {
	return r.typ == awstypes.DBInstance || r.typ == awstypes.DBCluster
}

// forcedTLS are the parameters by which databases refuse what is not encrypted.
var forcedTLS = map[string]string{"postgres": "rds.force_ssl", "mysql": "require_secure_transport", "mariadb": "require_secure_transport", "aurora": "rds.force_ssl"}

// tls demands encryption in transit.
func (g *Guard) tls(r *resource) (list []finding) {
	list = r.wrongSettings(awstypes.Of(r.typ).TLS)
	switch r.typ {
	case awstypes.BucketPolicy, awstypes.TopicPolicy, awstypes.QueuePolicy:
		if _, known := r.at("policy").(string); known && !slices.ContainsFunc(policies(r), statement.refusesPlainText) {
			list = append(list, finding{"policy", "no statement that refuses requests without TLS", "Deny to everybody where aws:SecureTransport is false"})
		}
	case awstypes.DBParameterGroup, awstypes.DBClusterParameterGroup:
		family, _ := r.at("family").(string)
		for _, engine := range sorted(forcedTLS) {
			if strings.HasPrefix(family, engine) && !g.forces(r, forcedTLS[engine]) {
				list = append(list, finding{"parameters", "no " + forcedTLS[engine], forcedTLS[engine] + " = 1"})
			}
		}
	case awstypes.DBInstance:
		// A replica has its primary's.
		if r.at("parameterGroupName") == nil && !isReplica(r) {
			list = append(list, finding{"parameterGroupName", "", "a parameter group that forces TLS"})
		}
	case awstypes.DMSEndpoint:
		allowed := []string{"verify-full", "verify-ca", "require"}
		if g.open(r.name) {
			allowed = allowed[:1]
		}
		mode := r.at("sslMode")
		if !slices.ContainsFunc(allowed, func(one string) bool { return !wrong(mode, one) }) {
			list = append(list, finding{"sslMode", text(mode), strings.Join(allowed, ", ")})
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
