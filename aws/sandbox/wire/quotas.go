package wire

import (
	"math"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// quota is a default request rate in calls a second. Operations with the same shared name draw from one
// bucket.
type quota struct {
	tps    float64
	shared string
}

// defaults are AWS's default rates of the larger Regions, by service and operation.
// Sources: AWS General Reference, "AWS IoT Core endpoints and quotas" and "AWS IoT Device Management
// endpoints and quotas"; for STS the IAM user guide, "IAM and AWS STS quotas"; for S3 the user guide's
// performance guidelines, by prefix. IAM publishes none.
var defaults = map[string]map[string]quota{
	"iot":           controlPlane(),
	"iot-jobs-data": jobsData,
	"iot-data":      shadows,
	"sts":           {"GetCallerIdentity": {600, "sts"}, "AssumeRole": {600, "sts"}},
	"s3":            {"write": {3500, ""}, "read": {5500, ""}},
}

var jobsData = map[string]quota{
	"DescribeJobExecution":         {200, "read executions"},
	"GetPendingJobExecutions":      {200, "read executions"},
	"StartNextPendingJobExecution": {200, "write executions"},
	"UpdateJobExecution":           {200, "write executions"},
	"StartCommandExecution":        {100, ""},
}

var shadows = map[string]quota{
	"GetThingShadow":           {4000, "shadows"},
	"UpdateThingShadow":        {4000, "shadows"},
	"DeleteThingShadow":        {4000, "shadows"},
	"ListNamedShadowsForThing": {4000, "shadows"},
}

// ratesByTPS lists the control plane's operations under their rate.
var ratesByTPS = map[float64][]string{
	350: {"DescribeThing", "GetThingConnectivityData"},
	100: {"CreateThing", "UpdateThing", "DeleteThing", "DescribeThingType", "DescribeThingGroup", "AddThingToThingGroup",
		"RemoveThingFromThingGroup", "ListThingGroupsForThing", "AttachThingPrincipal", "DetachThingPrincipal"},
	25: {"CreateThingGroup", "ListThingsInThingGroup"},
	20: {"ListThingPrincipals", "ListThingPrincipalsV2", "GetIndexingConfiguration", "GetCommandExecution"},
	15: {"CreateThingType", "UpdateThingType", "DeprecateThingType", "DeleteThingType", "UpdateThingGroup", "DeleteThingGroup",
		"CreateCertificateFromCsr", "AttachPolicy", "DetachPolicy", "ListAttachedPolicies", "SearchIndex", "GetStatistics",
		"GetCardinality", "GetPercentiles", "GetBucketsAggregation", "GetCommand", "DeleteCommandExecution"},
	10: {"ListThings", "ListThingTypes", "ListThingGroups", "UpdateThingGroupsForThing", "ListPrincipalThings",
		"ListPrincipalThingsV2", "CreateKeysAndCertificate", "RegisterCertificate", "DescribeCertificate", "UpdateCertificate",
		"DeleteCertificate", "ListCertificates", "CreatePolicy", "GetPolicy", "DeletePolicy", "ListTargetsForPolicy",
		"DescribeEndpoint", "TagResource", "UntagResource", "ListTagsForResource", "RegisterThing",
		"StartThingRegistrationTask", "StopThingRegistrationTask", "DescribeThingRegistrationTask",
		"ListThingRegistrationTasks", "ListThingRegistrationTaskReports", "DescribeIndex", "CreatePackage", "GetPackage",
		"UpdatePackage", "DeletePackage", "ListPackages", "CreatePackageVersion", "GetPackageVersion",
		"UpdatePackageVersion", "DeletePackageVersion", "ListPackageVersions", "CreateJob", "DescribeJob", "UpdateJob",
		"CancelJob", "DeleteJob", "ListJobs", "GetJobDocument", "AssociateTargetsWithJob", "DescribeJobExecution",
		"CancelJobExecution", "DeleteJobExecution", "ListJobExecutionsForJob", "ListJobExecutionsForThing",
		"CreateJobTemplate", "DescribeJobTemplate", "DeleteJobTemplate", "ListJobTemplates", "CreateCommand",
		"UpdateCommand", "DeleteCommand", "ListCommands", "ListCommandExecutions"},
	5: {"CreateDynamicThingGroup", "UpdateDynamicThingGroup", "DeleteDynamicThingGroup", "ListIndices",
		"GetPackageConfiguration", "UpdatePackageConfiguration"},
	1: {"UpdateIndexingConfiguration"},
}

func controlPlane() map[string]quota {
	m := map[string]quota{}
	for tps, names := range ratesByTPS {
		for _, n := range names {
			m[n] = quota{tps: tps}
		}
	}
	return m
}

// DefaultQuota is AWS's default rate for an operation in calls a second ("iot", "CreateThing"); for S3 the
// operations are "read" and "write". Operations with the same non-empty shared name have that rate
// together. ok is false when AWS publishes no rate.
func DefaultQuota(service, operation string) (tps float64, shared string, ok bool) {
	q, ok := defaults[service][operation]
	return q.tps, q.shared, ok
}

// bucket admits calls at a rate; a nil bucket admits all.
type bucket struct{ limit *rate.Limiter }

// newBucket makes a bucket that holds one second's worth of calls.
func newBucket(tps float64) *bucket {
	return &bucket{rate.NewLimiter(rate.Limit(tps), int(math.Max(1, tps)))}
}

// allow takes a token. Rates are counted in wall time at any speed of the sandbox's clock.
func (b *bucket) allow(now time.Time) bool { return b == nil || b.limit.AllowN(now, 1) }

// quotas are the buckets of one server; nil means that there are no limits.
type quotas struct{ shared map[string]*bucket }

func newQuotas() *quotas {
	q := &quotas{shared: map[string]*bucket{}}
	q.bucket("s3", "read")
	q.bucket("s3", "write")
	return q
}

// bucket returns the bucket of an operation, the same one for all that share it. It is called only while a
// server is made.
func (q *quotas) bucket(service, operation string) *bucket {
	tps, shared, ok := DefaultQuota(service, operation)
	if q == nil || !ok {
		return nil
	}
	if shared == "" {
		shared = operation
	}
	key := service + " " + shared
	if q.shared[key] == nil {
		q.shared[key] = newBucket(tps)
	}
	return q.shared[key]
}

// object is the bucket of an S3 request.
func (q *quotas) object(method string) *bucket {
	switch {
	case q == nil:
		return nil
	case method == http.MethodGet || method == http.MethodHead:
		return q.shared["s3 read"]
	default:
		return q.shared["s3 write"]
	}
}
