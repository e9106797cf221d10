package guardrails

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/bounds"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
)

var statefulRules = []rule{
	{"retention", diagnostic.Guardrail, (*Guard).retention},
	{"protection", diagnostic.Guardrail, (*Guard).protection},
	{"backups", diagnostic.Guardrail, (*Guard).backups},
	{"tags", diagnostic.Guardrail, (*Guard).tags},
}

// number returns a number, which an input may also hold as text. It is NaN for other values.
func number(value any) float64 {
	switch v := value.(type) {
	case float64:
		return v
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			return n
		}
	}
	return math.NaN()
}

// retention reports log groups that keep logs without a limit.
func (*Guard) retention(r *resource) []finding {
	days := r.at("retentionInDays")
	if r.typ == awstypes.LogGroup && (days == nil || number(days) <= 0) {
		return []finding{{"retentionInDays", text(days), "1 day or more; without a number, CloudWatch Logs never deletes logs"}}
	}
	return nil
}

// mayBeDeleted reports whether Site.Deletable names a resource or the whole site.
func (g *Guard) mayBeDeleted(r *resource) bool {
	return g.site.Deletable[""] != "" || g.site.Deletable[r.name] != "" || g.site.Deletable[r.String()] != ""
}

// protection reports stateful resources that are not protected against deletion, unless the
// configuration allows it.
func (g *Guard) protection(r *resource) (list []finding) {
	// The secret with the origin's credentials is deleted when the migration ends; the
	// configuration has the credentials.
	if awstypes.Of(r.typ).Stateful && !r.protect && !g.mayBeDeleted(r) && (r.typ != awstypes.Secret || !g.hasOriginAccess(r.name)) {
		list = append(list, finding{"protect", "false", "true, unless the configuration allows the deletion"})
	}
	if strings.HasPrefix(r.typ, "localdc:") && r.at("deletionProtection") == false && !g.mayBeDeleted(r) {
		list = append(list, finding{"deletionProtection", "false", "true, unless the configuration allows the deletion"})
	}
	if r.typ == awstypes.LoadBalancer && differs(r.at("enableDeletionProtection"), true) && !g.mayBeDeleted(r) {
		list = append(list, finding{"enableDeletionProtection", text(r.at("enableDeletionProtection")), "true, unless the configuration allows the deletion"})
	}
	if !isDatabase(r) {
		return list
	}
	if differs(r.at("deletionProtection"), true) && !g.mayBeDeleted(r) {
		list = append(list, finding{"deletionProtection", text(r.at("deletionProtection")), "true, unless the configuration allows the deletion"})
	}
	if isReplica(r) {
		return list
	}
	if r.at("skipFinalSnapshot") == true || r.at("finalSnapshotIdentifier") == nil {
		list = append(list, finding{"finalSnapshotIdentifier", text(r.at("finalSnapshotIdentifier")), "a name, with skipFinalSnapshot not set"})
	}
	return list
}

// backups reports databases, other than read replicas, with too few backups, and replicated backups
// that expire before the longest that RDS keeps them: a longer time would replace them.
func (*Guard) backups(r *resource) (list []finding) {
	if days := r.at("retentionPeriod"); r.typ == awstypes.BackupReplication && (days == nil || number(days) != bounds.MaxBackupDays) {
		if _, isUnknown := days.(unknown); !isUnknown {
			return []finding{{"retentionPeriod", text(days), fmt.Sprintf("%d days", bounds.MaxBackupDays)}}
		}
	}
	if !isDatabase(r) || isReplica(r) {
		return nil
	}
	if days := r.at("backupRetentionPeriod"); days == nil || number(days) < bounds.MinBackupDays {
		list = append(list, finding{"backupRetentionPeriod", text(r.at("backupRetentionPeriod")), fmt.Sprintf("%d days or more", bounds.MinBackupDays)})
	}
	if r.typ == awstypes.DBInstance && differs(r.at("deleteAutomatedBackups"), false) {
		list = append(list, finding{"deleteAutomatedBackups", text(r.at("deleteAutomatedBackups")), "false, so that backups outlive the database"})
	}
	return list
}

// tags reports providers without the site's default tags, and resources that override them.
func (g *Guard) tags(r *resource) (list []finding) {
	for _, name := range ordered.Keys(g.site.Tags) {
		wanted := g.site.Tags[name]
		switch {
		case r.typ == providerPrefix+"aws":
			if found := r.at("defaultTags.tags." + name); differs(found, wanted) {
				list = append(list, finding{"defaultTags." + name, text(found), wanted})
			}
		case strings.HasPrefix(r.typ, "aws:"):
			if found := r.at("tags." + name); found != nil && differs(found, wanted) {
				list = append(list, finding{"tags." + name, text(found), wanted})
			}
		}
	}
	return list
}

// companionsRule requires the Companions of a resource's type (internal/awstypes). Close checks
// it, once all resources are registered.
var companionsRule = rule{name: "companions", kind: diagnostic.Guardrail}

// isOf reports whether a resource configures the bucket of a name, or a preview leaves open which.
func (r *resource) isOf(bucket string) bool {
	value, known := r.at("bucket").(string)
	return !known || r.owners[value] != nil && r.owners[value].name == bucket
}

// checkCompanions reports resources without a companion, such as buckets without a bucket policy.
func (g *Guard) checkCompanions() {
	for _, key := range ordered.Keys(g.resources) {
		r := g.resources[key]
		name, companions := r.String(), awstypes.Of(r.typ).Companions
		if len(companions) == 0 || g.isExcepted(companionsRule.name, name) {
			continue
		}
		for _, companion := range companions {
			wanted := displayType(companion) + " " + r.name
			if c := g.named(wanted); c == nil || !c.isOf(r.name) {
				g.report(companionsRule, name, finding{"companions", "", wanted})
			}
		}
	}
}
