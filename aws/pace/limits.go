package pace

// share is the part of AWS's default quota that is used, so that other users of the account keep some.
const share = 0.8

// limit is one row of the table: a token bucket's name and its rate.
type limit struct {
	bucket    string
	perSecond float64
}

// quotas holds AWS's default request rates in calls a second per account and Region. Source: AWS General
// Reference, AWS IoT Core and AWS IoT Device Management endpoints and quotas (larger Regions).
var quotas = map[string]float64{
	"iot:CreateThing": 100, "iot:DescribeThing": 350, "iot:UpdateThing": 100, "iot:DeleteThing": 100, "iot:ListThings": 10,
	"iot:CreateThingType": 15, "iot:UpdateThingType": 15, "iot:DeprecateThingType": 15, "iot:DeleteThingType": 15,
	"iot:DescribeThingType": 100, "iot:ListThingTypes": 10,
	"iot:CreateThingGroup": 25, "iot:UpdateThingGroup": 15, "iot:DeleteThingGroup": 15, "iot:DescribeThingGroup": 100,
	"iot:ListThingGroups": 10, "iot:AddThingToThingGroup": 100, "iot:RemoveThingFromThingGroup": 100,
	"iot:UpdateThingGroupsForThing": 10, "iot:ListThingsInThingGroup": 25, "iot:ListThingGroupsForThing": 100,
	"iot:CreateDynamicThingGroup": 5, "iot:UpdateDynamicThingGroup": 5, "iot:DeleteDynamicThingGroup": 5,
	"iot:AttachThingPrincipal": 100, "iot:DetachThingPrincipal": 100, "iot:ListThingPrincipals": 20,
	"iot:ListThingPrincipalsV2": 20, "iot:CreateCertificateFromCsr": 15,
	"iot:AttachPolicy": 15, "iot:DetachPolicy": 15, "iot:ListAttachedPolicies": 15,
	"iot:UpdateIndexingConfiguration": 1, "iot:GetIndexingConfiguration": 20, "iot:ListIndices": 5,
	"iot:SearchIndex": 15, "iot:GetStatistics": 15, "iot:GetCardinality": 15, "iot:GetPercentiles": 15,
	"iot:GetBucketsAggregation": 15, "iot:GetThingConnectivityData": 350,
	"iot:GetPackageConfiguration": 5, "iot:UpdatePackageConfiguration": 5,
	"iot:GetCommand": 15, "iot:GetCommandExecution": 20, "iot:DeleteCommandExecution": 15,
	"iot-jobs-data:StartCommandExecution": 100,
}

// defaultQuota is AWS's rate for the many iot operations that the table above does not name.
const defaultQuota = 10

// chosen are rates that the product promises by number.
var chosen = map[string]float64{
	"iot:CreateThingType": 8, "iot:DeprecateThingType": 8, "iot:DeleteThingType": 8,
	"iot:CreatePackage": 8, "iot:CreatePackageVersion": 8, "iot:UpdatePackageVersion": 8,
	"iot:DeletePackage": 8, "iot:DeletePackageVersion": 8,
	"iot:CreateDynamicThingGroup": 4, "iot:DeleteDynamicThingGroup": 4,
}

// shared are operations that AWS counts together. Sources as for quotas; the 150 job execution updates a
// second are a promise of the product under AWS's fixed 200.
var shared = map[string]limit{
	"iot-jobs-data:StartNextPendingJobExecution": {"iot-jobs-data:job-execution-updates", 150},
	"iot-jobs-data:UpdateJobExecution":           {"iot-jobs-data:job-execution-updates", 150},
	"iot-jobs-data:DescribeJobExecution":         {"iot-jobs-data:job-execution-reads", 200 * share},
	"iot-jobs-data:GetPendingJobExecutions":      {"iot-jobs-data:job-execution-reads", 200 * share},
	"iot-data:GetThingShadow":                    {"iot-data:shadows", 4000 * share},
	"iot-data:UpdateThingShadow":                 {"iot-data:shadows", 4000 * share},
	"iot-data:DeleteThingShadow":                 {"iot-data:shadows", 4000 * share},
	"iot-data:ListNamedShadowsForThing":          {"iot-data:shadows", 4000 * share},
}

// wide are services with one generous rate for each operation: S3 serves thousands a second per prefix (S3 user
// guide), STS 600 a second in all (STS quotas); IAM publishes no rates and is known to throttle early.
var wide = map[string]float64{"s3": 1000, "sts": 100, "iam": 10}

func lookup(service, operation string) limit {
	name := service + ":" + operation
	if l, ok := shared[name]; ok {
		return l
	}
	if r, ok := chosen[name]; ok {
		return limit{name, r}
	}
	if r, ok := wide[service]; ok {
		return limit{name, r}
	}
	if q, ok := quotas[name]; ok {
		return limit{name, q * share}
	}
	return limit{name, defaultQuota * share}
}

// serviceKey turns the SDK's service id into the short name that signatures and the AWS CLI use.
func serviceKey(id string) string {
	switch id {
	case "IoT":
		return "iot"
	case "IoT Data Plane":
		return "iot-data"
	case "IoT Jobs Data Plane":
		return "iot-jobs-data"
	case "S3":
		return "s3"
	case "IAM":
		return "iam"
	case "STS":
		return "sts"
	}
	return id
}

// Name is how logs and errors call an operation: iot:CreateThing.
func Name(serviceID, operation string) string { return serviceKey(serviceID) + ":" + operation }
