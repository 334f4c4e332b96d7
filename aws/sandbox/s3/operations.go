package s3

import (
	"slices"

	"fleetlab/aws/sandbox/wire"
)

// Operation is one of S3 that the sandbox answers.
type Operation struct {
	Name        string
	Differences []wire.Difference
}

// What the documentation says of more than one operation.
const (
	keptOnly  wire.Difference = "The configuration is checked for its form and given back; it has no effect."
	oneOwner  wire.Difference = "Every bucket has its owner enforced, so there is one grant, and setting others is refused."
	encrypted wire.Difference = "Encryption with AWS KMS or with keys of the customer is refused; what is stored is not encrypted."
	neverSet  wire.Difference = "It answers as for a new bucket; the operation that would set it is not there."
)

// Operations lists what the sandbox answers of S3, by name, for the documentation. S3 has no service model here; a request
// that is not for one of these is refused with 405 or with 400 InvalidRequest.
func Operations() []Operation {
	return slices.Clone(operations)
}

var operations = []Operation{
	{"AbortMultipartUpload", nil},
	{"CompleteMultipartUpload", []wire.Difference{"The checksums of parts may be left out of the request, whatever the upload's checksum is."}},
	{"CopyObject", []wire.Difference{"A copy of a multipart object keeps its ETag and checksum.", "The encryption of the source cannot be changed."}},
	{"CreateBucket", []wire.Difference{"Object Lock and ACLs are not offered.", "Names are unique in this sandbox, not in all of AWS."}},
	{"CreateMultipartUpload", []wire.Difference{encrypted}},
	{"DeleteBucket", nil},
	{"DeleteBucketCors", []wire.Difference{keptOnly}},
	{"DeleteBucketEncryption", nil},
	{"DeleteBucketLifecycle", []wire.Difference{keptOnly}},
	{"DeleteBucketOwnershipControls", []wire.Difference{oneOwner}},
	{"DeleteBucketPolicy", nil},
	{"DeleteBucketTagging", nil},
	{"DeleteBucketWebsite", []wire.Difference{keptOnly}},
	{"DeleteObject", []wire.Difference{"Conditional deletion is not offered."}},
	{"DeleteObjectTagging", nil},
	{"DeleteObjects", nil},
	{"DeletePublicAccessBlock", []wire.Difference{keptOnly}},
	{"GetBucketAccelerateConfiguration", []wire.Difference{neverSet}},
	{"GetBucketAcl", []wire.Difference{oneOwner}},
	{"GetBucketCors", nil},
	{"GetBucketEncryption", nil},
	{"GetBucketLifecycleConfiguration", nil},
	{"GetBucketLocation", nil},
	{"GetBucketLogging", []wire.Difference{neverSet}},
	{"GetBucketNotificationConfiguration", []wire.Difference{neverSet}},
	{"GetBucketOwnershipControls", nil},
	{"GetBucketPolicy", nil},
	{"GetBucketPolicyStatus", []wire.Difference{"No policy counts as public."}},
	{"GetBucketReplication", []wire.Difference{neverSet}},
	{"GetBucketRequestPayment", []wire.Difference{neverSet}},
	{"GetBucketTagging", nil},
	{"GetBucketVersioning", nil},
	{"GetBucketWebsite", nil},
	{"GetObject", []wire.Difference{"Objects in archive classes can be read at once.", "Nobody can read without a signature, whatever the bucket policy says."}},
	{"GetObjectAcl", []wire.Difference{oneOwner}},
	{"GetObjectAttributes", nil},
	{"GetObjectLockConfiguration", []wire.Difference{neverSet}},
	{"GetObjectTagging", nil},
	{"GetPublicAccessBlock", nil},
	{"HeadBucket", nil},
	{"HeadObject", nil},
	{"ListBuckets", nil},
	{"ListMultipartUploads", nil},
	{"ListObjectVersions", nil},
	{"ListObjects", nil},
	{"ListObjectsV2", nil},
	{"ListParts", nil},
	{"PutBucketAcl", []wire.Difference{oneOwner}},
	{"PutBucketCors", []wire.Difference{keptOnly}},
	{"PutBucketEncryption", []wire.Difference{keptOnly}},
	{"PutBucketLifecycleConfiguration", []wire.Difference{keptOnly}},
	{"PutBucketOwnershipControls", []wire.Difference{keptOnly}},
	{"PutBucketPolicy", []wire.Difference{keptOnly}},
	{"PutBucketTagging", nil},
	{"PutBucketVersioning", []wire.Difference{"MFA Delete is not offered."}},
	{"PutBucketWebsite", []wire.Difference{keptOnly}},
	{"PutObject", []wire.Difference{encrypted, "Storage classes are only names."}},
	{"PutObjectAcl", []wire.Difference{oneOwner}},
	{"PutObjectTagging", nil},
	{"PutPublicAccessBlock", []wire.Difference{keptOnly}},
	{"UploadPart", nil},
	{"UploadPartCopy", nil},
}
