// Package sdk lists the resource types of the providers' SDKs with all inputs, and the functions,
// for tests that go through all of them. Its file types.txt is an extract of the SDKs' source.
// After a change of their versions in go.mod, run:
//
//	go generate ./internal/awstypes/sdk
//
// A block of types.txt is the token of a resource type, or @ and the name of a struct, followed
// by the inputs, one a line, each after a tab. [] after an input's name stands for a list, .* for
// a map. The values are texts, or else flag, number, any, or @ and the name of a struct. Structs
// with the same inputs are written once. The block functions lists tokens of functions.
package sdk

import (
	_ "embed"
	"strings"
)

//go:generate go run ./extract
//go:embed types.txt
var text string

// Modules are the folders of the packages in each module that types.txt is an extract of.
var Modules = map[string]string{
	"github.com/pulumi/pulumi-aws/sdk/v6":    "go/aws",
	"github.com/pulumi/pulumi-random/sdk/v4": "go/random",
}

// SDK is the content of types.txt.
type SDK struct {
	// Versions are the versions of the Modules.
	Versions map[string]string
	// Types are the inputs of each resource type by the type's token, sorted by name.
	Types map[string][]Input
	// Functions are the tokens of functions, sorted.
	Functions []string
}

// Kind is the kind of an input's values.
type Kind string

// Kinds of values.
const (
	Text   Kind = ""
	Number Kind = "number"
	Flag   Kind = "flag"
	Any    Kind = "any"
	Object Kind = "object"
)

// Input is an input of a resource type or of an object.
type Input struct {
	// Path is the input's name, followed by [] for each list and .* for each map, such as
	// rules[] or tags.*.
	Path string
	// Kind is the kind of the values in the lists and maps.
	Kind Kind

	reference string
	structs   map[string][]Input
}

// Inputs returns the inputs of an Object. An object may contain objects of the same type.
func (i Input) Inputs() []Input { return i.structs[i.reference] }

// Read reads types.txt.
func Read() SDK {
	s := SDK{Versions: map[string]string{}, Types: map[string][]Input{}}
	structs := map[string][]Input{}
	blocks := strings.Split(strings.TrimSpace(text), "\n\n")
	for _, line := range strings.Split(blocks[0], "\n")[1:] {
		module, version, _ := strings.Cut(line, " ")
		s.Versions[module] = version
	}
	for _, block := range blocks[1:] {
		lines := strings.Split(block, "\n\t")
		if lines[0] == "functions" {
			s.Functions = lines[1:]
			continue
		}
		inputs := make([]Input, len(lines)-1)
		for n, line := range lines[1:] {
			path, kind, _ := strings.Cut(line, " ")
			inputs[n] = Input{Path: path, Kind: Kind(kind)}
			if strings.HasPrefix(kind, "@") {
				inputs[n] = Input{Path: path, Kind: Object, reference: kind, structs: structs}
			}
		}
		if strings.HasPrefix(lines[0], "@") {
			structs[lines[0]] = inputs
		} else {
			s.Types[lines[0]] = inputs
		}
	}
	return s
}
