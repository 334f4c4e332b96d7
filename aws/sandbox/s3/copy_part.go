package s3

import (
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"fleetlab/aws/sandbox/store"
)

type copyPartResult struct {
	XMLName      xml.Name `xml:"CopyPartResult"`
	Xmlns        string   `xml:"xmlns,attr"`
	LastModified string
	ETag         string
	checksumXML
}

// copyPart answers UploadPartCopy: a part of an upload that has the content of an object, or of a range of it.
func (h *handler) copyPart(w http.ResponseWriter, q *request) error {
	number, err := q.partNumber()
	if err != nil {
		return err
	}
	algorithm, err := h.recordOf(q)
	if err != nil {
		return err
	}
	bucket, key, version, err := parseCopySource(q.Header.Get("x-amz-copy-source"))
	if err != nil {
		return err
	}
	body := &bodyReader{backend: h.backend}
	defer body.Close()
	err = h.reading(func(tx *store.Tx) error {
		b, from, err := lookUp(tx, bucket, key, version)
		if err != nil {
			return err
		}
		if err := checkCopyConditions(q.Header, from); err != nil {
			return err
		}
		if b.versioning != "" {
			w.Header().Set("x-amz-copy-source-version-id", from.version)
		}
		return body.open(tx, from)
	})
	if err != nil {
		return err
	}
	first, size, err := copyRange(q.Header.Get("x-amz-copy-source-range"), body.size)
	if err != nil {
		return err
	}
	body.pos = first
	sum := checksums[algorithm]()
	c, err := h.stage(io.TeeReader(io.LimitReader(body, size), sum), size)
	if err != nil {
		return err
	}
	found := sums{algorithm: base64.StdEncoding.EncodeToString(sum.Sum(nil))}
	if err := h.keepPart(q, number, c, found); err != nil {
		return err
	}
	header := map[string]string{}
	found.put(header, "")
	setEncrypted(w)
	writeXML(w, http.StatusOK, copyPartResult{Xmlns: namespace, LastModified: timestamp(h.realm.Now()), ETag: `"` + c.etag + `"`,
		checksumXML: newChecksumXML(header)})
	return nil
}

var copyRangePattern = regexp.MustCompile(`^bytes=([0-9]{1,18})-([0-9]{1,18})$`)

// copyRange reads x-amz-copy-source-range, which unlike Range has both ends and must lie within the source's size in
// bytes; without it the part is the whole source.
func copyRange(header string, size int64) (first, length int64, err error) {
	if header == "" {
		return 0, size, nil
	}
	m := copyRangePattern.FindStringSubmatch(header)
	if m == nil {
		return 0, 0, fail("InvalidArgument", "The x-amz-copy-source-range value must be of the form bytes=first-last "+
			"where first and last are the zero-based offsets of the first and last bytes to copy")
	}
	first, _ = strconv.ParseInt(m[1], 10, 64) // at most 18 digits always fit
	last, _ := strconv.ParseInt(m[2], 10, 64)
	if first > last || last >= size {
		return 0, 0, failf("InvalidArgument", "Range specified is not valid for source object of size: %d", size)
	}
	return first, last - first + 1, nil
}
