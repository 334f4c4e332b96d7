package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The values that stand for a payload's hash when the payload is not signed (S3 API reference, SigV4 header
// authentication).
const (
	unsignedPayload = "UNSIGNED-PAYLOAD"
	unsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	dateFormat = "20060102T150405Z"
	hashHeader = "X-Amz-Content-Sha256"
	// maxSkew is how far a signature's date may be from the server's clock (IAM user guide, SigV4).
	maxSkew = 15 * time.Minute
)

// credential is the parsed signature of a request.
type credential struct {
	key       string // the access key id
	date      string // of the scope: 20130524
	region    string
	service   string
	signed    []string // names of signed headers, lower case
	signature string
	time      time.Time
	presigned bool   // the signature is in the query
	expires   string // X-Amz-Expires of a presigned URL, in seconds
	sigV2     bool   // the old form of a presigned URL
	keys      aws.Credentials
}

// parseCredential finds the signature in the header or the query.
func parseCredential(r *http.Request) (*credential, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		return headerCredential(r, h)
	}
	q := r.URL.Query()
	switch {
	case q.Has("X-Amz-Credential"):
		return queryCredential(q)
	case q.Has("AWSAccessKeyId"):
		return &credential{key: q.Get("AWSAccessKeyId"), service: "s3", signature: q.Get("Signature"),
			expires: q.Get("Expires"), presigned: true, sigV2: true}, nil
	}
	return nil, errUnsigned
}

// errUnsigned means that a request has no signature at all.
var errUnsigned = errors.New("the request is not signed")

// unreadable means that a request has a signature that is not one of version 4.
type unreadable struct {
	why       string
	presigned bool
}

func (u *unreadable) Error() string { return u.why }

func (c *credential) unreadable(why string) error { return &unreadable{why + ".", c.presigned} }

func headerCredential(r *http.Request, h string) (*credential, error) {
	rest, ok := strings.CutPrefix(h, algorithm)
	if strings.HasPrefix(h, "AWS ") {
		return nil, &fault{http.StatusBadRequest, "InvalidRequest",
			"The authorization mechanism you have provided is not supported. Please use " + algorithm + "."}
	}
	c := &credential{}
	if !ok {
		return nil, c.unreadable("Authorization header does not begin with " + algorithm)
	}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			if err := c.setScope(value); err != nil {
				return nil, err
			}
		case "SignedHeaders":
			c.signed = strings.Split(value, ";")
		case "Signature":
			c.signature = value
		}
	}
	return c, c.finish(r.Header.Get("X-Amz-Date"))
}

func queryCredential(q url.Values) (*credential, error) {
	c := &credential{
		presigned: true, expires: q.Get("X-Amz-Expires"), signature: q.Get("X-Amz-Signature"),
		signed: strings.Split(q.Get("X-Amz-SignedHeaders"), ";"),
	}
	if q.Get("X-Amz-Algorithm") != algorithm {
		return nil, c.unreadable("X-Amz-Algorithm must be " + algorithm)
	}
	if err := c.setScope(q.Get("X-Amz-Credential")); err != nil {
		return nil, err
	}
	return c, c.finish(q.Get("X-Amz-Date"))
}

// setScope reads AKID/20130524/us-east-1/s3/aws4_request.
func (c *credential) setScope(s string) error {
	p := strings.Split(s, "/")
	if len(p) != 5 || p[4] != "aws4_request" {
		return c.unreadable("Credential must have the form KEY/DATE/REGION/SERVICE/aws4_request")
	}
	c.key, c.date, c.region, c.service = p[0], p[1], p[2], p[3]
	return nil
}

func (c *credential) finish(date string) error {
	if c.service == "" || c.signature == "" || len(c.signed) == 0 {
		return c.unreadable("Authorization needs Credential, SignedHeaders and Signature")
	}
	t, err := time.Parse(dateFormat, date)
	if err != nil || !strings.HasPrefix(date, c.date) || len(c.date) != 8 {
		return c.unreadable("X-Amz-Date must be the time of signing as " + dateFormat + " and on the scope's day")
	}
	c.time = t
	return nil
}

// verify refuses a request whose signature is not what its content and the caller's key give.
func (s *Server) verify(c *call, cred *credential, body []byte) error {
	if err := s.identify(c, cred); err != nil {
		return err
	}
	if cred.region != s.realm.Region && !c.service.anyRegion && !cred.sigV2 {
		return c.service.wrongRegion(s.realm.Region)
	}
	if cred.presigned {
		return s.verifyPresigned(c, cred)
	}
	if skew := s.now().Sub(cred.time).Abs(); skew > maxSkew {
		return c.service.skewed(cred.time, s.now())
	}
	hash, err := payloadHash(c, body)
	if err != nil {
		return err
	}
	req := signedRequest(c.r, cred.signed)
	if err := s.signer.SignHTTP(c.r.Context(), cred.keys, req, hash, cred.service, cred.region, cred.time, c.service.signing); err != nil {
		return err
	}
	_, want, _ := strings.Cut(req.Header.Get("Authorization"), "Signature=")
	if !hmac.Equal([]byte(want), []byte(cred.signature)) {
		return c.service.mismatch()
	}
	return nil
}

func (svc *service) signing(o *v4.SignerOptions) {
	o.DisableURIPathEscaping = svc.rawPath
	o.DisableHeaderHoisting = true // what the client moved into the query is there already
}

// signedRequest is r with nothing but what its signature covers. The SDK's signer always signs the host, and
// the content length when there is one, so that is set only when the client signed it.
func signedRequest(r *http.Request, signed []string) *http.Request {
	req := &http.Request{Method: r.Method, Host: r.Host, URL: &url.URL{
		Scheme: "http", Host: r.Host, Opaque: "//sandbox" + rawPath(r), RawQuery: r.URL.RawQuery,
	}, Header: make(http.Header, len(signed)+1)}
	for _, name := range signed {
		switch name {
		case "host":
		case "content-length":
			req.ContentLength = r.ContentLength
		default:
			key := textproto.CanonicalMIMEHeaderKey(name)
			if v := r.Header[key]; len(v) > 0 {
				req.Header[key] = append([]string(nil), v...) // the signer writes into some
			}
		}
	}
	return req
}

// rawPath is the path exactly as it was sent: what the client signed.
func rawPath(r *http.Request) string {
	p, _, _ := strings.Cut(r.RequestURI, "?")
	if strings.HasPrefix(p, "/") {
		return p
	}
	return r.URL.EscapedPath()
}

// payloadHash is the hash that the signature covers. For a modelled service it must be the body's own; for
// S3, whose bodies are checked while they are read, it is what the client declares.
func payloadHash(c *call, body []byte) (string, error) {
	declared := c.r.Header.Get(hashHeader)
	if c.service.family == s3XML {
		if declared == "" {
			return "", &fault{http.StatusBadRequest, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"}
		}
		return declared, nil
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if declared != "" && declared != hash {
		return "", c.service.mismatch()
	}
	return hash, nil
}

// ErrBodyHash is what reading a body ends with when the body is not the one whose hash was signed.
var ErrBodyHash = errors.New("the body does not match the signed x-amz-content-sha256")
