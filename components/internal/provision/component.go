// Package provision is shared by all components: the names and options of children, the
// problems of arguments, policies, roles, log groups and alarms.
package provision

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Component creates the children of one component.
type Component struct {
	Ctx    *pulumi.Context
	Name   string // of the component; the names of its children begin with it
	Parent pulumi.Resource
}

// Child returns the name of a child: the component's name, and a suffix that
// distinguishes the child from its siblings.
func (p Component) Child(suffix string) string { return p.Name + "-" + suffix }

// NameTag returns the tag with the name that the AWS console displays.
func NameTag(name string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(name)}
}

// Protected adds Pulumi's protection to a component's options unless allowDeletion is
// true. The children inherit it, so that Pulumi deletes none of them when it refuses to
// delete the component.
func Protected(opts []pulumi.ResourceOption, allowDeletion bool) []pulumi.ResourceOption {
	return append(slices.Clone(opts), pulumi.Protect(!allowDeletion))
}

// Replaceable removes the component's protection from a child without data, because a
// change of the child may require a replacement.
var Replaceable = pulumi.Protect(false)
