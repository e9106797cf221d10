package guardrails

import (
	"fmt"
	"strings"

	"example.com/multisite/internal/awstypes"
)

var statefulRules = []rule{
	{"retention", Guardrail, (*Guard).retention},
	{"protection", Guardrail, (*Guard).protection},
	{"backups", Guardrail, (*Guard).backups},
	{"tags", Guardrail, (*Guard).tags},
}

// leastBackupDays is how far back backups have to go.
const leastBackupDays = 7

// retention demands that logs end some day.
func (*Guard) retention(r *resource) []finding {
	days := r.at("retentionInDays")
	if r.typ == awstypes.LogGroup && (days == nil || days == 0.0) {
		return []finding{{"retentionInDays", text(days), "days from 1: logs are not kept for ever"}}
	}
	return nil
}

// mayBeDeleted reports whether the configuration lets a resource go.
func (g *Guard) mayBeDeleted(r *resource) bool {
	return g.site.Deletable[""] != "" || g.site.Deletable[r.name] != "" || g.site.Deletable[r.String()] != ""
}

// protection keeps what is stateful from being deleted, unless the configuration says so.
func (g *Guard) protection(r *resource) (list []finding) {
	// The origin's credentials are the configuration's, and go when nothing is copied any more.
	if awstypes.Of(r.typ).Stateful && !r.protect && !g.mayBeDeleted(r) && (r.typ != awstypes.Secret || !g.open(r.name)) {
		list = append(list, finding{"protect", "false", "true, unless the configuration lifts it"})
	}
	if strings.HasPrefix(r.typ, "localdc:") && r.at("deletionProtection") == false && !g.mayBeDeleted(r) {
		list = append(list, finding{"deletionProtection", "false", "true, unless the configuration lifts it"})
	}
	if !isDatabase(r) {
		return list
	}
	if wrong(r.at("deletionProtection"), true) && !g.mayBeDeleted(r) {
		list = append(list, finding{"deletionProtection", text(r.at("deletionProtection")), "true, unless the configuration lifts it"})
	}
	if isReplica(r) {
		return list
	}
	if r.at("skipFinalSnapshot") == true || r.at("finalSnapshotIdentifier") == nil {
		list = append(list, finding{"finalSnapshotIdentifier", text(r.at("finalSnapshotIdentifier")), "a name, and no skipFinalSnapshot"})
	}
	return list
}

// backups demands some of every database that is not a copy.
func (*Guard) backups(r *resource) (list []finding) {
	if !isDatabase(r) || isReplica(r) {
		return nil
	}
	if days, known := r.at("backupRetentionPeriod").(float64); r.at("backupRetentionPeriod") == nil || known && days < leastBackupDays {
		list = append(list, finding{"backupRetentionPeriod", text(r.at("backupRetentionPeriod")), fmt.Sprintf("%d days or more", leastBackupDays)})
	}
	if r.typ == awstypes.DBInstance && wrong(r.at("deleteAutomatedBackups"), false) {
		list = append(list, finding{"deleteAutomatedBackups", text(r.at("deleteAutomatedBackups")), "false: backups outlive the database"})
	}
	return list
}

// tags demands of providers that they tag what they make for the site, and of
// resources that they do not take that back.
func (g *Guard) tags(r *resource) (list []finding) {
	for _, name := range sorted(g.site.Tags) {
		wanted := g.site.Tags[name]
		switch {
		case r.typ == providerPrefix+"aws":
			if found := r.at("defaultTags.tags." + name); wrong(found, wanted) {
				list = append(list, finding{"defaultTags." + name, text(found), wanted})
			}
		case strings.HasPrefix(r.typ, "aws:"):
			if found := r.at("tags." + name); found != nil && wrong(found, wanted) {
				list = append(list, finding{"tags." + name, text(found), wanted})
			}
		}
	}
	return list
}

// companionsRule demands the Companions of a resource's row. It is checked when all resources are there.
var companionsRule = rule{name: "companions", family: Guardrail}

// checkCompanions reports resources, such as buckets, without their companions.
func (g *Guard) checkCompanions() {
	for _, name := range sorted(g.known) {
		companions := awstypes.Of(g.known[name].typ).Companions
		if len(companions) == 0 || g.excepted(companionsRule.name, name) {
			continue
		}
		for _, companion := range companions {
			if own := displayType(companion) + " " + g.known[name].name; g.known[own] == nil {
				g.report(companionsRule, name, finding{"companions", "", own})
			}
		}
	}
}
