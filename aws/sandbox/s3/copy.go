package s3

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fleetlab/aws/sandbox/store"
)

// parseCopySource reads x-amz-copy-source: bucket/key, percent-encoded, perhaps with ?versionId=.
func parseCopySource(s string) (bucket, key, version string, err error) {
	path, query, _ := strings.Cut(s, "?")
	values, err := url.ParseQuery(query)
	if err == nil {
		path, err = url.PathUnescape(path)
	}
	bucket, key, found := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if err != nil || !found || bucket == "" || key == "" {
		return "", "", "", fail("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	return bucket, key, values.Get("versionId"), checkKey(key)
}

// checkCopyConditions holds a copy to what it demands of its source. A matching ETag makes the date of If-Unmodified-Since
// irrelevant, and one of If-None-Match that of If-Modified-Since (S3 API reference, CopyObject).
func checkCopyConditions(header http.Header, from *object) error {
	const prefix = "X-Amz-Copy-Source-If-"
	match, noneMatch := header.Get(prefix+"Match"), header.Get(prefix+"None-Match")
	modified := from.modified.Truncate(time.Second) // what the dates can tell
	after := func(name string) (late, given bool) {
		at, err := http.ParseTime(header.Get(prefix + name))
		return modified.After(at), err == nil
	}
	late, unmodifiedSince := after("Unmodified-Since")
	newer, modifiedSince := after("Modified-Since")
	switch {
	case match != "" && strings.Trim(match, `"`) != from.etag,
		match == "" && unmodifiedSince && late,
		noneMatch != "" && strings.Trim(noneMatch, `"`) == from.etag,
		noneMatch == "" && modifiedSince && !newer:
		return fail("PreconditionFailed", "")
	}
	return nil
}

type copyResult struct {
	XMLName      xml.Name `xml:"CopyObjectResult"`
	Xmlns        string   `xml:"xmlns,attr"`
	LastModified string
	ETag         string
	checksumXML
}

// copyObject answers CopyObject inside the account.
func (h *handler) copyObject(w http.ResponseWriter, q *request) error {
	fromBucket, fromKey, version, err := parseCopySource(q.Header.Get("x-amz-copy-source"))
	if err != nil {
		return err
	}
	to, err := h.newObject(q.key, objectHeaders(q.Header))
	if err != nil {
		return err
	}
	replace := q.Header.Get("x-amz-metadata-directive") == "REPLACE"
	class := q.Header.Get(classHeader)
	if fromBucket == q.bucket && fromKey == q.key && version == "" && !replace && class == "" {
		return fail("InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing "+
			"the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	err = h.replace(func(tx *store.Tx) error {
		b, from, err := lookUp(tx, fromBucket, fromKey, version)
		if err != nil {
			return err
		}
		if err := checkCopyConditions(q.Header, from); err != nil {
			return err
		}
		if b.versioning != "" {
			w.Header().Set("x-amz-copy-source-version-id", from.version)
		}
		if !replace {
			to.header = from.header
			to.setClass(class) // which is never copied
		}
		delete(to.header, partsHeader) // a copy is one piece
		copySums(from.header, to.header)
		if q.Header.Get("x-amz-tagging-directive") != "REPLACE" {
			to.tags = from.tags
		}
		if err := copyBody(tx, from, to); err != nil {
			return err
		}
		if b, err = getBucket(tx, q.bucket); err != nil {
			return err
		}
		defer func() { setVersion(w, b, to) }()
		return h.insert(tx, b, to)
	})
	if err != nil {
		return err
	}
	setEncrypted(w)
	writeXML(w, http.StatusOK, copyResult{Xmlns: namespace, LastModified: timestamp(to.modified), ETag: `"` + to.etag + `"`,
		checksumXML: newChecksumXML(to.header)})
	return nil
}

func copyBody(tx *store.Tx, from, to *object) error {
	to.body, to.size, to.etag = newBodyID(), from.size, from.etag
	_, err := tx.Exec("INSERT INTO chunks(body,offset,data) SELECT ?,offset,data FROM chunks WHERE body=?", to.body, from.body)
	return err
}
