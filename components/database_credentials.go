package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// credentials are the password, the server identifier and the secret of a database.
type credentials struct {
	password   *random.RandomPassword
	identifier pulumi.StringOutput // of the server; a new server gets a new identifier
	secret     *secretsmanager.Secret
}

// NewPassword generates the password of a database's owner once. No later update
// generates another password.
func NewPassword(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*random.RandomPassword, error) {
	return random.NewRandomPassword(ctx, name, &random.RandomPasswordArgs{
		Length: pulumi.Int(32),
		// RDS refuses slashes, quotes, at signs and spaces, and DMS refuses ;, + and %
		// (https://github.com/aws/aws-cdk/issues/7911). Passwords from before this
		// setting may contain + and %, because no update generates them again.
		OverrideSpecial: pulumi.String("!#$&*()-_=[]{}<>:?"),
		// No change of these arguments, or of the provider's defaults, generates a new
		// password.
	}, append(slices.Clone(opts), pulumi.IgnoreChanges([]string{"*"}))...)
}

// newCredentials generates the password and the server identifier, and creates an empty
// secret.
func (p provisioner) newCredentials(a DatabaseArgs) (*credentials, error) {
	password, err := NewPassword(p.Ctx, p.Name, pulumi.Parent(p.Parent))
	if err != nil {
		return nil, err
	}
	suffix, err := random.NewRandomId(p.Ctx, p.Name, &random.RandomIdArgs{
		ByteLength: pulumi.Int(4),
		// A change of these values replaces the server. While both servers exist, the new
		// server needs another identifier, and so does its final snapshot.
		Keepers: pulumi.StringMap{"databaseName": pulumi.String(a.DatabaseName), "dataKeyArn": a.DataKeyARN},
	}, pulumi.Parent(p.Parent), provision.Replaceable)
	if err != nil {
		return nil, err
	}
	secret, err := secretsmanager.NewSecret(p.Ctx, p.Name, &secretsmanager.SecretArgs{
		Description: pulumi.String("Credentials of the database " + p.Name),
		KmsKeyId:    a.SecretsKeyARN,
		Tags:        provision.NameTag(p.Name),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return nil, err
	}
	return &credentials{password, pulumi.Sprintf("%s-%s", p.Name, suffix.Hex), secret}, nil
}

// storeCredentials stores the credentials in the JSON form that AWS's clients and
// rotation functions expect
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html).
func (p provisioner) storeCredentials(a DatabaseArgs, c *credentials, instance *rds.Instance) error {
	_, err := secretsmanager.NewSecretVersion(p.Ctx, p.Name, &secretsmanager.SecretVersionArgs{
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
	}, pulumi.Parent(p.Parent), provision.Replaceable)
	return err
}
