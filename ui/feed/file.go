package feed

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"fleetlab/workflows/event"
)

// File is the complete record of a run on disk: one JSON object a line. A goroutine of its own writes, so
// that a slow disk never holds a worker up.
type File struct {
	path string
	out  io.WriteCloser
	done chan struct{}
	wake chan struct{}

	mu      sync.Mutex
	pending []event.Event
	closed  bool
	err     error
}

// OpenFile makes the file and the folders above it, and starts writing.
func OpenFile(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of log file %s: %w", path, err)
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log file %s: %w", path, err)
	}
	return newFile(path, out), nil
}

func newFile(path string, out io.WriteCloser) *File {
	l := &File{path: path, out: out, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	go l.write()
	return l
}

// Path is where the file is.
func (l *File) Path() string { return l.path }

// Emit keeps e for writing and returns at once.
func (l *File) Emit(e event.Event) {
	l.mu.Lock()
	if !l.closed && l.err == nil {
		l.pending = append(l.pending, e)
	}
	l.mu.Unlock()
	l.ring()
}

// Close waits until everything is on disk and returns the first error there was.
func (l *File) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.ring()
	<-l.done
	return l.Err()
}

// Err is the first error there was: a full disk ends the record, not the run.
func (l *File) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *File) ring() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write moves what was emitted to the file until Close.
func (l *File) write() {
	defer close(l.done)
	buf := bufio.NewWriter(l.out)
	enc := json.NewEncoder(buf)
	for range l.wake {
		l.mu.Lock()
		batch, closed := l.pending, l.closed
		l.pending = nil
		l.mu.Unlock()
		for _, e := range batch {
			if err := enc.Encode(e); err != nil {
				l.fail(err)
				break
			}
		}
		l.fail(buf.Flush())
		if closed {
			l.fail(l.out.Close())
			return
		}
	}
}

func (l *File) fail(err error) {
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = errors.Join(l.err, fmt.Errorf("write log file %s: %w", l.path, err))
	l.pending = nil
}
