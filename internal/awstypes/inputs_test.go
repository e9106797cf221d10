package awstypes

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes/sdk"
)

// TestRowsNameInputs checks that each input that a row names exists in the SDK of the provider or
// in the plugin localdc.
func TestRowsNameInputs(t *testing.T) {
	types := sdk.Read().Types
	for name, inputs := range localInputs(t) {
		types["localdc:index:"+name] = inputs
	}
	types[LocalProvider] = localInputs(t)["Config"]
	for _, token := range Tokens() {
		row, inputs := Of(token), types[token]
		if !assert.NotNil(t, inputs, "%s: no such type", token) {
			continue
		}
		if strings.HasPrefix(token, "pulumi:providers:") {
			inputs = append(slices.Clone(inputs), sdk.Input{Path: "version"}) // the engine reads it
		}
		named := slices.Concat(row.Inputs(), row.Inbound)
		for _, property := range row.KeyProperties {
			named = append(named, property.Path)
			if property.When != "" {
				named = append(named, property.When)
			}
		}
		for _, setting := range slices.Concat(row.Encryption, row.TLS, row.Private) {
			named = append(named, setting.Path)
		}
		for _, path := range named {
			ofDocument := slices.ContainsFunc(row.Documents, func(document string) bool {
				return strings.HasPrefix(path, document+".") || strings.HasPrefix(path, document+"[]")
			})
			if m, _ := row.Meaning(path); !m.Tag && !ofDocument {
				assert.True(t, isInput(inputs, path), "%s: the type has no input %s", token, path)
			}
		}
	}
	assert.False(t, isInput(types[Bucket], "bucketPrefixes"))
	assert.False(t, isInput(types[Distribution], "origins[].customOriginConfig.host"))
}

// isInput reports whether a type with the given inputs has an input at a path.
func isInput(inputs []sdk.Input, path string) bool {
	return slices.ContainsFunc(inputs, func(input sdk.Input) bool {
		if parent, isMap := strings.CutSuffix(input.Path, ".*"); isMap && strings.HasPrefix(path, parent+".") {
			return input.Kind != sdk.Object && !strings.Contains(path[len(parent)+1:], ".")
		}
		rest, begins := strings.CutPrefix(path, input.Path)
		return begins && (rest == "" || strings.HasPrefix(rest, ".") && isInput(input.Inputs(), rest[1:]))
	})
}

// localInputs returns the inputs of the structs in the plugin localdc, by name.
func localInputs(t *testing.T) map[string][]sdk.Input {
	t.Helper()
	structs := map[string][]sdk.Input{}
	for _, file := range []string{"specs.go", "driver.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), "../../localdc/driver/"+file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(node ast.Node) bool {
			spec, isType := node.(*ast.TypeSpec)
			if !isType {
				return true
			}
			if fields, isStruct := spec.Type.(*ast.StructType); isStruct {
				structs[spec.Name.Name] = tagged(t, fields, structs)
			}
			return false
		})
	}
	for name := range structs {
		structs[name] = append(structs[name], structs["Common"]...)
	}
	return structs
}

// tagged returns the inputs that the tags of a struct's fields name. Of a list of another struct,
// it returns the inputs of the elements.
func tagged(t *testing.T, fields *ast.StructType, structs map[string][]sdk.Input) (list []sdk.Input) {
	t.Helper()
	for _, field := range fields.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(field.Tag.Value)
		require.NoError(t, err)
		path, _, _ := strings.Cut(reflect.StructTag(tag).Get("pulumi"), ",")
		switch typ := field.Type.(type) {
		case *ast.MapType:
			path += ".*"
		case *ast.ArrayType:
			path += "[]"
			element, _ := typ.Elt.(*ast.Ident)
			for _, input := range structs[element.Name] {
				list = append(list, sdk.Input{Path: path + "." + input.Path})
			}
			if len(structs[element.Name]) > 0 {
				continue
			}
		}
		list = append(list, sdk.Input{Path: path})
	}
	return list
}
