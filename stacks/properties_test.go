package stacks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// promised holds the properties that every resource of a type has with any configuration.
var promised = map[string]map[string]any{
	"aws:ec2:Vpc":                  {"enableDnsSupport": true, "enableDnsHostnames": true},
	"aws:ec2:DefaultSecurityGroup": {"ingress": []any{}, "egress": []any{}},
	"aws:ec2:DefaultNetworkAcl":    {"ingress": nil, "egress": nil},
	"aws:ec2:FlowLog":              {"trafficType": "ALL"},
	"aws:cloudwatch:LogGroup":      {"retentionInDays": 365.0},
	"aws:kms:Key":                  {"enableKeyRotation": true, "deletionWindowInDays": 30.0},
	"aws:rds:Instance": {
		"backupWindow": "09:00-09:30", "maintenanceWindow": "sun:10:00-sun:11:00",
		"engine": "postgres", "engineVersion": "16", "autoMinorVersionUpgrade": true,
		"multiAz": true, "publiclyAccessible": false, "storageEncrypted": true, "storageType": "gp3",
		"performanceInsightsEnabled": true, "iamDatabaseAuthenticationEnabled": true, "monitoringInterval": 60.0,
		"caCertIdentifier": "rds-ca-rsa2048-g1", "enabledCloudwatchLogsExports": []any{"postgresql", "upgrade"},
		"backupRetentionPeriod": 35.0, "copyTagsToSnapshot": true, "deleteAutomatedBackups": false, "deletionProtection": true,
	},
	"aws:rds:ParameterGroup": {"family": "postgres16", "parameters": []any{
		parameter("rds.force_ssl", "1", "pending-reboot"),
		parameter("log_connections", "1", "immediate"), parameter("log_disconnections", "1", "immediate"),
		parameter("log_error_verbosity", "terse", "immediate"), parameter("log_min_error_statement", "panic", "immediate"),
		parameter("log_parameter_max_length", "0", "immediate"), parameter("pgaudit.log", "role", "immediate"),
		parameter("shared_preload_libraries", "pg_stat_statements,pgaudit", "pending-reboot"),
	}},
	"aws:s3:BucketPublicAccessBlock": {
		"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true,
	},
	"aws:s3:BucketOwnershipControls": {"rule": map[string]any{"objectOwnership": "BucketOwnerEnforced"}},
	"aws:s3:BucketVersioningV2":      {"versioningConfiguration": map[string]any{"status": "Enabled"}},
	"aws:cloudfront:OriginAccessControl": {
		"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
	},
	"aws:cloudfront:Distribution": {
		"enabled": true, "isIpv6Enabled": true, "httpVersion": "http2and3", "defaultRootObject": "index.html", "priceClass": "PriceClass_All",
		"defaultCacheBehavior": map[string]any{
			"viewerProtocolPolicy": "https-only", "compress": true, "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
			"allowedMethods": []any{"GET", "HEAD"}, "cachedMethods": []any{"GET", "HEAD"}, "targetOriginId": "bucket",
		},
		"restrictions": map[string]any{"geoRestriction": map[string]any{"restrictionType": "blacklist", "locations": []any{"CN"}}},
	},
	"aws:cloudfront:ResponseHeadersPolicy": {"securityHeadersConfig": map[string]any{
		"strictTransportSecurity": map[string]any{"accessControlMaxAgeSec": 63072000.0, "includeSubdomains": true, "override": true},
		"contentSecurityPolicy": map[string]any{
			"contentSecurityPolicy": "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'", "override": true,
		},
		"contentTypeOptions": map[string]any{"override": true},
		"frameOptions":       map[string]any{"frameOption": "DENY", "override": true},
		"referrerPolicy":     map[string]any{"referrerPolicy": "strict-origin-when-cross-origin", "override": true},
	}},
	"random:index:RandomPassword": {"length": 32.0},
}

