package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/teatest"

	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
)

// program starts a model with a run in a real bubbletea program.
func program(t *testing.T) (*teatest.TestModel, *model, func()) {
	t.Helper()
	end := make(chan struct{})
	home := &page{name: "Home"}
	home.work = func(ctx context.Context, s event.Stage) (any, error) {
		for _, e := range halfway {
			s.Sink.Emit(e)
		}
		<-end
		return nil, context.Cause(ctx)
	}
	o := Options{Deps: screen.Deps{Printer: uitest.Printer(t, "en"), Theme: uitest.Theme(), Cloud: sandbox}, Output: io.Discard}
	m, err := newModel(t.Context(), o, pages(home))
	if err != nil {
		t.Fatal(err)
	}
	tm := teatest.NewTestModel(t, m, teatest.WithInitialTermSize(80, 24))
	return tm, m, sync.OnceFunc(func() { close(end) })
}

func waitFor(t *testing.T, tm *teatest.TestModel, words string) {
	t.Helper()
	teatest.WaitFor(t, tm.Output(), func(b []byte) bool { return bytes.Contains(b, []byte(words)) },
		teatest.WithDuration(10*time.Second), teatest.WithCheckInterval(5*time.Millisecond))
}

func TestQuitFlow(t *testing.T) {
	tm, m, end := program(t)
	defer end()
	waitFor(t, tm, "Home")
	tm.Send(ownedMsg{owner: "home#1", msg: startMsg{}})
	waitFor(t, tm, "640/1000")
	tm.Send(uitest.Key("q"))
	waitFor(t, tm, "Quit?")
	tm.Send(uitest.Key("enter")) // No
	tm.Send(uitest.Key("q"))
	tm.Send(uitest.Key("y"))
	final := tm.FinalModel(t, teatest.WithFinalTimeout(10*time.Second)).(*model)
	uitest.Exact(t, final.View(), 80, 24)
	end()
	if s := m.leave(); s.Unfinished != 0 || len(s.Runs) != 1 || s.Runs[0].Running() {
		t.Errorf("after leaving: %+v", s)
	}
}

func TestResizeStormWhileEventsStream(t *testing.T) {
	tm, m, end := program(t)
	defer end()
	waitFor(t, tm, "Home")
	tm.Send(ownedMsg{owner: "home#1", msg: startMsg{}})
	waitFor(t, tm, "640/1000")
	for i := range 200 {
		tm.Send(tea.WindowSizeMsg{Width: 10 + i%130, Height: 3 + i%45})
		tm.Send(uitest.Key("?"))
	}
	tm.Send(tea.WindowSizeMsg{Width: 100, Height: 30})
	tm.Send(uitest.Key("ctrl+c"))
	tm.Send(uitest.Key("ctrl+c"))
	final := tm.FinalModel(t, teatest.WithFinalTimeout(10*time.Second)).(*model)
	uitest.Exact(t, final.View(), 100, 30)
	if !final.forced {
		t.Error("the second ctrl+c forces")
	}
	if s := m.leave(); s.Unfinished != 1 {
		t.Errorf("%d runs unfinished, want the one that was left behind", s.Unfinished)
	}
}

func TestLeaveSaysWhatBecameOfEachRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.opts.Output = &out
	counts := event.Counts{"thing": {event.Created: 998, event.Failed: 2}}
	home.work = func(_ context.Context, s event.Stage) (any, error) {
		s.Sink.Emit(event.Event{Workflow: "provision", Kind: event.RunEnded, Status: event.Partial, Counts: counts})
		return nil, nil
	}
	home.Update(startMsg{})
	<-m.reg.All()[0].Done()
	m.leave()
	if got := out.String(); !strings.Contains(got, "Provision: PARTIAL  thing CREATED 998, FAILED 2") {
		t.Errorf("printed %q", got)
	}
}

func TestLeaveIsSilentAboutWhatOnlyLooked(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	var out bytes.Buffer
	m.opts.Output, m.deps.LogDir = &out, t.TempDir()
	refused := errors.New("no such bucket")
	for _, err := range []error{nil, run.ErrStopped, refused} {
		r := home.deps.Runs.Look("cleanup-look", func(context.Context, event.Stage) (any, error) { return nil, err })
		<-r.Done()
	}
	m.leave()
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "no such bucket") {
		t.Errorf("printed %q, want the failure and nothing else", got)
	}
}

func TestLeaveSaysHowToCleanUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		workflows []string
		want      bool
	}{
		{[]string{"provision"}, true}, {[]string{"provision", "cleanup"}, false}, {[]string{"cleanup", "job-create"}, true}, {[]string{"simulate"}, false},
	} {
		m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
		var out bytes.Buffer
		m.opts.Output, m.deps.LogDir = &out, t.TempDir()
		for _, name := range c.workflows {
			r := home.deps.Runs.Start(name, func(_ context.Context, s event.Stage) (any, error) {
				s.Sink.Emit(event.Event{Workflow: name, Kind: event.RunEnded, Status: event.Done, Counts: event.Counts{"thing": {event.Created: 1}}})
				return nil, nil
			})
			<-r.Done()
		}
		m.leave()
		if got := strings.Contains(out.String(), "fleetlab cleanup"); got != c.want {
			t.Errorf("%v: says how to clean up: %v\n%s", c.workflows, got, out.String())
		}
	}
}

// lines is an output whose writes can be watched for words.
type lines struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	want string
	seen chan struct{}
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.buf.Write(b)
	if l.want != "" && strings.Contains(l.buf.String(), l.want) {
		close(l.seen)
		l.want = ""
	}
	return n, err
}

func TestEndOfTheContextLeavesTheProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &lines{want: "\x1b[?1049h", seen: make(chan struct{})}
	in, keep := io.Pipe()
	defer keep.Close()
	o := Options{Deps: screen.Deps{Printer: uitest.Printer(t, "en"), Theme: uitest.Theme(), Cloud: sandbox}, Input: in, Output: out}
	done := make(chan error, 1)
	go func() {
		_, err := runWith(ctx, o, pages(&page{name: "Home"}))
		done <- err
	}()
	<-out.seen
	cancel()
	if err := <-done; err != nil {
		t.Errorf("a program that is told to end has not failed: %v", err)
	}
	if !strings.Contains(out.buf.String(), "\x1b[?1049l") {
		t.Error("the terminal was not given back")
	}
}

func TestNewModelSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := newModel(t.Context(), Options{}, screens); err == nil {
		t.Error("a program without words and looks cannot start")
	}
	o := Options{Deps: screen.Deps{Printer: uitest.Printer(t, "en"), Theme: uitest.Theme()}}
	if _, err := newModel(t.Context(), o, map[string]screen.Factory{}); err == nil || !strings.Contains(err.Error(), "home") {
		t.Errorf("error %v does not name the screen", err)
	}
}

func TestUnknownScreenIsSaidNotIgnored(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.GoMsg{ID: "nowhere"})
	if !m.toast.err || !strings.Contains(m.toast.words, "nowhere") {
		t.Errorf("message %q", m.toast.words)
	}
	m.Update(feed.BatchMsg{Run: "no-such-run", Last: true})
}
