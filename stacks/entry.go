package stacks

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// noDomain is the message of a site in a project without a domain.
const noDomain = siteconfig.GlobalFile + ": found no such file: the services have no names, and the site has no load balancer"

// newEntry creates the site's load balancer. It answers the names of the services whose
// certificates are issued.
func (a *awsSite) newEntry(regional *aws.Provider) error {
	site, name := a.site, a.site.Name+"-entry"
	if site.Domain == "" {
		return a.ctx.Log.Info(noDomain, nil)
	}
	args := site.Entry
	args.VpcID, args.SubnetIDs, args.SecurityGroupID = a.network.VpcID, a.network.SubnetIDs[components.Public], a.network.PublicSecurityGroupID
	args.IPFamily, args.HealthPath = site.Network.IPFamily, site.HealthPath
	args.LogBucket, args.AlarmTopicARN, args.AllowDeletion = a.logs.Name, a.alarms.ARN, !site.DeletionProtection
	args.Services = map[string]components.EntryService{}
	for _, service := range ordered.Keys(site.Services) {
		entry, child := site.Services[service].Entry, name+"-"+service
		entry.Hostnames = site.Hostnames(service)
		var err error
		if entry.Issued, err = a.issued(entry.Hostnames[0], child, a.before.Has(awstypes.ListenerCertificate, child), regional); err != nil {
			return err
		}
		args.Services[service] = entry
	}
	var err error
	if a.entry, err = components.NewEntry(a.ctx, name, &args, a.in); err != nil {
		return err
	}
	a.exportEntry()
	return nil
}

// certificateStatuses are all statuses of a certificate of ACM. The provider's function waits a
// minute for a certificate with one of the given statuses, and then reports an empty result.
var certificateStatuses = []string{"EXPIRED", "FAILED", "INACTIVE", issued, pendingValidation, "REVOKED", "VALIDATION_TIMED_OUT"}

const issued, pendingValidation = "ISSUED", "PENDING_VALIDATION"

// noCertificate matches the provider's errors if it finds no certificate.
var noCertificate = regexp.MustCompile("empty result|no matching ACM Certificate")

// issued reports whether ACM has issued a certificate of this stack. used reports whether the
// stack uses the certificate already: then it is in use until it is deleted, whatever its status.
// A certificate of another name will be replaced, and the new one is not issued yet.
// issued does not wait, because the DNS records that ACM requires are in another stack.
func (s *stack) issued(hostname, name string, used bool, in pulumi.ProviderResource) (bool, error) {
	exists := s.before.Text(awstypes.Certificate, name, "domainName") == hostname
	if used && exists {
		return true, nil
	}
	if exists {
		found, err := acm.LookupCertificate(s.ctx, &acm.LookupCertificateArgs{
			Domain: &hostname, Statuses: certificateStatuses, Tags: map[string]string{"Name": name},
		}, pulumi.Provider(in))
		switch {
		case err == nil && found.Status == issued:
			return true, nil
		case err == nil && found.Status != pendingValidation:
			// ACM issues it no more, whatever records exist.
			return false, s.ctx.Log.Warn(fmt.Sprintf("no HTTPS for %s: ACM has given up its certificate, whose status is %s. Request it again: pulumi up -s %s --replace '**:Certificate::%s'",
				hostname, found.Status, s.site.Name, name), nil)
		case err != nil && noCertificate.MatchString(err.Error()):
			return false, s.ctx.Log.Warn(fmt.Sprintf("no HTTPS for %s: its certificate was deleted outside of Pulumi. Request it again: pulumi up -s %s --refresh", hostname, s.site.Name), nil)
		case err != nil:
			return false, fmt.Errorf("the certificate %s: %w", name, err)
		}
	}
	s.pending = append(s.pending, hostname)
	return false, nil
}

// logPending logs how the missing certificates become issued.
func (s *stack) logPending() error {
	if s.pending == nil {
		return nil
	}
	return s.ctx.Log.Info(fmt.Sprintf("no HTTPS yet for %s: ACM has not issued the certificates. Run pulumi up -s %s, which creates their DNS records, and a few minutes later pulumi up -s %s again",
		strings.Join(s.pending, ", "), register.GlobalStack, s.site.Name), nil)
}

// ready returns the services that the load balancer answers over HTTPS, sorted.
func (a *awsSite) ready() []string {
	if a.entry == nil {
		return nil
	}
	return ordered.Keys(a.entry.Listening)
}

// published returns the resources that must exist before the site publishes its status.
func (a *awsSite) published() []pulumi.Resource {
	list := a.copies.published
	for _, service := range a.ready() {
		list = append(list, a.entry.Listening[service])
	}
	return list
}

// status returns the site's status (siteconfig.Status).
func (a *awsSite) status(cdn *components.Cdn) pulumi.Map {
	status := pulumi.Map{"host": cdn.DistributionHost, "serving": pulumi.Bool(true)}
	var certificates pulumi.Array
	if a.entry != nil {
		status["entry"] = pulumi.Map{
			"host": a.entry.Host, "zoneId": a.entry.ZoneID, "dualStack": pulumi.Bool(a.site.Network.IPFamily == components.DualStack),
			"ready": pulumi.ToStringArray(a.ready()),
		}
		for _, service := range ordered.Keys(a.entry.Certificates) {
			certificates = append(certificates, a.entry.Certificates[service].Records)
		}
	}
	switch {
	case a.site.Cdn.Domain != nil:
		status["host"] = cdn.DomainName
	case cdn.Certificate != nil:
		status["content"] = pulumi.Map{"host": cdn.DistributionHost, "zoneId": cdn.ZoneID, "ready": cdn.DomainName.ApplyT(func(name string) bool { return name == a.site.ContentHostname() })}
		certificates = append(certificates, cdn.Certificate.Records)
	}
	if certificates != nil {
		status["records"] = certificates.ToArrayOutput().ApplyT(mergeRecords)
	}
	return status
}

// mergeRecords merges the records of several certificates.
func mergeRecords(certificates []any) map[string]string {
	all := map[string]string{}
	for _, certificate := range certificates {
		for name, value := range certificate.(map[string]string) {
			all[name] = value
		}
	}
	return all
}
