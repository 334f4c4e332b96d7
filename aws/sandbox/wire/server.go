// Package wire is everything between HTTP and a handler: it finds the operation from the signature's scope
// and the path, verifies the signature, keeps the quotas, decodes and validates the request as the service
// model says, and encodes the answer or the error. A handler is a Go function from the SDK's own input type
// to the SDK's own output type and holds behaviour only.
package wire

import (
	"context"
	"net/http"
	"time"

	"fleetlab/aws/sandbox/realm"
)

// Options is what a Server needs to know.
type Options struct {
	Realm  *realm.Realm
	Quotas bool             // hold callers to AWS's default request rates
	Now    func() time.Time // the wall clock, against which signatures are dated; nil means time.Now
}

// Server answers AWS API calls over HTTP. Register handlers before it serves.
type Server struct{}

// New returns a server that knows all modelled operations and handles none yet.
func New(o Options) *Server { return &Server{} }

// Handle registers fn for an operation of a service ("iot", "CreateThing"). I and O are the SDK's input and
// output types. fn returns the SDK's own error types; any other error is an internal failure.
func Handle[I, O any](s *Server, service, operation string, fn func(context.Context, *I) (*O, error)) {
}

// Mount gives all requests of a service that passed the signature check to h, as they came (S3).
func (s *Server) Mount(service string, h http.Handler) {}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {}
