package components

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// provisioner creates the children of one component.
type provisioner struct {
	ctx    *pulumi.Context
	name   string // of the component; the names of its children begin with it
	parent pulumi.Resource
}

// child returns the name of a child: the component's name, and a suffix that
// distinguishes the child from its siblings.
func (p provisioner) child(suffix string) string { return p.name + "-" + suffix }

// nameTag returns the tag with the name that the AWS console displays.
func nameTag(name string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(name)}
}

// protected adds Pulumi's protection to a component's options unless allowDeletion is
// true. The children inherit it, so that Pulumi deletes none of them when it refuses to
// delete the component.
func protected(opts []pulumi.ResourceOption, allowDeletion bool) []pulumi.ResourceOption {
	return append(slices.Clone(opts), pulumi.Protect(!allowDeletion))
}

// replaceable removes the component's protection from a child without data, because a
// change of the child may require a replacement.
var replaceable = pulumi.Protect(false)
