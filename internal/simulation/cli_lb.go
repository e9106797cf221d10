package simulation

import (
	"maps"
	"slices"
	"strings"
)

func init() { maps.Copy(cliAnswers, lbAnswers) }

// lbAnswers are the modelled commands on load balancers and certificates.
var lbAnswers = map[string]func(a *Account, option func(string) string) any{
	"elbv2 describe-load-balancers": func(a *Account, option func(string) string) any {
		return Properties{"LoadBalancers": a.named(loadBalancer, option, "names", "load-balancer-arns", func(r *Resource) any {
			scheme := "internet-facing"
			if r.Properties["internal"] == true {
				scheme = "internal"
			}
			return Properties{
				"LoadBalancerArn": r.ID, "LoadBalancerName": r.Properties["name"], "DNSName": r.Properties["dnsName"],
				"CanonicalHostedZoneId": r.Properties["zoneId"], "VpcId": r.Properties["vpcId"], "Type": "application",
				"Scheme": scheme, "State": Properties{"Code": "active"},
			}
		})}
	},
	"elbv2 describe-target-groups": func(a *Account, option func(string) string) any {
		return Properties{"TargetGroups": a.named(targetGroup, option, "names", "target-group-arns", func(r *Resource) any {
			balancers := []any{}
			for _, b := range a.balancersOf(r.ID) {
				balancers = append(balancers, b.ID)
			}
			return Properties{
				"TargetGroupArn": r.ID, "TargetGroupName": r.Properties["name"], "Port": r.Properties["port"], "Protocol": r.Properties["protocol"],
				"VpcId": r.Properties["vpcId"], "TargetType": r.Properties["targetType"], "LoadBalancerArns": balancers,
			}
		})}
	},
	"elbv2 describe-target-health": func(a *Account, option func(string) string) any {
		group := a.find(targetGroup, option("region"), option("target-group-arn"))
		if group == nil {
			return apiError("TargetGroupNotFound", "One or more target groups not found")
		}
		return Properties{"TargetHealthDescriptions": a.targets(group)}
	},
	"elbv2 describe-listeners": func(a *Account, option func(string) string) any {
		return Properties{"Listeners": a.having(listener, option("region"), "loadBalancerArn", option("load-balancer-arn"), func(r *Resource) any {
			return Properties{"ListenerArn": r.ID, "Port": r.Properties["port"], "Protocol": r.Properties["protocol"]}
		})}
	},
	"elbv2 describe-listener-certificates": func(a *Account, option func(string) string) any {
		arn := option("listener-arn")
		list := a.having(listenerCertificate, option("region"), "listenerArn", arn, func(r *Resource) any {
			return Properties{"CertificateArn": r.Properties["certificateArn"], "IsDefault": false}
		})
		if l := a.find(listener, option("region"), arn); l != nil && text(l.Properties, "certificateArn") != "" {
			list = append(list, Properties{"CertificateArn": l.Properties["certificateArn"], "IsDefault": true})
		}
		return Properties{"Certificates": list}
	},
	"wafv2 list-web-acls": func(a *Account, option func(string) string) any {
		scope, region := option("scope"), option("region")
		list := []any{}
		for _, r := range a.All(func(r *Resource) bool {
			return r.Type == webACL && r.Region == region && r.Properties["scope"] == scope
		}) {
			list = append(list, Properties{"Name": r.Properties["name"], "Id": r.ID, "ARN": r.Properties["arn"]})
		}
		return Properties{"WebACLs": list}
	},
	"wafv2 list-resources-for-web-acl": func(a *Account, option func(string) string) any {
		return Properties{"ResourceArns": a.having(webACLAssociation, option("region"), "webAclArn", option("web-acl-arn"), func(r *Resource) any {
			return r.Properties["resourceArn"]
		})}
	},
	"acm list-certificates": func(a *Account, option func(string) string) any {
		statuses := strings.Fields(option("certificate-statuses"))
		list := []any{}
		for _, r := range a.All(func(r *Resource) bool { return r.Type == certificate && r.Region == option("region") }) {
			if len(statuses) == 0 || slices.Contains(statuses, text(r.Properties, "status")) {
				list = append(list, Properties{"CertificateArn": r.ID, "DomainName": r.Properties["domainName"], "Status": r.Properties["status"]})
			}
		}
		return Properties{"CertificateSummaryList": list}
	},
	"acm describe-certificate": func(a *Account, option func(string) string) any {
		r := a.Get(certificate, option("region"), option("certificate-arn"))
		if r == nil {
			return apiError("ResourceNotFoundException", "Could not find certificate %s.", option("certificate-arn"))
		}
		validation := []any{}
		for _, value := range at(r.Properties, "domainValidationOptions[]") {
			proof := value.(map[string]any)
			status := "PENDING_VALIDATION"
			if r.Properties["status"] == issued {
				status = "SUCCESS"
			}
			validation = append(validation, Properties{
				"DomainName": proof["domainName"], "ValidationMethod": "DNS", "ValidationStatus": status,
				"ResourceRecord": Properties{"Name": proof["resourceRecordName"], "Type": proof["resourceRecordType"], "Value": proof["resourceRecordValue"]},
			})
		}
		users := []any{}
		for _, user := range a.All(func(o *Resource) bool { return o.refers(r) && o.Type != certificateValidation }) {
			if balancer := a.balancerOf(user); balancer != nil {
				user = balancer
			}
			if !slices.Contains(users, any(user.arn())) {
				users = append(users, user.arn())
			}
		}
		answer := Properties{
			"CertificateArn": r.ID, "DomainName": r.Properties["domainName"], "SubjectAlternativeNames": r.Properties["subjectAlternativeNames"],
			"Status": r.Properties["status"], "DomainValidationOptions": validation, "InUseBy": users,
		}
		if r.Properties["status"] == issued {
			answer["NotBefore"], answer["NotAfter"] = r.Properties["notBefore"], r.Properties["notAfter"]
		}
		return Properties{"Certificate": answer}
	},
}

// named returns the descriptions of a type's resources in a region, or of those with the
// names or ARNs that options give.
func (a *Account) named(token string, option func(string) string, names, arns string, describe func(*Resource) any) []any {
	wanted := append(strings.Fields(option(names)), strings.Fields(option(arns))...)
	list := []any{}
	for _, r := range a.All(func(r *Resource) bool { return r.Type == token && r.Region == option("region") }) {
		if len(wanted) == 0 || slices.Contains(wanted, r.ID) || slices.Contains(wanted, text(r.Properties, "name")) {
			list = append(list, describe(r))
		}
	}
	return list
}

// having returns the descriptions of a type's resources in a region that have a value.
func (a *Account) having(token, region, property, value string, describe func(*Resource) any) []any {
	list := []any{}
	for _, r := range a.All(func(r *Resource) bool {
		return r.Type == token && r.Region == region && r.Properties[property] == value
	}) {
		list = append(list, describe(r))
	}
	return list
}
