package guardrails

import "time"

// Site describes a stack's site to the rules. Name, Refuse and Today are required, and for a
// site on AWS also Region, EdgeRegion and Places.
type Site struct {
	// Name is the site's name. The names of the site's resources begin with it.
	Name string
	// Region is the site's AWS region; empty for a local data centre. EdgeRegion is the AWS
	// region of CloudFront's control plane, us-east-1. Only resources that AWS requires
	// there may be in it.
	Region, EdgeRegion string
	// Places maps the AWS region of every site, this one included, to the site's name.
	Places map[string]string
	// Tags are the default tags that AWS providers must set, and resources must not override.
	Tags map[string]string
	// Refuse returns why a resource's data may not flow from one site to another, with
	// the data classes, markets and laws; it returns "" if the flow is allowed. resource is the
	// database or bucket with the data, or empty for all data of the site. from or to is empty
	// for a region that is no site's.
	Refuse func(resource, from, to string) string
	// Origin maps the names of resources that may connect to the origin, from which data
	// is migrated, to the reason. A name also stands for all names that begin with it and a
	// hyphen. An entry without a reason is ignored.
	Origin map[string]string
	// Copies are the copies between the origin and the site, by the names of the tasks of AWS DMS
	// and AWS DataSync. All other tasks are refused.
	Copies map[string]Copy
	// RefuseCopy is Refuse for a resource that copies the data of one market. One of from and to
	// is the site's name, the other is OriginPlace. It is required if Copies is not empty.
	RefuseCopy func(resource, market, from, to string) string
	// Egress maps the name of a security group to the public CIDR blocks that it may
	// connect to. Private blocks are always allowed.
	Egress map[string][]string
	// Declared are the names outside of the stack that the register or the configuration
	// declares for an input: addresses of alarms, hosts, buckets and keys that data is copied to,
	// and agents.
	Declared map[Input][]string
	// Public are the names of resources that hold only public content.
	Public []string
	// Deletable maps resources that may be deleted to the reason. A key is the NAME or TYPE
	// NAME of a resource, or "" for all resources of the site.
	Deletable map[string]string
	// Last has the stack's outputs after its last update; nil if there was none.
	Last map[string]any
	// Existing has the URNs of the resources in the stack's state before this update. Close
	// reports each resource that is not among them and that the engine created without its
	// hook. If Existing is nil, Close does not check that.
	Existing map[string]bool
	// Exceptions allow resources to break rules. Expired and unused exceptions are errors.
	Exceptions []Exception
	// Today is the current time, which exceptions are compared with.
	Today time.Time
}

// Input is an input of all resources of a type: aws:sns/topicSubscription:TopicSubscription, endpoint.
type Input struct{ Type, Path string }