// protectedTypes lists the types whose deletion loses data or its protection, and the types of
// the network that contains all other resources.
var protectedTypes = []string{
	"aws:ec2:Vpc", "aws:ec2:Subnet", "aws:kms:Key", "aws:kms:Alias", "aws:rds:Instance", "random:index:RandomPassword",
	"aws:secretsmanager:Secret", "aws:s3:BucketV2", "aws:s3:BucketPolicy", "aws:s3:BucketPublicAccessBlock",
	"aws:s3:BucketServerSideEncryptionConfigurationV2", "aws:s3:BucketVersioningV2", "aws:cloudfront:Distribution",
}

// TestProperties checks the properties of all resources of a site.
func TestProperties(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "california")
	state := p.State("california")
	seen := map[string]bool{}
	for name, r := range state {
		typ, own, _ := strings.Cut(name, " ")
		seen[typ] = true
		for property, value := range promised[typ] {
			if object, ok := value.(map[string]any); ok && typ == "aws:cloudfront:Distribution" {
				assert.Subset(t, r.Inputs[property], object, "%s: %s", name, property)
				continue
			}
			assert.Equal(t, value, r.Inputs[property], "%s: %s", name, property)
		}
		if slices.Contains(protectedTypes, typ) {
			assert.True(t, r.Protect, "%s is protected", name)
		}
		if _, taggable := r.Outputs["tagsAll"]; taggable {
			tags, _ := r.Inputs["tags"].(map[string]any)
			assert.Equal(t, own, tags["Name"], "%s has the tag Name", name)
		}
	}
	for typ := range promised {
		assert.True(t, seen[typ], "the site has a %s", typ)
	}

	t.Run("keys", func(t *testing.T) { checkKeys(t, state) })
	t.Run("places", func(t *testing.T) { checkPlaces(t, state) })
	t.Run("routes", func(t *testing.T) { checkRoutes(t, state) })
	t.Run("security groups", func(t *testing.T) { checkSecurityGroups(t, state) })
	t.Run("network ACLs", func(t *testing.T) { checkNetworkACLs(t, state) })
	t.Run("endpoints", func(t *testing.T) { checkEndpoints(t, state) })
	t.Run("logs", func(t *testing.T) { checkLogs(t, state) })
	t.Run("lifecycles", func(t *testing.T) { checkLifecycles(t, state) })
	t.Run("firewall", func(t *testing.T) { checkFirewall(t, state) })
	t.Run("alarms", func(t *testing.T) { checkAlarms(t, state) })
	t.Run("policies", func(t *testing.T) { checkPolicies(t, state) })
	t.Run("secrets", func(t *testing.T) { checkSecrets(t, p, state) })
	t.Run("outputs", func(t *testing.T) {
		outputs := state["pulumi:pulumi:Stack multisite-california"].Outputs
		assert.Equal(t, state["aws:rds:Instance california-ecommerce"].Outputs["endpoint"], outputs["ecommerce.databaseEndpoint"])
		assert.Equal(t, state["aws:secretsmanager:Secret california-ecommerce"].ID, outputs["ecommerce.databaseSecretArn"])
		assert.Equal(t, state["aws:s3:BucketV2 california-ecommerce-invoices"].ID, outputs["ecommerce.bucketName.invoices"])
		assert.Equal(t, state["aws:s3:BucketV2 california-cdn-origin"].ID, outputs["cdnBucketName"])
		assert.Equal(t, state["aws:cloudfront:Distribution california-cdn"].Outputs["domainName"], outputs["cdnDomainName"])
	})
}

