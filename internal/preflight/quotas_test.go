package preflight

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/preflight/report"
)

// attribute sets an account attribute of RDS or DMS.
func (w *world) attribute(service, name string, used, most int) {
	w.answer("aws "+service+" describe-account-attributes", fmt.Sprintf(`{"AccountQuotas": [{"AccountQuotaName": %q, "Used": %d, "Max": %d}]}`, name, used, most))
}

// quota sets the value of a quota of Service Quotas.
func (w *world) quota(code string, value int) {
	w.answer("aws service-quotas get-service-quota "+code, fmt.Sprintf(`{"Quota": {"QuotaCode": %q, "Value": %d.0, "Adjustable": true}}`, code, value))
}

// many returns an answer with a list of count objects at a path, such as DistributionList.Items.
func many(path string, count int) string {
	list := "[" + strings.TrimSuffix(strings.Repeat("{},", count), ",") + "]"
	if object, name, nested := strings.Cut(path, "."); nested {
		return fmt.Sprintf(`{%q: {%q: %s}}`, object, name, list)
	}
	return fmt.Sprintf(`{%q: %s}`, path, list)
}

// TestQuotas checks each quota with just enough left, and with one less. Oregon needs a
// network, three addresses, three databases and five buckets; California, which copies data
// from the origin, a replication instance.
func TestQuotas(t *testing.T) {
	t.Parallel()
	counted := func(command, list, code string, most, more int) func(w *world, short int) {
		return func(w *world, short int) {
			w.quota(code, most)
			w.answer(command, many(list, most-more+short))
		}
	}
	reported := func(service, name string, more int) func(w *world, short int) {
		return func(w *world, short int) { w.attribute(service, name, 30-more+short, 30) }
	}
	part := func(code string, parts int) func(w *world, short int) {
		return func(w *world, short int) { w.quota(code, parts-short) }
	}
	for _, row := range []struct {
		stack   string
		subject string
		set     func(w *world, short int)
		do      string // part of Do
	}{
		{"oregon", "VPCs in us-west-2", counted("aws ec2 describe-vpcs", "Vpcs", "L-F678F1CE", 5, 1), "--service-code vpc --quota-code L-F678F1CE --desired-value 6 --region us-west-2"},
		{"oregon", "internet gateways in us-west-2", counted("aws ec2 describe-internet-gateways", "InternetGateways", "L-A4707A72", 5, 1), "--quota-code L-F678F1CE --desired-value 6"},
		{"oregon", "gateway endpoints in us-west-2", counted("aws ec2 describe-vpc-endpoints", "VpcEndpoints", "L-1B52E74A", 20, 2), "--quota-code L-1B52E74A"},
		{"oregon", "Elastic IP addresses in us-west-2", counted("aws ec2 describe-addresses", "Addresses", "L-0263D0A3", 5, 3), "--service-code ec2 --quota-code L-0263D0A3 --desired-value 6"},
		{"oregon", "RDS instances in us-west-2", reported("rds", "DBInstances", 3), "request 31 in Service Quotas (rds, us-west-2, DBInstances)"},
		{"oregon", "RDS parameter groups in us-west-2", reported("rds", "DBParameterGroups", 3), "request 31"},
		{"oregon", "RDS subnet groups in us-west-2", reported("rds", "DBSubnetGroups", 3), "request 31"},
		{"oregon", "RDS event subscriptions in us-west-2", reported("rds", "EventSubscriptions", 6), "request 31"},
		{"oregon", "KMS keys in us-west-2", counted("aws kms list-keys --region us-west-2", "Keys", "L-C2F1777E", 50, 5), "--service-code kms"},
		{"oregon", "KMS keys in us-east-1", counted("aws kms list-keys --region us-east-1", "Keys", "L-C2F1777E", 50, 1), "--region us-east-1"},
		{"oregon", "S3 buckets of the account", counted("aws s3api list-buckets --region us-east-1", "Buckets", "L-DC2B2D3D", 100, 5), "--service-code s3"},
		{"oregon", "CloudFront distributions of the account", counted("aws cloudfront list-distributions", "DistributionList.Items", "L-24B04930", 200, 1), "--region us-east-1"},
		{"oregon", "CloudFront response headers policies of the account", counted("aws cloudfront list-response-headers-policies --type custom", "ResponseHeadersPolicyList.Items", "L-CF0D4FC5", 20, 1), "L-CF0D4FC5"},
		{"oregon", "web ACLs of CloudFront of the account", func(w *world, short int) {
			w.answer("aws wafv2 list-web-acls --scope CLOUDFRONT", many("WebACLs", 99+short))
		}, "--service-code wafv2"},
		{"oregon", "load balancers in us-west-2", counted("aws elbv2 describe-load-balancers", "LoadBalancers", "L-53DA6B97", 50, 1), "--service-code elasticloadbalancing"},
		{"oregon", "target groups in us-west-2", counted("aws elbv2 describe-target-groups", "TargetGroups", "L-B22855CB", 3000, 3), "--quota-code L-B22855CB"},
		{"oregon", "certificates in us-west-2", counted("aws acm list-certificates --region us-west-2", "CertificateSummaryList", "L-F141DD1D", 2500, 3), "--service-code acm"},
		{"oregon", "certificates in us-east-1", counted("aws acm list-certificates --region us-east-1", "CertificateSummaryList", "L-F141DD1D", 2500, 1), "--region us-east-1"},
		{"oregon", "web ACLs in us-west-2", func(w *world, short int) {
			w.answer("aws wafv2 list-web-acls --scope REGIONAL", many("WebACLs", 99+short))
		}, "--service-code wafv2"},
		{"oregon", "IAM roles of the account", func(w *world, short int) {
			w.answer("aws iam get-account-summary", fmt.Sprintf(`{"SummaryMap": {"Roles": %d, "RolesQuota": 1000}}`, 996+short))
		}, "--quota-code L-FE177D64"},
		{"oregon", "RDS storage in us-west-2:", func(w *world, short int) { w.attribute("rds", "AllocatedStorage", 99600+short, 100000) }, "request 100001"},
		{"california", "DMS replication instances in us-west-1", reported("dms", "ReplicationInstances", 1), "request 31"},
		{"california", "EventBridge rules in us-west-1", counted("aws events list-rules", "Rules", "L-244521F2", 300, 4), "--service-code events"},
		{"california", "CloudWatch Logs resource policies in us-west-1", func(w *world, short int) {
			w.answer("aws logs describe-resource-policies", many("resourcePolicies", 9+short))
		}, "remove"},
		{"california", "interface endpoints per VPC in us-west-1", part("L-29B6F2EB", 1), "L-29B6F2EB"},
		{"california", "rules per security group in us-west-1", part("L-0EA8095F", 4), "L-0EA8095F"},
		{"oregon", "IPv4 blocks per VPC in us-west-2", part("L-83CA0A9D", 1), "L-83CA0A9D"},
		{"global", "Route 53 hosted zones of the account", func(w *world, short int) {
			w.answer("aws route53 get-account-limit MAX_HOSTED_ZONES_BY_OWNER", fmt.Sprintf(`{"Limit": {"Value": 500}, "Count": %d}`, 499+short))
		}, "request 501"},
		{"global", "Route 53 health checks of the account", func(w *world, short int) {
			w.answer("aws route53 get-account-limit MAX_HEALTH_CHECKS_BY_OWNER", fmt.Sprintf(`{"Limit": {"Value": 200}, "Count": %d}`, 189+short))
		}, "request 201"},
		{"global", "KMS keys in us-east-1", counted("aws kms list-keys", "Keys", "L-C2F1777E", 50, 2), "--service-code kms"},
	} {
		for short, want := range []report.Severity{report.OK, report.Fail} {
			t.Run(fmt.Sprintf("%s %s", row.subject, want), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, row.stack)
				if row.stack == "california" {
					w = newCopyingWorld(t)
				}
				row.set(w, short)
				var l report.Line
				for _, candidate := range w.run().Lines {
					if strings.HasPrefix(candidate.String(), row.subject) {
						l = candidate
					}
				}
				assert.Equal(t, want, l.Severity, l.String())
				if want == report.Fail {
					assert.Contains(t, l.Do, row.do)
				}
			})
		}
	}
}

