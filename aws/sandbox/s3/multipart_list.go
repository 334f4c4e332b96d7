package s3

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/store"
)

type part struct {
	number   int
	body     int64
	size     int64
	etag     string
	sums     sums
	modified int64
}

// parts reads the parts of an upload behind number after, at most limit of them.
func parts(tx *store.Tx, id string, after, limit int) ([]part, error) {
	var list []part
	err := tx.Each("SELECT number,body,size,etag,sums_json,modified_at FROM upload_parts WHERE upload_id=? AND number>? ORDER BY number LIMIT ?",
		[]any{id, after, limit}, func(scan func(...any) error) error {
			var p part
			var found string
			if err := scan(&p.number, &p.body, &p.size, &p.etag, &found, &p.modified); err != nil {
				return err
			}
			list = append(list, p)
			return json.Unmarshal([]byte(found), &list[len(list)-1].sums)
		})
	return list, err
}

// count reads a number of the query between 0 and most; most is also what counts without it.
func (q *request) count(name string, most int) (int, error) {
	s := q.query.Get(name)
	if s == "" {
		return most, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return 0, failf("InvalidArgument", "Argument %s must be an integer between 0 and 2147483647", name)
	}
	return min(int(n), most), nil
}

type listPartsResult struct {
	XMLName           xml.Name `xml:"ListPartsResult"`
	Xmlns             string   `xml:"xmlns,attr"`
	Bucket            string
	Key               string
	UploadID          string `xml:"UploadId"`
	PartNumberMarker  int
	NextMarker        int `xml:"NextPartNumberMarker,omitempty"`
	MaxParts          int
	IsTruncated       bool
	Part              []listedPart
	Initiator         initiator
	Owner             *owner
	StorageClass      string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

type listedPart struct {
	PartNumber   int
	LastModified string
	ETag         string
	Size         int64
	checksumXML
}

// initiator is who began an upload: the sandbox's user.
type initiator struct {
	ID          string
	DisplayName string
}

func (h *handler) initiator() initiator {
	return initiator{"arn:aws:iam::" + h.realm.Account + ":user/fleetlab", "fleetlab"}
}

// listParts answers ListParts.
func (h *handler) listParts(w http.ResponseWriter, q *request) error {
	limit, err := q.count("max-parts", maxPage)
	if err != nil {
		return err
	}
	after := 0
	if q.query.Get("part-number-marker") != "" {
		if after, err = q.count("part-number-marker", 1<<30); err != nil {
			return err
		}
	}
	out := listPartsResult{Xmlns: namespace, Bucket: q.bucket, Key: q.key, UploadID: q.uploadID(), PartNumberMarker: after, MaxParts: limit,
		Initiator: h.initiator(), Owner: h.owner(), StorageClass: "STANDARD"}
	var list []part
	err = h.st.View(func(tx *store.Tx) error {
		headers, err := upload(tx, q)
		if err != nil {
			return err
		}
		if out.ChecksumAlgorithm = headers[algorithmHeader]; out.ChecksumAlgorithm != "" {
			_, out.ChecksumType, err = checksumPlan(headers)
		}
		if class := headers[classHeader]; class != "" {
			out.StorageClass = class
		}
		if err == nil {
			list, err = parts(tx, q.uploadID(), after, limit+1)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(list) > limit {
		list, out.IsTruncated = list[:limit], true
	}
	for _, p := range list {
		out.NextMarker = p.number
		header := map[string]string{}
		p.sums.put(header, "")
		out.Part = append(out.Part, listedPart{p.number, timestamp(store.Time(p.modified)), `"` + p.etag + `"`, p.size, newChecksumXML(header)})
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

type listUploadsResult struct {
	XMLName            xml.Name `xml:"ListMultipartUploadsResult"`
	Xmlns              string   `xml:"xmlns,attr"`
	Bucket             string
	KeyMarker          string
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      string
	NextUploadIDMarker string `xml:"NextUploadIdMarker"`
	Delimiter          string `xml:",omitempty"`
	Prefix             string
	EncodingType       string `xml:",omitempty"`
	MaxUploads         int
	IsTruncated        bool
	Upload             []listedUpload
	CommonPrefixes     []commonPrefix
}

type listedUpload struct {
	Key               string
	UploadID          string `xml:"UploadId"`
	Initiator         initiator
	Owner             *owner
	StorageClass      string
	Initiated         string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

// listUploads answers ListMultipartUploads: by key, and by id within a key. An upload-id-marker counts only with a key-marker.
func (h *handler) listUploads(w http.ResponseWriter, q *request) error {
	l, err := parseListing(q)
	if err != nil {
		return err
	}
	if l.max, err = q.count("max-uploads", maxPage); err != nil {
		return err
	}
	key, id := q.query.Get("key-marker"), q.query.Get("upload-id-marker")
	out := listUploadsResult{Xmlns: namespace, Bucket: q.bucket, KeyMarker: l.encode(key), UploadIDMarker: id, Delimiter: l.encode(l.delimiter),
		Prefix: l.encode(l.prefix), EncodingType: l.encoding, MaxUploads: l.max}
	err = h.st.View(func(tx *store.Tx) error {
		if _, err := getBucket(tx, q.bucket); err != nil {
			return err
		}
		return h.eachUpload(tx, l, key, id, &out)
	})
	if err != nil {
		return err
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

const walkUploads = `SELECT key,id,created_at,metadata_json FROM uploads WHERE bucket=?1 AND (key>?2 OR key=?2 AND ?3<>'' AND id>?3)
	AND substr(key,1,length(?4))=?4 ORDER BY key,id`

// eachUpload fills a page. Keys that are rolled up into a common prefix count as one entry.
func (h *handler) eachUpload(tx *store.Tx, l *listing, key, id string, out *listUploadsResult) error {
	rolled := ""
	if l.delimiter != "" && strings.HasPrefix(key, l.prefix) && l.common(key) == key {
		rolled = key
	}
	err := tx.Each(walkUploads, []any{l.bucket, key, id, l.prefix}, func(scan func(...any) error) error {
		var k, uploadID, headers string
		var at int64
		if err := scan(&k, &uploadID, &at, &headers); err != nil {
			return err
		}
		common := l.common(k)
		if common != "" && common == rolled {
			return nil
		}
		if len(out.Upload)+len(out.CommonPrefixes) >= l.max {
			out.IsTruncated = l.max > 0
			return errFull
		}
		if common != "" {
			rolled = common
			out.CommonPrefixes = append(out.CommonPrefixes, commonPrefix{l.encode(common)})
			out.NextKeyMarker, out.NextUploadIDMarker = l.encode(common), ""
			return nil
		}
		u, err := h.listedUpload(l.encode(k), uploadID, at, headers)
		out.Upload = append(out.Upload, u)
		out.NextKeyMarker, out.NextUploadIDMarker = u.Key, uploadID
		return err
	})
	if !out.IsTruncated {
		out.NextKeyMarker, out.NextUploadIDMarker = "", ""
	}
	if errors.Is(err, errFull) {
		return nil
	}
	return err
}

func (h *handler) listedUpload(key, id string, at int64, headers string) (listedUpload, error) {
	u := listedUpload{Key: key, UploadID: id, Initiator: h.initiator(), Owner: h.owner(), StorageClass: "STANDARD", Initiated: timestamp(store.Time(at))}
	var m map[string]string
	if err := json.Unmarshal([]byte(headers), &m); err != nil {
		return u, err
	}
	if class := m[classHeader]; class != "" {
		u.StorageClass = class
	}
	var err error
	if u.ChecksumAlgorithm = m[algorithmHeader]; u.ChecksumAlgorithm != "" {
		_, u.ChecksumType, err = checksumPlan(m)
	}
	return u, err
}
