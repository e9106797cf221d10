package acceptance_test

import (
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/state/permissions"
)

// TestLocalSite creates, previews, changes and deletes the stack of a local data centre. Only
// its state and its status are in AWS; the state is in S3, and a KMS key encrypts the state's
// secrets.
func TestLocalSite(t *testing.T) {
	t.Parallel()
	const stack, region = "india", "ap-south-1"
	p := engine.NewLocal(t)
	p.Cloud = "emulated"
	t.Cleanup(func() { require.NoError(t, p.Command("reset").Run()) })
	a := newAccount(t, p, region)
	bucket := "multisite-state-" + stack + "-123456789012"
	_, err := a.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    aws.String(bucket),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region},
	})
	require.NoError(t, err)
	key, err := a.kms.CreateKey(t.Context(), &kms.CreateKeyInput{})
	require.NoError(t, err)
	_, err = a.kms.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/pulumi-secrets-" + stack), TargetKeyId: key.KeyMetadata.KeyId})
	require.NoError(t, err)

	bin, err := filepath.Abs(filepath.Join("..", "..", "bin"))
	require.NoError(t, err)
	pulumi := func(args string) {
		t.Helper()
		command := p.Command("bash", "-c", "PATH=$PATH:"+bin+" PULUMI_BACKEND_URL='s3://"+bucket+"?region="+region+"' PULUMI_CONFIG_PASSPHRASE= pulumi "+args)
		output, err := command.CombinedOutput()
		require.NoError(t, err, string(output))
	}
	pulumi("stack init " + stack + " --secrets-provider='awskms://alias/pulumi-secrets-" + stack + "?region=" + region + "'")
	calls := newRecorder(t, p, permissions.KindLocal, stack, region)
	calls.phase(permissions.PhaseCreate)
	for _, step := range []struct{ args, phase string }{
		{"preview", permissions.PhasePreview},
		{"up --yes --skip-preview", permissions.PhaseCreate},
		{"preview --json", permissions.PhasePreview},
		{"preview --refresh --expect-no-changes", permissions.PhaseRefresh},
		{"up --yes --skip-preview -c multisite:deletionProtection=false", permissions.PhaseChange},
		{"destroy --yes --skip-preview", permissions.PhaseDestroy},
	} {
		pulumi(step.args + " --stack " + stack)
		calls.phase(step.phase)
	}
}
