package guardrails

import (
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
)

var encryptionRules = []rule{
	{"encryption", diagnostic.Guardrail, (*Guard).encryption},
	{"tls", diagnostic.Guardrail, (*Guard).tls},
}

// firewallLogBuckets is the prefix of the names of log buckets, which S3 encrypts with its own
// key: S3 delivers access logs to no bucket that a customer's key encrypts.
const firewallLogBuckets = "aws-waf-logs-"

// encryption reports data at rest that no key of the site encrypts, and keys without rotation.
func (g *Guard) encryption(r *resource) (list []finding) {
	if r.typ == awstypes.BucketEncryption && r.name == firewallLogBuckets+g.site.Name && r.isOf(r.name) || isReplica(r) && r.at("kmsKeyId") == nil {
		return nil
	}
	row := awstypes.Of(r.typ)
	for _, property := range row.KeyProperties {
		if property.When != "" && text(r.at(property.When)) != "true" {
			continue
		}
		key := r.at(property.Path)
		if name, known := key.(string); key == nil || known && (name == "" || strings.Contains(name, "alias/aws/")) {
			list = append(list, finding{property.Path, text(key), "a key of the site"})
		}
	}
	list = append(list, r.checkSettings(row.Encryption)...)
	switch r.typ {
	case awstypes.BucketEncryption:
		for _, algorithm := range r.all("rules[].applyServerSideEncryptionByDefault.sseAlgorithm") {
			if differs(algorithm, "aws:kms") && differs(algorithm, "aws:kms:dsse") {
				list = append(list, finding{"rules[].applyServerSideEncryptionByDefault.sseAlgorithm", text(algorithm), "aws:kms"})
			}
		}
	case awstypes.DBInstance:
		list = append(list, g.restoredKey(r)...)
	case awstypes.Key:
		// KMS rotates only symmetric encryption keys.
		if usage := r.at("keyUsage"); (usage == nil || usage == "ENCRYPT_DECRYPT") && differs(r.at("enableKeyRotation"), true) {
			list = append(list, finding{"enableKeyRotation", text(r.at("enableKeyRotation")), "true"})
		}
	}
	return list
}

// restoredKey reports a database whose key is not the key of the backup that it is restored from: RDS
// restores it with the backup's key, and the next update would replace it.
func (g *Guard) restoredKey(r *resource) []finding {
	const property = "kmsKeyId"
	name, _ := r.at("restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn").(string)
	from := r.owners[name]
	if from == nil { // no restore, or the rule property reports a backup of another stack
		return nil
	}
	backup := g.named(displayType(from.typ) + " " + from.name)
	if backup == nil || !differs(r.at(property), backup.at(property)) || !differs(backup.at(property), r.at(property)) {
		return nil
	}
	return []finding{{property, r.show(r.at(property)), "the key of " + backup.String()}}
}

// isReplica reports whether a resource is a read replica, which has the key and the backups of
// its source.
func isReplica(r *resource) bool {
	return r.typ == awstypes.DBInstance && r.at("replicateSourceDb") != nil
}

// isDatabase reports whether a resource is an RDS database.
func isDatabase(r *resource) bool {
	return r.typ == awstypes.DBInstance
}

// tlsParameter maps a database engine to the parameter that makes it refuse connections
// without TLS.
var tlsParameter = map[string]string{"postgres": "rds.force_ssl", "mysql": "require_secure_transport", "mariadb": "require_secure_transport", "aurora": "rds.force_ssl"}

// tls reports connections that need no encryption.
func (g *Guard) tls(r *resource) (list []finding) {
	list = r.checkSettings(awstypes.Of(r.typ).TLS)
	switch r.typ {
	case awstypes.BucketPolicy, awstypes.TopicPolicy:
		if _, known := r.at("policy").(string); known && !slices.ContainsFunc(policies(r), statement.deniesPlainText) {
			list = append(list, finding{"policy", "no statement that denies requests without TLS", "Deny for every principal where aws:SecureTransport is false"})
		}
	case awstypes.DBParameterGroup:
		family, _ := r.at("family").(string)
		for _, engine := range ordered.Keys(tlsParameter) {
			if strings.HasPrefix(family, engine) && !g.setsParameter(r, tlsParameter[engine]) {
				list = append(list, finding{"parameters", "no " + tlsParameter[engine], tlsParameter[engine] + " = 1"})
			}
		}
	case awstypes.DBInstance:
		// A replica has the parameter group of its source.
		if r.at("parameterGroupName") == nil && !isReplica(r) {
			list = append(list, finding{"parameterGroupName", "", "a parameter group that requires TLS"})
		}
	case awstypes.DMSEndpoint:
		allowed := []string{"verify-full", "verify-ca", "require"}
		if g.hasOriginAccess(r.name) {
			allowed = allowed[:1]
		}
		mode := r.at("sslMode")
		if !slices.ContainsFunc(allowed, func(value string) bool { return !differs(mode, value) }) {
			list = append(list, finding{"sslMode", text(mode), strings.Join(allowed, ", ")})
		}
	case awstypes.Listener:
		list = append(list, listenerTLS(r)...)
	case awstypes.ListenerRule:
		list = append(list, g.ruleTLS(r)...)
	}
	return list
}

// setsParameter reports whether a parameter group turns a parameter on. It returns true if the
// parameters are unknown in a preview.
func (*Guard) setsParameter(r *resource, parameter string) bool {
	for _, p := range r.all("parameters[]") {
		entry, known := p.(map[string]any)
		if !known || entry["name"] == parameter && (!differs(entry["value"], "1") || entry["value"] == "ON") {
			return true
		}
	}
	return false
}
