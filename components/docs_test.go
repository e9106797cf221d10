package components

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

// documented are the argument types, with what a component makes of none at all.
var documented = []struct {
	args     any // with the defaults
	problems error
}{
	{NetworkArgs{}.withDefaults(), NetworkArgs{}.withDefaults().validate("x")},
	{KeyArgs{}, KeyArgs{}.validate("x")},
	{DatabaseArgs{}.withDefaults("NAME"), DatabaseArgs{}.withDefaults("x").validate("x")},
	{BucketArgs{}.withDefaults(), BucketArgs{}.withDefaults().validate("x")},
	{ObjectLock{}, BucketArgs{ObjectLock: &ObjectLock{}}.withDefaults().validate("x")},
	{Replication{}, BucketArgs{Replication: &Replication{}}.withDefaults().validate("x")},
	{LogBucketArgs{}.withDefaults(), LogBucketArgs{}.withDefaults().validate("x")},
	{CdnArgs{}.withDefaults(), CdnArgs{}.withDefaults().validate("x")},
	{Domain{}, CdnArgs{Domain: &Domain{}}.withDefaults().validate("x")},
	{GeoRestriction{}, CdnArgs{GeoRestriction: &GeoRestriction{}}.withDefaults().validate("x")},
	{AlarmTopicArgs{}, AlarmTopicArgs{}.validate("x")},
	{ParameterArgs{}, ParameterArgs{}.validate("x")},
	{ZoneArgs{}.withDefaults(), ZoneArgs{}.withDefaults().validate("x")},
	{SigningKey{}, nil},
	{HealthCheckArgs{}, HealthCheckArgs{}.validate("x")},
	{RoutesArgs{}, RoutesArgs{}.validate("x")},
	{SiteEndpoint{}, RoutesArgs{Sites: map[string]SiteEndpoint{"x": {}}}.validate("x")},
	{MarketRoute{}, RoutesArgs{Markets: map[string]MarketRoute{"SG": {}}}.validate("x")},
	{ReplicationInstanceArgs{}.withDefaults(), ReplicationInstanceArgs{}.withDefaults().validate("x")},
	{DatabaseCopyArgs{}.withDefaults(), DatabaseCopyArgs{}.withDefaults().validate("x")},
	{DatabaseCopyArgs{}.withDefaults().Origin, DatabaseCopyArgs{}.withDefaults().validate("x")},
	{MarketCopy{}, nil},
	{TransferLogArgs{}.withDefaults(), TransferLogArgs{}.withDefaults().validate("x")},
	{ObjectTransferArgs{}.withDefaults(), ObjectTransferArgs{}.withDefaults().validate("x")},
	{ObjectTransferArgs{}.withDefaults().Origin, ObjectTransferArgs{}.withDefaults().validate("x")},
	{MarketObjects{}, nil},
}

// TestArgumentsAreDocumented compares docs/components.md with the argument types:
// their docstrings, the defaults that they get and what is refused without a value.
func TestArgumentsAreDocumented(t *testing.T) {
	pkg := source(t)
	var text strings.Builder
	text.WriteString("# Components\n\nEvery argument of every component. This file is generated: `go test ./components -update`.\n")
	for _, d := range documented {
		typ := reflect.TypeOf(d.args)
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
			assert.NotEmpty(t, meaning, "%s.%s has no docstring", typ.Name(), field.Name)
			fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", field.Name, pkg.typeName(field.Type), defaultOf(d.problems, field.Name, reflect.ValueOf(d.args).Field(i)), oneLine(meaning))
		}
	}
	golden.Equal(t, filepath.Join("..", "docs", "components.md"), text.String())
}

// defaultOf tells what happens where an argument is left out.
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
	return fmt.Sprintf("`%v`", value)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// documentation is what the package's source says of itself.
type documentation struct {
	funcs, types, fields map[string]string // docstrings
	values               map[string][]string
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
	pkg, err := doc.NewFromFiles(files, parsed, "components", doc.AllDecls)
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

// typeName names a type as a caller would; an enumeration by its values.
func (d documentation) typeName(t reflect.Type) string {
	if values := d.values[t.Name()]; len(values) > 0 {
		return "`" + strings.ReplaceAll(strings.Join(values, "`, `"), `"`, "") + "`"
	}
	return "`" + strings.NewReplacer("components.", "", "pulumi.", "", "*aws.", "aws.", "*", "").Replace(t.String()) + "`"
}
