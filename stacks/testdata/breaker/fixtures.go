package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/guardrails"
)

// fixtures creates resources that the listed resources may refer to, and returns their names by the
// text that stands for them.
func fixtures(ctx *pulumi.Context, in pulumi.ResourceOption) (map[string]pulumi.Input, error) {
	const account, name = "123456789012", "oregon-fixture"
	key, err := components.NewKey(ctx, name, &components.KeyArgs{Description: "fixture", AccountID: account, Region: "us-west-2"}, in)
	if err != nil {
		return nil, err
	}
	logs, err := components.NewLogBucket(ctx, components.LogBucketPrefix+"oregon", &components.LogBucketArgs{AccountID: account, Region: "us-west-2", RetentionDays: 365}, in)
	if err != nil {
		return nil, err
	}
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(`{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "s3.amazonaws.com"}}]}`),
		PermissionsBoundary: pulumi.String(guardrails.Boundary(account, "oregon")),
	}, in)
	if err != nil {
		return nil, err
	}
	vpc, err := ec2.NewVpc(ctx, name, &ec2.VpcArgs{CidrBlock: pulumi.String("10.16.0.0/16")}, in, pulumi.Protect(true))
	if err != nil {
		return nil, err
	}
	parameters, err := rds.NewParameterGroup(ctx, name, &rds.ParameterGroupArgs{
		Family:     pulumi.String("postgres16"),
		Parameters: rds.ParameterGroupParameterArray{rds.ParameterGroupParameterArgs{Name: pulumi.String("rds.force_ssl"), Value: pulumi.String("1")}},
	}, in)
	if err != nil {
		return nil, err
	}
	certificate, err := dms.NewCertificate(ctx, name, &dms.CertificateArgs{CertificateId: pulumi.String(name), CertificatePem: pulumi.String("-----BEGIN CERTIFICATE-----")}, in)
	if err != nil {
		return nil, err
	}
	secret, err := secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{KmsKeyId: key.ARN}, in, pulumi.Protect(true))
	if err != nil {
		return nil, err
	}
	return map[string]pulumi.Input{
		"the key": key.ARN, "the bucket": logs.Name, "the role": role.Name, "the role's ARN": role.Arn, "the VPC": vpc.ID(),
		"the parameter group": parameters.Name, "the certificate": certificate.CertificateArn, "the secret": secret.Arn,
	}, nil
}

// resolve replaces texts in a value by outputs.
func resolve(value any, outputs map[string]pulumi.Input) pulumi.Input {
	switch v := value.(type) {
	case map[string]any:
		object := pulumi.Map{}
		for key, element := range v {
			object[key] = resolve(element, outputs)
		}
		return object
	case []any:
		list := pulumi.Array{}
		for _, element := range v {
			list = append(list, resolve(element, outputs))
		}
		return list
	case string:
		if output := outputs[v]; output != nil {
			return output
		}
	}
	return pulumi.Any(value)
}
