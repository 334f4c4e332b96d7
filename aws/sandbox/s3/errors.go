package s3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
)

// faults gives each error code its HTTP status and, where S3 always says the same, its message
// (S3 API reference, error responses). A code that is not here is answered as 400.
var faults = map[string]struct {
	status  int
	message string
}{
	"AccessDenied":                          {403, "Access Denied"},
	"BadDigest":                             {400, "The Content-MD5 or checksum value that you specified did not match what the server received."},
	"BucketAlreadyOwnedByYou":               {409, "Your previous request to create the named bucket succeeded and you already own it."},
	"BucketNotEmpty":                        {409, "The bucket you tried to delete is not empty"},
	"EntityTooLarge":                        {400, "Your proposed upload exceeds the maximum allowed size"},
	"IllegalLocationConstraintException":    {400, "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."},
	"IncompleteBody":                        {400, "You did not provide the number of bytes specified by the Content-Length HTTP header"},
	"InternalError":                         {500, "We encountered an internal error. Please try again."},
	"InvalidBucketName":                     {400, "The specified bucket is not valid."},
	"InvalidDigest":                         {400, "The Content-MD5 or checksum value that you specified is not valid."},
	"InvalidLocationConstraint":             {400, "The specified location-constraint is not valid"},
	"InvalidPart":                           {400, "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."},
	"InvalidPartNumber":                     {416, "The requested partnumber is not satisfiable"},
	"InvalidRange":                          {416, "The requested range is not satisfiable"},
	"KeyTooLongError":                       {400, "Your key is too long"},
	"MalformedXML":                          {400, "The XML you provided was not well-formed or did not validate against our published schema"},
	"MetadataTooLarge":                      {400, "Your metadata headers exceed the maximum allowed metadata size"},
	"MethodNotAllowed":                      {405, "The specified method is not allowed against this resource."},
	"MissingContentLength":                  {411, "You must provide the Content-Length HTTP header."},
	"NoSuchBucket":                          {404, "The specified bucket does not exist"},
	"NoSuchBucketPolicy":                    {404, "The bucket policy does not exist"},
	"NoSuchCORSConfiguration":               {404, "The CORS configuration does not exist"},
	"NoSuchKey":                             {404, "The specified key does not exist."},
	"NoSuchLifecycleConfiguration":          {404, "The lifecycle configuration does not exist"},
	"NoSuchPublicAccessBlockConfiguration":  {404, "The public access block configuration was not found"},
	"NoSuchTagSet":                          {404, "The TagSet does not exist"},
	"NoSuchUpload":                          {404, "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."},
	"NoSuchVersion":                         {404, "The specified version does not exist."},
	"NoSuchWebsiteConfiguration":            {404, "The specified bucket does not have a website configuration"},
	"ObjectLockConfigurationNotFoundError":  {404, "Object Lock configuration does not exist for this bucket"},
	"ReplicationConfigurationNotFoundError": {404, "The replication configuration was not found"},
	"SignatureDoesNotMatch":                 {403, "The request signature we calculated does not match the signature you provided. Check your key and signing method."},
	"OwnershipControlsNotFoundError":        {404, "The bucket ownership controls were not found"},
	"PreconditionFailed":                    {412, "At least one of the pre-conditions you specified did not hold"},
	"XAmzContentSHA256Mismatch":             {400, "The provided 'x-amz-content-sha256' header does not match what was computed."},
}

// apiError is an error as S3 answers it.
type apiError struct{ code, message string }

// Error implements error.
func (e *apiError) Error() string { return e.code + ": " + e.message }

// fail is an error with an S3 code. An empty message means the usual one.
func fail(code, message string) error {
	if message == "" {
		message = faults[code].message
	}
	return &apiError{code, message}
}

func failf(code, format string, args ...any) error { return fail(code, fmt.Sprintf(format, args...)) }

type errorBody struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Bucket    string `xml:"BucketName,omitempty"`
	Key       string `xml:",omitempty"`
	Resource  string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
}

// writeError answers err. What is not an S3 error is a fault of the sandbox and the only 500.
func writeError(w http.ResponseWriter, q *request, err error) {
	body := errorBody{Code: "InternalError", Bucket: q.bucket, Key: q.key, Resource: q.URL.Path,
		RequestID: w.Header().Get("x-amz-request-id"), HostID: w.Header().Get("x-amz-id-2")}
	var known *apiError
	if errors.As(err, &known) {
		body.Code, body.Message = known.code, known.message
	} else {
		slog.Error("sandbox S3 request failed", "method", q.Method, "path", q.URL.Path, "err", err)
	}
	fault, ok := faults[body.Code]
	if !ok {
		fault.status, fault.message = http.StatusBadRequest, body.Code
	}
	if body.Message == "" {
		body.Message = fault.message
	}
	w.Header().Del("Content-Length")
	w.Header().Del("Content-Encoding") // of the object that is not sent
	if q.Method == http.MethodHead {
		w.WriteHeader(fault.status)
		return
	}
	writeXML(w, fault.status, body)
}

// writeXML answers body with a status. Writing fails only when the caller has gone, whom nobody can tell.
func writeXML(w http.ResponseWriter, status int, body any) {
	b, err := xml.Marshal(body)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte("<Error><Code>InternalError</Code></Error>")
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write(append([]byte(xml.Header), b...))
}
