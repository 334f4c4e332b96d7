package cli

import (
	"errors"
	"syscall"
	"testing"
)

// fullDisk takes one piece.
type fullDisk struct{ pieces int }

func (d *fullDisk) Close() error { return nil }

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.pieces++; d.pieces > 1 {
		return 0, syscall.ENOSPC
	}
	return len(b), nil
}

func TestLogThatIsNotCompleteIsTold(t *testing.T) {
	t.Parallel()
	l := &logWriter{to: &fullDisk{}}
	for range 3 {
		_, _ = l.Write([]byte("line"))
	}
	if err := l.finish(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	whole := &logWriter{to: &fullDisk{}}
	_, _ = whole.Write([]byte("line"))
	if err := whole.finish(); err != nil {
		t.Error(err)
	}
}
