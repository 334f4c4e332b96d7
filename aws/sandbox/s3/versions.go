package s3

import (
	"encoding/xml"
	"net/http"

	"fleetlab/aws/sandbox/store"
)

type versionsResult struct {
	XMLName         xml.Name `xml:"ListVersionsResult"`
	Xmlns           string   `xml:"xmlns,attr"`
	Name            string
	Prefix          string
	KeyMarker       string
	VersionIDMarker string `xml:"VersionIdMarker"`
	NextKeyMarker   string `xml:",omitempty"`
	NextVersionID   string `xml:"NextVersionIdMarker,omitempty"`
	MaxKeys         int
	Delimiter       string `xml:",omitempty"`
	EncodingType    string `xml:",omitempty"`
	IsTruncated     bool
	Items           []any // version and deleteMarker, in the order of the listing
	CommonPrefixes  []commonPrefix
}

type version struct {
	XMLName      xml.Name `xml:"Version"`
	Key          string
	VersionID    string `xml:"VersionId"`
	IsLatest     bool
	LastModified string
	ETag         string
	Size         int64
	StorageClass string
	Owner        *owner
}

type deleteMarker struct {
	XMLName      xml.Name `xml:"DeleteMarker"`
	Key          string
	VersionID    string `xml:"VersionId"`
	IsLatest     bool
	LastModified string
	Owner        *owner
}

// listVersions answers ListObjectVersions: keys in order, within a key the newest version first, versions
// and delete markers counted together; the markers of a page are the last entry of the one before.
func (h *handler) listVersions(w http.ResponseWriter, q *request) error {
	l, err := parseListing(q)
	if err != nil {
		return err
	}
	keyMarker, versionMarker := q.query.Get("key-marker"), q.query.Get("version-id-marker")
	switch {
	case q.has("version-id-marker") && versionMarker == "":
		return fail("InvalidArgument", "A version-id marker cannot be empty.")
	case versionMarker != "" && keyMarker == "":
		return fail("InvalidArgument", "A version-id marker cannot be specified without a key marker.")
	}
	out := versionsResult{Xmlns: namespace, Name: l.bucket, Prefix: l.encode(l.prefix), KeyMarker: l.encode(keyMarker),
		VersionIDMarker: versionMarker, MaxKeys: l.max, Delimiter: l.encode(l.delimiter), EncodingType: l.encoding}
	var entries []entry
	err = h.st.View(func(tx *store.Tx) error {
		if _, err := getBucket(tx, l.bucket); err != nil {
			return err
		}
		from, err := l.start(tx, keyMarker, versionMarker)
		if err != nil {
			return err
		}
		entries, out.IsTruncated, err = l.page(tx, walkVersions, from)
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range entries {
		out.add(l, h.owner(), e)
	}
	if out.IsTruncated {
		last := entries[len(entries)-1]
		out.NextKeyMarker = l.encode(last.key())
		if last.object != nil {
			out.NextVersionID = last.object.version
		}
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

// start finds where a page begins. The version that the marker names may be gone by now: its id tells where
// it stood, and only for "null" the key is listed from its beginning.
func (l *listing) start(tx *store.Tx, keyMarker, versionMarker string) (position, error) {
	if versionMarker == "" {
		return position{key: l.after(keyMarker)}, nil
	}
	if seq, ok := versionSeq(versionMarker); ok {
		return position{key: keyMarker, seq: seq}, nil
	}
	if versionMarker != nullVersion {
		return position{}, fail("InvalidArgument", "Invalid version id specified")
	}
	o, err := find(tx, l.bucket, keyMarker, nullVersion)
	if o == nil || err != nil {
		return position{key: keyMarker}, err
	}
	return position{key: keyMarker, seq: o.seq}, nil
}

func (r *versionsResult) add(l *listing, by *owner, e entry) {
	o := e.object
	switch {
	case o == nil:
		r.CommonPrefixes = append(r.CommonPrefixes, commonPrefix{l.encode(e.common)})
	case o.marker:
		r.Items = append(r.Items, deleteMarker{Key: l.encode(o.key), VersionID: o.version, IsLatest: e.latest,
			LastModified: timestamp(o.modified), Owner: by})
	default:
		r.Items = append(r.Items, version{Key: l.encode(o.key), VersionID: o.version, IsLatest: e.latest,
			LastModified: timestamp(o.modified), ETag: `"` + o.etag + `"`, Size: o.size, StorageClass: storageClass(o), Owner: by})
	}
}
