package awstypes

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// literals returns the strings in a Go file that are tokens of resource types.
func literals(t *testing.T, file string) (found []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	ast.Inspect(parsed, func(node ast.Node) bool {
		if literal, is := node.(*ast.BasicLit); is && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil && isToken.MatchString(text) {
				found = append(found, text)
			}
		}
		return true
	})
	return found
}

// isToken matches tokens of resource types. It does not match tokens of functions, such as
// aws:ssm/getParameter:getParameter.
var isToken = regexp.MustCompile(`^(aws:[a-z0-9]+/\w+|localdc:index|random:index/\w+):[A-Z]\w*$`)

// TestEveryConstantHasARow compares the tokens in constants with the rows.
func TestEveryConstantHasARow(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var constants []string
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			constants = append(constants, literals(t, file)...)
		}
	}
	tokens := slices.DeleteFunc(Tokens(), func(token string) bool { return strings.HasPrefix(token, "pulumi:") })
	assert.ElementsMatch(t, tokens, constants, "each token is written once, and has a row")
	size := 0
	for _, group := range []map[string]Type{network, storage, database, keys, identity, edge, entry, dns, monitoring, migration, workloads, local, providers} {
		size += len(group)
	}
	assert.Len(t, rows, size, "each type has one row")
}

// TestRowsReferToRows checks that each type that a row names has a row.
func TestRowsReferToRows(t *testing.T) {
	for token, row := range rows {
		named := slices.Clone(row.Companions)
		for _, ref := range slices.Concat(row.Refs, row.Names) {
			named = append(named, ref.Type)
		}
		if row.KeyType != "" {
			named = append(named, row.KeyType)
			assert.NotEmpty(t, Of(row.KeyType).KeyProperties, "%s: KeyType", token)
		}
		for _, typ := range named {
			assert.Contains(t, rows, typ, token)
		}
		assert.False(t, row.Import.ARN != nil && row.Import.Key != "", "%s: Import has either ARN or Key", token)
		if row.Import.ARN != nil {
			assert.Positive(t, row.Import.ARN.NumSubexp(), "%s: ARN", token)
		}
		assert.Equal(t, row.Holds != Nothing, row.Readers != "", "%s: a row with Holds has Readers, and no other row", token)
	}
}

// TestLocalTypesHaveRows compares the kinds that the package localdc registers with the
// rows. AWS's types are compared with the simulated cloud's model, in its tests.
func TestLocalTypesHaveRows(t *testing.T) {
	files, err := filepath.Glob("../../components/localdc/*.go")
	require.NoError(t, err)
	var kinds []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(node ast.Node) bool {
			call, isCall := node.(*ast.CallExpr)
			if !isCall || len(call.Args) < 2 {
				return true
			}
			function, _ := call.Fun.(*ast.Ident)
			kind, isLiteral := call.Args[1].(*ast.BasicLit)
			if function != nil && slices.Contains([]string{"register", "registerAs"}, function.Name) && isLiteral {
				kinds = append(kinds, "localdc:index:"+strings.Trim(kind.Value, `"`))
			}
			return true
		})
	}
	var tokens []string
	for token := range local {
		tokens = append(tokens, token)
	}
	assert.ElementsMatch(t, tokens, kinds, "internal/awstypes/local.go has a row per kind of components/localdc")
}

// exempt are the folders whose code may contain tokens: the model of the simulated cloud,
// components, which name the types that they declare, and modules that do not import this package.
var exempt = []string{"internal/simulation", "internal/awstypes", "components", "localdc", "test/acceptance", "examples"}

// TestTokensAreWrittenOnce reports tokens in other code that should be constants of this package.
func TestTokensAreWrittenOnce(t *testing.T) {
	root := os.DirFS("../..")
	require.NoError(t, fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (slices.Contains(exempt, path) || entry.Name() == "testdata" || entry.Name() == "bin" || strings.HasPrefix(entry.Name(), ".") && path != ".") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			assert.Empty(t, literals(t, filepath.Join("../..", path)), "%s: write these as constants of internal/awstypes", path)
		}
		return nil
	}))
}

// TestImport checks IDs and keys of types with each form of Import.
func TestImport(t *testing.T) {
	id, matches := Of(WebACL).Import.IDFromARN("arn:aws:wafv2:us-east-1:123456789012:global/webacl/oregon-cdn/0123-4567")
	assert.True(t, matches)
	assert.Equal(t, "0123-4567/oregon-cdn/CLOUDFRONT", id)
	id, matches = Of(WebACL).Import.IDFromARN("arn:aws:wafv2:us-west-2:123456789012:regional/webacl/oregon-entry/0123-4567")
	assert.True(t, matches)
	assert.Equal(t, "0123-4567/oregon-entry/REGIONAL", id)
	id, matches = Of(Topic).Import.IDFromARN("arn:aws:sns:us-east-1:123456789012:oregon-alarms")
	assert.True(t, matches)
	assert.Equal(t, "arn:aws:sns:us-east-1:123456789012:oregon-alarms", id)
	_, matches = Of(Topic).Import.IDFromARN("arn:aws:sqs:us-east-1:123456789012:oregon-alarms")
	assert.False(t, matches)
	_, matches = Of(Role).Import.IDFromARN("arn:aws:iam::123456789012:role/oregon")
	assert.False(t, matches)

	record := map[string]any{"zoneId": "Z1", "name": "www.example.com", "type": "A"}
	assert.Equal(t, "Z1_www.example.com_A", Of(Record).Import.KeyOf(record))
	record["setIdentifier"] = "oregon"
	assert.Equal(t, "Z1_www.example.com_A_oregon", Of(Record).Import.KeyOf(record))
	assert.Equal(t, "rtb-1_::/0", Of(Route).Import.KeyOf(map[string]any{"routeTableId": "rtb-1", "destinationIpv6CidrBlock": "::/0"}))
}

// TestMeaning checks the meanings of keys of objects, of fields of documents, and of tags with dots.
func TestMeaning(t *testing.T) {
	for path, has := range map[string]bool{
		"insecureValue.moves.mi-account.TW.phase": true, "insecureValue.moves.mi-account.phase": false, "insecureValue.moves.a.b.c.phase": false,
		`insecureValue.records["_a.account.example.com."]`: true, `insecureValue.records["a\".b"].c`: false,
		`tags["kubernetes.io/role"]`: true, "insecureValue.entry.ready[3]": true, "insecureValue.entry.other": false,
	} {
		_, found := Of(Parameter).Meaning(path)
		assert.Equal(t, has, found, path)
	}
}

// TestText checks paths of texts, lists, and absent values.
func TestText(t *testing.T) {
	properties := map[string]any{"kmsKeyId": "k", "rules": []any{map[string]any{"by": map[string]any{"key": "first"}}, map[string]any{}}, "none": []any{}}
	for path, want := range map[string]string{"kmsKeyId": "k", "rules[].by.key": "first", "rules[].by.other": "", "none[].by.key": "", "absent": "", "kmsKeyId.key": ""} {
		assert.Equal(t, want, Text(properties, path), path)
	}
}
