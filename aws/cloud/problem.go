package cloud

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"fleetlab/aws/pace"
)

// Class sorts errors by what a person can do about them. Front ends have a hint for each.
type Class string

// The classes of errors.
const (
	Throttled   Class = "throttled"   // too fast; the pacer waits these out
	NotFound    Class = "not-found"   // the resource does not exist
	Exists      Class = "exists"      // it exists already, and differs
	Denied      Class = "denied"      // the caller may not do that
	Credentials Class = "credentials" // no or wrong credentials
	Expired     Class = "expired"     // credentials that were good once
	Region      Class = "region"      // no Region, or one that does not exist or is not enabled
	Network     Class = "network"     // nobody answered
	Conflict    Class = "conflict"    // the resource is in another state, or in use
	Quota       Class = "quota"       // a count is exhausted; waiting does not help
	Invalid     Class = "invalid"     // the request itself is wrong
	Service     Class = "service"     // the service failed
	Full        Class = "full"        // the sandbox's disk is full
	Stopped     Class = "stopped"     // the run was stopped before the call went out
	Other       Class = "other"
)

// Problem is an error in terms that a front end can put into words.
type Problem struct {
	Class     Class
	Operation string // iot:CreateThing, or ""
	Code      string // the service's error code, or ""
	Message   string // the service's own words, or the error's
}

// Explain sorts err. The zero Problem means that err is nil.
func Explain(err error) Problem {
	if err == nil {
		return Problem{}
	}
	p := Problem{Class: Other, Message: err.Error()}
	var region *RegionError
	if errors.As(err, &region) {
		return Problem{Class: Region, Message: region.Error()}
	}
	var op *smithy.OperationError
	if errors.As(err, &op) {
		p.Operation, p.Message = pace.Name(op.Service(), op.Operation()), op.Unwrap().Error()
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		p.Code, p.Message = api.ErrorCode(), cmp.Or(api.ErrorMessage(), api.ErrorCode()) // answers to HEAD have no words
		p.Class = classOf(err, api.ErrorCode())
		return p
	}
	p.Class = localClass(err)
	if p.Class == Credentials && strings.Contains(p.Message, "EC2 IMDS") { // the last place that is looked at
		p.Message = "no credentials were found, neither in the environment nor in a profile"
	}
	var dial *net.OpError
	if p.Class == Network && errors.As(err, &dial) {
		p.Message = dial.Error() // without the retries around it
	}
	return p
}

// Is tells whether err is of a class.
func Is(err error, c Class) bool { return err != nil && Explain(err).Class == c }

var codes = map[string]Class{
	"ResourceAlreadyExistsException": Exists, "EntityAlreadyExists": Exists, "BucketAlreadyOwnedByYou": Exists,
	"BucketAlreadyExists": Exists, "AccessDenied": Denied, "AccessDeniedException": Denied, "UnauthorizedException": Denied,
	"UnauthorizedOperation": Denied, "NotAuthorized": Denied, "ForbiddenException": Denied, "InvalidClientTokenId": Credentials,
	"UnrecognizedClientException": Credentials, "SignatureDoesNotMatch": Credentials, "InvalidSignatureException": Credentials,
	"MissingAuthenticationTokenException": Credentials, "MissingAuthenticationToken": Credentials, "InvalidAccessKeyId": Credentials,
	"AuthFailure": Credentials, "ExpiredToken": Expired, "ExpiredTokenException": Expired, "RequestExpired": Expired,
	"VersionConflictException": Conflict, "InvalidStateTransitionException": Conflict, "DeleteConflict": Conflict,
	"DeleteConflictException": Conflict, "ConflictException": Conflict, "BucketNotEmpty": Conflict, "TerminalStateException": Conflict,
	"CertificateStateException": Conflict, "LimitExceededException": Quota, "ServiceQuotaExceededException": Quota, "LimitExceeded": Quota,
	"TooManyBuckets": Quota, "VersionsLimitExceededException": Quota, "DeleteConflictLimitExceeded": Quota,
	"InvalidRequestException": Invalid, "ValidationException": Invalid, "ValidationError": Invalid, "InvalidQueryException": Invalid,
	"MalformedPolicyDocument": Invalid, "IllegalLocationConstraintException": Region, "OptInRequired": Region,
}

func classOf(err error, code string) Class {
	if c, ok := codes[code]; ok {
		return c
	}
	if pace.Throttled(err) {
		return Throttled
	}
	if strings.HasPrefix(code, "NoSuch") || strings.Contains(code, "NotFound") {
		return NotFound
	}
	var res *awshttp.ResponseError
	if errors.As(err, &res) {
		return statusClass(res.HTTPStatusCode())
	}
	return Other
}

// statusClass is for answers without a known code, such as S3's to HEAD requests.
func statusClass(status int) Class {
	switch {
	case status == http.StatusNotFound:
		return NotFound
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return Denied
	case status == http.StatusInsufficientStorage:
		return Full
	case status == http.StatusConflict:
		return Conflict
	case status >= 500:
		return Service
	case status >= 400:
		return Invalid
	}
	return Other
}

// localClass is for errors that no service sent.
func localClass(err error) Class {
	var dns *net.DNSError
	var netErr net.Error
	var op *net.OpError
	text := err.Error()
	switch {
	case errors.As(err, &op) && op.Op == "listen": // this machine's own trouble, no matter of reaching anybody
		return Other
	case errors.Is(err, ErrNoRegion):
		return Region
	case errors.Is(err, ErrOtherAccount):
		return Credentials
	case errors.Is(err, context.Canceled):
		return Stopped
	case strings.Contains(text, "SSO session has expired"), strings.Contains(text, "token has expired"):
		return Expired
	case away(err):
		return Network
	case strings.Contains(text, "get identity"), strings.Contains(text, "credentials"), strings.Contains(text, "failed to get shared config profile"):
		return Credentials
	case errors.As(err, &dns), errors.As(err, &netErr):
		return Network
	}
	return Other
}

// away tells whether somebody else than this machine's own source of credentials did not answer. Those of virtual machines and
// containers have link-local addresses, and are asked last when there are no credentials anywhere.
func away(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return true
	}
	var op *net.OpError
	if !errors.As(err, &op) || op.Addr == nil {
		return false
	}
	at, bad := netip.ParseAddrPort(op.Addr.String())
	return bad == nil && !at.Addr().IsLinkLocalUnicast()
}