// TestQuotasOfOptions checks the quotas of resources that only optional configuration creates.
func TestQuotasOfOptions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "oregon")
	w.set("multisite:network", map[string]any{
		"cidrBlock": "10.16.0.0/16", "zones": 2, "ipFamily": "dual-stack",
		"secondaryCidrBlocks": []string{"100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/16", "100.67.0.0/16", "100.68.0.0/16"},
	})
	w.answer("aws ec2 describe-egress-only-internet-gateways", many("EgressOnlyInternetGateways", 5))
	w.edit(func(file map[string]any) {
		services := file["config"].(map[string]any)["multisite:services"].(map[string]any)
		services["mi-account"].(map[string]any)["database"] = map[string]any{
			"instanceClass": "db.m7g.large", "storageGiB": 400, "maxStorageGiB": 20000, "readReplicas": 6,
		}
	})
	w.answer("aws rds describe-account-attributes", strings.Replace(w.answers["aws rds describe-account-attributes"],
		`"ReadReplicasPerMaster", "Used": 0, "Max": 15`, `"ReadReplicasPerMaster", "Used": 0, "Max": 5`, 1))
	r := w.run()
	assert.Equal(t, "egress-only internet gateways in us-west-2: found 5 of 5 in use; needed: 1 more; "+
		"do: run aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE --desired-value 6 --region us-west-2",
		line(t, r, "egress-only").String())
	assert.Equal(t, report.Fail, line(t, r, "IPv4 blocks per VPC").Severity, "five blocks are allowed, and six configured")
	assert.Equal(t, report.Fail, line(t, r, "read replicas per database").Severity)
	assert.Equal(t, "found a quota of 60; needed: 9", strings.TrimPrefix(line(t, r, "rules per security group").String(), "rules per security group in us-west-2: "))
	grow := line(t, r, "RDS storage in us-west-2 when")
	assert.Equal(t, report.Warn, grow.Severity)
	assert.Equal(t, "144600 GiB", grow.Needed, "seven servers of 20,000 GiB, two of 4,000 and 500 GiB, and 100 GiB of other databases")
}

