package s3

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"

	"fleetlab/aws/sandbox/store"
)

// maxPart is the highest number of a part (S3 user guide, multipart upload limits).
const maxPart = 10_000

type createdUpload struct {
	XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
	Xmlns    string   `xml:"xmlns,attr"`
	Bucket   string
	Key      string
	UploadID string `xml:"UploadId"`
}

// routeUpload finds the answers of multipart uploads.
func (h *handler) routeUpload(q *request) answer {
	if q.key == "" {
		if q.has("uploads") && q.Method == http.MethodGet {
			return h.listUploads
		}
		return notAllowed
	}
	switch {
	case q.has("uploads") && q.Method == http.MethodPost:
		return h.createUpload
	case q.has("uploads"):
		return notAllowed
	case q.Method == http.MethodPut && q.Header.Get("x-amz-copy-source") != "":
		return h.copyPart
	case q.Method == http.MethodPut:
		return h.uploadPart
	case q.Method == http.MethodGet:
		return h.listParts
	case q.Method == http.MethodPost:
		return h.completeUpload
	case q.Method == http.MethodDelete:
		return h.abortUpload
	}
	return notAllowed
}

// createUpload answers CreateMultipartUpload.
func (h *handler) createUpload(w http.ResponseWriter, q *request) error {
	headers := objectHeaders(q.Header)
	if _, err := h.newObject(q.key, headers); err != nil {
		return err
	}
	_, kind, err := checksumPlan(headers)
	if err != nil {
		return err
	}
	b, err := json.Marshal(headers)
	if err != nil {
		return err
	}
	out := createdUpload{Xmlns: namespace, Bucket: q.bucket, Key: q.key, UploadID: newVersion(1)}
	err = h.st.Update(func(tx *store.Tx) error {
		if _, err := getBucket(tx, q.bucket); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT INTO uploads(id,bucket,key,metadata_json,created_at) VALUES(?,?,?,?,?)", out.UploadID, q.bucket, q.key,
			string(b), store.Millis(h.realm.Now()))
		return err
	})
	if err != nil {
		return err
	}
	if headers[algorithmHeader] != "" {
		w.Header().Set(algorithmHeader, headers[algorithmHeader])
		w.Header().Set(typeHeader, kind)
	}
	setEncrypted(w)
	writeXML(w, http.StatusOK, out)
	return nil
}

// upload reads the headers of an upload under way; NoSuchUpload when there is none for this key.
func upload(tx *store.Tx, q *request) (map[string]string, error) {
	if _, err := getBucket(tx, q.bucket); err != nil {
		return nil, err
	}
	var b string
	err := tx.Row("SELECT metadata_json FROM uploads WHERE id=? AND bucket=? AND key=?", []any{q.uploadID(), q.bucket, q.key}, &b)
	if errors.Is(err, store.ErrNoRow) {
		return nil, fail("NoSuchUpload", "")
	}
	if err != nil {
		return nil, err
	}
	var headers map[string]string
	return headers, json.Unmarshal([]byte(b), &headers)
}

func (q *request) uploadID() string { return q.query.Get("uploadId") }

func (q *request) partNumber() (int, error) {
	n, err := strconv.Atoi(q.query.Get("partNumber"))
	if err != nil || n < 1 || n > maxPart {
		return 0, failf("InvalidArgument", "Part number must be an integer between 1 and %d, inclusive", maxPart)
	}
	return n, nil
}

// recordOf is the checksum that every part of the upload gets: the one that the object will have.
func (h *handler) recordOf(q *request) (string, error) {
	var algorithm string
	return algorithm, h.st.View(func(tx *store.Tx) error {
		headers, err := upload(tx, q)
		if err == nil {
			algorithm, _, err = checksumPlan(headers)
		}
		return err
	})
}

// uploadPart answers UploadPart.
func (h *handler) uploadPart(w http.ResponseWriter, q *request) error {
	number, err := q.partNumber()
	if err != nil {
		return err
	}
	algorithm, err := h.recordOf(q)
	if err != nil {
		return err
	}
	c, found, err := h.receive(q, algorithm)
	if err != nil {
		return err
	}
	if err := h.keepPart(q, number, c, found); err != nil {
		return err
	}
	setEncrypted(w)
	for name, v := range found {
		w.Header().Set(checksumPrefix+name, v)
	}
	w.Header().Set("ETag", `"`+c.etag+`"`)
	w.WriteHeader(http.StatusOK)
	return nil
}

// keepPart makes a content a part of the upload, in place of one of the same number.
func (h *handler) keepPart(q *request, number int, c *content, found sums) error {
	b, err := json.Marshal(found)
	if err != nil {
		return h.discarded(c, err)
	}
	err = h.st.Update(func(tx *store.Tx) error {
		if _, err := upload(tx, q); err != nil {
			return err
		}
		for _, statement := range []string{
			"DELETE FROM chunks WHERE body=(SELECT body FROM upload_parts WHERE upload_id=? AND number=?)",
			"DELETE FROM upload_parts WHERE upload_id=? AND number=?",
		} {
			if _, err := tx.Exec(statement, q.uploadID(), number); err != nil {
				return err
			}
		}
		if err := c.keep(tx); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT INTO upload_parts(upload_id,number,body,size,etag,sums_json,modified_at) VALUES(?,?,?,?,?,?,?)", q.uploadID(),
			number, c.id, c.size, c.etag, string(b), store.Millis(h.realm.Now()))
		return err
	})
	if err != nil {
		return h.discarded(c, err)
	}
	return nil
}

// abortUpload answers AbortMultipartUpload.
func (h *handler) abortUpload(w http.ResponseWriter, q *request) error {
	err := h.st.Update(func(tx *store.Tx) error {
		if _, err := upload(tx, q); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM chunks WHERE body IN (SELECT body FROM upload_parts WHERE upload_id=?)", q.uploadID()); err != nil {
			return err
		}
		return endUpload(tx, q.uploadID())
	})
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// endUpload forgets an upload whose contents were used or removed.
func endUpload(tx *store.Tx, id string) error {
	for _, statement := range []string{"DELETE FROM upload_parts WHERE upload_id=?", "DELETE FROM uploads WHERE id=?"} {
		if _, err := tx.Exec(statement, id); err != nil {
			return err
		}
	}
	return nil
}
