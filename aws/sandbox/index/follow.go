package index

import (
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// Hooks tell another service area whom a dynamic group takes in and lets go, in the same transaction. Either may be nil.
type Hooks struct {
	MemberAdded, MemberRemoved func(tx *store.Tx, group, thing string) error
}

// Follower keeps the index behind the registry and the shadows. Triggers in the store note in ix_changes what changed;
// the follower brings it into the index once it is as old as Lag.Index, a part at a time, so that writers are not
// held up. With no lag it catches up before anything is read.
type Follower struct {
	r     *realm.Realm
	hooks Hooks
	off   atomic.Bool // no index is on, so there is nothing to follow

	mu      sync.Mutex // one goroutine follows at a time
	started bool
	marks   []mark // not yet ripe, oldest first
}

// mark says that the changes up to seq were there at a time.
type mark struct {
	at  time.Time
	seq int64
}

// partsPerTick bounds how long a tick keeps the other areas' ticks waiting. What is left is done by the next ones.
const partsPerTick = 8

func newFollower(r *realm.Realm, hooks Hooks) *Follower { return &Follower{r: r, hooks: hooks} }

// immediate is true when everybody expects to find the index up to date.
func (f *Follower) immediate() bool { return f.r.Lag.Index == 0 }

// Tick follows what is due. Call it a few times a second.
func (f *Follower) Tick() error { return f.follow(partsPerTick) }

// Ahead is next with an index that is up to date before each request. With a lag it is next itself.
func (f *Follower) Ahead(next http.Handler) http.Handler {
	if !f.immediate() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := f.catchUp(); err != nil { // searching answers it; other requests can do without the index
			slog.Error("the fleet index could not follow", "err", err)
		}
		next.ServeHTTP(w, r)
	})
}

// catchUp brings the index up to date when there is no lag.
func (f *Follower) catchUp() error {
	if !f.immediate() {
		return nil
	}
	return f.follow(0)
}

// follow does what is due in at most so many parts, each in a transaction of its own; 0 means all.
func (f *Follower) follow(parts int) error {
	if f.off.Load() {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.start(); err != nil {
		return err
	}
	for i := 0; parts == 0 || i < parts; i++ {
		var d due
		err := f.r.Store.View(func(tx *store.Tx) (err error) {
			d, err = f.due(tx)
			return err
		})
		if err != nil || d == (due{}) {
			return err
		}
		if err := f.r.Store.Update(func(tx *store.Tx) error { return f.part(tx, d) }); err != nil {
			return err
		}
	}
	return nil
}

// start makes what is pending from before due at once, and begins to build indices that the configuration has and
// the state does not, as after a change of the state file's layout.
func (f *Follower) start() error {
	if f.started {
		return nil
	}
	var newest int64
	on := false
	err := f.r.Store.Update(func(tx *store.Tx) error {
		c, err := readConfig(tx)
		if err != nil {
			return err
		}
		on = len(c.indices()) > 0
		for _, name := range c.indices() {
			const q = "INSERT INTO ix_status(name,status,due_at) VALUES(?,'BUILDING',0) ON CONFLICT DO NOTHING"
			if _, err := tx.Exec(q, name); err != nil {
				return err
			}
		}
		return tx.Row("SELECT coalesce(max(seq),0) FROM ix_changes", nil, &newest)
	})
	if err != nil {
		return err
	}
	f.off.Store(!on)
	f.marks = []mark{{seq: newest}}
	f.started = true
	return nil
}

// wake is called after the configuration changed: there may be something to follow from now on.
func (f *Follower) wake() error {
	f.mu.Lock()
	f.off.Store(false)
	f.mu.Unlock()
	return f.catchUp()
}

// due is what there is to do; the zero value: nothing.
type due struct {
	changes int64  // follow changes up to this one
	index   string // build this index
	group   string // fill this dynamic group
}

// due also notes when it saw the newest change.
func (f *Follower) due(tx *store.Tx) (due, error) {
	now := f.r.Now()
	var newest int64
	var d due
	const q = `SELECT coalesce((SELECT max(seq) FROM ix_changes),0),
		coalesce((SELECT name FROM ix_status WHERE status<>'ACTIVE' AND due_at<=?1 LIMIT 1),''),
		coalesce((SELECT group_name FROM ix_dynamic_builds WHERE due_at<=?1 LIMIT 1),'')`
	if err := tx.Row(q, []any{store.Millis(now)}, &newest, &d.index, &d.group); err != nil {
		return d, err
	}
	d.changes = f.ripe(now, newest)
	return d, nil
}

// ripe is the newest change that is old enough; 0 when there is none.
func (f *Follower) ripe(now time.Time, newest int64) int64 {
	n := len(f.marks)
	if n > 0 && f.marks[n-1].seq > newest { // numbers begin anew after the last one is gone
		f.marks, n = nil, 0
	}
	if newest == 0 || f.immediate() {
		return newest
	}
	if n == 0 || f.marks[n-1].seq < newest {
		f.marks = append(f.marks, mark{now, newest})
	}
	for len(f.marks) > 1 && !f.marks[1].at.Add(f.r.Lag.Index).After(now) {
		f.marks = f.marks[1:]
	}
	if f.marks[0].at.Add(f.r.Lag.Index).After(now) {
		return 0
	}
	return f.marks[0].seq
}

// part does one part of what is due: changes first, since both kinds of build read what they leave.
func (f *Follower) part(tx *store.Tx, d due) error {
	c, err := readConfig(tx)
	if err != nil {
		return err
	}
	p := pass{tx: tx, config: c, hooks: f.hooks}
	switch {
	case d.changes > 0:
		return p.changes(d.changes)
	case d.index != "":
		return p.build(d.index)
	default:
		return p.fill(d.group)
	}
}
