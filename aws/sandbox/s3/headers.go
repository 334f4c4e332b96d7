package s3

import (
	"net/http"
	"slices"
	"strings"
)

// writeHeaders are the headers of a write that the sandbox acts on for some values only, with the error for the others.
// A header that asks for more than is done is refused, not ignored.
var writeHeaders = []struct {
	prefix  string // of the header's name, in canonical form
	allowed []string
	code    string
	message string // S3's own; "" when only the sandbox would refuse
}{
	{"X-Amz-Acl", []string{"private", "bucket-owner-full-control"}, "AccessControlListNotSupported", "The bucket does not allow ACLs"},
	{"X-Amz-Grant-", nil, "AccessControlListNotSupported", "The bucket does not allow ACLs"},
	{classHeader, storageClasses, "InvalidStorageClass", "The storage class you specified is not valid"},
	{"X-Amz-Object-Lock-", nil, "InvalidRequest", "Bucket is missing Object Lock Configuration"},
	{"X-Amz-Server-Side-Encryption", []string{"AES256"}, "InvalidRequest", ""},
	{"X-Amz-Copy-Source-Server-Side-Encryption", nil, "InvalidRequest", ""},
	{"X-Amz-Write-Offset-Bytes", nil, "InvalidRequest", ""},
}

// storageClasses are those that an object may be put into (S3 API reference, PutObject). Here they are only names.
var storageClasses = []string{"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
	"DEEP_ARCHIVE", "GLACIER_IR"}

// checkWriteHeaders refuses a write of an object with a header that the sandbox would have to ignore.
func checkWriteHeaders(header http.Header) error {
	for name, values := range header {
		for _, h := range writeHeaders {
			if !strings.HasPrefix(name, h.prefix) || name == h.prefix && slices.Contains(h.allowed, values[0]) {
				continue
			}
			if h.message == "" {
				return failf(h.code, "The sandbox does not offer %s: %s. Leave the header out, or use an AWS account.", strings.ToLower(name), values[0])
			}
			return fail(h.code, h.message)
		}
	}
	return nil
}
