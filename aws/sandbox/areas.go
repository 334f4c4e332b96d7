package sandbox

import (
	"net/http"
	"time"

	"fleetlab/aws/sandbox/iam"
	"fleetlab/aws/sandbox/index"
	"fleetlab/aws/sandbox/iot"
	"fleetlab/aws/sandbox/jobs"
	"fleetlab/aws/sandbox/packages"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/s3"
	"fleetlab/aws/sandbox/shadow"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/sts"
	"fleetlab/aws/sandbox/wire"
)

// newHandler puts all service areas behind one server.
func newHandler(r *realm.Realm, quotas bool) (http.Handler, error) {
	if err := s3.Sweep(r.Store); err != nil {
		return nil, err
	}
	server := wire.New(wire.Options{Realm: r, Quotas: quotas})
	sts.Register(server, r)
	iam.Register(server, r)
	s3.Register(server, r)
	iot.Register(server, r, jobHooks(r))
	shadow.Register(server, r)
	packages.Register(server, r)
	index.Register(server, r)
	jobs.Register(server, r, s3.Presigner(r))
	return server, nil
}

// jobHooks let jobs follow what happens in the registry.
func jobHooks(r *realm.Realm) iot.Hooks {
	timed := func(fn func(*store.Tx, time.Time, string, string) error) func(*store.Tx, string, string) error {
		return func(tx *store.Tx, group, thing string) error { return fn(tx, r.Now(), group, thing) }
	}
	return iot.Hooks{
		ThingDeleted:  func(tx *store.Tx, thing string) error { return jobs.ThingDeleted(tx, r.Now(), thing) },
		MemberAdded:   timed(jobs.MemberAdded),
		MemberRemoved: timed(jobs.MemberRemoved),
		JobTaggable:   jobs.Exists,
	}
}
