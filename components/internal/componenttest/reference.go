// Package componenttest has the tests that every package of components shares: the
// generated reference of arguments, and the refusal of wrong arguments.
package componenttest

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/golden"
)

// Documented is an argument type in a reference.
type Documented struct {
	// Args has the defaults.
	Args any
	// Problems is the error of the component without arguments, which names the required arguments.
	Problems error
}

// Reference compares a document with the argument types of the package in the current
// folder: their doc comments, their defaults and which arguments are required. head is the
// document's first lines.
func Reference(t *testing.T, document, head string, documented []Documented) {
	t.Helper()
	pkg := source(t)
	var text strings.Builder
	text.WriteString(head)
	for _, d := range documented {
		typ := reflect.TypeOf(d.Args)
		component, isArgs := strings.CutSuffix(typ.Name(), "Args")
		if isArgs {
			fmt.Fprintf(&text, "\n## %s\n\n%s\n", component, oneLine(pkg.funcs["New"+component]))
		} else {
			fmt.Fprintf(&text, "\n### %s\n\n%s\n", component, oneLine(pkg.types[typ.Name()]))
		}
		text.WriteString("\n| argument | type | default | meaning |\n|---|---|---|---|\n")
		for i := range typ.NumField() {
			field := typ.Field(i)
			meaning := pkg.fields[typ.Name()+"."+field.Name]
			assert.NotEmpty(t, meaning, "%s.%s has no doc comment", typ.Name(), field.Name)
			fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", field.Name, pkg.typeName(field.Type), defaultOf(d.Problems, field.Name, reflect.ValueOf(d.Args).Field(i)), oneLine(meaning))
		}
	}
	golden.Equal(t, document, text.String())
}

// defaultOf describes the value of an argument that is not given.
func defaultOf(problems error, name string, value reflect.Value) string {
	if problems != nil && regexp.MustCompile(`\b`+name+`: `).MatchString(problems.Error()) {
		return "required"
	}
	if value.IsZero() {
		if value.Kind() == reflect.Bool {
			return "`false`"
		}
		return "none"
	}
	if value.Kind() == reflect.Struct {
		return "see below"
	}
	if value.Kind() == reflect.Map { // its values are documented below
		return fmt.Sprintf("`%v`", value.MapKeys())
	}
	return fmt.Sprintf("`%v`", value)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// documentation holds the doc comments and the enumerations of the package.
type documentation struct {
	funcs, types, fields map[string]string   // doc comments, by name
	values               map[string][]string // of enumerations, by type
}

func source(t *testing.T) documentation {
	t.Helper()
	files := token.NewFileSet()
	var parsed []*ast.File
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(files, name, nil, parser.ParseComments)
			require.NoError(t, err)
			parsed = append(parsed, file)
		}
	}
	pkg, err := doc.NewFromFiles(files, parsed, parsed[0].Name.Name, doc.AllDecls)
	require.NoError(t, err)
	d := documentation{map[string]string{}, map[string]string{}, map[string]string{}, map[string][]string{}}
	for _, f := range pkg.Funcs {
		d.funcs[f.Name] = f.Doc
	}
	for _, typ := range pkg.Types {
		d.types[typ.Name] = typ.Doc
		for _, f := range typ.Funcs {
			d.funcs[f.Name] = f.Doc
		}
		for _, group := range typ.Consts {
			for _, spec := range group.Decl.Specs {
				for _, value := range spec.(*ast.ValueSpec).Values {
					d.values[typ.Name] = append(d.values[typ.Name], value.(*ast.BasicLit).Value)
				}
			}
		}
		if object, ok := typ.Decl.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType); ok {
			for _, field := range object.Fields.List {
				for _, name := range field.Names {
					d.fields[typ.Name+"."+name.Name] = field.Doc.Text()
				}
			}
		}
	}
	return d
}

// typeName returns a type as a caller writes it, or the values of an enumeration.
func (d documentation) typeName(t reflect.Type) string {
	if values := d.values[t.Name()]; len(values) > 0 {
		return "`" + strings.ReplaceAll(strings.Join(values, "`, `"), `"`, "") + "`"
	}
	return "`" + strings.NewReplacer("components.", "", "migration.", "", "pulumi.", "", "*aws.", "aws.", "*", "").Replace(t.String()) + "`"
}
