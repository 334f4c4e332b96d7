package contract_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// put writes an object and returns its version.
func (l *lab) put(bucket *string, key, text string) string {
	l.Helper()
	return aws.ToString(must(l.s3.PutObject(l.ctx, &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader(text)}))(l).VersionId)
}

// get reads an object's text.
func (l *lab) get(in *s3.GetObjectInput) string {
	l.Helper()
	out := must(l.s3.GetObject(l.ctx, in))(l)
	defer func() { _ = out.Body.Close() }()
	return string(must(io.ReadAll(out.Body))(l))
}

func TestObjectIsReadAsWritten(t *testing.T) {
	each(t, func(l *lab) {
		b, key := l.bucket(false), aws.String("fw/1.0.0 α+b.bin")
		in := &s3.PutObjectInput{Bucket: b, Key: key, Body: strings.NewReader("firmware"), ContentType: aws.String("text/x-fw"), Metadata: map[string]string{"owner": "lab"}}
		made := must(l.s3.PutObject(l.ctx, in))(l)
		head := must(l.s3.HeadObject(l.ctx, &s3.HeadObjectInput{Bucket: b, Key: key}))(l)
		equal(l, "tag", aws.ToString(head.ETag), aws.ToString(made.ETag))
		equal(l, "length", aws.ToInt64(head.ContentLength), 8)
		equal(l, "type", aws.ToString(head.ContentType), "text/x-fw")
		equal(l, "metadata", head.Metadata["owner"], "lab")
		equal(l, "encryption", head.ServerSideEncryption, types.ServerSideEncryptionAes256)
		equal(l, "text", l.get(&s3.GetObjectInput{Bucket: b, Key: key}), "firmware")
		for bytes, want := range map[string]string{"bytes=0-3": "firm", "bytes=4-": "ware", "bytes=-2": "re", "bytes=6-99": "re"} {
			equal(l, bytes, l.get(&s3.GetObjectInput{Bucket: b, Key: key, Range: &bytes}), want)
		}
		_, err := l.s3.GetObject(l.ctx, &s3.GetObjectInput{Bucket: b, Key: key, Range: aws.String("bytes=9-")})
		l.refused(err, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
		_, err = l.s3.GetObject(l.ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("none")})
		l.refused(err, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		_, err = l.s3.HeadObject(l.ctx, &s3.HeadObjectInput{Bucket: b, Key: aws.String("none")})
		l.refused(err, http.StatusNotFound, "NotFound")
		_, err = l.s3.GetObject(l.ctx, &s3.GetObjectInput{Bucket: b, Key: key, IfMatch: aws.String(`"other"`)})
		l.refused(err, http.StatusPreconditionFailed, "PreconditionFailed")
	})
}

func TestVersionsOfObject(t *testing.T) {
	each(t, func(l *lab) {
		b, key := l.bucket(true), aws.String("k")
		first, second := l.put(b, "k", "one"), l.put(b, "k", "two")
		if first == "" || first == second {
			l.Fatalf("versions are %q and %q", first, second)
		}
		equal(l, "latest", l.get(&s3.GetObjectInput{Bucket: b, Key: key}), "two")
		equal(l, "first", l.get(&s3.GetObjectInput{Bucket: b, Key: key, VersionId: &first}), "one")
		gone := must(l.s3.DeleteObject(l.ctx, &s3.DeleteObjectInput{Bucket: b, Key: key}))(l)
		if !aws.ToBool(gone.DeleteMarker) || aws.ToString(gone.VersionId) == "" {
			l.Errorf("the deletion left %+v", gone)
		}
		_, err := l.s3.GetObject(l.ctx, &s3.GetObjectInput{Bucket: b, Key: key})
		l.refused(err, http.StatusNotFound, "NoSuchKey")
		_, err = l.s3.GetObject(l.ctx, &s3.GetObjectInput{Bucket: b, Key: key, VersionId: gone.VersionId})
		l.refused(err, http.StatusMethodNotAllowed, "MethodNotAllowed")
		list := must(l.s3.ListObjectVersions(l.ctx, &s3.ListObjectVersionsInput{Bucket: b}))(l)
		if len(list.Versions) != 2 || *list.Versions[0].VersionId != second || len(list.DeleteMarkers) != 1 || !*list.DeleteMarkers[0].IsLatest {
			l.Errorf("versions are %+v and %+v", list.Versions, list.DeleteMarkers)
		}
		must(l.s3.DeleteObject(l.ctx, &s3.DeleteObjectInput{Bucket: b, Key: key, VersionId: gone.VersionId}))(l)
		equal(l, "after the marker's deletion", l.get(&s3.GetObjectInput{Bucket: b, Key: key}), "two")
	})
}

func TestListObjects(t *testing.T) {
	each(t, func(l *lab) {
		b := l.bucket(false)
		for _, k := range []string{"a/1", "a/2", "b/1", "c"} {
			l.put(b, k, "x")
		}
		var keys, folders []string
		in := &s3.ListObjectsV2Input{Bucket: b, Delimiter: aws.String("/"), MaxKeys: aws.Int32(1)}
		for pages := s3.NewListObjectsV2Paginator(l.s3, in); pages.HasMorePages(); {
			page := must(pages.NextPage(l.ctx))(l)
			for _, o := range page.Contents {
				keys = append(keys, *o.Key)
			}
			for _, p := range page.CommonPrefixes {
				folders = append(folders, *p.Prefix)
			}
		}
		if !slices.Equal(keys, []string{"c"}) || !slices.Equal(folders, []string{"a/", "b/"}) {
			l.Errorf("keys are %v, folders %v", keys, folders)
		}
	})
}

func TestDeleteObjects(t *testing.T) {
	each(t, func(l *lab) {
		b := l.bucket(false)
		l.put(b, "a", "x")
		ids := []types.ObjectIdentifier{{Key: aws.String("a")}, {Key: aws.String("none")}} // what is not there counts as deleted
		out := must(l.s3.DeleteObjects(l.ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: &types.Delete{Objects: ids}}))(l)
		if len(out.Deleted) != 2 || len(out.Errors) != 0 {
			l.Errorf("deleted %+v, errors %+v", out.Deleted, out.Errors)
		}
	})
}

func TestPresignedURL(t *testing.T) {
	each(t, func(l *lab) {
		b := l.bucket(false)
		l.put(b, "k", "text")
		signer := s3.NewPresignClient(l.s3, s3.WithPresignClientFromClientOptions(func(o *s3.Options) { o.APIOptions = nil })) // nothing to pace: no call
		url := must(signer.PresignGetObject(l.ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("k")}))(l).URL
		for u, want := range map[string]string{url: "200 text", url + "x": "403"} {
			status, body := fetch(l.ctx, l, u)
			if got := fmt.Sprint(status, " ", body); !strings.HasPrefix(got, want) {
				l.Errorf("got %s, want %s", got, want)
			}
		}
	})
}

func fetch(ctx context.Context, l *lab, url string) (int, string) {
	l.Helper()
	req := must(http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody))(l)
	resp := must(l.cfg.HTTPClient.Do(req))(l)
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode, string(must(io.ReadAll(resp.Body))(l))
}
