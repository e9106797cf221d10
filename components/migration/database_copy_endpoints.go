package migration

import (
	"crypto/sha256"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// copySide is one of the two databases, with the resources with which DMS connects to it.
type copySide struct {
	prefix       string // of the names of its endpoints
	databaseName string
	secretARN    pulumi.StringInput
	certificate  *dms.Certificate  // of the authorities that sign the server's certificate
	role         *iam.Role         // with which DMS reads the secret
	ready        []pulumi.Resource // must exist before the endpoints
}

// copyPath is the pair of endpoints of one direction.
type copyPath struct{ source, target *dms.Endpoint }

// copySides creates the credentials of both databases, the role that reads them, and the
// certificates with which DMS verifies the servers. It returns each database under the
// direction of which the database is the target.
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

// originSecret stores the origin's credentials in the form that DMS reads. The secret is
// deleted without a recovery window, because the configuration also holds the
// credentials.
func (p provisioner) originSecret(a DatabaseCopyArgs) (pulumi.StringOutput, pulumi.Resource, error) {
	name := p.Child("origin")
	secret, err := secretsmanager.NewSecret(p.Ctx, name, &secretsmanager.SecretArgs{
		Description:          pulumi.String("Credentials of the origin of " + p.Name),
		KmsKeyId:             a.SecretsKeyARN,
		RecoveryWindowInDays: pulumi.Int(0),
		Tags:                 provision.NameTag(name),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	version, err := secretsmanager.NewSecretVersion(p.Ctx, name, &secretsmanager.SecretVersionArgs{
		SecretId: secret.ID(),
		SecretString: pulumi.JSONMarshal(pulumi.Map{
			"host":     pulumi.String(a.Origin.Host),
			"port":     pulumi.Int(a.Origin.Port),
			"dbname":   pulumi.String(a.Origin.DatabaseName),
			"username": pulumi.String(a.Origin.Username),
			"password": a.Origin.Password,
		}),
	}, pulumi.Parent(p.Parent))
	return secret.Arn, version, err
}

// secretsRole creates the role with which DMS reads the two secrets; it may use their key
// for nothing else. The trust policy has no conditions, as in the DMS documentation. DMS
// documents aws:SourceAccount only for the principal dms.amazonaws.com
// (https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html,
// https://docs.aws.amazon.com/dms/latest/userguide/cross-service-confused-deputy-prevention.html).
func (p provisioner) secretsRole(a DatabaseCopyArgs, originSecret pulumi.StringInput) (*iam.Role, pulumi.Resource, error) {
	role, err := p.NewServiceRole(p.Name, "dms."+a.Region+".amazonaws.com", "Reads the credentials of "+p.Name, a.PermissionsBoundaryARN, nil)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(p.Ctx, p.Name, &iam.RolePolicyArgs{
		Role: role.ID(),
		Policy: provision.PolicyDocument(
			provision.Allow([]string{"secretsmanager:GetSecretValue"}, originSecret, nil),
			provision.Allow([]string{"secretsmanager:GetSecretValue"}, a.DatabaseSecretARN, nil),
			provision.Allow([]string{"kms:Decrypt", "kms:DescribeKey"}, a.SecretsKeyARN,
				provision.Condition("StringEquals", "kms:ViaService", pulumi.String("secretsmanager."+a.Region+".amazonaws.com"))),
		),
	}, pulumi.Parent(p.Parent))
	return role, policy, err
}

// copyCertificate imports certificates into DMS under an ID that depends on their
// content. New certificates thus get a new ID, and endpoints can change to them before
// the old certificates are deleted.
func (p provisioner) copyCertificate(suffix, certificates string) (*dms.Certificate, error) {
	name, sum := p.Child(suffix), sha256.Sum256([]byte(certificates))
	return dms.NewCertificate(p.Ctx, name, &dms.CertificateArgs{
		CertificateId:  pulumi.Sprintf("%s-%x", name, sum[:4]),
		CertificatePem: pulumi.String(certificates),
		Tags:           provision.NameTag(name),
	}, pulumi.Parent(p.Parent))
}

// copyPaths creates the endpoints of the direction to the site and, with WayBack, of the
// direction to the origin. Each endpoint waits for the
// previous endpoint: a change to an endpoint stops and starts all tasks of the same
// replication.
func (p provisioner) copyPaths(a DatabaseCopyArgs, sides map[Direction]copySide) (map[Direction]*copyPath, error) {
	paths, after := map[Direction]*copyPath{}, []pulumi.Resource{}
	for _, to := range Directions {
		if to == ToOrigin && !a.WayBack {
			continue
		}
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
		// The services' own migrations change the schemas on both sides.
		CaptureDdls: pulumi.Bool(false),
		// Without heartbeats, the replication slot of a database without writes would
		// retain the write-ahead log of all other databases.
		HeartbeatEnable:          pulumi.Bool(true),
		FailTasksOnLobTruncation: pulumi.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	path.target, err = p.copyEndpoint(a, sides[to], "target", []pulumi.Resource{path.source}, dms.EndpointPostgresSettingsArgs{
		// DMS also replicates the rows that triggers wrote in the source, so triggers
		// must not run in the target.
		AfterConnectScript: pulumi.String("SET session_replication_role = 'replica'"),
	})
	return path, err
}

// copyEndpoint creates an endpoint, after the resources in after and the resources that
// its side requires. DMS cannot change an endpoint while a task that uses it runs, so the
// provider stops the endpoint's tasks and resumes them afterwards
// (https://github.com/hashicorp/terraform-provider-aws/issues/27661).
func (p provisioner) copyEndpoint(a DatabaseCopyArgs, side copySide, typ string, after []pulumi.Resource, settings dms.EndpointPostgresSettingsArgs) (*dms.Endpoint, error) {
	name := p.Child(side.prefix + typ)
	return dms.NewEndpoint(p.Ctx, name, &dms.EndpointArgs{
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
		Tags:                        provision.NameTag(name),
	}, pulumi.Parent(p.Parent), pulumi.DeleteBeforeReplace(true), pulumi.DependsOn(slices.Concat(after, side.ready)))
}
