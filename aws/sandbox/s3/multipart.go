package s3

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/johannesboyne/gofakes3"

	"fleetlab/aws/sandbox/store"
)

// CreateMultipartUpload implements gofakes3.MultipartBackend.
func (b *backend) CreateMultipartUpload(bucket, key string, meta map[string]string) (gofakes3.UploadID, error) {
	if _, err := b.newObject(key, meta); err != nil {
		return "", err
	}
	header, err := json.Marshal(meta)
	if err != nil {
		return "", err
	}
	id := newVersion(1)
	err = b.st.Update(func(tx *store.Tx) error {
		_, err := tx.Exec("INSERT INTO uploads(id,bucket,key,metadata_json,created_at) VALUES(?,?,?,?,?)", id, bucket, key,
			string(header), store.Millis(b.realm.Now()))
		return err
	})
	return gofakes3.UploadID(id), err
}

// upload reads the metadata of an upload under way; NoSuchUpload when there is none for this key.
func upload(tx *store.Tx, bucket, key string, id gofakes3.UploadID) (map[string]string, error) {
	var header string
	err := tx.Row("SELECT metadata_json FROM uploads WHERE id=? AND bucket=? AND key=?", []any{string(id), bucket, key}, &header)
	if errors.Is(err, store.ErrNoRow) {
		return nil, fail("NoSuchUpload", "")
	}
	if err != nil {
		return nil, err
	}
	var meta map[string]string
	return meta, json.Unmarshal([]byte(header), &meta)
}

// UploadPart implements gofakes3.MultipartBackend.
func (b *backend) UploadPart(bucket, key string, id gofakes3.UploadID, number int, size int64, input io.Reader) (string, error) {
	c, err := b.stage(input, size)
	if err != nil {
		return "", err
	}
	err = b.st.Update(func(tx *store.Tx) error {
		if _, err := upload(tx, bucket, key, id); err != nil {
			return err
		}
		for _, q := range []string{
			"DELETE FROM chunks WHERE body=(SELECT body FROM upload_parts WHERE upload_id=? AND number=?)",
			"DELETE FROM upload_parts WHERE upload_id=? AND number=?",
		} {
			if _, err := tx.Exec(q, string(id), number); err != nil {
				return err
			}
		}
		if err := c.keep(tx); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT INTO upload_parts(upload_id,number,body,size,etag,modified_at) VALUES(?,?,?,?,?,?)", string(id), number,
			c.id, c.size, c.etag, store.Millis(b.realm.Now()))
		return err
	})
	if err != nil {
		return "", b.discarded(c, err)
	}
	return `"` + c.etag + `"`, nil
}

type part struct {
	number   int
	body     int64
	size     int64
	etag     string
	modified int64
}

// parts reads the parts of an upload behind number after, at most limit of them.
func parts(tx *store.Tx, id gofakes3.UploadID, after int, limit int64) ([]part, error) {
	var list []part
	err := tx.Each("SELECT number,body,size,etag,modified_at FROM upload_parts WHERE upload_id=? AND number>? ORDER BY number LIMIT ?",
		[]any{string(id), after, limit}, func(scan func(...any) error) error {
			var p part
			err := scan(&p.number, &p.body, &p.size, &p.etag, &p.modified)
			list = append(list, p)
			return err
		})
	return list, err
}

// ListParts implements gofakes3.MultipartBackend.
func (b *backend) ListParts(bucket, key string, id gofakes3.UploadID, marker int, limit int64) (*gofakes3.ListMultipartUploadPartsResult, error) {
	out := &gofakes3.ListMultipartUploadPartsResult{Bucket: bucket, Key: key, UploadID: id, PartNumberMarker: marker, MaxParts: limit,
		StorageClass: gofakes3.StorageStandard}
	var list []part
	err := b.st.View(func(tx *store.Tx) (err error) {
		if _, err := upload(tx, bucket, key, id); err != nil {
			return err
		}
		list, err = parts(tx, id, marker, limit+1)
		return err
	})
	if int64(len(list)) > limit {
		list, out.IsTruncated = list[:limit], true
	}
	for _, p := range list {
		out.NextPartNumberMarker = p.number
		out.Parts = append(out.Parts, gofakes3.ListMultipartUploadPartItem{PartNumber: p.number, ETag: `"` + p.etag + `"`, Size: p.size,
			LastModified: gofakes3.NewContentTime(store.Time(p.modified))})
	}
	return out, err
}

