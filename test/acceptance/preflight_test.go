package acceptance_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPreflight runs the preflight checks before the first update. The emulator has only the
// quotas of networks, and offers no databases.
func TestPreflight(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("aws, the AWS CLI, is not on PATH")
	}
	t.Parallel()
	p := emulated(t)
	regions, err := os.ReadFile(filepath.Join("..", "..", "state", "regions.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(p.Dir, "state"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(p.Dir, "state", "regions.yaml"), regions, 0o600))
	bin, err := filepath.Abs(filepath.Join("..", "..", "bin"))
	require.NoError(t, err)
	const backend = "s3://multisite-state-oregon-123456789012?region=us-west-2"
	const provider = "awskms://alias/pulumi-secrets-oregon?region=us-west-2"
	// The sandbox sets its own backend, and its own copy of the project as the working folder.
	// If no CLI is installed, the pinned CLI is in bin.
	environment := "cd '" + p.Dir + "'; unset PULUMI_CONFIG_PASSPHRASE; export PATH=$PATH:" + bin + " PULUMI_BACKEND_URL='" + backend + "'; "
	check := func() map[string]string {
		var problems strings.Builder
		command := p.Command("bash", "-c", environment+filepath.Join(bin, "sites")+" preflight oregon --format json")
		command.Stderr = &problems
		output, _ := command.Output() // preflight exits with an error if a check fails
		var report struct {
			Lines []struct{ Severity, Subject string }
		}
		require.NoError(t, json.Unmarshal(output, &report), problems.String())
		found := map[string]string{}
		for _, line := range report.Lines {
			found[line.Subject] = line.Severity
		}
		return found
	}
	expect := func(found, wanted map[string]string) {
		t.Helper()
		for subject, severity := range wanted {
			assert.Equal(t, severity, found[subject], subject)
		}
	}
	const bucket, key = "state bucket", "key alias/pulumi-secrets-oregon in us-west-2"
	expect(check(), map[string]string{bucket: "fail", key: "fail", "state backend": "fail", "Pulumi.oregon.yaml: secretsprovider": "fail"})

	a := newAccount(t, p, "us-west-2")
	_, err = a.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    aws.String("multisite-state-oregon-123456789012"),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "us-west-2"},
	})
	require.NoError(t, err)
	created, err := a.kms.CreateKey(t.Context(), &kms.CreateKeyInput{})
	require.NoError(t, err)
	_, err = a.kms.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/pulumi-secrets-oregon"), TargetKeyId: created.KeyMetadata.KeyId})
	require.NoError(t, err)
	for range 4 { // in addition to the region's default VPC; the quota is 5
		_, err := a.ec2.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
		require.NoError(t, err)
	}
	output, err := p.Command("bash", "-c", environment+"pulumi stack init oregon --secrets-provider='"+provider+"'").CombinedOutput()
	require.NoError(t, err, string(output))
	found := check()
	expect(found, map[string]string{
		"AWS credentials": "ok", "state backend": "ok", "Pulumi.oregon.yaml: secretsprovider": "ok", "stack": "ok", bucket: "ok", key: "ok",
		"availability zones in us-west-2": "ok", "VPCs in us-west-2": "fail", "internet gateways in us-west-2": "ok", "gateway endpoints in us-west-2": "ok",
		"NAT gateways in us-west-2a": "ok", "rules per security group in us-west-2": "ok", "IPv4 blocks per VPC in us-west-2": "ok", "IAM roles of the account": "ok",
		// The emulator does not return these quotas.
		"RDS instances in us-west-2": "unknown", "Elastic IP addresses in us-west-2": "unknown", "S3 buckets of the account": "unknown",
	})
	for subject, severity := range found {
		if strings.HasPrefix(subject, "database of ") {
			assert.Equal(t, "fail", severity, subject)
		}
	}
}
