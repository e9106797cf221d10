package stacks

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"multisite/components"
)

// Migration is what the services of a site that move share.
type Migration struct {
	// Replication has what configuration says of the replication instance.
	Replication components.ReplicationInstanceArgs
	// AgentARNs are the DataSync agents beside the origin's object store.
	AgentARNs []string
	// Certificates are those of the authorities that sign the origin's servers, in PEM form.
	Certificates string
	// DatabaseCertificates is that of the authority that signs the site's databases.
	DatabaseCertificates string
}

// ServiceOrigin is where a service's data comes from.
type ServiceOrigin struct {
	Database components.DatabaseOrigin
	Objects  components.ObjectOrigin
	// Schedule is when objects are transferred, by default daily.
	Schedule string
	// Buckets are the origin's, by the names of the service's own.
	Buckets map[string]string
}

var (
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	anyText    = regexp.MustCompile(`.`)
)

// loadMigration loads which markets of the site's services are on their way here.
func loadMigration(n node, site *Site) {
	n.fields("replication", "agents", "certificates", "services")
	services := n.field("services")
	for _, name := range services.fields(names(site.Services)...) {
		entry, service := services.field(name), site.Services[name]
		entry.fields("origin", "markets")
		service.Moves = map[string]Move{}
		markets := entry.field("markets")
		for _, market := range markets.fields(service.Markets...) {
			service.Moves[market] = loadMove(markets.field(market))
		}
		if service.Copying() || entry.field("origin").value != nil {
			service.Origin = loadOrigin(entry.field("origin"), service.Database != nil, names(service.Buckets))
		}
		site.Services[name] = service
	}
	databases, buckets := site.CopiesDatabases(), site.CopiesObjects()
	certificates := n.field("certificates")
	site.Migration.Certificates, _ = certificates.value.(string)
	if certificates.value != nil && !components.IsPEM(site.Migration.Certificates) {
		certificates.problem("certificates in PEM form")
	}
	if replication := n.field("replication"); databases || replication.value != nil {
		site.Migration.Replication = loadReplication(replication)
		site.Migration.Replication.EngineVersion = loadEngine(replication.field("engineVersion"), copiedEngines(site))
	}
	if agents := n.field("agents"); buckets || agents.value != nil {
		site.Migration.AgentARNs = agents.names(1, components.AgentARN)
	}
	if buckets && len(site.Migration.Certificates) > components.MaxTransferCertificateBytes {
		certificates.log.add(certificates.path, fmt.Sprintf("%d bytes", len(site.Migration.Certificates)),
			fmt.Sprintf("at most %d bytes while objects are copied", components.MaxTransferCertificateBytes))
	}
	if databases && certificates.value == nil {
		certificates.problem("the certificates of the authorities that sign the origin's databases, in PEM form")
	}
	if databases {
		loadAuthority(n, site)
	}
}

// loadAuthority looks up who signs the site's databases.
func loadAuthority(n node, site *Site) {
	authorities, err := DefaultAuthorities()
	if err != nil {
		n.log.Lines = append(n.log.Lines, err.Error())
		return
	}
	if site.Migration.DatabaseCertificates = authorities[site.Region].Certificate; site.Migration.DatabaseCertificates == "" {
		n.log.add(n.path, site.Region, fmt.Sprintf("regions whose authority %s has, while a database is copied: %q", authoritiesPath, names(authorities)))
	}
}

// loadReplication loads what copies databases.
func loadReplication(n node) components.ReplicationInstanceArgs {
	n.fields("instanceClass", "engineVersion", "storageGiB", "originCidrBlocks", "originPort")
	args := components.ReplicationInstanceArgs{
		InstanceClass: n.field("instanceClass").match(components.ReplicationInstanceClass, "a DMS instance class of the families t, c and r, such as dms.c6i.large"),
		StorageGiB:    n.field("storageGiB").numberOr(0, components.MinReplicationStorageGiB, components.MaxReplicationStorageGiB),
		OriginPort:    n.field("originPort").numberOr(components.PostgresPort, 1, math.MaxUint16),
	}
	blocks := n.field("originCidrBlocks")
	list, _ := blocks.value.([]any)
	for _, element := range list {
		text, _ := element.(string)
		args.OriginCidrBlocks = append(args.OriginCidrBlocks, text)
	}
	if len(list) == 0 || slices.ContainsFunc(args.OriginCidrBlocks, func(text string) bool {
		block, err := netip.ParsePrefix(text)
		return err != nil || !block.Addr().Is4() || block != block.Masked() || block.Bits() < components.MinOriginBits
	}) {
		blocks.problem("a list of at least one IPv4 block, of /16 or smaller, such as 203.0.113.0/28")
	}
	return args
}

