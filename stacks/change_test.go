package stacks_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// TestChange previews changes of the configuration of a deployed site. A change may affect
// only the resources that it needs to.
func TestChange(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	t.Run("growth only creates", func(t *testing.T) {
		for name, edit := range map[string]func(raw map[string]any){
			"zone": func(raw map[string]any) { engine.Object(raw, "multisite:network")["zones"] = 4 },
			"service": func(raw map[string]any) {
				engine.Object(raw, "multisite:services")["ecommerce"] = map[string]any{
					"markets":  []string{"MX"},
					"standIn":  "california",
					"database": map[string]any{"instanceClass": "db.m7g.large", "storageGiB": 100, "maxStorageGiB": 200},
				}
			},
			"endpoint": func(raw map[string]any) {
				engine.Object(raw, "multisite:network")["interfaceEndpoints"] = []string{"secretsmanager"}
			},
			"bucket": func(raw map[string]any) {
				engine.Object(raw, "multisite:services", "cloud-messaging")["buckets"] = map[string]any{"attachments": map[string]any{}}
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				q := engine.Copy(t, p)
				q.Edit("oregon", edit)
				steps := q.Preview("oregon")
				if name == "zone" {
					// These resources list the subnets of a tier, so they gain the new subnet.
					assert.Equal(t, []string{
						"aws:ec2:NetworkAcl oregon-network-data", "aws:ec2:NetworkAcl oregon-network-private", "aws:ec2:NetworkAcl oregon-network-public",
						"aws:ec2:VpcEndpoint oregon-network-dynamodb", "aws:ec2:VpcEndpoint oregon-network-s3",
						"aws:lb:LoadBalancer oregon-entry",
						"aws:rds:SubnetGroup oregon-cloud-messaging", "aws:rds:SubnetGroup oregon-mi-account", "aws:rds:SubnetGroup oregon-mi-cloud",
						"aws:ssm:Parameter oregon-cloud-messaging-directory", "aws:ssm:Parameter oregon-mi-account-directory", "aws:ssm:Parameter oregon-mi-cloud-directory",
					}, steps["update"])
					delete(steps, "update")
				}
				for _, name := range steps["update"] {
					assert.Contains(t, name, "aws:ssm:Parameter ", "what the site publishes")
				}
				delete(steps, "update")
				assert.Equal(t, []string{"create"}, slices.Collect(maps.Keys(steps)), steps)
			})
		}
	})
	t.Run("a tag replaces nothing", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		q.Edit("oregon", func(raw map[string]any) { raw["multisite:tags"] = map[string]any{"CostCenter": "42"} })
		steps := q.Preview("oregon")
		assert.Equal(t, []string{"update"}, slices.Collect(maps.Keys(steps)))
		assert.Contains(t, steps["update"], "aws:rds:Instance oregon-mi-cloud")
		q.Up("oregon")
		for name, r := range q.State("oregon") {
			if tags, ok := r.Outputs["tagsAll"].(map[string]any); ok {
				assert.Equal(t, "42", tags["CostCenter"], name)
			}
		}
	})
	t.Run("a change of NAT gateways keeps the subnets", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		q.Edit("oregon", func(raw map[string]any) { engine.Object(raw, "multisite:network")["natGateways"] = "single" })
		assert.Equal(t, map[string][]string{
			"update": {"aws:ec2:Route oregon-network-private-b-internet", "aws:ec2:Route oregon-network-private-c-internet"},
			"delete": {"aws:cloudwatch:MetricAlarm oregon-network-nat-b-ports", "aws:cloudwatch:MetricAlarm oregon-network-nat-c-ports", "aws:ec2:Eip oregon-network-nat-b", "aws:ec2:Eip oregon-network-nat-c", "aws:ec2:NatGateway oregon-network-nat-b", "aws:ec2:NatGateway oregon-network-nat-c"},
		}, q.Preview("oregon"))
		q.Edit("oregon", func(raw map[string]any) { engine.Object(raw, "multisite:network")["natGateways"] = "none" })
		steps := q.Preview("oregon")
		assert.Equal(t, []string{"delete"}, slices.Collect(maps.Keys(steps)))
		assert.Len(t, steps["delete"], 12, "a route, a gateway, its address and its alarm per zone")
	})
	t.Run("a geographic restriction is removed", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		q.Edit("oregon", func(raw map[string]any) { delete(raw, "multisite:cdn") })
		step := q.Plan("oregon")["aws:cloudfront:Distribution oregon-cdn"]
		assert.Equal(t, map[string]any{"geoRestriction": map[string]any{"restrictionType": "none", "locations": []any{}}}, step.NewState.Inputs["restrictions"],
			"the provider keeps the previous countries unless the list is set to empty")
	})
	t.Run("storage grows in place", func(t *testing.T) {
		t.Parallel()
		q := engine.Copy(t, p)
		q.Edit("oregon", func(raw map[string]any) {
			engine.Object(raw, "multisite:services", "mi-cloud", "database")["storageGiB"] = 500
		})
		database := q.Plan("oregon")["aws:rds:Instance oregon-mi-cloud"].NewState.Inputs
		assert.Equal(t, []any{12000.0, 500.0}, []any{database["iops"], database["storageThroughput"]}, "the minimum on RDS for 400 GiB or more")
		assert.Equal(t, map[string][]string{"update": {"aws:cloudwatch:MetricAlarm oregon-mi-cloud-followers", "aws:rds:Instance oregon-mi-cloud"}}, q.Preview("oregon"))
	})
}

