package s3

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fleetlab/aws/sandbox/store"
)

// maxPage is the most entries of a listing's page, and how many it has unless told (S3 API reference, ListObjectsV2).
const maxPage = 1000

// listing is what all three listings have in common.
type listing struct {
	bucket    string
	prefix    string
	delimiter string
	max       int
	encode    func(string) string // of keys in the answer
	encoding  string              // "url" or ""
}

func parseListing(q *request) (*listing, error) {
	l := &listing{bucket: q.bucket, prefix: q.query.Get("prefix"), delimiter: q.query.Get("delimiter"), max: maxPage,
		encoding: q.query.Get("encoding-type"), encode: func(s string) string { return s }}
	if s := q.query.Get("max-keys"); s != "" {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil || n < 0 {
			return nil, fail("InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647")
		}
		l.max = min(int(n), maxPage)
	}
	switch l.encoding {
	case "":
	case "url":
		l.encode = encodeKey
	default:
		return nil, fail("InvalidArgument", "Invalid Encoding Method specified in Request")
	}
	return l, nil
}

var keyEscapes = strings.NewReplacer("+", "%20", "%2F", "/")

// encodeKey percent-encodes a key and leaves its slashes.
func encodeKey(s string) string { return keyEscapes.Replace(url.QueryEscape(s)) }

// common returns the common prefix that key is rolled up into; "" when it stands for itself.
func (l *listing) common(key string) string {
	if l.delimiter == "" {
		return ""
	}
	rest := key[len(l.prefix):]
	i := strings.Index(rest, l.delimiter)
	if i < 0 {
		return ""
	}
	return l.prefix + rest[:i+len(l.delimiter)]
}

// after returns the least key that may come behind marker: the next one or, when marker is a common prefix,
// the first outside it.
func (l *listing) after(marker string) string {
	switch {
	case marker == "":
		return ""
	case strings.HasPrefix(marker, l.prefix) && l.common(marker) == marker:
		return successor(marker)
	default:
		return marker + "\x00"
	}
}

// successor returns the least string behind all that start with s, which is valid UTF-8 and not empty.
func successor(s string) string { return s[:len(s)-1] + string([]byte{s[len(s)-1] + 1}) }

// entry is an item of a page: a common prefix or a version.
type entry struct {
	common string
	object *object
	latest bool
}

// key is where a listing goes on behind the entry.
func (e *entry) key() string {
	if e.object == nil {
		return e.common
	}
	return e.object.key
}

// position is where a walk starts: versions of key older than seq, then the keys behind it.
type position struct {
	key string // the least key
	seq int64  // in key itself, only versions below; 0: no limit
}

var errSkip = errors.New("skip the rest of a common prefix")
var errFull = errors.New("the page is full")

const (
	walkVersions = "SELECT " + objectColumns + ",seq=(SELECT max(seq) FROM objects WHERE bucket=o.bucket AND key=o.key) FROM objects o " +
		"WHERE bucket=? AND key>=? AND (key>? OR ?=0 OR seq<?) ORDER BY key, seq DESC"
	walkLatest = "SELECT " + objectColumns + ",1 FROM objects o WHERE bucket=? AND key>=? AND (key>? OR ?=0 OR seq<?) " +
		"AND seq=(SELECT max(seq) FROM objects WHERE bucket=o.bucket AND key=o.key) AND delete_marker=0 ORDER BY key"
)

