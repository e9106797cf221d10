package dns

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// provisioner creates the children of one component.
type provisioner struct{ provision.Component }

func newProvisioner(ctx *pulumi.Context, name string, parent pulumi.Resource) provisioner {
	return provisioner{provision.Component{Ctx: ctx, Name: name, Parent: parent}}
}
