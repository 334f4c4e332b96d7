package cloud

import (
	"errors"
	"net"
	"net/url"
	"time"

	"fleetlab/aws/pace"
)

// NewHold makes what keeps calls back while nobody answers, or while there are no credentials that are good. patience is how long
// that is waited out; below 0 there is no end to it.
func NewHold(patience time.Duration) *pace.Hold { return pace.NewHold(patience, passing) }

// passing tells the errors that pass by themselves, or once a person has signed in again.
func passing(err error) (pace.Obstacle, bool) {
	switch c := Explain(err).Class; c {
	case Network:
		return pace.Obstacle{Name: string(c), Local: true}, true
	case Credentials, Expired, Full:
		return pace.Obstacle{Name: string(c), Slow: true}, true
	}
	return pace.Obstacle{}, false
}

// Host is who did not answer, as an address or a name; "" when err does not say.
func Host(err error) string {
	var sent *url.Error
	if errors.As(err, &sent) {
		if u, bad := url.Parse(sent.URL); bad == nil {
			return u.Host
		}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.Name
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Addr != nil {
		return op.Addr.String()
	}
	return ""
}
