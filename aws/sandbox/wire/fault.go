package wire

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/model"
	"fleetlab/aws/sandbox/store"
)

// family is how a group of services writes its errors.
type family int

const (
	restJSON family = iota // iot, iot-data, iot-jobs-data
	query                  // iam, sts
	s3XML
)

// fault is an error that the wire itself answers.
type fault struct {
	status  int
	code    string
	message string
}

func (f *fault) Error() string { return f.code + ": " + f.message }

// saying returns the fault with a message.
func (f fault) saying(message string) *fault {
	f.message = message
	return &f
}

// invalid is the error of op for a request that its model forbids. IAM and STS use a code that no model
// declares (IAM API reference, common errors).
func (fam family) invalid(op *model.Operation) fault {
	if fam == query {
		return fault{status: http.StatusBadRequest, code: "ValidationError"}
	}
	for _, e := range op.Errors {
		if e.Name == "InvalidRequestException" || e.Name == "ValidationException" {
			return fault{status: e.Error.Status, code: e.Error.Code}
		}
	}
	return fault{status: http.StatusBadRequest, code: "InvalidRequestException"}
}

// failure is the error of op for a failure of the server itself: the first that its model has.
func (fam family) failure(op *model.Operation) fault {
	i := slices.IndexFunc(op.Errors, func(e *model.Shape) bool { return e.Error.Status == http.StatusInternalServerError })
	if i >= 0 {
		return fault{status: http.StatusInternalServerError, code: op.Errors[i].Error.Code}
	}
	return fam.internal()
}

func (fam family) internal() fault {
	switch fam {
	case query:
		return fault{status: http.StatusInternalServerError, code: "InternalFailure"}
	case s3XML:
		return fault{status: http.StatusInternalServerError, code: "InternalError"}
	default:
		return fault{status: http.StatusInternalServerError, code: "InternalFailureException"}
	}
}

const (
	failureMessage = "The sandbox failed on this request. Its log has the cause."
	fullMessage    = "The disk of the sandbox's state directory is full. Nothing is lost: make room there and try again."
)

// fail answers err. What is neither a fault nor an AWS error is a failure of ours: the caller learns that
// much and the log has the cause.
func (c *call) fail(err error) {
	var f *fault
	var api smithy.APIError
	switch {
	case errors.As(err, &f):
		c.answerFault(f, nil)
	case errors.As(err, &api):
		c.answerFault(c.service.modelled(api), api)
	case store.Full(err):
		slog.Warn("the sandbox's disk is full", "operation", c.operationName(), "err", err)
		f := c.failure()
		f.status = http.StatusInsufficientStorage // so that callers can tell it from what passes by itself
		c.answerFault(f.saying(fullMessage), nil)
	default:
		slog.Error("sandbox request failed", "service", c.service.name, "operation", c.operationName(), "err", err)
		c.answerFault(c.failure().saying(failureMessage), nil)
	}
}

func (c *call) operationName() string {
	if c.op == nil {
		return ""
	}
	return c.op.Name
}

func (c *call) failure() fault {
	if c.op == nil {
		return c.service.family.internal()
	}
	return c.op.failure
}

// modelled gives an SDK error its status. A code that the model lacks is the caller's fault: 400.
func (svc *service) modelled(e smithy.APIError) *fault {
	status := http.StatusBadRequest
	if shape := svc.errors[e.ErrorCode()]; shape != nil {
		status = shape.Error.Status
	}
	return &fault{status, e.ErrorCode(), e.ErrorMessage()}
}

// answerFault writes f the way the service's SDKs read it. cause may hold more members than a message.
func (c *call) answerFault(f *fault, cause smithy.APIError) {
	h := c.w.Header()
	var body []byte
	switch c.service.family {
	case query:
		h.Set("Content-Type", "text/xml")
		body = queryError(c.service.xmlns, f, c.id)
	case s3XML:
		h.Set("Content-Type", "application/xml")
		body = s3Error(f, c)
	default:
		h.Set("Content-Type", "application/json")
		h.Set("X-Amzn-Errortype", f.code)
		body = c.service.jsonError(f, cause)
	}
	c.write(f.status, body)
}

// jsonError writes a message and the other members of a modelled error.
func (svc *service) jsonError(f *fault, cause smithy.APIError) []byte {
	shape := svc.errors[f.code]
	if shape == nil || cause == nil || len(shape.Members) < 2 {
		body := map[string]string{"message": f.message}
		if svc == unknownJSON {
			body["__type"] = f.code // the JSON protocols of other services look here
		}
		b, _ := json.Marshal(body) // a map of strings always marshals
		return b
	}
	return errorBody(shape, cause)
}

func queryError(xmlns string, f *fault, id string) []byte {
	kind := "Sender"
	if f.status >= http.StatusInternalServerError {
		kind = "Receiver"
	}
	var e xmlBuffer
	e.open("ErrorResponse", xmlns)
	e.open("Error", "")
	e.text("Type", kind)
	e.text("Code", f.code)
	e.text("Message", f.message)
	e.close("Error")
	e.text("RequestId", id)
	e.close("ErrorResponse")
	return e.b
}

func s3Error(f *fault, c *call) []byte {
	var e xmlBuffer
	e.b = append(e.b, xmlHeader...)
	e.open("Error", "")
	e.text("Code", f.code)
	e.text("Message", f.message)
	for _, d := range c.detail {
		e.text(d[0], d[1])
	}
	e.text("RequestId", c.id)
	e.text("HostId", strings.ReplaceAll(c.id, "-", ""))
	e.close("Error")
	return e.b
}
