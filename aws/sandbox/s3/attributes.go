package s3

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/store"
)

// objectPart is a part that an object was put together of.
type objectPart struct {
	number int
	size   int64
	sum    string // checksum in base64, of the object's algorithm
}

// parts reads how an object was put together; nothing for one that came in one piece.
func (o *object) parts() (list []objectPart) {
	if o.header[partsHeader] == "" {
		return nil
	}
	for i, p := range strings.Split(o.header[partsHeader], ",") {
		size, sum, _ := strings.Cut(p, ":")
		n, _ := strconv.ParseInt(size, 10, 64) // as assemble wrote it
		list = append(list, objectPart{i + 1, n, sum})
	}
	return list
}

// choosePart makes a GET or a HEAD with partNumber one of that part's range (S3 API reference, GetObject).
func choosePart(w http.ResponseWriter, q *request, o *object) error {
	number, err := q.partNumber()
	if err != nil {
		return err
	}
	if q.Header.Get("Range") != "" {
		return fail("InvalidRequest", "Cannot specify both Range header and partNumber query parameter")
	}
	list := o.parts()
	if list == nil {
		list = []objectPart{{size: o.size}}
	} else {
		w.Header().Set("x-amz-mp-parts-count", strconv.Itoa(len(list)))
	}
	if number > len(list) {
		return fail("InvalidPartNumber", "")
	}
	var first int64
	for _, p := range list[:number-1] {
		first += p.size
	}
	if size := list[number-1].size; size > 0 {
		q.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", first, first+size-1))
	}
	return nil
}

type attributes struct {
	XMLName      xml.Name     `xml:"GetObjectAttributesResponse"`
	Xmlns        string       `xml:"xmlns,attr"`
	ETag         string       `xml:",omitempty"`
	Checksum     *checksumXML `xml:",omitempty"`
	ObjectParts  *objectParts `xml:",omitempty"`
	StorageClass string       `xml:",omitempty"`
	ObjectSize   *int64       `xml:",omitempty"`
}

type objectParts struct {
	PartsCount       int `xml:"PartsCount"`
	PartNumberMarker int
	NextMarker       int `xml:"NextPartNumberMarker"`
	MaxParts         int
	IsTruncated      bool
	Part             []attributesPart
}

type attributesPart struct {
	PartNumber int
	Size       int64
	checksumXML
}

var attributeNames = []string{"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"}

// getAttributes answers GetObjectAttributes.
func (h *handler) getAttributes(w http.ResponseWriter, q *request) error {
	wanted, err := wantedAttributes(q.Header)
	if err != nil {
		return err
	}
	var b *bucket
	var o *object
	err = h.st.View(func(tx *store.Tx) (err error) { b, o, err = lookUp(tx, q.bucket, q.key, q.version()); return err })
	if err != nil {
		return err
	}
	setVersion(w, b, o)
	out := attributes{Xmlns: namespace}
	if wanted["ETag"] {
		out.ETag = o.etag
	}
	if sum := newChecksumXML(o.header); wanted["Checksum"] && sum != (checksumXML{}) {
		sum = strippedCount(sum)
		out.Checksum = &sum
	}
	if wanted["StorageClass"] {
		out.StorageClass = storageClass(o)
	}
	if wanted["ObjectSize"] {
		out.ObjectSize = &o.size
	}
	if list := o.parts(); wanted["ObjectParts"] && list != nil {
		if out.ObjectParts, err = partsPage(q.Header, list, o); err != nil {
			return err
		}
	}
	w.Header().Set("Last-Modified", o.modified.UTC().Format(http.TimeFormat))
	writeXML(w, http.StatusOK, out)
	return nil
}

func wantedAttributes(header http.Header) (map[string]bool, error) {
	wanted := map[string]bool{}
	for _, line := range header.Values("x-amz-object-attributes") {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); !slices.Contains(attributeNames, name) {
				return nil, fail("InvalidArgument", "Invalid attribute name specified.")
			}
			wanted[name] = true
		}
	}
	if len(wanted) == 0 {
		return nil, fail("InvalidArgument", "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")
	}
	return wanted, nil
}

// strippedCount takes the number of parts off the checksum of a composite one, which only GET and HEAD tell.
func strippedCount(x checksumXML) checksumXML {
	for _, v := range []*string{&x.ChecksumCRC32, &x.ChecksumCRC32C, &x.ChecksumCRC64NVME, &x.ChecksumSHA1, &x.ChecksumSHA256} {
		*v, _, _ = strings.Cut(*v, "-")
	}
	return x
}

func partsPage(header http.Header, list []objectPart, o *object) (*objectParts, error) {
	page := &objectParts{PartsCount: len(list), MaxParts: maxPage}
	for name, into := range map[string]*int{"x-amz-max-parts": &page.MaxParts, "x-amz-part-number-marker": &page.PartNumberMarker} {
		if s := header.Get(name); s != "" {
			n, err := strconv.ParseUint(s, 10, 31)
			if err != nil {
				return nil, failf("InvalidArgument", "Argument %s must be an integer between 0 and 2147483647", name)
			}
			*into = int(n)
		}
	}
	page.MaxParts = min(page.MaxParts, maxPage)
	algorithm := ""
	for name := range checksums {
		if o.header[http.CanonicalHeaderKey(checksumPrefix+name)] != "" {
			algorithm = name
		}
	}
	for _, p := range list[min(page.PartNumberMarker, len(list)):] {
		if page.IsTruncated = len(page.Part) == page.MaxParts; page.IsTruncated {
			break
		}
		found := map[string]string{}
		sums{algorithm: p.sum}.put(found, "")
		page.Part = append(page.Part, attributesPart{p.number, p.size, newChecksumXML(found)})
		page.NextMarker = p.number
	}
	return page, nil
}
