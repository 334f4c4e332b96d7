package wire

import (
	"crypto/hmac"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxExpires is how long a presigned URL may live, in seconds (S3 API reference, SigV4 query parameters).
const maxExpires = 604800

// verifyPresigned checks a signature in the query. What a URL may do ends X-Amz-Expires seconds after
// X-Amz-Date, counted at the speed of the sandbox's clock.
func (s *Server) verifyPresigned(c *call, cred *credential) error {
	if cred.sigV2 {
		return s.verifyV2(c, cred)
	}
	q := c.r.URL.Query()
	if err := s.checkExpiry(c, cred); err != nil {
		return err
	}
	hash := unsignedPayload
	if h := q.Get(hashHeader); h != "" {
		hash = h
	}
	for _, name := range []string{"X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Credential", "X-Amz-Algorithm"} {
		q.Del(name)
	}
	req := signedRequest(c.r, cred.signed)
	req.URL.RawQuery = q.Encode()
	signed, _, err := s.signer.PresignHTTP(c.r.Context(), cred.keys, req, hash, cred.service, cred.region, cred.time, c.service.signing)
	if err != nil {
		return err
	}
	u, err := url.Parse(signed)
	if err != nil {
		return c.service.mismatch()
	}
	if !hmac.Equal([]byte(u.Query().Get("X-Amz-Signature")), []byte(cred.signature)) {
		return c.service.mismatch()
	}
	return nil
}

func (s *Server) checkExpiry(c *call, cred *credential) error {
	expires, err := strconv.Atoi(cred.expires)
	if err != nil || expires < 1 || expires > maxExpires {
		return &fault{http.StatusBadRequest, "AuthorizationQueryParametersError",
			"X-Amz-Expires is " + quote(cred.expires) + "; it must be between 1 and 604800 seconds"}
	}
	age := s.now().Sub(cred.time)
	if age < -maxSkew {
		return &fault{http.StatusForbidden, "AccessDenied", "Request is not valid yet"}
	}
	elapsed := age.Seconds() * s.realm.Clock.Speed()
	if elapsed <= float64(expires) {
		return nil
	}
	c.detail = append(c.detail, [2]string{"X-Amz-Expires", cred.expires})
	return s.expired(c, cred.time.Add(time.Duration(expires)*time.Second))
}

// expired answers as S3 does: with when the URL ended and what time it is.
func (s *Server) expired(c *call, end time.Time) error {
	c.detail = append(c.detail, [2]string{"Expires", end.UTC().Format(time.RFC3339)},
		[2]string{"ServerTime", s.now().UTC().Format(time.RFC3339)})
	return &fault{http.StatusForbidden, "AccessDenied", "Request has expired"}
}

// unixSeconds reads a time as whole seconds since 1970.
func unixSeconds(s string) (time.Time, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt32*4 {
		return time.Time{}, false
	}
	return time.Unix(n, 0), true
}