// TestNATGateways checks that NAT gateways count in the zone of their subnets.
func TestNATGateways(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "oregon")
	w.quota("L-FE5A380F", 1)
	r := w.run()
	assert.Equal(t, "1 of 1 in use", line(t, r, "NAT gateways in us-west-2a").Found, "a deleted gateway does not count")
	assert.Equal(t, report.Fail, line(t, r, "NAT gateways in us-west-2a").Severity)
	assert.Equal(t, report.OK, line(t, r, "NAT gateways in us-west-2b").Severity)
	assert.Equal(t, report.OK, line(t, r, "NAT gateways in us-west-2c").Severity)

	w.set("multisite:network", map[string]any{"cidrBlock": "10.16.0.0/16", "zones": 3, "natGateways": "none"})
	for _, l := range w.run().Lines {
		assert.NotContains(t, l.Subject, "NAT")
		assert.NotContains(t, l.Subject, "Elastic IP")
	}
}

// TestExistingResources checks that resources in the state are not counted again, with quotas
// that they use up.
func TestExistingResources(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "oregon")
	w.quota("L-F678F1CE", 1)
	w.quota("L-0263D0A3", 3)
	w.quota("L-FE5A380F", 1)
	w.answer("aws ec2 describe-addresses", many("Addresses", 2))
	w.attribute("rds", "AllocatedStorage", 500, 600)
	w.has(
		resource("oregon", awstypes.VPC, "vpc-1", "oregon", nil),
		resource("oregon", awstypes.ElasticIP, "eipalloc-1", "oregon", nil),
		resource("oregon", awstypes.ElasticIP, "eipalloc-2", "oregon", nil),
		resource("oregon", awstypes.Key, "key-1", "oregon-edge", nil),
		resource("oregon", "aws:ec2/subnet:Subnet", "subnet-1", "oregon", map[string]any{"availabilityZone": "us-west-2a"}),
		resource("oregon", awstypes.NATGateway, "nat-1", "oregon", map[string]any{"subnetId": "subnet-1"}),
		resource("oregon", awstypes.DBInstance, "db-1", "oregon", map[string]any{"allocatedStorage": 300}),
	)
	r := w.run()
	assert.Equal(t, "1 more", line(t, r, "Elastic IP addresses").Needed, "two of three exist")
	assert.Equal(t, report.OK, line(t, r, "Elastic IP addresses").Severity)
	assert.Equal(t, "5 more", line(t, r, "KMS keys in us-west-2").Needed)
	assert.Equal(t, "5700 GiB", line(t, r, "RDS storage in us-west-2 when").Needed, "5,500 GiB of the site and 200 GiB of other databases")
	for _, l := range r.Lines {
		assert.NotContains(t, l.Subject, "VPCs in")
		assert.NotContains(t, l.Subject, "KMS keys in us-east-1")
		assert.NotContains(t, l.Subject, "NAT gateways in us-west-2a")
		if strings.HasPrefix(l.String(), "RDS storage in us-west-2:") {
			assert.Equal(t, "100 GiB more", l.Needed, "300 of 400 GiB exist")
		}
	}
}

// TestBucketQuotaRegion checks that the quota on buckets is read in us-east-1, the only region
// in which AWS shows it.
func TestBucketQuotaRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "oregon")
	w.answer("aws service-quotas get-service-quota L-DC2B2D3D --region us-east-1", `{"Quota": {"QuotaCode": "L-DC2B2D3D", "Value": 3.0, "Adjustable": true}}`)
	assert.Equal(t, "2 of 3 in use", w.lineOn("S3 buckets").Found)
}
