package store

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Beginning and committing a transaction costs more than what a small one does in between. So the writers that wait while one
// writes share the next transaction: the first of them leads, runs the functions of all, each undone by itself when it fails,
// and commits once. Nobody waits for company: a writer alone begins at once.

// maxBatch bounds how many writers share a transaction, and so how long the first waits for the last.
const maxBatch = 64

// write is one call of Update.
type write struct {
	fn     func(*Tx) error
	turn   chan role
	err    error
	panics any // what fn panicked with, and where
}

// role is what a waiting writer is told.
type role int

const (
	finished role = iota // its function has been run
	leads                // it is to run its own function and those behind it
)

var errNeighbour = errors.New("the transaction that it shared was broken off; try again")

// Update runs fn in a transaction that may write. It commits when fn returns nil and undoes everything
// otherwise; fn's error is returned as it is. fn sees what others wrote before it, and may run on another goroutine.
// Neither Update nor View may be called from within fn.
func (s *Store) Update(fn func(*Tx) error) error {
	w := &write{fn: fn, turn: make(chan role, 1)}
	s.queue.Lock()
	s.waiting = append(s.waiting, w)
	alone := !s.led
	s.led = true
	s.queue.Unlock()
	if alone || <-w.turn == leads {
		s.lead()
	}
	if w.panics != nil {
		panic(w.panics)
	}
	return w.err
}

// lead runs what waits, tells its owners and passes the lead on. The caller's own write is the first.
func (s *Store) lead() {
	s.mu.Lock()
	defer s.mu.Unlock()
	runtime.Gosched() // lets those who are about to write join in; nothing when there are none
	s.queue.Lock()
	n := min(len(s.waiting), maxBatch)
	batch := s.waiting[:n:n]
	s.waiting = s.waiting[n:]
	s.queue.Unlock()
	defer func() {
		for _, w := range batch[1:] {
			w.turn <- finished
		}
		s.queue.Lock()
		defer s.queue.Unlock()
		if s.led = len(s.waiting) > 0; s.led {
			s.waiting[0].turn <- leads
		}
	}()
	if s.writer == nil {
		fail(batch, errClosed)
		return
	}
	s.writer.runBatch(batch)
}

var errClosed = errors.New("the store is closed")

// fail sets the error of writes that have none of their own.
func fail(batch []*write, err error) {
	for _, w := range batch {
		if w.err == nil && w.panics == nil {
			w.err = err
		}
	}
}

// runBatch runs a batch in one transaction, or alone what cannot be undone by itself.
func (c *conn) runBatch(batch []*write) {
	if len(batch) == 1 {
		c.runAlone(batch[0])
		return
	}
	tx := &Tx{conn: c}
	if _, err := tx.Exec("BEGIN IMMEDIATE"); err != nil {
		fail(batch, err)
		return
	}
	ended := false
	defer func() {
		if !ended { // a function ended the goroutine
			_, _ = tx.Exec("ROLLBACK")
			fail(batch, errNeighbour)
		}
	}()
	for i, w := range batch {
		if err := tx.runPart(w); err != nil {
			ended = true
			_, _ = tx.Exec("ROLLBACK") // SQLite may have done so already
			fail(batch[:i], fmt.Errorf("%w (%w)", errNeighbour, err))
			fail(batch[i:i+1], err)
			for _, rest := range batch[i+1:] {
				c.runAlone(rest)
			}
			return
		}
	}
	_, err := tx.Exec("COMMIT")
	ended = true
	if err != nil {
		_, _ = tx.Exec("ROLLBACK")
		fail(batch, err)
	}
}

// runAlone gives a write a transaction of its own.
func (c *conn) runAlone(w *write) {
	defer w.catch()
	w.err = c.run("BEGIN IMMEDIATE", w.fn)
}

// runPart runs one write of a batch. Its savepoint is set when it first changes something, so that what only looks costs
// nothing more. An error means that the transaction as a whole is no longer what it was.
func (t *Tx) runPart(w *write) error {
	t.part, t.saved = true, false
	w.call(t)
	t.part = false
	if !t.saved {
		return nil
	}
	if w.err != nil || w.panics != nil {
		if _, err := t.Exec("ROLLBACK TO part"); err != nil {
			return err
		}
	}
	_, err := t.Exec("RELEASE part")
	return err
}

func (w *write) call(t *Tx) {
	defer w.catch()
	w.err = w.fn(t)
}

// catch keeps a panic for the goroutine whose write it was, with the place, which is lost when it panics there again.
func (w *write) catch() {
	if p := recover(); p != nil {
		w.panics = fmt.Sprintf("%v\n%s", p, debug.Stack())
	}
}
