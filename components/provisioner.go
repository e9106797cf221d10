package components

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// provisioner creates the children of one component.
type provisioner struct {
	ctx    *pulumi.Context
	name   string // of the component, with which the children's names start
	parent pulumi.Resource
}

// child names a child: the component's name and what tells it from its siblings.
func (p provisioner) child(suffix string) string { return p.name + "-" + suffix }

// tags give a resource that has no name of its own one for people.
func (provisioner) tags(name string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(name)}
}
