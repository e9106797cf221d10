package guardrails

import (
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

var flowRules = []rule{{"flow", Residency, (*Guard).flows}}

// Regions as they are named in properties and in the host names of AWS.
var (
	regionName     = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
	zoneOrRegion   = regexp.MustCompile(`^([a-z]{2}(-[a-z]+)+-\d)[a-z]?$`)
	regionalHost   = regexp.MustCompile(`[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com\b`)
	regionProperty = regexp.MustCompile(`(?i)(region|regionName|availabilityZone)s?$`)
	// inward are properties that data comes in by.
	inward = regexp.MustCompile(`(?i)source|^origins|snapshotIdentifier|restore`)
	// logProperties are where logs go to, by the name of the property.
	logProperties = []string{"targetBucket", "logDestination", "logDestinationConfigs", "destinationResourceArn", "logBucket", "s3BucketName"}
)

// flows finds every way out of a site, and into it, and asks whether the data of
// the resource may take it. Wherever a resource names a region, in an ARN, a host
// name, or a property of its own, data may flow.
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
			// CloudFront's and its firewall's logs come in from the region that they are run from.
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
			if regionName.MatchString(region) && region != g.site.Region && (region != g.site.EdgeRegion || !awstypes.EdgeRegion(r.typ)) {
				list = append(list, g.flow(r, l.path, region)...)
			}
		}
		if slices.Contains(logProperties, l.name) {
			list = append(list, g.logs(l.path, s)...)
		}
	}
	return append(list, g.specialFlows(r)...)
}

// flow asks whether data may go between the site and a region.
func (g *Guard) flow(r *resource, path, region string) []finding {
	from, to := g.site.Name, g.site.Places[region]
	if inward.MatchString(path) {
		from, to = to, from
	}
	if why := g.site.Refuse(r.name, from, to); why != "" {
		return []finding{{path, g.place(region), why}}
	}
	return nil
}

// suffix is what Pulumi adds to a name to make it the only one.
var suffix = regexp.MustCompile(`-[0-9a-f]{7}$`)

// logs demands that a bucket for logs is the site's own.
func (g *Guard) logs(path, destination string) []finding {
	bucket, isARN := strings.CutPrefix(destination, "arn:aws:s3:::")
	if !isARN && strings.HasPrefix(destination, "arn:") {
		return nil // which names its region
	}
	bucket, _, _ = strings.Cut(bucket, "/")
	if g.ownBucket(bucket) {
		return nil
	}
	return []finding{{path, bucket, "a bucket of the stack: nobody knows where another one lies"}}
}

// ownBucket reports whether the stack has made a bucket of a name.
func (g *Guard) ownBucket(name string) bool {
	return g.own(awstypes.Bucket, "bucket", name) != nil || g.own(awstypes.LegacyBucket, "bucket", name) != nil
}

// own is the resource of a type that the stack has made under a name, which it has in
// a property or from Pulumi; nil if there is none.
func (g *Guard) own(typ, property, name string) *resource {
	for _, candidate := range []string{name, suffix.ReplaceAllString(name, "")} {
		if r := g.known[displayType(typ)+" "+candidate]; r != nil && (r.at(property) == nil || !wrong(r.at(property), name)) {
			return r
		}
	}
	return nil
}

// specialFlows are those that name no region.
func (g *Guard) specialFlows(r *resource) (list []finding) {
	switch r.typ {
	case awstypes.BucketReplication:
		for _, destination := range r.all("rules[].destination") {
			d := resource{inputs: map[string]any{"d": destination}}
			if key := d.at("d.encryptionConfiguration.replicaKmsKeyId"); key == nil {
				list = append(list, finding{"rules[].destination.encryptionConfiguration.replicaKmsKeyId", "", "the key that encrypts the copies, which tells where they lie"})
			}
		}
	case awstypes.Key, awstypes.ReplicaKey:
		if multi := r.at("multiRegion"); multi == true || r.typ == awstypes.ReplicaKey {
			list = append(list, finding{"multiRegion", "true", "keys of one region: another region could decrypt what lies here"})
		}
	case awstypes.Distribution:
		for _, origin := range r.all("origins[].domainName") {
			if host, ok := origin.(string); ok && regionalHost.FindString(host) == "" {
				list = append(list, finding{"origins[].domainName", host, "a bucket, as BUCKET.s3.REGION.amazonaws.com, which tells where it lies"})
			}
		}
	case awstypes.DataSyncS3, awstypes.DMSS3Endpoint:
		for _, property := range []string{"s3BucketArn", "bucketName"} {
			if bucket, known := r.at(property).(string); known {
				list = append(list, g.logs(property, bucket)...)
			}
		}
	case awstypes.WebACL:
		for _, l := range r.leaves() {
			if l.name == "sampledRequestsEnabled" && l.value != false {
				list = append(list, finding{l.path, text(l.value), "false: samples of requests stay where the firewall is run from"})
			}
		}
	case awstypes.VPCPeering, awstypes.VPCPeeringAccepter:
		if r.at("peerRegion") == nil {
			list = append(list, finding{"peerRegion", "", "the region of the peer, which tells where the path leads"})
		}
	}
	return list
}
