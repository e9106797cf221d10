// Package stateful knows which resources cannot be made again.
package stateful

// Types are those of which a deletion or a replacement loses what nobody can make
// again: data, or the key to it, or the addresses that data is reached at.
var Types = map[string]bool{
	"aws:dynamodb/table:Table": true,
	"aws:ec2/subnet:Subnet":    true,
	"aws:ec2/vpc:Vpc":          true,
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": true,
	"aws:efs/fileSystem:FileSystem":                                   true,
	"aws:kms/key:Key":                                                 true,
	"aws:rds/cluster:Cluster":                                         true,
	"aws:rds/instance:Instance":                                       true,
	"aws:route53/keySigningKey:KeySigningKey":                         true,
	"aws:route53/zone:Zone":                                           true,
	"aws:s3/bucketV2:BucketV2":                                        true,
	"aws:secretsmanager/secret:Secret":                                true,
	"localdc:index:Database":                                          true,
	"localdc:index:Key":                                               true,
	"localdc:index:Network":                                           true,
	"localdc:index:ObjectStore":                                       true,
	"random:index/randomPassword:RandomPassword":                      true,
}
