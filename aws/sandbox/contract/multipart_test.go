package contract_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestMultipartUpload(t *testing.T) {
	each(t, func(l *lab) {
		b, key := l.bucket(false), aws.String("big")
		id := must(l.s3.CreateMultipartUpload(l.ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: key}))(l).UploadId
		const least = 5 << 20 // of every part but the last (S3 user guide, multipart upload limits)
		var parts []types.CompletedPart
		for n, text := range []string{strings.Repeat("x", least), "end"} {
			number := aws.Int32(int32(n + 1))
			out := must(l.s3.UploadPart(l.ctx, &s3.UploadPartInput{Bucket: b, Key: key, UploadId: id, PartNumber: number, Body: strings.NewReader(text)}))(l)
			parts = append(parts, types.CompletedPart{ETag: out.ETag, PartNumber: number})
		}
		list := must(l.s3.ListParts(l.ctx, &s3.ListPartsInput{Bucket: b, Key: key, UploadId: id}))(l)
		if len(list.Parts) != 2 || *list.Parts[1].Size != 3 {
			l.Errorf("parts are %+v", list.Parts)
		}
		done := &s3.CompleteMultipartUploadInput{Bucket: b, Key: key, UploadId: id, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}}
		made := must(l.s3.CompleteMultipartUpload(l.ctx, done))(l)
		if !strings.HasSuffix(aws.ToString(made.ETag), `-2"`) {
			l.Errorf("tag is %s", aws.ToString(made.ETag))
		}
		equal(l, "end", l.get(&s3.GetObjectInput{Bucket: b, Key: key, Range: aws.String("bytes=-4")}), "xend")
		_, err := l.s3.ListParts(l.ctx, &s3.ListPartsInput{Bucket: b, Key: key, UploadId: id})
		l.refused(err, http.StatusNotFound, "NoSuchUpload")
	})
}

func TestAbortMultipartUpload(t *testing.T) {
	each(t, func(l *lab) {
		b, key := l.bucket(false), aws.String("big")
		id := must(l.s3.CreateMultipartUpload(l.ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: key}))(l).UploadId
		must(l.s3.UploadPart(l.ctx, &s3.UploadPartInput{Bucket: b, Key: key, UploadId: id, PartNumber: aws.Int32(1), Body: strings.NewReader("x")}))(l)
		must(l.s3.AbortMultipartUpload(l.ctx, &s3.AbortMultipartUploadInput{Bucket: b, Key: key, UploadId: id}))(l)
		_, err := l.s3.ListParts(l.ctx, &s3.ListPartsInput{Bucket: b, Key: key, UploadId: id})
		l.refused(err, http.StatusNotFound, "NoSuchUpload")
		_, err = l.s3.HeadObject(l.ctx, &s3.HeadObjectInput{Bucket: b, Key: key})
		l.refused(err, http.StatusNotFound, "NotFound")
	})
}
