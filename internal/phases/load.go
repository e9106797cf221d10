package phases

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/migration"
	"example.com/multisite/internal/config"
)

// Settings are the settings of the moves to a site that all services share.
type Settings struct {
	// Replication describes the DMS replication instance.
	Replication migration.ReplicationInstanceArgs
	// AgentARNs are the DataSync agents in the origin's network.
	AgentARNs []string
	// Certificates are the certificates of the authorities that sign the origin's servers, in
	// PEM form.
	Certificates string
	// DatabaseCertificates is the certificate of the authority that signs the site's
	// databases, in PEM form.
	DatabaseCertificates string
}

// Origin is the source of a service's data.
type Origin struct {
	Database migration.DatabaseOrigin
	Objects  migration.ObjectOrigin
	// Schedule is a cron expression of AWS for the transfer of objects; empty is daily.
	Schedule string
	// Buckets are the origin's buckets, by the names of the service's buckets.
	Buckets map[string]string
}

// Patterns of values.
var (
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	anyText    = regexp.MustCompile(`.`)
)

// LoadReplication reads the settings of the replication instance, except for its engine version.
func LoadReplication(n config.Node) migration.ReplicationInstanceArgs {
	n.Fields("instanceClass", "engineVersion", "storageGiB", "originCidrBlocks", "originPort")
	args := migration.ReplicationInstanceArgs{
		InstanceClass: n.Field("instanceClass").Match(migration.ReplicationInstanceClass, "a DMS instance class of the families t, c and r, such as dms.c6i.large"),
		StorageGiB:    n.Field("storageGiB").NumberOr(0, migration.MinReplicationStorageGiB, migration.MaxReplicationStorageGiB),
		OriginPort:    n.Field("originPort").NumberOr(components.PostgresPort, 1, math.MaxUint16),
	}
	blocks := n.Field("originCidrBlocks")
	list, _ := blocks.Value.([]any)
	for _, element := range list {
		text, _ := element.(string)
		args.OriginCidrBlocks = append(args.OriginCidrBlocks, text)
	}
	if len(list) == 0 || slices.ContainsFunc(args.OriginCidrBlocks, func(text string) bool {
		block, err := netip.ParsePrefix(text)
		return err != nil || !block.Addr().Is4() || block != block.Masked() || block.Bits() < migration.MinOriginBits
	}) {
		blocks.Problem("a list of at least one IPv4 block, of /16 or smaller, such as 203.0.113.0/28")
	}
	return args
}

// LoadEngine returns the version of the replication engine. It requires a version that supports
// the given PostgreSQL versions.
func LoadEngine(n config.Node, postgres []string) string {
	version, enough := migration.ReplicationEngineFor(n.TextOr("", migration.ReplicationEngine, "a version such as 3.6.1"), postgres)
	if !enough {
		n.Problem(fmt.Sprintf("%s and later, for PostgreSQL %s", version, slices.Max(postgres)))
	}
	return version
}

// LoadOrigin reads the origin of a service's database and buckets, whose hosts host reads. It
// reports the origin of a database or of buckets that the service does not have.
func LoadOrigin(n config.Node, host func(config.Node) string, hasDatabase bool, bucketNames []string) *Origin {
	n.Fields("database", "objects")
	origin := &Origin{Buckets: map[string]string{}}
	if database := n.Field("database"); hasDatabase {
		database.Fields("host", "name", "username", "password")
		origin.Database = migration.DatabaseOrigin{
			Host:         host(database.Field("host")),
			DatabaseName: database.Field("name").Match(identifier, "the name of a database"),
			Username:     database.Field("username").Match(identifier, "the name of a user"),
			Password:     secret(database.Field("password")),
		}
	} else if database.Value != nil {
		database.Log.Add(database.Path, nil, "none, since the service has no database here")
	}
	if objects := n.Field("objects"); len(bucketNames) > 0 {
		objects.Fields("host", "port", "accessKey", "secretKey", "buckets", "schedule")
		origin.Objects = migration.ObjectOrigin{
			Host:      host(objects.Field("host")),
			Port:      objects.Field("port").NumberOr(0, 1, math.MaxUint16),
			AccessKey: pulumi.String(objects.Field("accessKey").Match(anyText, "the name of a key")),
			SecretKey: secret(objects.Field("secretKey")),
		}
		origin.Schedule = objects.Field("schedule").TextOr("", migration.TransferSchedule, "a cron expression of AWS's, in UTC, with one minute, such as cron(0 0 * * ? *)")
		buckets := objects.Field("buckets")
		buckets.Fields(bucketNames...)
		for _, name := range bucketNames {
			origin.Buckets[name] = buckets.Field(name).Match(components.BucketName, "the name of the origin's bucket")
		}
	} else if objects.Value != nil {
		objects.Log.Add(objects.Path, nil, "none, since the service has no buckets here")
	}
	return origin
}

// LoadMove reads a move.
func LoadMove(n config.Node) Move {
	n.Fields("phase", "sharePercent", "facts")
	move := Move{Phase: config.Choice(n.Field("phase"), "", Phases)}
	if n.Field("phase").Value == nil {
		n.Field("phase").Problem("one of " + strings.Join(config.Texts(Phases), ", "))
	}
	share := n.Field("sharePercent")
	if move.Phase == Canary {
		move.SharePercent = share.Number(1, 99)
	} else if share.Value != nil {
		share.Problem("none, except in the phase canary")
	}
	facts := n.Field("facts")
	facts.Fields("for", "measured", "lagSeconds", "rowsAtOrigin", "rowsAtHome", "objectsMissing", "errorsPerMillion", "homeEmpty", "writesForwarded",
		"writesPaused", "sequencesAdvanced", "restarted", "connectionsTested", "signedOffBy", "signedOff")
	count := func(name string) *int {
		if facts.Field(name).Value == nil {
			return nil
		}
		number := facts.Field(name).Number(0, math.MaxInt)
		return &number
	}
	const day = `a day in quotes, such as "2014-10-20"`
	move.Evidence = Evidence{
		For:               config.Choice(facts.Field("for"), "", Phases),
		Measured:          facts.Field("measured").TextOr("", config.Day, day),
		LagSeconds:        count("lagSeconds"),
		RowsAtOrigin:      count("rowsAtOrigin"),
		RowsAtHome:        count("rowsAtHome"),
		ObjectsMissing:    count("objectsMissing"),
		ErrorsPerMillion:  count("errorsPerMillion"),
		HomeEmpty:         facts.Field("homeEmpty").Flag(false),
		WritesForwarded:   facts.Field("writesForwarded").Flag(false),
		WritesPaused:      facts.Field("writesPaused").Flag(false),
		SequencesAdvanced: facts.Field("sequencesAdvanced").Flag(false),
		Restarted:         facts.Field("restarted").Flag(false),
		ConnectionsTested: facts.Field("connectionsTested").Flag(false),
		SignedOffBy:       facts.Field("signedOffBy").TextOr("", config.Role, "a role such as head of e-commerce, never a person"),
		SignedOff:         facts.Field("signedOff").TextOr("", config.Day, day),
	}
	return move
}

// secret requires text. Its messages never contain the text.
func secret(n config.Node) pulumi.StringInput {
	text, _ := n.Value.(string)
	if text == "" {
		n.Log.Add(n.Path, nil, "a secret: pulumi config set --secret --path '"+n.Path+"'")
	}
	return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput)
}
