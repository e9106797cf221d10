package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

const (
	applyAtOnce   = "immediate"
	applyOnReboot = "pending-reboot"
)

// parameter is an entry of a parameter group.
type parameter struct{ name, value, apply string }

// databaseParameters returns the parameters of a database. They require TLS, and log
// connections and every change of roles and rights. They log no statement text, because
// it contains users' data and passwords: slow statements are in Performance Insights and
// pg_stat_statements, and errors are logged without the statement and without the row.
// pgaudit redacts passwords in statements of its class role, but not in statements of its
// class ddl (https://github.com/pgaudit/pgaudit/blob/main/README.md).
func databaseParameters(a DatabaseArgs) []parameter {
	list := []parameter{
		// 1 is the default since version 15, and AWS keeps the apply method of a default:
		// with immediate, every preview would report a difference
		// (hashicorp/terraform-provider-aws#39252).
		{"rds.force_ssl", "1", applyOnReboot},
		{"log_connections", "1", applyAtOnce},
		{"log_disconnections", "1", applyAtOnce},
		{"log_error_verbosity", "terse", applyAtOnce},
		{"log_min_error_statement", "panic", applyAtOnce},
		{"log_parameter_max_length", "0", applyAtOnce},
		{"pgaudit.log", "role", applyAtOnce},
		{"shared_preload_libraries", "pg_stat_statements,pgaudit", applyOnReboot},
	}
	if a.LogicalReplication {
		list = append(list, parameter{"rds.logical_replication", "1", applyOnReboot})
	}
	return list
}

func (p provisioner) parameterGroup(a DatabaseArgs) (*rds.ParameterGroup, error) {
	var list rds.ParameterGroupParameterArray
	for _, p := range databaseParameters(a) {
		list = append(list, rds.ParameterGroupParameterArgs{Name: pulumi.String(p.name), Value: pulumi.String(p.value), ApplyMethod: pulumi.String(p.apply)})
	}
	return rds.NewParameterGroup(p.Ctx, p.Name, &rds.ParameterGroupArgs{
		Description: pulumi.String("TLS only, logged"),
		Family:      pulumi.String("postgres" + a.EngineVersion),
		Parameters:  list,
		Tags:        provision.NameTag(p.Name),
	}, pulumi.Parent(p.Parent), provision.Replaceable)
}
