package guardrails

import (
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
)

var flowRules = []rule{{"flow", diagnostic.Residency, (*Guard).flows}}

var (
	regionName     = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
	zoneOrRegion   = regexp.MustCompile(`^([a-z]{2}(-[a-z]+)+-\d)[a-z]?$`)
	regionalHost   = regexp.MustCompile(`[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com\b`)
	regionProperty = regexp.MustCompile(`(?i)(region|regionName|availabilityZone)s?$`)
	// inboundProperty matches the paths of properties that name a source of data.
	inboundProperty = regexp.MustCompile(`(?i)source|^origins|snapshotIdentifier|restore`)
	// logProperties are the names of properties that name a destination of logs.
	logProperties = []string{"targetBucket", "logDestination", "logDestinationConfigs", "destinationResourceArn", "logBucket", "s3BucketName"}
)

// flows reports flows of data into and out of the site that Site.Refuse refuses. It treats each
// region that an ARN, host name or property names as the other end of a flow.
func (g *Guard) flows(r *resource) (list []finding) {
	if strings.HasPrefix(r.typ, providerPrefix) || !r.custom {
		return nil
	}
	for _, l := range r.leaves() {
		s, ok := l.value.(string)
		if !ok {
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
		if match := zoneOrRegion.FindStringSubmatch(s); match != nil && regionProperty.MatchString(l.name) {
			regions = append(regions, match[1])
		}
		for _, region := range unique(regions) {
			if regionName.MatchString(region) && region != g.site.Region && (region != g.site.EdgeRegion || !awstypes.MayBeAtEdge(r.typ)) {
				list = append(list, g.regionFlow(r, l.path, region)...)
			}
		}
		if slices.Contains(logProperties, l.name) {
			list = append(list, g.bucketDestination(l.path, s)...)
		}
	}
	return append(list, g.otherFlows(r)...)
}

// regionFlow reports a flow between the site and a region that Site.Refuse refuses.
func (g *Guard) regionFlow(r *resource, path, region string) []finding {
	from, to := g.site.Name, g.site.Places[region]
	if inboundProperty.MatchString(path) {
		from, to = to, from
	}
	if why := g.site.Refuse(r.name, from, to); why != "" {
		return []finding{{path, g.regionLabel(region), why}}
	}
	return nil
}

// suffix matches the random suffix that Pulumi adds to a name.
var suffix = regexp.MustCompile(`-[0-9a-f]{7}$`)

// bucketDestination reports a destination of data that is a bucket of another stack.
func (g *Guard) bucketDestination(path, destination string) []finding {
	bucket, isARN := strings.CutPrefix(destination, "arn:aws:s3:::")
	if !isARN && strings.HasPrefix(destination, "arn:") {
		return nil // flows checks the region in the ARN
	}
	bucket, _, _ = strings.Cut(bucket, "/")
	if g.declaresBucket(bucket) {
		return nil
	}
	return []finding{{path, bucket, "a bucket of this stack: the region of other buckets is not known"}}
}

// declaresBucket reports whether the stack declares a bucket with a physical name.
func (g *Guard) declaresBucket(name string) bool {
	return g.declared(awstypes.Bucket, "bucket", name) != nil || g.declared(awstypes.LegacyBucket, "bucket", name) != nil
}

// declared returns the stack's resource of a type whose physical name is name. The physical name
// is in the property or, if the property is not set, is the logical name with or without Pulumi's
// suffix. It returns nil if there is none.
func (g *Guard) declared(typ, property, name string) *resource {
	for _, candidate := range []string{name, suffix.ReplaceAllString(name, "")} {
		if r := g.resources[displayType(typ)+" "+candidate]; r != nil && (r.at(property) == nil || !differs(r.at(property), name)) {
			return r
		}
	}
	return nil
}

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
	case awstypes.Key, awstypes.ReplicaKey:
		if multi := r.at("multiRegion"); multi == true || r.typ == awstypes.ReplicaKey {
			list = append(list, finding{"multiRegion", "true", "single-region keys: a replica of a multi-region key can decrypt the site's data elsewhere"})
		}
	case awstypes.Distribution:
		for _, origin := range r.all("origins[].domainName") {
			if host, ok := origin.(string); ok && regionalHost.FindString(host) == "" {
				list = append(list, finding{"origins[].domainName", host, "the host of a bucket with its region, BUCKET.s3.REGION.amazonaws.com"})
			}
		}
	case awstypes.DataSyncS3, awstypes.DMSS3Endpoint:
		for _, property := range []string{"s3BucketArn", "bucketName"} {
			if bucket, known := r.at(property).(string); known {
				list = append(list, g.bucketDestination(property, bucket)...)
			}
		}
	case awstypes.WebACL:
		for _, l := range r.leaves() {
			if l.name == "sampledRequestsEnabled" && l.value != false {
				list = append(list, finding{l.path, text(l.value), "false: AWS WAF stores samples of requests in the firewall's region"})
			}
		}
	case awstypes.VPCPeering, awstypes.VPCPeeringAccepter:
		if r.at("peerRegion") == nil {
			list = append(list, finding{"peerRegion", "", "the region of the peer network"})
		}
	}
	return list
}
