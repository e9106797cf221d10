package adopt

import (
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
)

// listListenerCertificates lists the certificates of the listeners in a region that listTagged
// found, except for their default certificates, which are inputs of the listeners.
func (i inventory) listListenerCertificates(region string) error {
	for name, listener := range i.byName { // the import ID of a listener is its ARN
		if !strings.HasPrefix(name, awstypes.Listener+" ") || !strings.Contains(listener, ":"+region+":") {
			continue
		}
		var list struct {
			Certificates []struct {
				CertificateARN string `json:"CertificateArn"`
				IsDefault      bool
			}
		}
		if err := cli.AWS(&list, region, "elbv2", "describe-listener-certificates", "--listener-arn", listener); err != nil {
			return err
		}
		for _, c := range list.Certificates {
			if !c.IsDefault {
				i.addKey(awstypes.ListenerCertificate, listener+"_"+c.CertificateARN)
			}
		}
	}
	return nil
}

// listWebACLAssociations lists the load balancers of the stack's web ACLs in a region.
func (i inventory) listWebACLAssociations(region string) error {
	var acls struct{ WebACLs []struct{ Name, ARN string } }
	if err := cli.AWS(&acls, region, "wafv2", "list-web-acls", "--scope", "REGIONAL"); err != nil {
		return err
	}
	for _, acl := range acls.WebACLs {
		if !strings.HasPrefix(acl.Name, i.stack+"-") {
			continue
		}
		var guarded struct {
			ResourceARNs []string `json:"ResourceArns"`
		}
		if err := cli.AWS(&guarded, region, "wafv2", "list-resources-for-web-acl", "--web-acl-arn", acl.ARN, "--resource-type", "APPLICATION_LOAD_BALANCER"); err != nil {
			return err
		}
		for _, balancer := range guarded.ResourceARNs {
			i.addKey(awstypes.WebACLAssociation, acl.ARN+","+balancer)
		}
	}
	return nil
}
