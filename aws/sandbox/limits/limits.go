// Package limits lists the counts and sizes that the sandbox enforces, for people to read. The areas enforce them; a test
// of package sandbox tries each limit at its value and one beyond.
package limits

// Limit is the most of something that a caller may have or send.
type Limit struct {
	Service string `json:"service"` // iot, iot-jobs-data, iot-data, iam, s3
	Name    string `json:"name"`    // in plain English: attributes of a thing without a type
	Value   int    `json:"value"`
	Unit    string `json:"unit"`   // "", bytes, characters, levels, minutes, seconds, a minute
	Code    string `json:"code"`   // of the error beyond it: InvalidRequestException
	Status  int    `json:"status"` // its HTTP status
}

const (
	invalid  = "InvalidRequestException"
	validity = "ValidationException"
	exceeded = "LimitExceededException"
)

// Table lists the limits by service. Sources: AWS General Reference, AWS IoT Core and AWS IoT Device Management endpoints and
// quotas; the services' models; IAM user guide, IAM quotas; S3 API reference.
func Table() []Limit { return table }

var table = []Limit{
	{"iot", "length of a thing's name", 128, "characters", invalid, 400},
	{"iot", "length of an attribute's value", 800, "characters", invalid, 400},
	{"iot", "attributes of a thing without a type", 3, "", invalid, 400},
	{"iot", "attributes of a thing with a type", 50, "", invalid, 400},
	{"iot", "searchable attributes of a thing type", 3, "", invalid, 400},
	{"iot", "groups of a thing", 10, "", invalid, 400},
	{"iot", "levels of a group hierarchy", 7, "", invalid, 400},
	{"iot", "attributes of a group", 50, "", invalid, 400},
	{"iot", "tags of a resource", 50, "", exceeded, 410},
	{"iot", "length of a job document", 32768, "bytes", invalid, 400},
	{"iot", "targets of a job", 100, "", exceeded, 410},
	{"iot", "rollout rate", 1000, "a minute", invalid, 400},
	{"iot", "in-progress timeout", 10080, "minutes", invalid, 400},
	{"iot", "life of a presigned URL", 3600, "seconds", invalid, 400},
	{"iot", "retries of a criterion", 10, "", invalid, 400},
	{"iot", "length of a package's name", 128, "characters", validity, 400},
	{"iot", "size of a package version's attributes", 3072, "bytes", validity, 400},
	{"iot", "packages", 100, "", "ServiceQuotaExceededException", 402},
	{"iot", "named shadows in the index", 10, "", invalid, 400},
	{"iot", "custom fields of the index", 5, "", invalid, 400},
	{"iot", "length of an index query", 1000, "characters", "InvalidQueryException", 400},
	{"iot", "terms of an index query", 12, "", "InvalidQueryException", 400},
	{"iot-jobs-data", "status details of an execution", 10, "", invalid, 400},
	{"iot-jobs-data", "length of a status detail", 1024, "characters", invalid, 400},
	{"iot-jobs-data", "step timeout", 10080, "minutes", invalid, 400},
	{"iot-data", "size of a shadow's document", 8192, "bytes", "RequestEntityTooLargeException", 413},
	{"iot-data", "nesting of a shadow's section", 6, "levels", invalid, 400},
	{"iot-data", "length of a shadow's name", 64, "characters", invalid, 400},
	{"iam", "length of a role's name", 64, "characters", "ValidationError", 400},
	{"iam", "length of a trust policy", 2048, "characters", "LimitExceeded", 409},
	{"iam", "inline policies of a role together", 10240, "characters", "LimitExceeded", 409},
	{"iam", "length of a managed policy", 6144, "characters", "LimitExceeded", 409},
	{"iam", "managed policies of a role", 20, "", "LimitExceeded", 409},
	{"s3", "keys of one DeleteObjects", 1000, "", "MalformedXML", 400},
	{"s3", "tags of a bucket", 50, "", "BadRequest", 400},
	{"s3", "tags of an object", 10, "", "BadRequest", 400},
}
