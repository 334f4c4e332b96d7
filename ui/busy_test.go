package ui

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/run"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
)

// busy is a screen that shows a run as all screens with a workflow do.
type busy struct {
	d    *screen.Deps
	work run.Func
	view *runview.View
	w, h int
}

func (s *busy) Init() tea.Cmd {
	s.view = runview.New(s.d, runview.Spec{
		Words: "provision", Steps: []string{"things-and-groups", "iam"},
		Report:  func(any) (event.Report, bool) { return event.Report{}, false },
		Actions: func(runview.Outcome) []runview.Action { return nil },
	}, s.d.Runs.Start("provision", s.work))
	s.view.SetSize(s.w, s.h)
	return nil
}

func (s *busy) Update(msg tea.Msg) tea.Cmd {
	if b, ok := msg.(feed.BatchMsg); ok {
		return s.view.Take(b)
	}
	return s.view.Update(msg)
}

func (s *busy) View() string       { return s.view.View() }
func (s *busy) Title() string      { return "Busy" }
func (s *busy) Keys() []keys.Group { return s.view.Keys() }
func (s *busy) Capturing() bool    { return s.view.Capturing() }
func (s *busy) Unframed()          {}

func (s *busy) SetSize(w, h int) {
	s.w, s.h = w, h
	if s.view != nil {
		s.view.SetSize(w, h)
	}
}

// made is the event that a thing was made.
func made(n int) event.Event {
	return event.Event{
		Workflow: "provision", Kind: event.Item, Step: "things-and-groups", Resource: "thing", Subject: "Vehicle-VIN-" + strconv.Itoa(n),
		Status: event.Created, Done: n, Total: 1 << 30, Detail: map[string]string{"group": "US_Fleet", "country": "車両", "type": "SedanVehicle"},
	}
}

// At 2,000 events a second a frame brings 67. However the terminal is resized meanwhile, every view fills it exactly, and a log that was
// scrolled stays at its line.
func TestResizingWhileEventsStream(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	printers := []*locale.Printer{uitest.Printer(t, "en"), uitest.Printer(t, "ja")}
	rapid.Check(t, func(t *rapid.T) {
		s := &busy{work: untilStopped}
		p := rapid.SampledFrom(printers).Draw(t, "language")
		o := Options{Mode: learn.Express, Deps: screen.Deps{Printer: p, Theme: uitest.ColorTheme(), Cloud: sandbox, Now: time.Now}}
		m, err := newModel(ctx, o, map[string]screen.Factory{screen.Home: func(d *screen.Deps, _ any) screen.Screen {
			s.d = d
			return s
		}})
		if err != nil {
			t.Fatal(err)
		}
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		m.Init()
		storm(t, m, s)
	})
}

// untilStopped is a run that does nothing: its events are the test's.
func untilStopped(ctx context.Context, _ event.Stage) (any, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// storm resizes m at random while events come.
func storm(t *rapid.T, m *model, s *busy) {
	n := 0
	newest := func() string { return made(n).Subject }
	at := "" // the line that the log was scrolled to; "": it follows its end
	for range rapid.IntRange(5, 20).Draw(t, "frames") {
		var batch []event.Event
		for range 67 {
			n++
			batch = append(batch, made(n))
		}
		m.Update(feed.BatchMsg{Run: s.view.Run().ID, Events: batch})
		exact(t, m)
		m.Update(tea.WindowSizeMsg{Width: rapid.IntRange(1, 210).Draw(t, "w"), Height: rapid.IntRange(1, 70).Draw(t, "h")})
		exact(t, m)
		if e, _ := s.view.Selected(); e.Subject != cmp.Or(at, newest()) {
			t.Fatalf("the cursor is on %s, want %s", e.Subject, cmp.Or(at, newest()))
		}
		if k := rapid.SampledFrom([]string{"", "", "", "k", "pgup", "G"}).Draw(t, "key"); k != "" {
			m.Update(uitest.Key(k))
			at = ""
			if e, _ := s.view.Selected(); e.Subject != newest() {
				at = e.Subject
			}
		}
	}
}

// exact fails the test unless the view fills the terminal.
func exact(t *rapid.T, m *model) {
	rows := strings.Split(m.View(), "\n")
	if len(rows) != m.h {
		t.Fatalf("%d rows, want %d", len(rows), m.h)
	}
	for i, r := range rows {
		if text.Width(r) != m.w {
			t.Fatalf("row %d is %d columns, want %d: %q", i, text.Width(r), m.w, r)
		}
	}
}
