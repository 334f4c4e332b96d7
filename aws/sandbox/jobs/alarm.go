package jobs

import (
	"math"
	"sync"
	"time"

	"fleetlab/aws/sandbox/store"
)

// alarm is when something next happens by itself: a timer runs out, a member is notified, a window opens. Calls compare
// it with the clock and touch the state only when it has come. It may be too early, never too late. The zero value has
// come: after a start nobody knows what is due.
type alarm struct {
	mu      sync.Mutex
	at      int64 // milliseconds
	lowered int64 // the earliest that was asked for since listen
}

const never = math.MaxInt64

func (a *alarm) due(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at <= store.Millis(now)
}

// wake asks for the alarm at that time or before. Call it in the transaction that writes what will be due then.
func (a *alarm) wake(at int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at, a.lowered = min(a.at, at), min(a.lowered, at)
}

// listen begins to note what is asked for. Call it in the transaction that reads what is due.
func (a *alarm) listen() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lowered = never
}

// set puts the alarm to next, as read in that transaction, or to what was asked for meanwhile. Call it when that
// transaction has been committed.
func (a *alarm) set(next int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = min(next, a.lowered)
}
