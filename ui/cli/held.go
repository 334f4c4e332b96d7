package cli

import (
	"context"
	"sync"
	"time"

	"fleetlab/aws/pace"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// How long calls are held back while nobody answers, or there are no good credentials.
const (
	forever     = time.Duration(-1)
	defaultWait = 5 * time.Minute // a script must not hang for ever
)

// patience is how long calls are held back, when connecting and in a run. Somebody who can be asked can do something about it, and can
// stop; a script is better told at once that it cannot begin.
func (a *app) patience() (starting, running time.Duration) {
	switch {
	case a.o.waitSet:
		return a.o.wait, a.o.wait
	case a.asks():
		return forever, forever
	}
	return 0, defaultWait
}

// tellHeld says on standard error when calls begin to be held back and when they go out again, until it is stopped.
func (a *app) tellHeld(ctx context.Context, hold *pace.Hold) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		told := ""
		for {
			changed := hold.Changed()
			told = a.tellChange(hold, told)
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	})
	return func() {
		cancel()
		done.Wait()
	}
}

// tellChange says what has changed since told was, if anything has.
func (a *app) tellChange(hold *pace.Hold, told string) string {
	held, is := hold.State()
	switch {
	case is && held.Tries > 1 && told != held.Name: // the first try after a connection broke mostly succeeds
		a.note(a.p.T("connect.waits", "What", text.Line(screen.Held(a.p, held, a.o.profile))))
		return held.Name
	case !is && told != "" && hold.GaveUp():
		a.note(a.p.T("connect.gave-up"))
		return ""
	case !is && told != "":
		a.note(a.p.T("connect.over"))
		return ""
	}
	return told
}
