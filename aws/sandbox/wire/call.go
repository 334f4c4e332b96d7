package wire

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// call is one HTTP request on its way through the server.
type call struct {
	server  *Server
	w       http.ResponseWriter
	r       *http.Request
	id      string // the request id
	service *service
	op      *operation  // nil until it is known
	detail  [][2]string // more elements of an S3 error
	started bool        // the answer's header is out
}

// request is what decoding needs of an HTTP request.
type request struct {
	http   *http.Request
	id     string
	body   []byte
	labels []string   // names of path labels
	values []string   // and their decoded values
	form   url.Values // of query services
}

// answer is a success, ready to be sent.
type answer struct {
	status      int
	contentType string
	body        []byte
}

// unknown stands for services that the sandbox does not have; only errors are written for it.
var (
	unknownJSON  = &service{name: "unknown"}
	unknownQuery = &service{name: "unknown", family: query}
	unknownS3    = mountedService("s3", nil)
)

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	continueEmpty(w, r)
	s.patiently(w, r)
	c := &call{server: s, w: w, r: r, id: newRequestID()}
	c.become(s.guessService(r))
	defer c.recovered()
	if err := c.serve(); err != nil {
		c.fail(err)
	}
}

// continueEmpty sends the interim answer for which a client waits that announces a body of no bytes; net/http sends
// none then. Without it botocore misreads the next answer on the connection and never sends the next body.
func continueEmpty(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength == 0 && r.ProtoAtLeast(1, 1) && strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		w.WriteHeader(http.StatusContinue)
	}
}

// become sets the service that answers, with the header in which its SDKs look for the request id.
func (c *call) become(svc *service) {
	c.service = svc
	header, other := "X-Amzn-Requestid", "X-Amz-Request-Id"
	if svc.family == s3XML {
		header, other = other, header
	}
	c.w.Header().Set(header, c.id)
	c.w.Header().Del(other)
}

func (c *call) serve() error {
	cred, err := parseCredential(c.r)
	if err != nil {
		return c.unidentified(err)
	}
	svc := c.server.byScope[cred.service]
	if svc == nil {
		return &fault{http.StatusNotFound, "UnknownOperationException", fmt.Sprintf(
			"this sandbox does not offer the service %s; it has %s", quote(cred.service),
			strings.Join(slices.Sorted(maps.Keys(c.server.byScope)), ", "))}
	}
	c.become(svc)
	if svc.mounted != nil {
		return c.serveMounted(cred)
	}
	return c.serveModelled(cred)
}

// unidentified words what kept the caller from being known.
func (c *call) unidentified(err error) error {
	var bad *unreadable
	switch {
	case errors.Is(err, errUnsigned):
		return c.service.unsigned()
	case errors.As(err, &bad):
		return c.service.unreadable(bad)
	default:
		return err
	}
}

func (c *call) serveModelled(cred *credential) error {
	body, err := readBody(c)
	if err != nil {
		return err
	}
	if err := c.server.verify(c, cred, body); err != nil {
		return err
	}
	req := &request{http: c.r, id: c.id, body: body}
	if c.op, err = c.service.resolve(req); err != nil {
		return err
	}
	if !c.op.bucket.allow(c.server.now()) {
		return c.service.throttled()
	}
	if c.op.run == nil {
		return c.op.invalid.saying("this sandbox does not offer " + c.op.Name + " yet")
	}
	a, err := c.op.run(c.r.Context(), req)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", a.contentType)
	c.write(a.status, a.body)
	return nil
}

func (c *call) write(status int, body []byte) {
	c.started = true
	c.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(body) // the caller has gone; there is nobody to tell
	}
}

// recovered turns a panic into a failure that is logged and answered.
func (c *call) recovered() {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); c.started || ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	c.fail(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
}

// guessService finds out how to word an error before the credential is known to be well-formed.
func (s *Server) guessService(r *http.Request) *service {
	auth := r.Header.Get("Authorization")
	switch {
	case strings.HasPrefix(r.Header.Get("Content-Type"), formType):
		return unknownQuery
	case strings.HasPrefix(auth, "AWS ") || strings.Contains(auth, "/s3/") || r.URL.Query().Has("AWSAccessKeyId") || strings.Contains(r.URL.RawQuery, "%2Fs3%2F"):
		return unknownS3
	case auth == "" && r.Method != http.MethodPost && !s.routed(r):
		return unknownS3 // the one service that people also ask without a signature
	default:
		return unknownJSON
	}
}

// routed tells whether a REST service has an operation for the method and the path.
func (s *Server) routed(r *http.Request) bool {
	path, ok := decodedSegments(r)
	for _, svc := range s.byName {
		if rt, _ := svc.routes.find(r.Method, path, nil); ok && rt != nil {
			return true
		}
	}
	return false
}

// newRequestID returns a random id in the form of a version 4 UUID, as AWS's are.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