// loadEngine chooses an engine that copies the databases that move.
func loadEngine(n node, postgres []string) string {
	version, enough := components.ReplicationEngineFor(n.textOr("", components.ReplicationEngine, "a version such as 3.6.1"), postgres)
	if !enough {
		n.problem(fmt.Sprintf("%s and later, for PostgreSQL %s", version, slices.Max(postgres)))
	}
	return version
}

// loadOrigin loads where a service's database and objects come from, as far as it has such.
func loadOrigin(n node, hasDatabase bool, bucketNames []string) *ServiceOrigin {
	n.fields("database", "objects")
	origin := &ServiceOrigin{Buckets: map[string]string{}}
	const aHost = "a host name such as db.example.com"
	if database := n.field("database"); hasDatabase {
		database.fields("host", "name", "username", "password")
		origin.Database = components.DatabaseOrigin{
			Host:         database.field("host").match(components.Hostname, aHost),
			DatabaseName: database.field("name").match(identifier, "the name of a database"),
			Username:     database.field("username").match(identifier, "the name of a user"),
			Password:     secret(database.field("password")),
		}
	} else if database.value != nil {
		database.log.add(database.path, nil, "none, since the service has no database here")
	}
	if objects := n.field("objects"); len(bucketNames) > 0 {
		objects.fields("host", "port", "accessKey", "secretKey", "buckets", "schedule")
		origin.Objects = components.ObjectOrigin{
			Host:      objects.field("host").match(components.Hostname, aHost),
			Port:      objects.field("port").numberOr(0, 1, math.MaxUint16),
			AccessKey: pulumi.String(objects.field("accessKey").match(anyText, "the name of a key")),
			SecretKey: secret(objects.field("secretKey")),
		}
		origin.Schedule = objects.field("schedule").textOr("", components.TransferSchedule, "a cron expression of AWS's, in UTC, with one minute, such as cron(0 0 * * ? *)")
		buckets := objects.field("buckets")
		buckets.fields(bucketNames...)
		for _, name := range bucketNames {
			origin.Buckets[name] = buckets.field(name).match(components.BucketName, "the name of the origin's bucket")
		}
	} else if objects.value != nil {
		objects.log.add(objects.path, nil, "none, since the service has no buckets here")
	}
	return origin
}

// secret demands a text that is never repeated in a message.
func secret(n node) pulumi.StringInput {
	text, _ := n.value.(string)
	if text == "" {
		n.log.add(n.path, nil, "a secret: pulumi config set --secret --path '"+n.path+"'")
	}
	return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput)
}

func loadMove(n node) Move {
	n.fields("phase", "sharePercent", "facts")
	move := Move{Phase: choice(n.field("phase"), "", Phases)}
	if n.field("phase").value == nil {
		n.field("phase").problem("one of origin, copying, canary, serving, done")
	}
	share := n.field("sharePercent")
	if move.Phase == Canary {
		move.SharePercent = share.number(1, 99)
	} else if share.value != nil {
		share.problem("none, but for canary")
	}
	facts := n.field("facts")
	facts.fields("for", "measured", "lagSeconds", "rowsAtOrigin", "rowsAtHome", "objectsMissing", "errorsPerMillion", "homeEmpty", "writesForwarded",
		"writesPaused", "sequencesAdvanced", "restarted", "connectionsTested", "signedOffBy", "signedOff")
	count := func(name string) *int {
		if facts.field(name).value == nil {
			return nil
		}
		number := facts.field(name).number(0, math.MaxInt)
		return &number
	}
	const aDay = `a day in quotes, such as "2014-10-20"`
	move.Facts = Facts{
		For:               choice(facts.field("for"), "", Phases),
		Measured:          facts.field("measured").textOr("", day, aDay),
		LagSeconds:        count("lagSeconds"),
		RowsAtOrigin:      count("rowsAtOrigin"),
		RowsAtHome:        count("rowsAtHome"),
		ObjectsMissing:    count("objectsMissing"),
		ErrorsPerMillion:  count("errorsPerMillion"),
		HomeEmpty:         facts.field("homeEmpty").flag(false),
		WritesForwarded:   facts.field("writesForwarded").flag(false),
		WritesPaused:      facts.field("writesPaused").flag(false),
		SequencesAdvanced: facts.field("sequencesAdvanced").flag(false),
		Restarted:         facts.field("restarted").flag(false),
		ConnectionsTested: facts.field("connectionsTested").flag(false),
		SignedOffBy:       facts.field("signedOffBy").textOr("", role, "a role such as head of e-commerce, never a person"),
		SignedOff:         facts.field("signedOff").textOr("", day, aDay),
	}
	return move
}

// copiedEngines are the PostgreSQL versions of the databases that are copied.
func copiedEngines(site *Site) (postgres []string) {
	for _, name := range names(site.Services) {
		if service := site.Services[name]; service.Copying() && hasDatabase(service) {
			postgres = append(postgres, service.Database.EngineVersion)
		}
	}
	return postgres
}
