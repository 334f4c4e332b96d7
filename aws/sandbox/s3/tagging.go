package s3

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"fleetlab/aws/sandbox/store"
)

type tag struct {
	Key   string `json:"k"`
	Value string `json:"v"`
}

type tagging struct {
	XMLName xml.Name `xml:"Tagging"`
	Xmlns   string   `xml:"xmlns,attr,omitempty"`
	Tags    []tag    `xml:"TagSet>Tag"`
}

// Most tags that a bucket and an object have (S3 user guide, cost allocation tags; object tagging).
const (
	maxBucketTags = 50
	maxObjectTags = 10
)

func checkTags(tags []tag, most int) error {
	if len(tags) > most {
		return failf("BadRequest", "Tags cannot be greater than %d", most)
	}
	for i, t := range tags {
		keyLen, valueLen := utf8.RuneCountInString(t.Key), utf8.RuneCountInString(t.Value)
		switch {
		case keyLen < 1 || keyLen > 128:
			return fail("InvalidTag", "The TagKey you have provided is invalid")
		case valueLen > 256:
			return fail("InvalidTag", "The TagValue you have provided is invalid")
		case strings.HasPrefix(t.Key, "aws:"):
			return fail("InvalidTag", "System tags cannot be added/updated by requester")
		case slices.ContainsFunc(tags[:i], func(o tag) bool { return o.Key == t.Key }):
			return fail("InvalidTag", "Cannot provide multiple Tags with the same key")
		}
	}
	return nil
}

func keepBucketTags(document []byte) ([]byte, error) {
	var in tagging
	if xml.Unmarshal(document, &in) != nil {
		return nil, fail("MalformedXML", "")
	}
	return document, checkTags(in.Tags, maxBucketTags)
}

// parseTagHeader reads the x-amz-tagging header of a PUT, which is written like a URL query.
func parseTagHeader(s string) ([]tag, error) {
	values, err := url.ParseQuery(s)
	if err != nil {
		return nil, fail("InvalidArgument", "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.")
	}
	tags := []tag{}
	for key, list := range values {
		for _, v := range list {
			tags = append(tags, tag{key, v})
		}
	}
	slices.SortFunc(tags, func(a, b tag) int { return strings.Compare(a.Key, b.Key) })
	return tags, checkTags(tags, maxObjectTags)
}

func (h *handler) routeObjectTagging(q *request) answer {
	switch q.Method {
	case http.MethodGet:
		return h.getObjectTagging
	case http.MethodPut:
		return h.putObjectTagging
	case http.MethodDelete:
		return h.deleteObjectTagging
	default:
		return notAllowed
	}
}

func (h *handler) getObjectTagging(w http.ResponseWriter, q *request) error {
	var out tagging
	err := h.st.View(func(tx *store.Tx) error {
		b, o, err := lookUp(tx, q.bucket, q.key, q.version())
		if err == nil {
			out = tagging{Xmlns: namespace, Tags: o.tags}
			setVersion(w, b, o)
		}
		return err
	})
	if err != nil {
		return err
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

func (h *handler) putObjectTagging(w http.ResponseWriter, q *request) error {
	var in tagging
	if err := readXML(q, &in); err != nil {
		return err
	}
	if err := checkTags(in.Tags, maxObjectTags); err != nil {
		return err
	}
	return h.setObjectTags(w, q, in.Tags, http.StatusOK)
}

func (h *handler) deleteObjectTagging(w http.ResponseWriter, q *request) error {
	return h.setObjectTags(w, q, nil, http.StatusNoContent)
}

func (h *handler) setObjectTags(w http.ResponseWriter, q *request, tags []tag, status int) error {
	err := h.st.Update(func(tx *store.Tx) error {
		b, o, err := lookUp(tx, q.bucket, q.key, q.version())
		if err != nil {
			return err
		}
		setVersion(w, b, o)
		return saveTags(tx, o.seq, tags)
	})
	if err == nil {
		w.WriteHeader(status)
	}
	return err
}

// setVersion names the version in the answer, unless the bucket never had versions.
func setVersion(w http.ResponseWriter, b *bucket, o *object) {
	if b.versioning != "" {
		w.Header().Set("x-amz-version-id", o.version)
	}
}
