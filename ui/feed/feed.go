// Package feed takes the events of a run from its workers to the screen, at most thirty batches a second.
// Workers never block, nothing is dropped, and the screen never draws once per event: measured, one
// message per event would cap the whole program at a few thousand events a second.
package feed

import (
	"context"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/workflows/event"
)

// Frame is how long Listen lets events pile up: thirty batches a second look as smooth as sixty and send
// half the bytes to the terminal.
const Frame = 33 * time.Millisecond

// Feed is an event.Sink that one reader drains in batches.
type Feed struct {
	id   string
	tee  event.Sink
	now  func() time.Time
	wake chan struct{} // capacity 1: there is something to take

	mu      sync.Mutex
	pending []event.Event
	seq     uint64
	closed  bool
}

// New makes the feed of the run with an id. Every event also goes to tee, numbered and in order, unless
// tee is nil; tee's Emit must not block.
func New(id string, tee event.Sink) *Feed {
	return &Feed{id: id, tee: tee, now: time.Now, wake: make(chan struct{}, 1)}
}

// ID is the id of the run.
func (f *Feed) ID() string { return f.id }

// Emit numbers e, gives it the time if it has none and keeps it for the reader. It never blocks. What
// comes after Close is left out.
func (f *Feed) Emit(e event.Event) {
	f.mu.Lock()
	if !f.closed {
		f.seq++
		e.Seq = f.seq
		if e.Time.IsZero() {
			e.Time = f.now()
		}
		f.pending = append(f.pending, e)
		if f.tee != nil {
			f.tee.Emit(e)
		}
	}
	f.mu.Unlock()
	f.Wake()
}

// Close ends the feed; what was emitted before is still delivered.
func (f *Feed) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.Wake()
}

// Wake makes the reader come even without an event, because something else about the run has changed.
func (f *Feed) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Take returns what was emitted since the last Take, and whether the feed has ended.
func (f *Feed) Take() (batch []event.Event, ended bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	batch, f.pending = f.pending, nil
	return batch, f.closed
}

// BatchMsg carries everything emitted since the one before. It may be empty after a Wake. Last is set
// when the run has ended; nothing follows.
type BatchMsg struct {
	Run    string // id of the run
	Feed   *Feed
	Events []event.Event
	Last   bool
}

// Listen waits for events, lets them pile up for one frame and delivers them as one BatchMsg. The reader
// returns Listen again unless Last is set, so at most one batch is ever in flight. ctx is the program's,
// not the run's, so that the last lines of a stopped run still arrive.
func Listen(ctx context.Context, f *Feed, frame time.Duration) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-f.wake:
		case <-ctx.Done():
			return nil
		}
		t := time.NewTimer(frame)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
		batch, ended := f.Take()
		return BatchMsg{Run: f.id, Feed: f, Events: batch, Last: ended}
	}
}
