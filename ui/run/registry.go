package run

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/workflows/event"
)

// noLogFile warns that the complete log cannot be written; the run itself goes on.
const noLogFile event.Status = "NO_LOG_FILE"

// Options set up a registry.
type Options struct {
	LogDir     string     // folder for the complete logs; "" keeps none
	Mode       learn.Mode // how runs start out
	Countdown  time.Duration
	Sequential bool // debug: one call after the other
}

// Registry keeps the runs of a program. Start, Take and Observe belong to the program's own goroutine.
type Registry struct {
	ctx  context.Context
	opts Options
	wg   sync.WaitGroup

	runs  []*Run
	fresh []*Run // started since the last Take
	count map[string]int
}

// NewRegistry makes a registry whose runs end with ctx at the latest.
func NewRegistry(ctx context.Context, o Options) *Registry {
	if o.Countdown <= 0 {
		o.Countdown = learn.Countdown
	}
	return &Registry{ctx: ctx, opts: o, count: map[string]int{}}
}

// Starter is what a screen starts its runs with: it remembers whose they are.
type Starter struct {
	reg   *Registry
	owner string
}

// For is the Starter of the screen with an id.
func (g *Registry) For(owner string) *Starter { return &Starter{reg: g, owner: owner} }

// Start runs a workflow in a goroutine of its own and returns at once. Its events arrive at the screen as
// feed.BatchMsg, the one with Last after fn has returned; the screen has nothing to subscribe to. A panic
// in fn becomes the run's error and a RUN_FAILED event.
func (s *Starter) Start(name string, fn Func) *Run {
	return s.reg.start(&Run{Name: name, Owner: s.owner}, fn)
}

// Look is Start for what only reads, such as making a plan: it keeps no log, waits for no reader, and nothing is lost when it is
// stopped.
func (s *Starter) Look(name string, fn Func) *Run {
	return s.reg.start(&Run{Name: name, Owner: s.owner, Looks: true}, func(ctx context.Context, st event.Stage) (any, error) {
		st.Gate = nil
		return fn(ctx, st)
	})
}

// Mine lists the runs of this screen, latest first.
func (s *Starter) Mine() []*Run {
	var out []*Run
	for _, r := range slices.Backward(s.reg.runs) {
		if r.Owner == s.owner {
			out = append(out, r)
		}
	}
	return out
}

// All lists every run of the program, latest first.
func (s *Starter) All() []*Run { return s.reg.All() }

// All lists every run, latest first.
func (g *Registry) All() []*Run {
	out := slices.Clone(g.runs)
	slices.Reverse(out)
	return out
}

// Get finds a run by its id.
func (g *Registry) Get(id string) (*Run, bool) {
	i := slices.IndexFunc(g.runs, func(r *Run) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return g.runs[i], true
}

// Running lists the runs that have not returned, latest first.
func (g *Registry) Running() []*Run {
	return slices.DeleteFunc(g.All(), func(r *Run) bool { return !r.Running() })
}

// Take returns the feeds of the runs started since the last Take; the program listens to each.
func (g *Registry) Take() []*feed.Feed {
	var feeds []*feed.Feed
	for _, r := range g.fresh {
		feeds = append(feeds, r.feed)
	}
	g.fresh = nil
	return feeds
}

// Observe brings the run's progress up to date and says which screen owns the batch.
func (g *Registry) Observe(b feed.BatchMsg) (owner string, ok bool) {
	r, ok := g.Get(b.Run)
	if !ok {
		return "", false
	}
	r.observe(b.Events)
	return r.Owner, true
}

// Drain takes the events that no screen has taken into the runs' progress, once the screens are gone.
func (g *Registry) Drain() {
	for _, r := range g.runs {
		events, _ := r.feed.Take()
		r.observe(events)
	}
}

// StopAll tells every run to stop.
func (g *Registry) StopAll() {
	for _, r := range g.runs {
		r.Stop()
	}
}

// SetMode changes the pace of what runs and of what is started from now on.
func (g *Registry) SetMode(m learn.Mode) {
	g.opts.Mode = m
	for _, r := range g.runs {
		r.Gate.SetMode(m)
	}
}

// SetSequential says whether the runs started from now on make one call after the other.
func (g *Registry) SetSequential(on bool) { g.opts.Sequential = on }

// Wait returns true once all runs have returned and their logs are written, false after the timeout.
func (g *Registry) Wait(timeout time.Duration) bool {
	done := make(chan struct{})
	go func() {
		g.wg.Wait()
		close(done)
	}()
	t := time.NewTimer(timeout)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}

func (g *Registry) start(r *Run, fn Func) *Run {
	g.count[r.Name]++
	r.ID, r.Started, r.done = fmt.Sprintf("%s-%d", r.Name, g.count[r.Name]), time.Now(), make(chan struct{})
	var tee event.Sink
	logErr := g.openLog(r)
	if r.log != nil {
		tee = r.log
	}
	r.feed = feed.New(r.ID, tee)
	r.Gate = learn.NewGate(g.opts.Mode, g.opts.Countdown, r.feed.Wake)
	r.Gate.Keep(g.keep)
	ctx, cancel := context.WithCancelCause(g.ctx)
	r.cancel = cancel
	g.runs = append(g.runs, r)
	g.fresh = append(g.fresh, r)
	if logErr != nil {
		r.feed.Emit(event.Event{Workflow: r.Name, Kind: event.Warning, Status: noLogFile, Fault: &event.Fault{Message: logErr.Error()}})
	}
	stage := event.Stage{Sink: r.feed, Gate: r.Gate, Sequential: g.opts.Sequential}
	g.wg.Go(func() {
		defer cancel(nil)
		r.finish(r.play(ctx, stage, fn))
	})
	return r
}

// keep has the next run begin with the mode and the countdown that were chosen for this one. It is called from the program's own
// goroutine, where keys are taken.
func (g *Registry) keep(m learn.Mode, countdown time.Duration) {
	g.opts.Mode, g.opts.Countdown = m, countdown
}

func (g *Registry) openLog(r *Run) error {
	if g.opts.LogDir == "" || r.Looks {
		return nil
	}
	log, err := feed.OpenFile(filepath.Join(g.opts.LogDir, r.Started.Format("20060102-150405")+"-"+r.ID+".jsonl"))
	if err != nil {
		return err
	}
	r.log, r.LogPath = log, log.Path()
	return nil
}

// play calls fn and turns a panic into an error: the terminal is in raw mode, and a stack trace there
// would be unreadable and leave it so.
func (r *Run) play(ctx context.Context, stage event.Stage, fn Func) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s stopped by a fault: %v", r.Name, p)
			stage.Sink.Emit(event.Event{
				Workflow: r.Name, Kind: event.RunEnded, Status: event.RunFailed,
				Fault:  &event.Fault{Class: "panic", Message: fmt.Sprint(p)},
				Detail: map[string]string{"stack": string(debug.Stack())},
			})
		}
	}()
	return fn(ctx, stage)
}

// finish writes the log out and keeps the result, then ends the feed, so that whoever sees the last batch
// finds the result.
func (r *Run) finish(result any, err error) {
	var logErr error
	if r.log != nil {
		if logErr = r.log.Close(); logErr != nil {
			r.feed.Emit(event.Event{Workflow: r.Name, Kind: event.Warning, Status: noLogFile, Fault: &event.Fault{Message: logErr.Error()}})
		}
	}
	r.mu.Lock()
	r.result, r.err, r.ended, r.logErr = result, err, true, logErr
	r.mu.Unlock()
	r.feed.Close()
	close(r.done)
}