// TestDeletionNeedsConsentPerResource checks that a database cannot be replaced, and a bucket
// cannot be deleted, until the configuration of that database or bucket allows it.
func TestDeletionNeedsConsentPerResource(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "california")
	const name = "aws:rds:Instance california-ecommerce"
	database := p.State("california")[name].URN
	output, err := p.Try("preview", "--stack", "california", "--replace", database)
	require.Error(t, err)
	assert.Contains(t, output, "protect")

	p.Edit("california", func(raw map[string]any) {
		engine.Object(raw, "multisite:services", "ecommerce", "database")["deletion"] = "with-snapshot"
		engine.Object(raw, "multisite:services", "ecommerce", "buckets", "invoices")["deletion"] = "when-empty"
	})
	p.Up("california")
	assert.Contains(t, p.Preview("california", "--replace", database)["replace"], name)
	assert.Equal(t, false, p.Stored(p.State("california")[name])["deletionProtection"])
	p.Edit("california", func(raw map[string]any) {
		delete(engine.Object(raw, "multisite:services", "ecommerce", "buckets"), "invoices")
	})
	p.Up("california")
	p.Edit("california", func(raw map[string]any) {
		delete(engine.Object(raw, "multisite:services", "ecommerce", "buckets"), "product-media")
	})
	output, err = p.Try("preview", "--stack", "california")
	require.Error(t, err)
	assert.Contains(t, output, "it is protected")
}

// TestDrift changes and deletes resources outside Pulumi. A refresh must find the changes,
// and an update must reverse them.
func TestDrift(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "california")
	state := p.State("california")
	p.Tamper(state["aws:ec2:Vpc california-network"], map[string]any{"enableDnsSupport": false})
	p.Tamper(state["aws:ec2:SecurityGroup california-ecommerce"], map[string]any{"ingress": []any{}})
	p.Remove(state["aws:s3:BucketPolicy california-ecommerce-invoices"])
	p.Pulumi("refresh", "--stack", "california", "--yes", "--skip-preview")
	assert.Equal(t, map[string][]string{
		"create": {"aws:s3:BucketPolicy california-ecommerce-invoices"},
		"update": {"aws:ec2:SecurityGroup california-ecommerce", "aws:ec2:Vpc california-network"},
	}, p.Preview("california"))
	p.Up("california")
	assert.Empty(t, p.Preview("california", "--refresh"))
}