// checkKeys checks that each resource is encrypted with the key for its purpose.
func checkKeys(t *testing.T, state map[string]engine.Resource) {
	arn := func(purpose string) any { return state["aws:kms:Key california-"+purpose].Outputs["arn"] }
	database := state["aws:rds:Instance california-ecommerce"].Inputs
	assert.Equal(t, arn("data"), database["kmsKeyId"])
	assert.Equal(t, arn("data"), database["performanceInsightsKmsKeyId"])
	assert.Equal(t, arn("secrets"), state["aws:secretsmanager:Secret california-ecommerce"].Inputs["kmsKeyId"])
	for bucket, purpose := range map[string]string{"ecommerce-invoices": "data", "ecommerce-product-media": "data", "cdn-origin": "content"} {
		encryption := state["aws:s3:BucketServerSideEncryptionConfigurationV2 california-"+bucket].Inputs
		assert.Equal(t, []any{map[string]any{
			"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": arn(purpose)},
			"bucketKeyEnabled":                   true,
		}}, encryption["rules"], bucket)
	}
}

// checkSecrets checks that the password is in the account, and not in the state in plain text.
func checkSecrets(t *testing.T, p *engine.Project, state map[string]engine.Resource) {
	var credentials map[string]any
	encoded := p.Stored(state["aws:secretsmanager:SecretVersion california-ecommerce"])["secretString"].(string)
	require.NoError(t, json.Unmarshal([]byte(encoded), &credentials))
	password := credentials["password"].(string)
	assert.Len(t, password, 32)
	assert.NotContains(t, p.Pulumi("stack", "export", "--stack", "california"), password)
	delete(credentials, "password")
	database := state["aws:rds:Instance california-ecommerce"].Outputs
	assert.Equal(t, map[string]any{
		"engine": "postgres", "host": database["address"], "port": 5432.0, "dbname": "california_ecommerce",
		"username": "multisite", "dbInstanceIdentifier": database["identifier"],
	}, credentials)
	assert.Equal(t, password, p.Stored(state["aws:rds:Instance california-ecommerce"])["password"])
}

// TestControlsNameExistingFilesAndTests checks that the files and tests that docs/controls.md
// names exist.
func TestControlsNameExistingFilesAndTests(t *testing.T) {
	document, err := os.ReadFile(filepath.Join("..", "docs", "controls.md"))
	require.NoError(t, err)
	tests := ""
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	components, err := filepath.Glob(filepath.Join("..", "components", "*_test.go"))
	require.NoError(t, err)
	for _, file := range append(files, components...) {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		tests += string(source)
	}
	for _, match := range regexp.MustCompile("`((?:\\w+/)*\\w+\\.go|Test\\w+)(/(\\w+))?`").FindAllStringSubmatch(string(document), -1) {
		if strings.HasSuffix(match[1], ".go") {
			assert.FileExists(t, filepath.Join("..", "components", match[1]))
			continue
		}
		assert.Contains(t, tests, "func "+match[1]+"(t ", match[0])
		if match[3] != "" {
			assert.Contains(t, tests, `t.Run("`+strings.ReplaceAll(match[3], "_", " ")+`"`, match[0])
		}
	}
}

// TestAResourceWithoutAProviderIsRefused checks that a resource without an explicit provider
// fails, because its region would come from the environment.
func TestAResourceWithoutAProviderIsRefused(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.Program = engine.Build(t, "example.com/multisite/stacks/testdata/stray")
	output, err := p.Try("preview", "--stack", "oregon")
	require.Error(t, err)
	assert.Contains(t, output, "Default provider for 'aws' disabled")
}

// TestProtectionHoldsWithoutAPreview checks that an update without a preview deletes no
// resource if one of the resources to delete is protected.
func TestProtectionHoldsWithoutAPreview(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "california")
	before := p.Account()
	p.Edit("california", func(raw map[string]any) {
		delete(engine.Object(raw, "multisite:services", "ecommerce", "buckets"), "invoices")
	})
	output, err := p.Try("up", "--stack", "california", "--yes", "--skip-preview")
	require.Error(t, err)
	assert.Contains(t, output, "it is protected")
	assert.Equal(t, before, p.Account())
}

// parameter returns a parameter of a parameter group.
func parameter(name, value, apply string) map[string]any {
	return map[string]any{"name": name, "value": value, "applyMethod": apply}
}
