package feed

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"go.uber.org/goleak"

	"fleetlab/workflows/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reader is a program that drains one feed.
type reader struct {
	ctx     context.Context
	feed    *Feed
	got     []event.Event
	batches int
}

func (r *reader) Init() tea.Cmd { return Listen(r.ctx, r.feed, Frame) }
func (r *reader) View() string  { return "" }
func (r *reader) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	b, ok := msg.(BatchMsg)
	if !ok {
		return r, nil
	}
	r.got = append(r.got, b.Events...)
	r.batches++
	if b.Last {
		return r, tea.Quit
	}
	return r, Listen(r.ctx, r.feed, Frame)
}

func TestNothingLostAndInOrder(t *testing.T) {
	const workers, per = 8, 5000
	rec := &event.Recorder{}
	f := New("run-1", rec)
	r := &reader{ctx: t.Context(), feed: f}
	go func() {
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for i := range per {
					f.Emit(event.Event{Done: w, Subject: strconv.Itoa(i)})
				}
			})
		}
		wg.Wait()
		f.Close()
	}()
	p := tea.NewProgram(r, tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler())
	if _, err := p.Run(); err != nil {
		t.Fatal(err)
	}
	if len(r.got) != workers*per || len(rec.Events()) != workers*per {
		t.Fatalf("%d events and %d in the tee, want %d", len(r.got), len(rec.Events()), workers*per)
	}
	var next [workers]int
	for i, e := range r.got {
		if e.Seq != uint64(i+1) || e.Time.IsZero() {
			t.Fatalf("event %d has number %d and time %v", i, e.Seq, e.Time)
		}
		if e.Subject != strconv.Itoa(next[e.Done]) {
			t.Fatalf("worker %d: %s after %d", e.Done, e.Subject, next[e.Done]-1)
		}
		next[e.Done]++
	}
}

func TestListenGathersOneFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New("run-1", nil)
		msgs := make(chan tea.Msg)
		go func() { msgs <- Listen(t.Context(), f, Frame)() }()
		synctest.Wait()
		start := time.Now()
		f.Emit(event.Event{Subject: "a"})
		synctest.Wait()
		f.Emit(event.Event{Subject: "b"})
		b := (<-msgs).(BatchMsg)
		if len(b.Events) != 2 || b.Last || b.Run != "run-1" {
			t.Errorf("batch %+v, want two events", b)
		}
		if d := time.Since(start); d != Frame {
			t.Errorf("delivered after %v, want %v", d, Frame)
		}
	})
}

func TestListenEndsWithTheProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if msg := Listen(ctx, New("run-1", nil), time.Hour)(); msg != nil {
		t.Errorf("got %v", msg)
	}
}

func TestCloseDeliversWhatWasEmitted(t *testing.T) {
	f := New("run-1", nil)
	f.Emit(event.Event{Subject: "a"})
	f.Close()
	f.Emit(event.Event{Subject: "too late"})
	b := Listen(t.Context(), f, 0)().(BatchMsg)
	if len(b.Events) != 1 || !b.Last {
		t.Errorf("batch %+v, want one event and the last", b)
	}
}

func TestFileIsTheCompleteRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "run.jsonl")
	l, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := New("run-1", l)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				f.Emit(event.Event{Kind: event.Item, Subject: "車両"})
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	n := uint64(0)
	for s := bufio.NewScanner(in); s.Scan(); {
		var e event.Event
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		if n++; e.Seq != n || e.Subject != "車両" {
			t.Fatalf("line %d: %+v", n, e)
		}
	}
	if n != 2000 {
		t.Errorf("%d lines, want 2000", n)
	}
}

var errFull = errors.New("no space left on device")

type fullDisk struct{ io.Writer }

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
func (fullDisk) Close() error              { return nil }

func TestFullDiskEndsTheRecordNotTheRun(t *testing.T) {
	l := newFile("run.jsonl", fullDisk{})
	f := New("run-1", l)
	for range 1000 {
		f.Emit(event.Event{Subject: "a"})
	}
	if err := l.Close(); !errors.Is(err, errFull) {
		t.Errorf("error %v, want %v", err, errFull)
	}
	if events, _ := f.Take(); len(events) != 1000 {
		t.Errorf("%d events reached the screen, want 1000", len(events))
	}
}