// page reads a page's entries from the position on and tells whether more follow.
func (l *listing) page(tx *store.Tx, query string, from position) (entries []entry, more bool, err error) {
	if l.max == 0 {
		return nil, false, nil
	}
	if from.key < l.prefix {
		from = position{key: l.prefix}
	}
	for {
		err := tx.Each(query, []any{l.bucket, from.key, from.key, from.seq, from.seq}, func(scan func(...any) error) error {
			var e entry
			var err error
			e.object, err = scanObject(func(dest ...any) error { return scan(append(dest, &e.latest)...) })
			if err != nil {
				return err
			}
			if !strings.HasPrefix(e.object.key, l.prefix) {
				return errFull
			}
			if common := l.common(e.object.key); common != "" {
				e, from = entry{common: common}, position{key: successor(common)}
			}
			if len(entries) == l.max {
				more = true
				return errFull
			}
			entries = append(entries, e)
			if e.object == nil {
				return errSkip
			}
			return nil
		})
		if errors.Is(err, errSkip) {
			continue
		}
		if errors.Is(err, errFull) {
			err = nil
		}
		return entries, more, err
	}
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

type owner struct {
	ID          string
	DisplayName string
}

type commonPrefix struct{ Prefix string }

type listed struct {
	Key          string
	LastModified string
	ETag         string
	Size         int64
	StorageClass string
	Owner        *owner `xml:",omitempty"`
}

type listResult struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Xmlns                 string   `xml:"xmlns,attr"`
	Name                  string
	Prefix                string
	Marker                *string `xml:",omitempty"` // version 1 only
	NextMarker            string  `xml:",omitempty"`
	ContinuationToken     string  `xml:",omitempty"`
	NextContinuationToken string  `xml:",omitempty"`
	StartAfter            string  `xml:",omitempty"`
	KeyCount              *int    `xml:",omitempty"`
	MaxKeys               int
	Delimiter             string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Contents              []listed
	CommonPrefixes        []commonPrefix
}

// list reads a page of newest versions. It returns the last entry when more follow.
func (h *handler) list(l *listing, marker string, withOwner bool) (out *listResult, last string, err error) {
	out = &listResult{Xmlns: namespace, Name: l.bucket, Prefix: l.encode(l.prefix), MaxKeys: l.max, Delimiter: l.encode(l.delimiter),
		EncodingType: l.encoding}
	var entries []entry
	err = h.st.View(func(tx *store.Tx) (err error) {
		if _, err := getBucket(tx, l.bucket); err != nil {
			return err
		}
		entries, out.IsTruncated, err = l.page(tx, walkLatest, position{key: l.after(marker)})
		return err
	})
	for _, e := range entries {
		if e.object == nil {
			out.CommonPrefixes = append(out.CommonPrefixes, commonPrefix{l.encode(e.common)})
			continue
		}
		c := listed{l.encode(e.object.key), timestamp(e.object.modified), `"` + e.object.etag + `"`, e.object.size, storageClass(e.object), nil}
		if withOwner {
			c.Owner = h.owner()
		}
		out.Contents = append(out.Contents, c)
	}
	if out.IsTruncated {
		last = entries[len(entries)-1].key()
	}
	return out, last, err
}

func storageClass(o *object) string {
	if c := o.header[classHeader]; c != "" {
		return c
	}
	return "STANDARD"
}

// owner is the account as S3 names it, by a canonical user id of 64 digits.
func (h *handler) owner() *owner {
	return &owner{ID: strings.Repeat("0", 52) + h.realm.Account, DisplayName: "fleetlab"}
}

// listObjects answers ListObjects.
func (h *handler) listObjects(w http.ResponseWriter, q *request) error {
	l, err := parseListing(q)
	if err != nil {
		return err
	}
	marker := q.query.Get("marker")
	out, last, err := h.list(l, marker, true)
	if err != nil {
		return err
	}
	encoded := l.encode(marker)
	out.Marker = &encoded
	if l.delimiter != "" {
		out.NextMarker = l.encode(last)
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

// listObjectsV2 answers ListObjectsV2.
func (h *handler) listObjectsV2(w http.ResponseWriter, q *request) error {
	l, err := parseListing(q)
	if err != nil {
		return err
	}
	start, token := q.query.Get("start-after"), q.query.Get("continuation-token")
	marker := start
	if q.has("continuation-token") {
		b, err := base64.URLEncoding.DecodeString(token)
		if err != nil || len(b) == 0 {
			return fail("InvalidArgument", "The continuation token provided is incorrect")
		}
		marker = string(b)
	}
	out, last, err := h.list(l, marker, q.query.Get("fetch-owner") == "true")
	if err != nil {
		return err
	}
	count := len(out.Contents) + len(out.CommonPrefixes)
	out.KeyCount, out.StartAfter, out.ContinuationToken = &count, l.encode(start), token
	out.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(last))
	writeXML(w, http.StatusOK, out)
	return nil
}
