// Package wire is everything between HTTP and a handler: it finds the operation from the signature's scope
// and the path, verifies the signature, keeps the quotas, decodes and validates the request as the service
// model says, and encodes the answer or the error. A handler is a Go function from the SDK's own input type
// to the SDK's own output type and holds behaviour only.
package wire

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"fleetlab/aws/sandbox/model"
	"fleetlab/aws/sandbox/realm"
)

// Options is what a Server needs to know.
type Options struct {
	Realm  *realm.Realm
	Quotas bool             // hold callers to AWS's default request rates
	Now    func() time.Time // the wall clock, against which signatures are dated; nil means time.Now
}

// Server answers AWS API calls over HTTP. Register handlers before it serves.
type Server struct {
	realm   *realm.Realm
	now     func() time.Time
	signer  *v4.Signer
	keys    aws.Credentials
	quotas  *quotas             // nil when off
	byScope map[string]*service // by the service in the credential scope
	byName  map[string]*service // by the model's name

	patience time.Duration // for the next bytes of a body
}

// service is one AWS API as the server knows it.
type service struct {
	name       string
	family     family
	version    string
	xmlns      string
	errors     map[string]*model.Shape
	routes     node                  // of REST services
	operations map[string]*operation // by name
	mounted    http.Handler          // instead of operations
	rawPath    bool                  // the signature covers the path as it came, not escaped once more
	anyRegion  bool
}

// operation is one API action: what is known of it from the model, and its handler.
type operation struct {
	*model.Operation
	service *service
	invalid fault // the error for a request that does not fit the model, without its message
	failure fault // the error for the server's own failure
	bucket  *bucket
	differs []Difference
	// run decodes, calls the handler and encodes; nil while no handler is registered.
	run func(context.Context, *request) (*answer, error)
}

// Difference is a known way in which the sandbox's operation is not as AWS's, or what was assumed where AWS's behaviour
// could not be confirmed: one sentence of plain English with a full stop.
type Difference string

// New returns a server that knows all modelled operations and handles none yet.
func New(o Options) *Server {
	s := &Server{
		realm: o.Realm, now: o.Now, signer: v4.NewSigner(),
		keys:    aws.Credentials{AccessKeyID: o.Realm.AccessKey, SecretAccessKey: o.Realm.SecretKey},
		byScope: map[string]*service{}, byName: map[string]*service{}, patience: bodyPatience,
	}
	if s.now == nil {
		s.now = time.Now
	}
	if o.Quotas {
		s.quotas = newQuotas()
	}
	for _, m := range model.All() {
		svc := newService(m)
		s.byName[m.Name], s.byScope[m.SigningName] = svc, svc
		for _, op := range svc.operations {
			op.bucket = s.quotas.bucket(m.Name, op.Name)
		}
	}
	return s
}

func newService(m *model.Service) *service {
	svc := &service{
		name: m.Name, version: m.APIVersion, xmlns: m.XMLNamespace, errors: m.Errors,
		operations: map[string]*operation{}, anyRegion: m.Name == "iam", // IAM is global
	}
	if m.Protocol == model.Query {
		svc.family = query
	}
	for _, mo := range m.Operations {
		op := &operation{Operation: mo, service: svc}
		op.invalid = svc.family.invalid(mo)
		op.failure = svc.family.failure(mo)
		svc.operations[mo.Name] = op
		if svc.family == restJSON {
			svc.routes.add(mo.Method, mo.Path, op)
		}
	}
	return svc
}

// Handle registers fn for an operation of a service ("iot", "CreateThing"). I and O are the SDK's input and
// output types. fn returns the SDK's own error types; any other error is an internal failure. differences are listed in
// the documentation. Handle panics when the model does not know the operation or the types do not fit it: both are
// programming errors.
func Handle[I, O any](s *Server, service, operation string, fn func(context.Context, *I) (*O, error), differences ...Difference) {
	op := s.operation(service, operation)
	op.differs = differences
	in, out := newInputPlan(op, reflect.TypeFor[I]()), newOutputPlan(op, reflect.TypeFor[O]())
	op.run = func(ctx context.Context, r *request) (*answer, error) {
		input := new(I)
		if err := in.decode(r, reflect.ValueOf(input).Elem()); err != nil {
			return nil, err
		}
		output, err := fn(ctx, input)
		if err != nil {
			return nil, err
		}
		if output == nil {
			output = new(O)
		}
		return out.encode(r, reflect.ValueOf(output).Elem()), nil
	}
}

func (s *Server) operation(service, name string) *operation {
	svc := s.byName[service]
	if svc == nil {
		svc = s.byScope[service]
	}
	if svc == nil || svc.operations[name] == nil {
		panic(fmt.Sprintf("wire: no model of %s %s; see the files of package model", service, name))
	}
	if op := svc.operations[name]; op.run == nil {
		return op
	}
	panic(fmt.Sprintf("wire: %s %s has two handlers", service, name))
}

// Mount gives all requests of a service that passed the signature check to h, as they came (S3). Reading the
// body of a request fails with ErrBodyHash at its end when the body is not the one that was signed.
func (s *Server) Mount(service string, h http.Handler) {
	s.byScope[service] = mountedService(service, h)
}

func mountedService(name string, h http.Handler) *service {
	return &service{name: name, family: s3XML, mounted: h, rawPath: true}
}
