package acceptance_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStateBackend runs state/setup for a site, and then the commands that state/setup
// prints: Pulumi must store a stack in the bucket, with secrets encrypted with the site's
// key. The emulator's CloudFormation creates only keys, and buckets with their encryption;
// state/backend_test.go checks the rest of the template.
func TestStateBackend(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("aws, the AWS CLI, is not on PATH")
	}
	t.Parallel()
	p := emulated(t)
	setup, err := filepath.Abs(filepath.Join("..", "..", "state", "setup"))
	require.NoError(t, err)
	advice, err := p.Command(setup, "oregon").Output()
	require.NoError(t, err)
	// The sandbox sets its own backend. If no CLI is installed, the pinned CLI is in bin.
	bin, err := filepath.Abs(filepath.Join("..", "..", "bin"))
	require.NoError(t, err)
	commands := []string{"set -e", "unset PULUMI_BACKEND_URL PULUMI_CONFIG_PASSPHRASE", "PATH=$PATH:" + bin}
	for line := range strings.Lines(string(advice)) {
		if strings.HasPrefix(line, "  pulumi ") {
			commands = append(commands, line)
		}
	}
	require.Len(t, commands, 5)
	commands = append(commands, "pulumi config set --stack oregon --secret multisite:tried 'a secret'",
		"pulumi config get --stack oregon multisite:tried", "cat Pulumi.oregon.yaml")
	output, err := p.Command("bash", "-c", strings.Join(commands, "\n")).CombinedOutput()
	require.NoError(t, err, string(output))
	assert.Contains(t, string(output), "\na secret\n", "the key decrypts the secret that it encrypted")
	assert.Contains(t, string(output), "secretsprovider: awskms://alias/pulumi-secrets-oregon?region=us-west-2")

	a := newAccount(t, p, "us-west-2")
	aliases, err := a.kms.ListAliases(a.ctx, &kms.ListAliasesInput{})
	require.NoError(t, err)
	keys := map[string]string{}
	for _, alias := range aliases.Aliases {
		keys[*alias.AliasName] = aws.ToString(alias.TargetKeyId)
	}
	bucket := aws.String("multisite-state-oregon-123456789012")
	encryption, err := a.s3.GetBucketEncryption(a.ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
	require.NoError(t, err)
	rule := encryption.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault
	require.NotEmpty(t, keys["alias/pulumi-state-oregon"])
	assert.Equal(t, "arn:aws:kms:us-west-2:123456789012:key/"+keys["alias/pulumi-state-oregon"], *rule.KMSMasterKeyID)
	assert.NotEqual(t, keys["alias/pulumi-state-oregon"], keys["alias/pulumi-secrets-oregon"])
	_, err = a.s3.HeadObject(a.ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String(".pulumi/stacks/multisite/oregon.json")})
	require.NoError(t, err)
}
