package siteconfig

import (
	"fmt"

	"example.com/multisite/components/migration"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// loadMigration reads multisite:migration: the moves of markets to the site. It requires the
// settings of replication and transfers only while a database or objects are copied.
func loadMigration(n config.Node, site *Site, rules *residency.Rules) {
	n.Fields("replication", "agents", "certificates", "services")
	services := n.Field("services")
	for _, name := range services.Fields(ordered.Keys(site.Services)...) {
		entry, service := services.Field(name), site.Services[name]
		entry.Fields("origin", "markets")
		service.Moves = map[string]phases.Move{}
		markets := entry.Field("markets")
		for _, market := range markets.Fields(service.Markets...) {
			move := phases.LoadMove(markets.Field(market))
			move.WayBack = len(rules.NotCopied(name, market, site.Name, register.OriginPlace)) == 0
			service.Moves[market] = move
			checkFlow(markets.Field(market), move, rules, name, market, site.Name)
		}
		if service.Copying() || entry.Field("origin").Value != nil {
			service.Origin = phases.LoadOrigin(entry.Field("origin"), rules.Register.Origin.Names, service.Database != nil, ordered.Keys(service.Buckets))
		}
		site.Services[name] = service
	}
	databases, buckets := site.CopiesDatabases(), site.CopiesObjects()
	certificates := n.Field("certificates")
	site.Migration.Certificates, _ = certificates.Value.(string)
	if certificates.Value != nil && !migration.IsPEM(site.Migration.Certificates) {
		certificates.Problem("certificates in PEM form")
	}
	if replication := n.Field("replication"); databases || replication.Value != nil {
		site.Migration.Replication = phases.LoadReplication(replication)
		site.Migration.Replication.EngineVersion = phases.LoadEngine(replication.Field("engineVersion"), copiedEngines(site))
	}
	if agents := n.Field("agents"); buckets || agents.Value != nil {
		site.Migration.AgentARNs = agents.Names(1, migration.AgentARN)
	}
	if buckets && len(site.Migration.Certificates) > migration.MaxTransferCertificateBytes {
		certificates.Log.Add(certificates.Path, fmt.Sprintf("%d bytes", len(site.Migration.Certificates)),
			fmt.Sprintf("at most %d bytes while objects are copied", migration.MaxTransferCertificateBytes))
	}
	if databases && certificates.Value == nil {
		certificates.Problem("the certificates of the authorities that sign the origin's databases, in PEM form")
	}
	if databases {
		loadAuthority(n, site)
	}
}

// checkFlow reports a market whose data is copied from the origin to a site without a flow in the
// register. n is the node of the move.
func checkFlow(n config.Node, move phases.Move, rules *residency.Rules, service, market, site string) {
	direction, copied := move.Copies()
	if !copied || direction != migration.ToSite || len(rules.NotCopied(service, market, register.OriginPlace, site)) == 0 {
		return
	}
	p := &config.Problems{File: diagnostic.Residency.Line(n.Log.File)}
	p.Add(n.Path+".phase", move.Phase, rules.NoFlow(service, market, register.OriginPlace, site))
	n.Log.Lines = append(n.Log.Lines, p.Lines...)
}

// loadAuthority sets the certificate of the authority that signs the site's databases.
func loadAuthority(n config.Node, site *Site) {
	authorities, err := register.DefaultAuthorities()
	if err != nil {
		n.Log.Lines = append(n.Log.Lines, err.Error())
		return
	}
	if site.Migration.DatabaseCertificates = authorities[site.Region].Certificate; site.Migration.DatabaseCertificates == "" {
		n.Log.Add(n.Path, site.Region, fmt.Sprintf("regions with an authority in %s, while a database is copied: %q", register.AuthoritiesPath, ordered.Keys(authorities)))
	}
}

// copiedEngines returns the PostgreSQL versions of the databases that are copied.
func copiedEngines(site *Site) (postgres []string) {
	for _, name := range ordered.Keys(site.Services) {
		if service := site.Services[name]; service.Copying() && hasDatabase(service) {
			postgres = append(postgres, service.Database.EngineVersion)
		}
	}
	return postgres
}
