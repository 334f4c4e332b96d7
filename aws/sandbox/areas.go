package sandbox

import (
	"context"
	"log/slog"
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

// newHandler puts all service areas behind one server. The ticks are what the areas do without being asked.
func newHandler(r *realm.Realm, quotas bool) (http.Handler, []tick, error) {
	if err := s3.Sweep(r.Store); err != nil {
		return nil, nil, err
	}
	handler, ticks := register(wire.New(wire.Options{Realm: r, Quotas: quotas}), r)
	return handler, ticks, nil
}

// register gives a server the handlers of all areas.
func register(server *wire.Server, r *realm.Realm) (http.Handler, []tick) {
	sts.Register(server, r)
	iam.Register(server, r)
	s3.Register(server, r)
	j := jobs.New(r, s3.Presigner(r))
	hooks := jobHooks(r, j)
	hooks.DynamicQuery = index.CheckDynamicQuery
	iot.Register(server, r, hooks)
	shadow.Register(server, r)
	packages.Register(server, r)
	follower := index.Register(server, r, index.Hooks{MemberAdded: hooks.MemberAdded, MemberRemoved: hooks.MemberRemoved})
	j.Register(server)
	return follower.Ahead(server), []tick{follower.Tick, j.Tick}
}

// tick does what is due in a service area: what AWS does late, on a schedule or at a rate. It is called from one
// goroutine, every tickInterval of the wall clock, so it must be cheap when nothing is due.
type tick func() error

const tickInterval = 200 * time.Millisecond

// keepTicking calls the ticks until ctx ends. One that fails is logged once, and again when its error changes.
func keepTicking(ctx context.Context, ticks []tick) {
	last := make([]string, len(ticks))
	timer := time.NewTicker(tickInterval)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		for i, t := range ticks {
			text := ""
			if err := t(); err != nil {
				text = err.Error()
			}
			if text != "" && text != last[i] {
				slog.Error("the sandbox could not do what was due", "err", text)
			}
			last[i] = text
		}
	}
}

// jobHooks let jobs follow what happens in the registry.
func jobHooks(r *realm.Realm, j *jobs.Engine) iot.Hooks {
	timed := func(fn func(*store.Tx, time.Time, string, string) error) func(*store.Tx, string, string) error {
		return func(tx *store.Tx, group, thing string) error { return fn(tx, r.Now(), group, thing) }
	}
	return iot.Hooks{
		ThingDeleted:  func(tx *store.Tx, thing string) error { return j.ThingDeleted(tx, r.Now(), thing) },
		MemberAdded:   timed(j.MemberAdded),
		MemberRemoved: timed(j.MemberRemoved),
		Taggable:      map[string]iot.Exists{"job": jobs.Exists, "jobtemplate": jobs.TemplateExists},
	}
}