// ListMultipartUploads implements gofakes3.MultipartBackend. It knows no delimiter.
func (b *backend) ListMultipartUploads(bucket string, marker *gofakes3.UploadListMarker, prefix gofakes3.Prefix,
	limit int64) (*gofakes3.ListMultipartUploadsResult, error) {
	out := &gofakes3.ListMultipartUploadsResult{Bucket: bucket, Prefix: prefix.Prefix, MaxUploads: limit}
	if marker != nil {
		out.KeyMarker, out.UploadIDMarker = marker.Object, marker.UploadID
	}
	query := "SELECT key,id,created_at FROM uploads WHERE bucket=? AND (key>? OR key=? AND ?<>'' AND id>?) AND substr(key,1,length(?))=? ORDER BY key,id LIMIT ?"
	after, id := out.KeyMarker, string(out.UploadIDMarker)
	err := b.st.View(func(tx *store.Tx) error {
		args := []any{bucket, after, after, id, id, prefix.Prefix, prefix.Prefix, limit + 1}
		return tx.Each(query, args, func(scan func(...any) error) error {
			var u gofakes3.ListMultipartUploadItem
			var id string
			var at int64
			err := scan(&u.Key, &id, &at)
			u.UploadID, u.Initiated = gofakes3.UploadID(id), gofakes3.NewContentTime(store.Time(at))
			out.Uploads = append(out.Uploads, u)
			return err
		})
	})
	if int64(len(out.Uploads)) > limit {
		out.Uploads, out.IsTruncated = out.Uploads[:limit], true
		last := out.Uploads[limit-1]
		out.NextKeyMarker, out.NextUploadIDMarker = last.Key, last.UploadID
	}
	return out, err
}

// AbortMultipartUpload implements gofakes3.MultipartBackend.
func (b *backend) AbortMultipartUpload(bucket, key string, id gofakes3.UploadID) error {
	return b.st.Update(func(tx *store.Tx) error {
		if _, err := upload(tx, bucket, key, id); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM chunks WHERE body IN (SELECT body FROM upload_parts WHERE upload_id=?)", string(id)); err != nil {
			return err
		}
		return endUpload(tx, id)
	})
}

// endUpload forgets an upload whose contents were used or removed.
func endUpload(tx *store.Tx, id gofakes3.UploadID) error {
	for _, q := range []string{"DELETE FROM upload_parts WHERE upload_id=?", "DELETE FROM uploads WHERE id=?"} {
		if _, err := tx.Exec(q, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// CompleteMultipartUpload implements gofakes3.MultipartBackend.
func (b *backend) CompleteMultipartUpload(bucket, key string, id gofakes3.UploadID,
	in *gofakes3.CompleteMultipartUploadRequest) (version gofakes3.VersionID, etag string, err error) {
	err = b.st.Update(func(tx *store.Tx) error {
		at, err := getBucket(tx, bucket)
		if err != nil {
			return err
		}
		meta, err := upload(tx, bucket, key, id)
		if err != nil {
			return err
		}
		o, err := b.newObject(key, meta)
		if err != nil {
			return err
		}
		if err := assemble(tx, o, id, in.Parts); err != nil {
			return err
		}
		if err := insert(tx, at, o); err != nil {
			return err
		}
		if at.versioning != "" {
			version = gofakes3.VersionID(o.version)
		}
		etag = `"` + o.etag + `"`
		return endUpload(tx, id)
	})
	return version, etag, err
}

// minPart is the least size in bytes of every part but the last (S3 user guide, multipart upload limits).
const minPart = 5 << 20

// assemble gives o the pieces of the chosen parts, one behind the other, and removes those of the others.
func assemble(tx *store.Tx, o *object, id gofakes3.UploadID, chosen []gofakes3.CompletedPart) error {
	if len(chosen) == 0 {
		return fail("MalformedXML", "")
	}
	list, err := parts(tx, id, 0, gofakes3.MaxUploadPartNumber)
	if err != nil {
		return err
	}
	stored := map[int]part{}
	for _, p := range list {
		stored[p.number] = p
	}
	if !slices.IsSortedFunc(chosen, func(a, b gofakes3.CompletedPart) int { return a.PartNumber - b.PartNumber }) {
		return fail("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
	}
	o.body = newBodyID()
	sum := md5.New()
	for i, c := range chosen {
		p, ok := stored[c.PartNumber]
		switch {
		case !ok || strings.Trim(c.ETag, `"`) != p.etag:
			return fail("InvalidPart", "")
		case p.size < minPart && i < len(chosen)-1:
			return fail("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
		digest, err := hex.DecodeString(p.etag)
		if err != nil {
			return err
		}
		sum.Write(digest)
		if _, err := tx.Exec("UPDATE chunks SET body=?, offset=offset+? WHERE body=?", o.body, o.size, p.body); err != nil {
			return err
		}
		o.size += p.size
		delete(stored, c.PartNumber)
	}
	for _, p := range stored {
		if err := dropBody(tx, p.body); err != nil {
			return err
		}
	}
	o.etag = fmt.Sprintf("%x-%d", sum.Sum(nil), len(chosen))
	return nil
}
