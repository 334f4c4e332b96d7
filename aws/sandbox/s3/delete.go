package s3

import (
	"encoding/xml"
	"errors"
	"net/http"

	"fleetlab/aws/sandbox/store"
)

// maxDeletes is how many objects one DeleteObjects takes (S3 API reference, DeleteObjects).
const maxDeletes = 1000

type deleteRequest struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   bool
	Objects []struct {
		Key       string
		VersionID string `xml:"VersionId"`
	} `xml:"Object"`
}

type deleteResult struct {
	XMLName xml.Name `xml:"DeleteResult"`
	Xmlns   string   `xml:"xmlns,attr"`
	Deleted []deleted
	Error   []deleteError
}

type deleted struct {
	Key             string
	VersionID       string `xml:"VersionId,omitempty"`
	DeleteMarker    bool   `xml:",omitempty"`
	MarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type deleteError struct {
	Key       string
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

// deleteObjects answers DeleteObjects: all in one transaction, missing objects count as deleted, and what
// cannot be deleted is told object by object.
func (h *handler) deleteObjects(w http.ResponseWriter, q *request) error {
	if !hasDigest(q.Header) {
		return fail("InvalidRequest", "Missing required header for this request: Content-MD5")
	}
	var in deleteRequest
	if err := readXML(q, &in); err != nil {
		return err
	}
	if len(in.Objects) == 0 || len(in.Objects) > maxDeletes {
		return fail("MalformedXML", "")
	}
	out := deleteResult{Xmlns: namespace}
	err := h.replace(func(tx *store.Tx) error {
		b, err := getBucket(tx, q.bucket)
		if err != nil {
			return err
		}
		now := h.realm.Now()
		for _, o := range in.Objects {
			var refused *apiError
			if errors.As(checkKey(o.Key), &refused) {
				out.Error = append(out.Error, deleteError{o.Key, o.VersionID, refused.code, refused.message})
				continue
			}
			d, err := h.erase(tx, b, o.Key, o.VersionID, now)
			if err != nil {
				return err
			}
			out.add(o.Key, o.VersionID, d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if in.Quiet {
		out.Deleted = nil
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

// add reports a deletion. A marker is named whether it was put or removed.
func (r *deleteResult) add(key, version string, d deletion) {
	e := deleted{Key: key, VersionID: version, DeleteMarker: d.marker}
	if d.marker {
		e.MarkerVersionID = d.version
	}
	r.Deleted = append(r.Deleted, e)
}
