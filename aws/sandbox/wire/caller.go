package wire

import (
	"context"
	"net/http"

	"fleetlab/aws/sandbox/session"
)

type callerKey struct{}

// Caller returns the session whose temporary credentials signed the request; false when it was signed with the sandbox's
// own key.
func Caller(ctx context.Context) (session.Session, bool) {
	s, ok := ctx.Value(callerKey{}).(session.Session)
	return s, ok
}

// Denied is AccessDenied with 403, which the models of IAM and STS do not declare (IAM API reference, common errors).
func Denied(message string) error { return &fault{http.StatusForbidden, "AccessDenied", message} }

const tokenParameter = "X-Amz-Security-Token"

// identify finds the secret key that belongs to the credential, and who the caller is.
func (s *Server) identify(c *call, cred *credential) error {
	token := c.r.Header.Get(tokenParameter)
	if token == "" && cred.presigned {
		q := c.r.URL.Query()
		if token = q.Get(tokenParameter); token == "" && cred.sigV2 {
			token = q.Get("x-amz-security-token")
		}
	}
	if token == "" {
		if cred.key != s.keys.AccessKeyID {
			return c.service.unknownKey()
		}
		cred.keys = s.keys
		return nil
	}
	return s.identifySession(c, cred, token)
}

// identifySession takes a token together with the key that it was handed out with, until the session ends.
func (s *Server) identifySession(c *call, cred *credential, token string) error {
	who, secret, err := session.Open(s.keys.SecretAccessKey, token)
	if err != nil || who.KeyID != cred.key {
		return c.service.badToken()
	}
	if !s.now().Before(who.Expires) {
		return c.service.expiredToken()
	}
	cred.keys.AccessKeyID, cred.keys.SecretAccessKey = who.KeyID, secret // not the token: it is signed where the client put it
	c.r = c.r.WithContext(context.WithValue(c.r.Context(), callerKey{}, who))
	return nil
}

// badToken answers a token that is not one, or not the key's (S3 API reference, error responses; IAM API reference, common
// errors).
func (svc *service) badToken() error {
	if svc.family == s3XML {
		return &fault{http.StatusBadRequest, "InvalidToken", "The provided token is malformed or otherwise invalid."}
	}
	return svc.unknownKey()
}

// expiredToken answers credentials whose session is over. Unconfirmed: the status outside S3.
func (svc *service) expiredToken() error {
	const message = "The security token included in the request is expired"
	switch svc.family {
	case s3XML:
		return &fault{http.StatusBadRequest, "ExpiredToken", "The provided token has expired."}
	case query:
		return &fault{http.StatusForbidden, "ExpiredToken", message}
	default:
		return &fault{http.StatusForbidden, "ExpiredTokenException", message}
	}
}
