package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	applyAtOnce   = "immediate"
	applyOnReboot = "pending-reboot"
)

// parameter is one of a parameter group's.
type parameter struct{ name, value, apply string }

// databaseParameters force TLS, and log who connects and every change of roles and
// rights. They log no statement text, which holds users' data and passwords: slow
// statements are in Performance Insights and pg_stat_statements, and errors are logged
// without the statement and without the row that they are about. pgaudit replaces
// passwords in the statements of its class role, though not in those of ddl
// (https://github.com/pgaudit/pgaudit/blob/main/README.md).
func databaseParameters(a DatabaseArgs) []parameter {
	list := []parameter{
		// AWS keeps the apply method of a default, which 1 is since version 15: immediate
		// would be a difference in every preview (hashicorp/terraform-provider-aws#39252).
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
	return rds.NewParameterGroup(p.ctx, p.name, &rds.ParameterGroupArgs{
		Description: pulumi.String("TLS only, logged"),
		Family:      pulumi.String("postgres" + a.EngineVersion),
		Parameters:  list,
		Tags:        nameTag(p.name),
	}, pulumi.Parent(p.parent), replaceable)
}
