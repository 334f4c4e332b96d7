package s3

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/store"
)

// minPart is the least size in bytes of every part but the last (S3 user guide, multipart upload limits).
const minPart = 5 << 20

type completeRequest struct {
	XMLName xml.Name     `xml:"CompleteMultipartUpload"`
	Parts   []chosenPart `xml:"Part"`
}

type chosenPart struct {
	PartNumber int
	ETag       string
	checksumXML
}

type completed struct {
	XMLName  xml.Name `xml:"CompleteMultipartUploadResult"`
	Xmlns    string   `xml:"xmlns,attr"`
	Location string
	Bucket   string
	Key      string
	ETag     string
	checksumXML
}

// completeUpload answers CompleteMultipartUpload.
func (h *handler) completeUpload(w http.ResponseWriter, q *request) error {
	var in completeRequest
	whole := partHeaders(q) // those of the object, not of this request's body
	if err := readXML(q, &in); err != nil {
		return err
	}
	if len(in.Parts) == 0 {
		return fail("MalformedXML", "")
	}
	conditions, err := parseConditions(q.Header)
	if err != nil {
		return err
	}
	var o *object
	err = h.replace(func(tx *store.Tx) error {
		headers, err := upload(tx, q)
		if err != nil {
			return err
		}
		at, err := getBucket(tx, q.bucket)
		if err != nil {
			return err
		}
		if o, err = h.newObject(q.key, headers); err != nil {
			return err
		}
		if err := conditions.check(tx, q.bucket, q.key); err != nil {
			return err
		}
		if err := assemble(tx, o, q.uploadID(), in.Parts, headers); err != nil {
			return err
		}
		if err := whole.fit(o); err != nil {
			return err
		}
		if err := h.insert(tx, at, o); err != nil {
			return err
		}
		setVersion(w, at, o)
		return endUpload(tx, q.uploadID())
	})
	if err != nil {
		w.Header().Del("x-amz-version-id")
		return err
	}
	setEncrypted(w)
	writeXML(w, http.StatusOK, completed{Xmlns: namespace, Location: h.realm.Endpoint + "/" + q.bucket + "/" + encodeKey(q.key), Bucket: q.bucket,
		Key: q.key, ETag: `"` + o.etag + `"`, checksumXML: newChecksumXML(o.header)})
	return nil
}

// expected are the checksums and the size that the headers of CompleteMultipartUpload promise of the object.
type expected struct {
	sums sums
	size string
}

// partHeaders takes those headers away, since for other requests they are of the body.
func partHeaders(q *request) expected {
	e := expected{sums{}, q.Header.Get("x-amz-mp-object-size")}
	for name := range checksums {
		if v := q.Header.Get(checksumPrefix + name); v != "" {
			e.sums[name] = v
			q.Header.Del(checksumPrefix + name)
		}
	}
	return e
}

func (e expected) fit(o *object) error {
	for name, want := range e.sums {
		if got := o.header[http.CanonicalHeaderKey(checksumPrefix+name)]; got != "" && got != want {
			return failf("BadDigest", "The %s you specified did not match the calculated checksum.", strings.ToUpper(name))
		}
	}
	if e.size != "" && e.size != strconv.FormatInt(o.size, 10) {
		return failf("InvalidRequest", "The provided 'x-amz-mp-object-size' header value %s does not match what was computed: %d", e.size, o.size)
	}
	return nil
}

// choose finds the stored parts that a request names, in its order.
func choose(stored []part, chosen []chosenPart, algorithm string) ([]part, error) {
	if !slices.IsSortedFunc(chosen, func(a, b chosenPart) int { return a.PartNumber - b.PartNumber }) {
		return nil, fail("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
	}
	byNumber := map[int]part{}
	for _, p := range stored {
		byNumber[p.number] = p
	}
	list := make([]part, 0, len(chosen))
	for i, c := range chosen {
		p, ok := byNumber[c.PartNumber]
		sum := c.of(algorithm)
		switch {
		case !ok || strings.Trim(c.ETag, `"`) != p.etag || sum != "" && sum != p.sums[algorithm]:
			return nil, fail("InvalidPart", "")
		case p.size < minPart && i < len(chosen)-1:
			return nil, fail("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
		delete(byNumber, c.PartNumber) // naming one twice is as naming one that is not there
		list = append(list, p)
	}
	return list, nil
}

// assemble gives o the pieces of the chosen parts, one behind the other, and removes those of the others.
func assemble(tx *store.Tx, o *object, id string, chosen []chosenPart, headers map[string]string) error {
	algorithm, kind, err := checksumPlan(headers)
	if err != nil {
		return err
	}
	stored, err := parts(tx, id, 0, maxPart)
	if err != nil {
		return err
	}
	list, err := choose(stored, chosen, algorithm)
	if err != nil {
		return err
	}
	found, err := partsChecksum(algorithm, kind, list)
	if err != nil {
		return err
	}
	found.put(o.header, kind)
	o.body = newBodyID()
	digests := md5.New()
	var record []string
	for _, p := range list {
		digest, err := hex.DecodeString(p.etag)
		if err != nil {
			return err
		}
		digests.Write(digest)
		if _, err := tx.Exec("UPDATE chunks SET body=?, offset=offset+? WHERE body=?", o.body, o.size, p.body); err != nil {
			return err
		}
		o.size += p.size
		record = append(record, strconv.FormatInt(p.size, 10)+":"+p.sums[algorithm])
	}
	o.etag = fmt.Sprintf("%x-%d", digests.Sum(nil), len(list))
	o.header[partsHeader] = strings.Join(record, ",")
	return dropUnused(tx, stored, list)
}

// dropUnused removes the contents of parts that were not chosen.
func dropUnused(tx *store.Tx, stored, chosen []part) error {
	for _, p := range stored {
		if slices.ContainsFunc(chosen, func(c part) bool { return c.number == p.number }) {
			continue
		}
		if err := dropBody(tx, p.body); err != nil {
			return err
		}
	}
	return nil
}
