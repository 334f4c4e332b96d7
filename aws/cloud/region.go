package cloud

import (
	"errors"
	"fmt"
	"net"
)

// ErrNoRegion means that neither a flag nor the environment nor the profile names a Region.
var ErrNoRegion = errors.New("no AWS Region is set")

// RegionError means that AWS has nothing under the names that a Region's would have.
type RegionError struct {
	Region string
	Err    error
}

func (e *RegionError) Error() string {
	return fmt.Sprintf("there is no AWS Region %q, or it does not have the service: %v", e.Region, e.Err)
}

func (e *RegionError) Unwrap() error { return e.Err }

// wrongRegion turns the error of the first call to a Region into one that names it: addresses of AWS have the Region in them, and
// the names of one that does not exist are known to nobody. A given address says nothing of the Region.
func wrongRegion(err error, region string, given bool) error {
	var dns *net.DNSError
	if given || !errors.As(err, &dns) || !dns.IsNotFound {
		return err
	}
	return &RegionError{Region: region, Err: dns}
}
