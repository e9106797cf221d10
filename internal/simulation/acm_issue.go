package simulation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// issue issues the pending certificates whose names are all proven in DNS. Certificates stay
// issued: AWS checks the records again only when it renews a certificate.
func (a *Account) issue() error {
	pending := func() []*Resource {
		return a.All(func(r *Resource) bool { return r.Type == certificate && r.Properties["status"] == pendingValidation })
	}
	none := false
	if err := a.Do(func() error {
		none = len(pending()) == 0
		return nil
	}); err != nil || none {
		return err
	}
	dns, err := a.published()
	if err != nil {
		return err
	}
	return a.Do(func() error {
		for _, r := range pending() {
			if slices.ContainsFunc(at(r.Properties, "domainValidationOptions[]"), func(option any) bool {
				proof := option.(map[string]any)
				return !dns.has(text(proof, "resourceRecordName"), text(proof, "resourceRecordValue"))
			}) {
				continue
			}
			if err := a.markIssued(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// markIssued changes a certificate's status. It is valid for 198 days, as ACM's are
// (https://aws.amazon.com/about-aws/whats-new/2026/02/aws-certificate-manager-updates-default/).
func (a *Account) markIssued(r *Resource) error {
	changed := *r
	changed.Properties = merge(r.Properties, map[string]any{
		"status": issued, "notBefore": "2026-01-01T00:00:00Z", "notAfter": "2026-07-18T00:00:00Z",
	})
	return a.Put(&changed)
}

// dns is what resolvers find in the hosted zones of all simulated accounts.
type dns struct {
	zones   map[string]*Resource // delegated zones, by name
	records []*Resource
}

// published returns the records of all accounts. The parent zone delegates the newest public
// zone of each name, unless a fault prevents it.
func (a *Account) published() (dns, error) {
	found := dns{zones: map[string]*Resource{}}
	accounts, err := a.all()
	if err != nil {
		return found, err
	}
	for _, account := range accounts {
		if err := account.Do(func() error {
			for _, r := range account.All(func(r *Resource) bool { return r.Type == zone && len(at(r.Properties, "vpcs[]")) == 0 }) {
				name := hostname(r.Properties["name"])
				if other := found.zones[name]; !a.suffers("undelegated", name) && (other == nil || other.Created.Before(r.Created)) {
					found.zones[name] = r
				}
			}
			found.records = append(found.records, account.All(func(r *Resource) bool { return r.Type == record })...)
			return nil
		}); err != nil {
			return found, err
		}
	}
	return found, nil
}

// has reports whether a resolver finds a CNAME record with a value. The zone with the longest
// name answers.
func (d dns) has(name, value string) bool {
	name = hostname(name)
	for parent := name; parent != ""; _, parent, _ = strings.Cut(parent, ".") {
		home := d.zones[parent]
		if home == nil {
			continue
		}
		return slices.ContainsFunc(d.records, func(r *Resource) bool {
			return r.Properties["zoneId"] == home.ID && r.Properties["type"] == "CNAME" && hostname(r.Properties["name"]) == name &&
				slices.ContainsFunc(at(r.Properties, "records[]"), func(found any) bool { return hostname(found) == hostname(value) })
		})
	}
	return false
}

// hostname returns a DNS name without the final period, in lower case.
func hostname(name any) string { return strings.ToLower(strings.TrimSuffix(fmt.Sprint(name), ".")) }

// putValidation waits for a certificate, as the provider does. If a hosted zone of the
// certificate's names is not in the account, it counts as proven.
func putValidation(a *Account, r *Resource) error {
	waited := a.find(certificate, r.Region, r.Properties["certificateArn"])
	if waited.Properties["status"] == issued {
		return nil
	}
	for _, name := range certificateNames(waited.Properties) {
		if zones := a.All(func(o *Resource) bool {
			return o.Type == zone && strings.HasSuffix("."+hostname(name), "."+hostname(o.Properties["name"]))
		}); len(zones) > 0 {
			return fmt.Errorf("waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s)", waited.ID)
		}
	}
	return a.markIssued(waited)
}

// certificateOf implements the function getCertificate, with the provider's errors. The
// provider returns the first error only after it has searched for a minute.
func certificateOf(a *Account, region string, args Properties) (Properties, error) {
	if err := a.issue(); err != nil {
		return nil, err
	}
	statuses := at(args, "statuses[]")
	if len(statuses) == 0 {
		statuses = []any{issued}
	}
	domain, tags := text(args, "domain"), merge(nil, args["tags"])
	var found []*Resource
	if err := a.Do(func() error {
		found = a.All(func(r *Resource) bool {
			return r.Type == certificate && r.Region == region && (domain == "" || r.Properties["domainName"] == domain) && slices.Contains(statuses, r.Properties["status"])
		})
		return nil
	}); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("reading ACM Certificates: empty result")
	}
	found = slices.DeleteFunc(found, func(r *Resource) bool {
		own, _ := r.Properties["tagsAll"].(map[string]any)
		for name, value := range tags {
			if own[name] != value {
				return true
			}
		}
		return false
	})
	switch n := len(found); {
	case n == 0:
		return nil, errors.New("reading ACM Certificates: empty result")
	case n > 1 && args["mostRecent"] != true:
		return nil, fmt.Errorf("%d matching ACM Certificates found", n)
	}
	r := found[0]
	answer := merge(args, Properties{"id": r.ID, "arn": r.ID, "status": r.Properties["status"], "tags": r.Properties["tagsAll"], "certificate": "", "certificateChain": ""})
	if r.Properties["status"] == issued {
		answer["certificate"], answer["certificateChain"] = "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"
	}
	return answer, nil
}
