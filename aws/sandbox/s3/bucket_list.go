package s3

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strconv"

	"fleetlab/aws/sandbox/store"
)

// maxBuckets is the most buckets of a page, and how many it has unless told (S3 API reference, ListBuckets).
const maxBuckets = 10_000

type bucketsResult struct {
	XMLName           xml.Name `xml:"ListAllMyBucketsResult"`
	Xmlns             string   `xml:"xmlns,attr"`
	Owner             *owner
	Buckets           []listedBucket `xml:"Buckets>Bucket"`
	ContinuationToken string         `xml:",omitempty"` // of the next page
	Prefix            string         `xml:",omitempty"`
}

type listedBucket struct {
	Name         string
	CreationDate string
	BucketRegion string `xml:",omitempty"` // only when the request narrows the list
}

// bucketPage is what a request wants to see of the buckets.
type bucketPage struct {
	prefix, region, after string
	limit                 int
	narrowed              bool // by any parameter
}

func parseBucketPage(q *request) (bucketPage, error) {
	p := bucketPage{prefix: q.query.Get("prefix"), region: q.query.Get("bucket-region"), limit: maxBuckets}
	for _, name := range []string{"prefix", "bucket-region", "max-buckets", "continuation-token"} {
		p.narrowed = p.narrowed || q.query.Get(name) != ""
	}
	if s := q.query.Get("max-buckets"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxBuckets {
			return p, failf("InvalidArgument", "Argument max-buckets must be an integer between 1 and %d", maxBuckets)
		}
		p.limit = n
	}
	token, err := base64.URLEncoding.DecodeString(q.query.Get("continuation-token"))
	if err != nil {
		return p, fail("InvalidArgument", "The continuation token provided is incorrect")
	}
	p.after = string(token)
	return p, nil
}

// listBuckets answers ListBuckets.
func (h *handler) listBuckets(w http.ResponseWriter, q *request) error {
	p, err := parseBucketPage(q)
	if err != nil {
		return err
	}
	out := bucketsResult{Xmlns: namespace, Owner: h.owner(), Prefix: p.prefix}
	err = h.st.View(func(tx *store.Tx) error {
		const query = `SELECT name,created_at,region FROM buckets WHERE name>?1 AND substr(name,1,length(?2))=?2
			AND (?3='' OR region=?3) ORDER BY name LIMIT ?4`
		return tx.Each(query, []any{p.after, p.prefix, p.region, p.limit + 1}, func(scan func(...any) error) error {
			var b listedBucket
			var at int64
			err := scan(&b.Name, &at, &b.BucketRegion)
			b.CreationDate = timestamp(store.Time(at))
			if !p.narrowed {
				b.BucketRegion = ""
			}
			out.Buckets = append(out.Buckets, b)
			return err
		})
	})
	if err != nil {
		return err
	}
	if len(out.Buckets) > p.limit {
		out.Buckets = out.Buckets[:p.limit]
		out.ContinuationToken = base64.URLEncoding.EncodeToString([]byte(out.Buckets[p.limit-1].Name))
	}
	writeXML(w, http.StatusOK, out)
	return nil
}
