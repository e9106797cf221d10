package guardrails

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
)

var flowRules = []rule{{"flow", diagnostic.Residency, (*Guard).flows}}

var (
	regionName     = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
	regionalHost   = regexp.MustCompile(`[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com\b`)
	regionProperty = regexp.MustCompile(`(?i)(region|regionName|availabilityZone)s?$`)
)

// flows reports flows of data into and out of the site that Site.Refuse refuses. It treats each
// region that an ARN, host name or property names as the other end of a flow.
func (g *Guard) flows(r *resource) (list []finding) {
	if strings.HasPrefix(r.typ, providerPrefix) || !r.custom {
		return nil
	}
	for _, l := range r.leaves() {
		s, ok := l.value.(string)
		if !ok || r.owners[s] != nil {
			continue
		}
		if r.typ == awstypes.BucketPolicy {
			// CloudFront and its firewall deliver their logs from the edge region.
			s = strings.ReplaceAll(s, `"aws:SourceArn":"arn:aws:logs:`+g.site.EdgeRegion+`:`, "")
		}
		var regions []string
		for _, match := range arn.FindAllStringSubmatch(s, -1) {
			regions = append(regions, match[2])
		}
		for _, match := range regionalHost.FindAllStringSubmatch(s, -1) {
			regions = append(regions, match[1])
		}
		m, _ := awstypes.Of(r.typ).Meaning(l.path)
		if match := placeName.FindStringSubmatch(s); match != nil && (m.Place || regionProperty.MatchString(l.name)) {
			regions = append(regions, match[1])
		}
		for _, region := range ordered.Unique(regions) {
			if regionName.MatchString(region) && region != g.site.Region && (region != g.site.EdgeRegion || !awstypes.Of(r.typ).EdgeRegion) {
				list = append(list, g.regionFlow(r, l.path, region)...)
			}
		}
	}
	return append(list, g.otherFlows(r)...)
}

// regionFlow reports a flow between the site and a region that Site.Refuse refuses.
func (g *Guard) regionFlow(r *resource, path, region string) []finding {
	from, to := g.site.Name, g.site.Places[region]
	if slices.Contains(awstypes.Of(r.typ).Inbound, awstypes.WithoutIndexes(path)) {
		from, to = to, from
	}
	for _, holder := range g.holders(r) {
		if why := g.site.Refuse(holder, from, to); why != "" {
			return []finding{{path, g.regionLabel(region), why}}
		}
	}
	return nil
}

// claimed matches the only text that a load balancer answers itself: when a site was claimed.
var claimed = regexp.MustCompile(`^claimed \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)

// otherFlows checks settings that may name no region, such as multi-region keys.
func (g *Guard) otherFlows(r *resource) (list []finding) {
	switch r.typ {
	case awstypes.BucketReplication:
		for _, destination := range r.all("rules[].destination") {
			d := resource{inputs: map[string]any{"d": destination}}
			if key := d.at("d.encryptionConfiguration.replicaKmsKeyId"); key == nil {
				list = append(list, finding{"rules[].destination.encryptionConfiguration.replicaKmsKeyId", "", "the ARN of the key that encrypts the copies, which names their region"})
			}
		}
	case awstypes.ListenerRule:
		for _, body := range r.all("actions[].fixedResponse.messageBody") {
			if _, isUnknown := body.(unknown); !isUnknown && !claimed.MatchString(text(body)) {
				list = append(list, finding{"actions[].fixedResponse.messageBody", text(body), "claimed TIME, with a time in UTC such as 2026-11-30T12:00:00Z"})
			}
		}
	case awstypes.Key:
		if r.at("multiRegion") == true {
			list = append(list, finding{"multiRegion", "true", "single-region keys: a replica of a multi-region key can decrypt the site's data elsewhere"})
		}
	case awstypes.VPCEndpoint:
		if r.at("policy") == nil {
			list = append(list, finding{"policy", "", "a policy, since the default policy of an endpoint allows every request"})
		}
	case awstypes.DMSTask:
		if settings, known := r.at("replicationTaskSettings").(string); known {
			list = append(list, taskSettings(settings)...)
		}
	case awstypes.Distribution:
		for _, value := range ordered.Keys(r.owners) {
			if o := r.owners[value]; o.typ == awstypes.Bucket && !slices.Contains(g.site.Public, o.name) {
				list = append(list, finding{"origins[].domainName", "the bucket " + o.name, "buckets of public content: " + strings.Join(g.site.Public, ", ")})
			}
		}
		for _, origin := range r.all("origins[].domainName") {
			if host, ok := origin.(string); ok && regionalHost.FindString(host) == "" {
				list = append(list, finding{"origins[].domainName", host, "the host of a bucket with its region, BUCKET.s3.REGION.amazonaws.com"})
			}
		}
	case awstypes.WebACL:
		for _, l := range r.leaves() {
			if l.name == "sampledRequestsEnabled" && l.value != false {
				list = append(list, finding{l.path, text(l.value), "false: AWS WAF stores samples of requests in the firewall's region"})
			}
		}
	}
	return list
}

// allowedTaskSettings are the settings of a task of AWS DMS that keep its data at its endpoints and in
// its log. TTSettings, for one, copies each change to a bucket
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.TimeTravel.html).
var allowedTaskSettings = []string{"ControlTablesSettings", "ErrorBehavior", "FullLoadSettings", "Logging", "TargetMetadata", "ValidationSettings"}

// taskSettings reports settings of a task of AWS DMS that are not in the list.
func taskSettings(document string) (list []finding) {
	var settings map[string]any
	if err := json.Unmarshal([]byte(document), &settings); err != nil {
		return []finding{{"replicationTaskSettings", "text that is no JSON object", "a JSON object"}}
	}
	for _, name := range ordered.Keys(settings) {
		if !slices.Contains(allowedTaskSettings, name) {
			list = append(list, finding{"replicationTaskSettings", name, strings.Join(allowedTaskSettings, ", ")})
		}
	}
	return list
}
