package migration

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	transfer "example.com/multisite/components/migration"
	"example.com/multisite/internal/config"
)

// Settings is what the services of a site that move share.
type Settings struct {
	// Replication has what configuration says of the replication instance.
	Replication transfer.ReplicationInstanceArgs
	// AgentARNs are the DataSync agents beside the origin's object store.
	AgentARNs []string
	// Certificates are those of the authorities that sign the origin's servers, in PEM form.
	Certificates string
	// DatabaseCertificates is that of the authority that signs the site's databases.
	DatabaseCertificates string
}

// Origin is where a service's data comes from.
type Origin struct {
	Database transfer.DatabaseOrigin
	Objects  transfer.ObjectOrigin
	// Schedule is when objects are transferred, by default daily.
	Schedule string
	// Buckets are the origin's, by the names of the service's own.
	Buckets map[string]string
}

var (
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	anyText    = regexp.MustCompile(`.`)
)

// LoadReplication loads what copies databases.
func LoadReplication(n config.Node) transfer.ReplicationInstanceArgs {
	n.Fields("instanceClass", "engineVersion", "storageGiB", "originCidrBlocks", "originPort")
	args := transfer.ReplicationInstanceArgs{
		InstanceClass: n.Field("instanceClass").Match(transfer.ReplicationInstanceClass, "a DMS instance class of the families t, c and r, such as dms.c6i.large"),
		StorageGiB:    n.Field("storageGiB").NumberOr(0, transfer.MinReplicationStorageGiB, transfer.MaxReplicationStorageGiB),
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
		return err != nil || !block.Addr().Is4() || block != block.Masked() || block.Bits() < transfer.MinOriginBits
	}) {
		blocks.Problem("a list of at least one IPv4 block, of /16 or smaller, such as 203.0.113.0/28")
	}
	return args
}

// LoadEngine chooses an engine that copies the databases that move.
func LoadEngine(n config.Node, postgres []string) string {
	version, enough := transfer.ReplicationEngineFor(n.TextOr("", transfer.ReplicationEngine, "a version such as 3.6.1"), postgres)
	if !enough {
		n.Problem(fmt.Sprintf("%s and later, for PostgreSQL %s", version, slices.Max(postgres)))
	}
	return version
}

// LoadOrigin loads where a service's database and objects come from, as far as it has such.
func LoadOrigin(n config.Node, hasDatabase bool, bucketNames []string) *Origin {
	n.Fields("database", "objects")
	origin := &Origin{Buckets: map[string]string{}}
	const aHost = "a host name such as db.example.com"
	if database := n.Field("database"); hasDatabase {
		database.Fields("host", "name", "username", "password")
		origin.Database = transfer.DatabaseOrigin{
			Host:         database.Field("host").Match(components.Hostname, aHost),
			DatabaseName: database.Field("name").Match(identifier, "the name of a database"),
			Username:     database.Field("username").Match(identifier, "the name of a user"),
			Password:     secret(database.Field("password")),
		}
	} else if database.Value != nil {
		database.Log.Add(database.Path, nil, "none, since the service has no database here")
	}
	if objects := n.Field("objects"); len(bucketNames) > 0 {
		objects.Fields("host", "port", "accessKey", "secretKey", "buckets", "schedule")
		origin.Objects = transfer.ObjectOrigin{
			Host:      objects.Field("host").Match(components.Hostname, aHost),
			Port:      objects.Field("port").NumberOr(0, 1, math.MaxUint16),
			AccessKey: pulumi.String(objects.Field("accessKey").Match(anyText, "the name of a key")),
			SecretKey: secret(objects.Field("secretKey")),
		}
		origin.Schedule = objects.Field("schedule").TextOr("", transfer.TransferSchedule, "a cron expression of AWS's, in UTC, with one minute, such as cron(0 0 * * ? *)")
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

// secret demands a text that is never repeated in a message.
func secret(n config.Node) pulumi.StringInput {
	text, _ := n.Value.(string)
	if text == "" {
		n.Log.Add(n.Path, nil, "a secret: pulumi config set --secret --path '"+n.Path+"'")
	}
	return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput)
}

func LoadMove(n config.Node) Move {
	n.Fields("phase", "sharePercent", "facts")
	move := Move{Phase: config.Choice(n.Field("phase"), "", Phases)}
	if n.Field("phase").Value == nil {
		n.Field("phase").Problem("one of origin, copying, canary, serving, done")
	}
	share := n.Field("sharePercent")
	if move.Phase == Canary {
		move.SharePercent = share.Number(1, 99)
	} else if share.Value != nil {
		share.Problem("none, but for canary")
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
	const aDay = `a day in quotes, such as "2014-10-20"`
	move.Evidence = Evidence{
		For:               config.Choice(facts.Field("for"), "", Phases),
		Measured:          facts.Field("measured").TextOr("", config.Day, aDay),
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
		SignedOff:         facts.Field("signedOff").TextOr("", config.Day, aDay),
	}
	return move
}
