package s3

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func sumOf(algorithm string, b []byte) []byte {
	h := checksums[algorithm]()
	h.Write(b)
	return h.Sum(nil)
}

func base64Of(algorithm, s string) string {
	return base64.StdEncoding.EncodeToString(sumOf(algorithm, []byte(s)))
}

func TestCombinedCRCs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOf(rapid.Byte()).Draw(t, "a"), rapid.SliceOf(rapid.Byte()).Draw(t, "b")
		for algorithm := range crcPolynomials {
			got := combineCRC(algorithm, sumOf(algorithm, a), sumOf(algorithm, b), int64(len(b)))
			if whole := sumOf(algorithm, append(bytes.Clone(a), b...)); !bytes.Equal(got, whole) {
				t.Fatalf("%s of %d and %d bytes: %x, want %x", algorithm, len(a), len(b), got, whole)
			}
		}
	})
}

func TestStoredChecksums(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	call(h, "PUT", "/fleet-a", "")
	for _, algorithm := range []string{"", "crc32", "crc32c", "crc64nvme", "sha1", "sha256"} {
		var header []string
		name := algorithm
		if algorithm == "" { // S3 computes its own
			name = defaultChecksum
		} else {
			header = []string{"x-amz-checksum-" + algorithm, base64Of(algorithm, "body")}
		}
		w := call(h, "PUT", "/fleet-a/k", "body", header...)
		if got := w.Header().Get("x-amz-checksum-" + name); w.Code != 200 || got != base64Of(name, "body") {
			t.Errorf("%q: PUT %d %q", algorithm, w.Code, got)
		}
		call(h, "PUT", "/fleet-a/copy", "", "x-amz-copy-source", "fleet-a/k", "x-amz-metadata-directive", "REPLACE")
		for _, key := range []string{"k", "copy"} {
			for _, method := range []string{"GET", "HEAD"} {
				w := call(h, method, "/fleet-a/"+key, "", "x-amz-checksum-mode", "ENABLED")
				if got := w.Header().Get("x-amz-checksum-" + name); got != base64Of(name, "body") || w.Header().Get("x-amz-checksum-type") != fullObject {
					t.Errorf("%q: %s of %s %q", algorithm, method, key, got)
				}
			}
		}
		for _, asked := range [][]string{{}, {"x-amz-checksum-mode", "ENABLED", "Range", "bytes=1-2"},
			{"x-amz-checksum-mode", "ENABLED", "If-None-Match", "*"}} {
			if w := call(h, "GET", "/fleet-a/k", "", asked...); w.Header().Get("x-amz-checksum-"+name) != "" {
				t.Errorf("%q: with %q the answer has the checksum of all", algorithm, asked)
			}
		}
	}
	for _, asked := range [][]string{{"Range", "bytes=99-"}, {"If-Match", `"x"`}} { // SDKs compare the checksum with what they read
		w := call(h, "GET", "/fleet-a/k", "", append(asked, "x-amz-checksum-mode", "ENABLED")...)
		for name := range w.Header() {
			if strings.HasPrefix(name, checksumPrefix) || name == "Etag" || name == "Last-Modified" {
				t.Errorf("%d of %q has the object's header %s", w.Code, asked, name)
			}
		}
		errorOf(t, w)
	}
	if got := errorOf(t, call(h, "PUT", "/fleet-a/k", "body", "x-amz-checksum-sha1", base64Of("sha1", "x"))); got != "400 BadDigest" {
		t.Error(got)
	}
	if got := errorOf(t, call(h, "PUT", "/fleet-a/k", "body", "x-amz-checksum-sha1", base64Of("sha1", "body"), "x-amz-checksum-crc32",
		base64Of("crc32", "body"))); got != "400 InvalidRequest" {
		t.Error(got)
	}
}

// multipart puts an object of three parts together and returns the answer to the last request.
func multipart(t *testing.T, h http.Handler, bodies []string, partAlgorithm string, create ...string) (id string, code int, answer string) {
	t.Helper()
	var up createdUpload
	if err := xml.Unmarshal(call(h, "POST", "/fleet-a/k?uploads", "", create...).Body.Bytes(), &up); err != nil {
		t.Fatal(err)
	}
	var in strings.Builder
	for i, body := range bodies {
		var header []string
		if partAlgorithm != "" {
			header = []string{"x-amz-checksum-" + partAlgorithm, base64Of(partAlgorithm, body)}
		}
		w := call(h, "PUT", fmt.Sprintf("/fleet-a/k?partNumber=%d&uploadId=%s", i+1, up.UploadID), body, header...)
		if w.Code != 200 {
			t.Fatalf("part %d: %d %s", i+1, w.Code, w.Body)
		}
		fmt.Fprintf(&in, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, w.Header().Get("ETag"))
	}
	w := call(h, "POST", "/fleet-a/k?uploadId="+up.UploadID, "<CompleteMultipartUpload>"+in.String()+"</CompleteMultipartUpload>")
	return up.UploadID, w.Code, w.Body.String()
}

func TestChecksumsOfMultipartObjects(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	call(h, "PUT", "/fleet-a", "")
	bodies := []string{strings.Repeat("1", minPart), strings.Repeat("2", minPart+7), "3"}
	whole := strings.Join(bodies, "")
	var parts []byte
	for _, b := range bodies {
		parts = append(parts, sumOf("sha256", []byte(b))...)
	}
	for _, tt := range []struct {
		part, algorithm, kind, want string
		create                      []string
	}{
		{"crc32", "crc64nvme", fullObject, base64Of("crc64nvme", whole), nil},
		{"", "crc32c", fullObject, base64Of("crc32c", whole), []string{"x-amz-checksum-algorithm", "CRC32C", "x-amz-checksum-type", "FULL_OBJECT"}},
		{"sha256", "sha256", composite, base64Of("sha256", string(parts)) + "-3", []string{"x-amz-checksum-algorithm", "SHA256"}},
	} {
		if _, code, answer := multipart(t, h, bodies, tt.part, tt.create...); code != 200 || !strings.Contains(answer, ">"+tt.want+"<") ||
			!strings.Contains(answer, "<ChecksumType>"+tt.kind) {
			t.Errorf("%s: %d %s, want %s", tt.algorithm, code, answer, tt.want)
		}
		w := call(h, "GET", "/fleet-a/k", "", "x-amz-checksum-mode", "ENABLED")
		if got := w.Header().Get("x-amz-checksum-" + tt.algorithm); got != tt.want || w.Body.String() != whole {
			t.Errorf("%s: GET %q, %d bytes", tt.algorithm, got, w.Body.Len())
		}
		if w.Header().Get(partsHeader) != "" {
			t.Errorf("the record of the parts gets out: %v", w.Header())
		}
	}
	for _, create := range [][]string{{"x-amz-checksum-algorithm", "MD4"}, {"x-amz-checksum-type", "COMPOSITE"},
		{"x-amz-checksum-algorithm", "SHA1", "x-amz-checksum-type", "FULL_OBJECT"}, {"x-amz-checksum-algorithm", "CRC64NVME", "x-amz-checksum-type", "COMPOSITE"}} {
		if got := errorOf(t, call(h, "POST", "/fleet-a/k?uploads", "", create...)); got != "400 InvalidRequest" {
			t.Errorf("%q: %s", create, got)
		}
	}
}
