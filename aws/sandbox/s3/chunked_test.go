package s3_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// putChunks puts the chunks as one object, each signed, as the SDKs for Java and C++ do over plain HTTP. spoil changes the body.
func putChunks(t *testing.T, s *sandbox.Sandbox, path string, chunks []string, spoil func(string) string) (int, string) {
	t.Helper()
	now := time.Now().UTC()
	date, scope := now.Format("20060102"), now.Format("20060102")+"/"+s.Region()+"/s3/aws4_request"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.Endpoint()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	const payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	r.Header.Set("x-amz-content-sha256", payload)
	r.Header.Set("x-amz-decoded-content-length", fmt.Sprint(len(strings.Join(chunks, ""))))
	r.Header.Set("Content-Encoding", "aws-chunked")
	keys := aws.Credentials{AccessKeyID: s.AccessKey(), SecretAccessKey: s.SecretKey()}
	if err := v4.NewSigner().SignHTTP(t.Context(), keys, r, payload, "s3", s.Region(), now, func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }); err != nil {
		t.Fatal(err)
	}
	_, last, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	key := mac(mac(mac(mac([]byte("AWS4"+s.SecretKey()), date), s.Region()), "s3"), "aws4_request")
	empty, body := sha256.Sum256(nil), ""
	for _, c := range append(chunks, "") {
		sum := sha256.Sum256([]byte(c))
		last = hex.EncodeToString(mac(key, strings.Join([]string{"AWS4-HMAC-SHA256-PAYLOAD", now.Format("20060102T150405Z"), scope, last,
			hex.EncodeToString(empty[:]), hex.EncodeToString(sum[:])}, "\n")))
		body += fmt.Sprintf("%x;chunk-signature=%s\r\n%s\r\n", len(c), last, c)
	}
	if body = spoil(body); body != "" {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestSignedChunks(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t)
	c := clientOf(s)
	makeBucket(t, c, "fleet-a", "")
	chunks := []string{strings.Repeat("a", 300_000), strings.Repeat("b", 65536), "c"}
	if status, body := putChunks(t, s, "/fleet-a/k", chunks, func(b string) string { return b }); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	mustGet(t, c, "fleet-a", "k", "", strings.Join(chunks, ""))
	for name, spoil := range map[string]func(string) string{
		"first": func(b string) string { return strings.Replace(b, "aaa", "aXa", 1) },
		"later": func(b string) string { return strings.Replace(b, "bbb", "bXb", 1) },
		"last":  func(b string) string { return b[:len(b)-10] + "00000x\r\n\r\n" },
	} {
		status, body := putChunks(t, s, "/fleet-a/"+name, chunks, spoil)
		if status != 403 || !strings.Contains(body, "SignatureDoesNotMatch") {
			t.Errorf("%s: %d %s", name, status, body)
		}
		_, err := get(t.Context(), c, "fleet-a", name, "")
		mustFail(t, err, 404, "NoSuchKey")
	}
}
