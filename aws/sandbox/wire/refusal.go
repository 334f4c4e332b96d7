package wire

import (
	"net/http"
	"time"
)

// Each family of services words a refused signature in its own way (SDK error lists; S3 API reference, error
// responses; IAM API reference, common errors).

const (
	badToken = "The security token included in the request is invalid."
	badMatch = "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method."
	missingToken = "Missing Authentication Token. Sign the request with the sandbox's access key."
	badRegion    = "Credential should be scoped to a valid region."
)

func (svc *service) unknownKey() error {
	switch svc.family {
	case s3XML:
		return &fault{http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."}
	case query:
		return &fault{http.StatusForbidden, "InvalidClientTokenId", badToken}
	default:
		return &fault{http.StatusForbidden, "UnrecognizedClientException", badToken}
	}
}

// unsigned answers a request without a signature. S3 takes it for one of somebody unknown, who may read nothing.
func (svc *service) unsigned() error {
	switch svc.family {
	case s3XML:
		return &fault{http.StatusForbidden, "AccessDenied", "Access Denied"}
	case query:
		return &fault{http.StatusForbidden, "MissingAuthenticationToken", missingToken}
	default:
		return &fault{http.StatusForbidden, "MissingAuthenticationTokenException", missingToken}
	}
}

// unreadable answers a request whose signature cannot be read.
func (svc *service) unreadable(u *unreadable) error {
	f := &fault{http.StatusBadRequest, "IncompleteSignatureException", u.why}
	switch {
	case svc.family == query:
		f.code = "IncompleteSignature"
	case svc.family == s3XML && u.presigned:
		f.code = "AuthorizationQueryParametersError"
	case svc.family == s3XML:
		f.code = "AuthorizationHeaderMalformed"
	}
	return f
}

func (svc *service) mismatch() error { return svc.refuse(badMatch) }

func (svc *service) refuse(message string) error {
	code := "SignatureDoesNotMatch"
	if svc.family == restJSON {
		code = "InvalidSignatureException"
	}
	return &fault{http.StatusForbidden, code, message}
}

func (svc *service) wrongRegion(want string) error {
	if svc.family == s3XML {
		return &fault{http.StatusBadRequest, "AuthorizationHeaderMalformed",
			"The authorization header is malformed; the region is wrong; expecting '" + want + "'"}
	}
	return svc.refuse(badRegion + " This sandbox is in " + want + ".")
}

func (svc *service) skewed(signed, now time.Time) error {
	if svc.family == s3XML {
		return &fault{http.StatusForbidden, "RequestTimeTooSkewed",
			"The difference between the request time and the current time is too large."}
	}
	when := "Signature expired: "
	if signed.After(now) {
		when = "Signature not yet current: "
	}
	return svc.refuse(when + signed.Format(dateFormat) + " is more than 15 minutes from " + now.UTC().Format(dateFormat) + ".")
}
