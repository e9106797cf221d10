package adopt

import (
	"regexp"
	"strings"
)

// tagged are the types that AWS lists by tag, with what their ARNs look like, and the
// part of an ARN that pulumi import wants.
var tagged = map[string]*regexp.Regexp{
	"aws:acm/certificate:Certificate":                              regexp.MustCompile(`^(arn:[^:]*:acm:.*:certificate/.*)$`),
	"aws:cloudfront/distribution:Distribution":                     regexp.MustCompile(`:cloudfront:.*:distribution/(.*)$`),
	"aws:cloudwatch/eventRule:EventRule":                           regexp.MustCompile(`:events:.*:rule/(.*)$`),
	"aws:cloudwatch/logDelivery:LogDelivery":                       regexp.MustCompile(`:logs:.*:delivery:(.*)$`),
	"aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": regexp.MustCompile(`:logs:.*:delivery-destination:(.*)$`),
	"aws:cloudwatch/logDeliverySource:LogDeliverySource":           regexp.MustCompile(`:logs:.*:delivery-source:(.*)$`),
	"aws:cloudwatch/logGroup:LogGroup":                             regexp.MustCompile(`:logs:.*:log-group:(.*)$`),
	"aws:cloudwatch/metricAlarm:MetricAlarm":                       regexp.MustCompile(`:cloudwatch:.*:alarm:(.*)$`),
	"aws:datasync/locationObjectStorage:LocationObjectStorage":     regexp.MustCompile(`^(arn:[^:]*:datasync:.*:location/.*)$`),
	"aws:datasync/s3Location:S3Location":                           regexp.MustCompile(`^(arn:[^:]*:datasync:.*:location/.*)$`),
	"aws:datasync/task:Task":                                       regexp.MustCompile(`^(arn:[^:]*:datasync:.*:task/.*)$`),
	"aws:dms/certificate:Certificate":                              regexp.MustCompile(`:dms:.*:cert:(.*)$`),
	"aws:dms/endpoint:Endpoint":                                    regexp.MustCompile(`:dms:.*:endpoint:(.*)$`),
	"aws:dms/replicationInstance:ReplicationInstance":              regexp.MustCompile(`:dms:.*:rep:(.*)$`),
	"aws:dms/replicationSubnetGroup:ReplicationSubnetGroup":        regexp.MustCompile(`:dms:.*:subgrp:(.*)$`),
	"aws:dms/replicationTask:ReplicationTask":                      regexp.MustCompile(`:dms:.*:task:(.*)$`),
	"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway":  regexp.MustCompile(`:egress-only-internet-gateway/(.*)$`),
	"aws:ec2/eip:Eip":                                              regexp.MustCompile(`:elastic-ip/(.*)$`),
	"aws:ec2/flowLog:FlowLog":                                      regexp.MustCompile(`:vpc-flow-log/(.*)$`),
	"aws:ec2/internetGateway:InternetGateway":                      regexp.MustCompile(`:internet-gateway/(.*)$`),
	"aws:ec2/natGateway:NatGateway":                                regexp.MustCompile(`:natgateway/(.*)$`),
	"aws:ec2/networkAcl:NetworkAcl":                                regexp.MustCompile(`:network-acl/(.*)$`),
	"aws:ec2/routeTable:RouteTable":                                regexp.MustCompile(`:route-table/(.*)$`),
	"aws:ec2/securityGroup:SecurityGroup":                          regexp.MustCompile(`:security-group/(.*)$`),
	"aws:ec2/subnet:Subnet":                                        regexp.MustCompile(`:subnet/(.*)$`),
	"aws:ec2/vpc:Vpc":                                              regexp.MustCompile(`:vpc/(.*)$`),
	"aws:ec2/vpcEndpoint:VpcEndpoint":                              regexp.MustCompile(`:vpc-endpoint/(.*)$`),
	"aws:kms/key:Key":                                              regexp.MustCompile(`:kms:.*:key/(.*)$`),
	"aws:rds/eventSubscription:EventSubscription":                  regexp.MustCompile(`:rds:.*:es:(.*)$`),
	"aws:rds/instance:Instance":                                    regexp.MustCompile(`:rds:.*:db:(.*)$`),
	"aws:rds/parameterGroup:ParameterGroup":                        regexp.MustCompile(`:rds:.*:pg:(.*)$`),
	"aws:rds/subnetGroup:SubnetGroup":                              regexp.MustCompile(`:rds:.*:subgrp:(.*)$`),
	"aws:route53/healthCheck:HealthCheck":                          regexp.MustCompile(`:route53:::healthcheck/(.*)$`),
	"aws:route53/zone:Zone":                                        regexp.MustCompile(`:route53:::hostedzone/(.*)$`),
	"aws:s3/bucketV2:BucketV2":                                     regexp.MustCompile(`:s3:::(.*)$`),
	"aws:secretsmanager/secret:Secret":                             regexp.MustCompile(`^(arn:[^:]*:secretsmanager:.*)$`),
	"aws:sns/topic:Topic":                                          regexp.MustCompile(`^(arn:[^:]*:sns:.*)$`),
	"aws:ssm/parameter:Parameter":                                  regexp.MustCompile(`:ssm:.*:parameter(/.*)$`),
	"aws:wafv2/webAcl:WebAcl":                                      regexp.MustCompile(`:global/webacl/(.*)$`),
}

// named are those of them whose ARNs have not what pulumi import wants, with the
// input that has it.
var named = map[string]string{
	"aws:dms/certificate:Certificate":                       "certificateId",
	"aws:dms/endpoint:Endpoint":                             "endpointId",
	"aws:dms/replicationInstance:ReplicationInstance":       "replicationInstanceId",
	"aws:dms/replicationSubnetGroup:ReplicationSubnetGroup": "replicationSubnetGroupId",
	"aws:dms/replicationTask:ReplicationTask":               "replicationTaskId",
}

// derived are the types without tags that AWS refuses to make again, with what tells
// them apart, most often their IDs, made of inputs. What is not in here or in look.go,
// AWS overwrites.
var derived = map[string]func(inputs map[string]any) string{
	"aws:ec2/route:Route": func(in map[string]any) string {
		if destination := text(in, "destinationCidrBlock"); destination != "" {
			return text(in, "routeTableId") + "_" + destination
		}
		return text(in, "routeTableId") + "_" + text(in, "destinationIpv6CidrBlock")
	},
	"aws:ec2/routeTableAssociation:RouteTableAssociation": func(in map[string]any) string {
		return text(in, "subnetId") + "/" + text(in, "routeTableId")
	},
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": func(in map[string]any) string {
		return text(in, "vpcId") + " " + text(in, "cidrBlock")
	},
	"aws:iam/role:Role":   func(in map[string]any) string { return text(in, "name") },
	"aws:kms/alias:Alias": func(in map[string]any) string { return text(in, "name") },
	recordType: func(in map[string]any) string {
		return recordID(text(in, "zoneId"), text(in, "name"), text(in, "type"), text(in, "setIdentifier"))
	},
	"aws:route53/keySigningKey:KeySigningKey":       func(in map[string]any) string { return text(in, "hostedZoneId") + "," + text(in, "name") },
	"aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": func(in map[string]any) string { return text(in, "hostedZoneId") },
}

const recordType = "aws:route53/record:Record"

func recordID(zone, name, typ, set string) string {
	return strings.TrimSuffix(strings.Join([]string{zone, name, typ, set}, "_"), "_")
}

func text(inputs map[string]any, name string) string {
	value, _ := inputs[name].(string)
	return value
}
