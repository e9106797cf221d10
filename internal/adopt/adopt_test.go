package adopt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/pulumicli"
)

// TestPreviewHasImportInputs checks that the steps of a preview have the inputs, parents and providers
// that an import needs.
func TestPreviewHasImportInputs(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	var preview pulumicli.Preview
	require.NoError(t, json.Unmarshal([]byte(p.Pulumi("preview", "--stack", "california", "--json")), &preview))
	for _, s := range preview.Steps {
		require.Equal(t, opCreate, s.Op)
		r, err := s.Resource()
		require.NoError(t, err)
		if r.Type == awstypes.Role {
			assert.NotEmpty(t, r.Inputs, s.URN)
			assert.NotEmpty(t, r.Parent, s.URN)
			assert.Contains(t, r.Provider, "::pulumi:providers:aws::", s.URN)
		}
	}
}

// TestImportIDs finds resources by physical name and by key.
func TestImportIDs(t *testing.T) {
	found := inventory{stack: "oregon", byName: map[string]string{}, byKey: map[string]string{}}
	found.addSuffixed(awstypes.OriginAccessControl, "oregon-cdn-0123456", "E1")
	found.addSuffixed(awstypes.OriginAccessControl, "california-cdn-0123456", "E2")
	found.addSuffixed(awstypes.OriginAccessControl, "oregon-manual", "E3")
	found.addKey(awstypes.RouteTableAssociation, "subnet-1/rtb-1")
	found.addKey(awstypes.RouteTableAssociation, "subnet-2/rtb-1")
	assert.Equal(t, map[string]string{
		awstypes.OriginAccessControl + " oregon-cdn":        "E1",
		awstypes.RouteTableAssociation + " oregon-public-a": "subnet-1/rtb-1",
	}, found.importIDs(map[string]map[string]any{
		awstypes.RouteTableAssociation + " oregon-public-a": {"subnetId": "subnet-1", "routeTableId": "rtb-1"},
		awstypes.RouteTableAssociation + " oregon-public-b": {"subnetId": "subnet-3", "routeTableId": "rtb-1"},
	}))
}

// TestResourcesOfLoadBalancersWithoutTags finds the resources that AWS lists only through
// others: a listener's certificates, except for its default, and a web ACL's load balancers.
func TestResourcesOfLoadBalancersWithoutTags(t *testing.T) {
	const arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:"
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "aws"), []byte(`#!/bin/sh
case "$*" in
*--region\ us-west-2*describe-listener-certificates\ --listener-arn\ `+arn+`listener/app/l/1/2)
	echo '{"Certificates": [{"CertificateArn": "own", "IsDefault": true}, {"CertificateArn": "own", "IsDefault": false}, {"CertificateArn": "other", "IsDefault": false}]}' ;;
*list-web-acls\ --scope\ REGIONAL)
	echo '{"WebACLs": [{"Name": "oregon-entry-0123456", "ARN": "acl"}, {"Name": "manual", "ARN": "foreign"}]}' ;;
*list-resources-for-web-acl\ --web-acl-arn\ acl*) echo '{"ResourceArns": ["`+arn+`loadbalancer/app/l/1"]}' ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
`), 0o700))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	found := inventory{"oregon", map[string]string{
		awstypes.Listener + " oregon-entry-https": arn + "listener/app/l/1/2",
		awstypes.Listener + " elsewhere":          "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/l/1/2",
	}, map[string]string{}}
	require.NoError(t, found.listListenerCertificates("us-west-2"))
	require.NoError(t, found.listWebACLAssociations("us-west-2"))
	assert.Equal(t, map[string]string{
		awstypes.ListenerCertificate + " " + arn + "listener/app/l/1/2_own":   arn + "listener/app/l/1/2_own",
		awstypes.ListenerCertificate + " " + arn + "listener/app/l/1/2_other": arn + "listener/app/l/1/2_other",
		awstypes.WebACLAssociation + " acl," + arn + "loadbalancer/app/l/1":   "acl," + arn + "loadbalancer/app/l/1",
	}, found.byKey)
}

// TestReplicatedBackups finds backups by the database that they are from, except backups that RDS
// only retains.
func TestReplicatedBackups(t *testing.T) {
	const arn = "arn:aws:rds:us-east-2:123456789012:auto-backup:ab-"
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "aws"), []byte(`#!/bin/sh
echo '{"DBInstanceAutomatedBackups": [{"DBInstanceArn": "a", "DBInstanceAutomatedBackupsArn": "`+arn+`1", "Status": "replicating"},
  {"DBInstanceArn": "b", "DBInstanceAutomatedBackupsArn": "`+arn+`2", "Status": "RETAINED"}]}'
`), 0o700))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	found := inventory{"ohio", map[string]string{}, map[string]string{}}
	require.NoError(t, found.listReplicatedBackups("us-east-2"))
	assert.Equal(t, map[string]string{awstypes.BackupReplication + " ohio-shop": arn + "1"}, found.importIDs(map[string]map[string]any{
		awstypes.BackupReplication + " ohio-shop": {"sourceDbInstanceArn": "a"}, awstypes.BackupReplication + " ohio-other": {"sourceDbInstanceArn": "b"},
	}))
}
