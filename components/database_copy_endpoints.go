package components

import (
	"crypto/sha256"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// copySide is a database that data is copied from or to.
type copySide struct {
	prefix       string // of its endpoints' names
	databaseName string
	secretARN    pulumi.StringInput
	certificate  *dms.Certificate // of the server's authorities
	role         *iam.Role        // that reads the secret
	ready        []pulumi.Resource
}

// copyPath is a way between two databases.
type copyPath struct{ source, target *dms.Endpoint }

// copySides prepares both databases: their credentials, who may read them, and the
// certificates that they are verified by. Each is under the direction that leads to it.
func (p provisioner) copySides(a DatabaseCopyArgs) (map[Direction]copySide, error) {
	secretARN, version, err := p.originSecret(a)
	if err != nil {
		return nil, err
	}
	role, policy, err := p.secretsRole(a, secretARN)
	if err != nil {
		return nil, err
	}
	atOrigin, err := p.copyCertificate("origin", a.Origin.Certificates)
	if err != nil {
		return nil, err
	}
	atSite, err := p.copyCertificate("site", a.DatabaseCertificates)
	if err != nil {
		return nil, err
	}
	return map[Direction]copySide{
		ToOrigin: {"origin-", a.Origin.DatabaseName, secretARN, atOrigin, role, []pulumi.Resource{version, policy}},
		ToSite:   {"", a.DatabaseName, a.DatabaseSecretARN, atSite, role, []pulumi.Resource{a.Database, policy}},
	}, nil
}

// originSecret keeps the origin's credentials in the form that DMS reads. It goes at
// once when nothing is copied any more: it is a copy of the configuration.
func (p provisioner) originSecret(a DatabaseCopyArgs) (pulumi.StringOutput, pulumi.Resource, error) {
	name := p.child("origin")
	secret, err := secretsmanager.NewSecret(p.ctx, name, &secretsmanager.SecretArgs{
		Description:          pulumi.String("Credentials of the origin of " + p.name),
		KmsKeyId:             a.SecretsKeyARN,
		RecoveryWindowInDays: pulumi.Int(0),
		Tags:                 nameTag(name),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	version, err := secretsmanager.NewSecretVersion(p.ctx, name, &secretsmanager.SecretVersionArgs{
		SecretId: secret.ID(),
		SecretString: pulumi.JSONMarshal(pulumi.Map{
			"host":     pulumi.String(a.Origin.Host),
			"port":     pulumi.Int(a.Origin.Port),
			"dbname":   pulumi.String(a.Origin.DatabaseName),
			"username": pulumi.String(a.Origin.Username),
			"password": a.Origin.Password,
		}),
	}, pulumi.Parent(p.parent))
	return secret.Arn, version, err
}

// secretsRole lets DMS read the two secrets, and use their key for nothing else. DMS
// documents its trust policy without conditions; aws:SourceAccount it documents for
// dms.amazonaws.com alone
// (https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html,
// https://docs.aws.amazon.com/dms/latest/userguide/cross-service-confused-deputy-prevention.html).
func (p provisioner) secretsRole(a DatabaseCopyArgs, originSecret pulumi.StringInput) (*iam.Role, pulumi.Resource, error) {
	role, err := p.serviceRole(p.name, "dms."+a.Region+".amazonaws.com", "Reads the credentials of "+p.name, a.PermissionsBoundaryARN, nil)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(p.ctx, p.name, &iam.RolePolicyArgs{
		Role: role.ID(),
		Policy: policyDocument(
			allow([]string{"secretsmanager:GetSecretValue"}, originSecret, nil),
			allow([]string{"secretsmanager:GetSecretValue"}, a.DatabaseSecretARN, nil),
			allow([]string{"kms:Decrypt", "kms:DescribeKey"}, a.SecretsKeyARN,
				condition("StringEquals", "kms:ViaService", pulumi.String("secretsmanager."+a.Region+".amazonaws.com"))),
		),
	}, pulumi.Parent(p.parent))
	return role, policy, err
}

// copyCertificate gives DMS certificates under a name that is theirs alone: endpoints
// change to new ones before the old ones go.
func (p provisioner) copyCertificate(suffix, certificates string) (*dms.Certificate, error) {
	name, sum := p.child(suffix), sha256.Sum256([]byte(certificates))
	return dms.NewCertificate(p.ctx, name, &dms.CertificateArgs{
		CertificateId:  pulumi.Sprintf("%s-%x", name, sum[:4]),
		CertificatePem: pulumi.String(certificates),
		Tags:           nameTag(name),
	}, pulumi.Parent(p.parent))
}

// copyPaths creates the endpoints of both directions, so that the connections of the one
// that is not in use can be tested before the copy turns. Each waits for the one before:
// a change to an endpoint stops and starts all tasks of the same replication.
func (p provisioner) copyPaths(a DatabaseCopyArgs, sides map[Direction]copySide) (map[Direction]*copyPath, error) {
	paths, after := map[Direction]*copyPath{}, []pulumi.Resource{}
	for _, to := range Directions {
		path, err := p.copyPath(a, sides, to, after)
		if err != nil {
			return nil, err
		}
		paths[to], after = path, []pulumi.Resource{path.target}
	}
	return paths, nil
}

// copyPath creates the endpoints of one direction.
func (p provisioner) copyPath(a DatabaseCopyArgs, sides map[Direction]copySide, to Direction, after []pulumi.Resource) (path *copyPath, err error) {
	from := map[Direction]Direction{ToSite: ToOrigin, ToOrigin: ToSite}[to]
	path = &copyPath{}
	path.source, err = p.copyEndpoint(a, sides[from], "source", after, dms.EndpointPostgresSettingsArgs{
		// Schemas are changed by the services' own migrations, on both sides.
		CaptureDdls: pulumi.Bool(false),
		// A slot of a database in which nobody writes would hold the log of all others.
		HeartbeatEnable:          pulumi.Bool(true),
		FailTasksOnLobTruncation: pulumi.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	path.target, err = p.copyEndpoint(a, sides[to], "target", []pulumi.Resource{path.source}, dms.EndpointPostgresSettingsArgs{
		// What triggers did where a change was made comes along; they must not do it twice.
		AfterConnectScript: pulumi.String("SET session_replication_role = 'replica'"),
	})
	return path, err
}

// copyEndpoint creates an endpoint, once what it needs and those before it are there.
// DMS changes no endpoint of a task that runs, so the provider stops the endpoint's tasks
// and resumes them afterwards (https://github.com/hashicorp/terraform-provider-aws/issues/27661).
func (p provisioner) copyEndpoint(a DatabaseCopyArgs, side copySide, typ string, after []pulumi.Resource, settings dms.EndpointPostgresSettingsArgs) (*dms.Endpoint, error) {
	name := p.child(side.prefix + typ)
	return dms.NewEndpoint(p.ctx, name, &dms.EndpointArgs{
		EndpointId:                  pulumi.String(name),
		EndpointType:                pulumi.String(typ),
		EngineName:                  pulumi.String("postgres"),
		DatabaseName:                pulumi.String(side.databaseName),
		SecretsManagerArn:           side.secretARN,
		SecretsManagerAccessRoleArn: side.role.Arn,
		SslMode:                     pulumi.String("verify-full"),
		CertificateArn:              side.certificate.CertificateArn,
		KmsKeyArn:                   a.DataKeyARN,
		PostgresSettings:            settings,
		PauseReplicationTasks:       pulumi.Bool(true),
		Tags:                        nameTag(name),
	}, pulumi.Parent(p.parent), pulumi.DeleteBeforeReplace(true), pulumi.DependsOn(slices.Concat(after, side.ready)))
}
