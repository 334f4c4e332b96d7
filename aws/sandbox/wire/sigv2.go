package wire

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// subResources are the query parameters that the old signature covers (S3 user guide, signing and
// authenticating REST requests, signature version 2).
var subResources = []string{
	"acl", "cors", "delete", "encryption", "lifecycle", "location", "logging", "notification", "partNumber", "policy",
	"requestPayment", "response-cache-control", "response-content-disposition", "response-content-encoding",
	"response-content-language", "response-content-type", "response-expires", "tagging", "torrent", "uploadId",
	"uploads", "versionId", "versioning", "versions", "website",
}

// verifyV2 checks the presigned form of signature version 2, which boto3 still makes by default in the older
// Regions. It says when it ends, not when it began, so the sandbox's speed cannot apply.
func (s *Server) verifyV2(c *call, cred *credential) error {
	end, ok := unixSeconds(cred.expires)
	if !ok {
		return &fault{http.StatusForbidden, "AccessDenied", "Invalid date (should be seconds since epoch): " + cred.expires}
	}
	if s.now().After(end) {
		return s.expired(c, end)
	}
	mac := hmac.New(sha1.New, []byte(cred.keys.SecretAccessKey))
	mac.Write([]byte(v2StringToSign(c.r, cred.expires)))
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(want), []byte(cred.signature)) {
		return c.service.mismatch()
	}
	return nil
}

func v2StringToSign(r *http.Request, expires string) string {
	var b strings.Builder
	q := r.URL.Query()
	headers := v2Headers(r, q)
	for _, line := range []string{r.Method, headers["content-md5"], headers["content-type"], expires} {
		b.WriteString(line + "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if strings.HasPrefix(name, "x-amz-") {
			b.WriteString(name + ":" + headers[name] + "\n")
		}
	}
	b.WriteString(rawPath(r))
	b.WriteString(v2Query(q))
	return b.String()
}

// v2Headers are the request's headers by lower-case name, with those that the client put into the query.
func v2Headers(r *http.Request, q url.Values) map[string]string {
	headers := map[string]string{}
	for _, from := range []map[string][]string{q, r.Header} {
		for name, values := range from {
			headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	return headers
}

func v2Query(q url.Values) string {
	var parts []string
	for _, name := range subResources {
		if v, ok := q[name]; ok {
			if v[0] != "" {
				name += "=" + v[0]
			}
			parts = append(parts, name)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "?" + strings.Join(parts, "&")
}
