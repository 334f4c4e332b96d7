package cli

import (
	"io"
	"sync"
)

// logWriter writes what a run does not depend on, and remembers why it could not: a full disk must not stop a fleet, but whoever
// asked for the file is told that it is not complete.
type logWriter struct {
	to io.WriteCloser

	mu  sync.Mutex
	err error
}

func (l *logWriter) Write(b []byte) (int, error) {
	n, err := l.to.Write(b)
	l.remember(err)
	return n, err
}

func (l *logWriter) remember(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
	}
}

// finish closes the file and returns why it is not complete, if it is not.
func (l *logWriter) finish() error {
	l.remember(l.to.Close())
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
