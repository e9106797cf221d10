package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// credentials are what a database needs to be reached and what of it is random.
type credentials struct {
	password   *random.RandomPassword
	identifier pulumi.StringOutput // of the server, new with every server
	secret     *secretsmanager.Secret
}

// NewPassword draws the password of a database's owner, once and for all.
func NewPassword(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*random.RandomPassword, error) {
	return random.NewRandomPassword(ctx, name, &random.RandomPasswordArgs{
		Length: pulumi.Int(32),
		// RDS refuses slashes, quotes, at signs and spaces, and DMS ;, + and %
		// (https://github.com/aws/aws-cdk/issues/7911). Passwords of before may have the two
		// last: nothing draws them again.
		OverrideSpecial: pulumi.String("!#$&*()-_=[]{}<>:?"),
		// Whatever changes, here or in the provider's defaults, draws no new password.
	}, append(slices.Clone(opts), pulumi.IgnoreChanges([]string{"*"}))...)
}

// newCredentials draws a password and makes an empty secret for it.
func (p provisioner) newCredentials(a DatabaseArgs) (*credentials, error) {
	password, err := NewPassword(p.ctx, p.name, pulumi.Parent(p.parent))
	if err != nil {
		return nil, err
	}
	suffix, err := random.NewRandomId(p.ctx, p.name, &random.RandomIdArgs{
		ByteLength: pulumi.Int(4),
		// What replaces the server. The new one needs another name, for as long as both
		// are there, and so does the snapshot that it leaves.
		Keepers: pulumi.StringMap{"databaseName": pulumi.String(a.DatabaseName), "dataKeyArn": a.DataKeyARN},
	}, pulumi.Parent(p.parent), replaceable)
	if err != nil {
		return nil, err
	}
	secret, err := secretsmanager.NewSecret(p.ctx, p.name, &secretsmanager.SecretArgs{
		Description: pulumi.String("Credentials of the database " + p.name),
		KmsKeyId:    a.SecretsKeyARN,
		Tags:        nameTag(p.name),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return nil, err
	}
	return &credentials{password, pulumi.Sprintf("%s-%s", p.name, suffix.Hex), secret}, nil
}

// storeCredentials writes the JSON that AWS's clients and rotation functions expect
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html).
func (p provisioner) storeCredentials(a DatabaseArgs, c *credentials, instance *rds.Instance) error {
	_, err := secretsmanager.NewSecretVersion(p.ctx, p.name, &secretsmanager.SecretVersionArgs{
		SecretId: c.secret.ID(),
		SecretString: pulumi.JSONMarshal(pulumi.Map{
			"engine":               pulumi.String("postgres"),
			"host":                 instance.Address,
			"port":                 pulumi.Int(PostgresPort),
			"dbname":               pulumi.String(a.DatabaseName),
			"username":             pulumi.String(MasterUser),
			"password":             c.password.Result,
			"dbInstanceIdentifier": instance.Identifier,
		}),
	}, pulumi.Parent(p.parent), replaceable)
	return err
}
