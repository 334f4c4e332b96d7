// Package realm is the one account and Region that a sandbox plays: its store, its clock, its names and
// its keys. Every service area gets the same realm.
package realm

import (
	"time"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/store"
)

// Account is the sandbox's account number. It is all zeros, which AWS never hands out, so that nobody
// takes it for a real one.
const Account = "000000000000"

// Realm is shared by all services of a sandbox. It is not changed once the sandbox serves.
type Realm struct {
	Store     *store.Store
	Clock     clock.Clock
	Lag       Lag    // how late the service is; zero: never
	Account   string // twelve digits
	Region    string // us-east-1
	AccessKey string // the one access key that the sandbox knows
	SecretKey string
	Endpoint  string // http://127.0.0.1:4566, without a slash at the end
}

// ARN names a resource of an IoT kind: ARN("thing/Vehicle-VIN-001") is arn:aws:iot:us-east-1:000000000000:thing/Vehicle-VIN-001.
func (r *Realm) ARN(resource string) string {
	return "arn:aws:iot:" + r.Region + ":" + r.Account + ":" + resource
}

// RoleARN names an IAM role. path starts and ends with a slash.
func (r *Realm) RoleARN(path, name string) string {
	return "arn:aws:iam::" + r.Account + ":role" + path + name
}

// Now is the sandbox's time in whole milliseconds, the precision at which the store keeps times.
func (r *Realm) Now() time.Time { return r.Clock.Now().Truncate(time.Millisecond) }
