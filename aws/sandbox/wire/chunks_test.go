package wire

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// vector is an example of S3's documentation (signature calculations for the authorization header: multiple chunks, with and
// without trailing headers): 66560 letters a, signed in May 2013.
type vector struct {
	seed    string
	chunks  [3]string
	trailer string // lines behind the last chunk
}

var vectors = map[bool]vector{
	false: {"4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9", [3]string{
		"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
		"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
		"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"}, ""},
	true: {"106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e", [3]string{
		"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
		"1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
		"2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"},
		"x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n"},
}

func (v vector) body() string {
	a := func(n int) string { return strings.Repeat("a", n) }
	return "10000;chunk-signature=" + v.chunks[0] + "\r\n" + a(65536) + "\r\n400;chunk-signature=" + v.chunks[1] + "\r\n" + a(1024) +
		"\r\n0;chunk-signature=" + v.chunks[2] + "\r\n" + v.trailer + "\r\n"
}

func (v vector) read(body string) (string, error) {
	cred := &credential{date: "20130524", region: "us-east-1", service: "s3", signature: v.seed, time: time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC),
		keys: aws.Credentials{SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}}
	b, err := io.ReadAll(newChunkedBody(io.NopCloser(strings.NewReader(body)), cred, v.trailer != ""))
	return string(b), err
}

func TestSignedChunksOfTheDocumentation(t *testing.T) {
	t.Parallel()
	for trailer, v := range vectors {
		if got, err := v.read(v.body()); err != nil || got != v.body() {
			t.Errorf("trailer %t: %d bytes of %d, %v", trailer, len(got), len(v.body()), err)
		}
	}
}

// Whatever is changed in a signed body, it is not taken for complete.
func TestTamperedChunks(t *testing.T) {
	t.Parallel()
	for trailer, v := range vectors {
		for name, change := range map[string]func(string) string{
			"data":      func(s string) string { return strings.Replace(s, "aaa", "aba", 1) },
			"signature": func(s string) string { return strings.Replace(s, v.chunks[1], v.chunks[0], 1) },
			"last":      func(s string) string { return strings.Replace(s, v.chunks[2], v.chunks[0], 1) },
			"missing":   func(s string) string { return strings.Replace(s, ";chunk-signature="+v.chunks[0], "", 1) },
			"size":      func(s string) string { return strings.Replace(s, "400;", "401;", 1) },
			"line": func(s string) string {
				return strings.Replace(s, ";chunk", ";"+strings.Repeat("x", maxChunkLine)+"chunk", 1)
			},
		} {
			if _, err := v.read(change(v.body())); !errors.Is(err, ErrChunkSignature) {
				t.Errorf("trailer %t, %s changed: %v", trailer, name, err)
			}
		}
	}
	v := vectors[true]
	for from, to := range map[string]string{"sOO8/Q==": "AAAAAA==", "signature:d81f": "signature:d81e", "x-amz-trailer-signature": "x-amz-other"} {
		if _, err := v.read(strings.Replace(v.body(), from, to, 1)); !errors.Is(err, ErrChunkSignature) {
			t.Errorf("%s to %s: %v", from, to, err)
		}
	}
}

func FuzzSignedChunks(f *testing.F) {
	f.Add("0;chunk-signature=00\r\n\r\n", true)
	f.Add(vectors[false].body()[:100], false)
	f.Fuzz(func(t *testing.T, body string, trailer bool) {
		v := vectors[trailer]
		if got, err := v.read(body); err == nil && !strings.HasPrefix(body, got) {
			t.Errorf("read %q of %q", got, body)
		}
	})
}
