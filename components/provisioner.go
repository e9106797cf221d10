package components

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// provisioner creates the children of one component.
type provisioner struct {
	ctx    *pulumi.Context
	name   string // of the component, with which the children's names start
	parent pulumi.Resource
}

// child names a child: the component's name and what tells it from its siblings.
func (p provisioner) child(suffix string) string { return p.name + "-" + suffix }

// nameTag gives a resource the name that people see in the console.
func nameTag(name string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(name)}
}

// protected adds protection to a component's options. Children inherit it: a
// refused deletion takes nothing along.
func protected(opts []pulumi.ResourceOption, allowDeletion bool) []pulumi.ResourceOption {
	return append(slices.Clone(opts), pulumi.Protect(!allowDeletion))
}

// replaceable takes a child that holds nothing out of its component's protection,
// since a change of it may be a replacement.
var replaceable = pulumi.Protect(false)
