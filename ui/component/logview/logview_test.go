package logview

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
)

func item(i int) event.Event {
	e := event.Event{
		Workflow: "provision", Kind: event.Item, Resource: "thing", Subject: "Vehicle-VIN-" + strconv.Itoa(i), Status: event.Created, Done: i, Total: 1000,
		Detail: map[string]string{"type": "SedanVehicle", "country": "US", "group": "US_Fleet"},
	}
	if i%10 == 0 {
		e.Status, e.Fault = event.Failed, &event.Fault{Class: "denied", Operation: "iot:CreateThing", Code: "AccessDeniedException", Message: "not authorized"}
	}
	return e
}

func items(from, to int) []event.Event {
	var out []event.Event
	for i := from; i <= to; i++ {
		out = append(out, item(i))
	}
	return out
}

func view(t *testing.T, p *locale.Printer, w, h int) *Model {
	t.Helper()
	m := New(uitest.Theme(), p)
	m.SetSize(w, h)
	return m
}

func press(m *Model, names ...string) { uitest.Press(m.Update, names...) }

func TestGolden(t *testing.T) { golden(t, uitest.Theme()) }

func TestASCIIGolden(t *testing.T) { golden(t, uitest.ASCIITheme()) }

func golden(t *testing.T, th *theme.Theme) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := New(th, p)
		m.SetSize(s.W, s.H)
		m.Append([]event.Event{
			{Kind: event.RunStarted, Workflow: "provision", Total: 64},
			{Kind: event.StepStarted, Workflow: "provision", Step: "things-and-groups"},
			{Kind: event.Waiting, Status: "THROTTLED", Seconds: 3},
			{Kind: event.Warning, Status: "NO_LOG_FILE"},
			{Kind: event.Item, Resource: "job-execution", Subject: "Vehicle-VIN-001", Status: event.Downloaded, Bytes: 2150},
			{Kind: event.Plan, Subject: "車両-VIN-001", Status: event.Failure, Done: 1, Total: 9, Detail: map[string]string{"reason": "電池切れのため、更新を開始できませんでした"}},
		})
		m.Append(items(1, 12))
		press(m, "up", "up", "enter")
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestFollowsUntilScrolledAndStaysThere(t *testing.T) {
	t.Parallel()
	m := view(t, uitest.Printer(t, "en"), 80, 10)
	m.Append(items(1, 100))
	if !m.Following() || !strings.Contains(m.View(), "VIN-100 ") {
		t.Fatal("a new view must follow the end")
	}
	press(m, "pgup")
	if s := m.Status(80); !strings.HasSuffix(s, "G to follow") {
		t.Errorf("status %q counts what is new where nothing is", s)
	}
	before := m.View()
	m.Append(items(101, 400))
	if m.View() != before || m.Following() {
		t.Error("new lines must not move a view that was scrolled")
	}
	if s := m.Status(80); !strings.Contains(s, "300 new") {
		t.Errorf("status %q does not say how many lines are new", s)
	}
	press(m, "G")
	if !m.Following() || !strings.Contains(m.View(), "VIN-400 ") {
		t.Error("G must follow again")
	}
}

func TestEvictionDoesNotMoveTheText(t *testing.T) {
	t.Parallel()
	m := newSized(uitest.Theme(), uitest.Printer(t, "en"), 100)
	m.SetSize(80, 10)
	m.Append(items(1, 100))
	press(m, "up", "up", "up")
	before := m.View()
	m.Append(items(101, 140))
	if m.View() != before {
		t.Error("evicting old lines must not move the text in view")
	}
	m.Append(items(141, 400))
	if !strings.Contains(m.View(), "VIN-301 ") {
		t.Errorf("when its lines are gone, the view must show the oldest kept:\n%s", m.View())
	}
	if m.Len() != 400 || m.Failed() != 40 {
		t.Errorf("%d lines and %d failures, want 400 and 40", m.Len(), m.Failed())
	}
}

func TestFailuresOnly(t *testing.T) {
	t.Parallel()
	m := view(t, uitest.Printer(t, "en"), 80, 10)
	m.Append(items(1, 55))
	press(m, "f")
	if n := strings.Count(m.View(), "FAILED"); n != 5 {
		t.Errorf("%d failures in view, want 5", n)
	}
	if strings.Contains(m.View(), "CREATED") {
		t.Error("what did not fail must be hidden")
	}
	if !m.Back() || !strings.Contains(m.View(), "CREATED") || m.Back() {
		t.Error("esc shows everything again, once")
	}
}

func TestNotesAreNoFailures(t *testing.T) {
	t.Parallel()
	m := view(t, uitest.Printer(t, "en"), 160, 12)
	m.Append([]event.Event{
		{Kind: event.Plan, Subject: "Vehicle-VIN-001", Status: event.Failure},
		{Kind: event.Warning, Subject: "my-job", Status: "JOB_CANCELED"},
		{Kind: event.Warning, Subject: "my-job", Status: "COUNTS_DIFFER", Fault: &event.Fault{Message: "no answer"}},
		{Kind: event.StepEnded, Status: event.Partial},
	})
	if s := m.Status(80); m.Failed() != 0 || !strings.Contains(s, "2 warnings") || strings.Contains(s, "failed") {
		t.Errorf("%d failures, status %q: nothing has failed", m.Failed(), s)
	}
	for _, status := range []event.Status{event.Failed, event.Rejected, event.TimedOut, event.Succeeded, event.Superseded} {
		m.Append([]event.Event{{Kind: event.Item, Resource: "job-execution", Subject: "Vehicle-VIN-001", Status: status}})
	}
	m.Append([]event.Event{{Kind: event.StepEnded, Status: event.RunFailed}, {Kind: event.RunEnded, Status: event.RunFailed}})
	if s := m.Status(80); m.Failed() != 3 || !strings.Contains(s, "3 failed") {
		t.Errorf("%d failures, status %q: three items have failed", m.Failed(), s)
	}
	press(m, "f")
	if view := m.View(); strings.Contains(view, "canceled") || !strings.Contains(view, "no answer") || !strings.Contains(view, "REJECTED") {
		t.Errorf("among the failures are to be those of items and of calls:\n%s", view)
	}
}

func searchFor(m *Model, want string) {
	press(m, "/", want)
	for cmd := m.Update(uitest.Key("enter")); cmd != nil; {
		cmd = m.Update(cmd())
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	m := view(t, uitest.Printer(t, "en"), 80, 10)
	m.Append(items(1, 20000))
	press(m, "/")
	if !m.Capturing() {
		t.Fatal("while a search is typed, letters are text")
	}
	m.Back()
	searchFor(m, "vin-1999")
	if !strings.Contains(m.View(), "match 1 of 11") || !strings.Contains(m.View(), ">✓ [1999/1000]") {
		t.Errorf("view after the search:\n%s", m.View())
	}
	press(m, "n", "n")
	if !strings.Contains(m.View(), "match 3 of 11") || !strings.Contains(m.View(), "VIN-19991 ") {
		t.Errorf("view after n n:\n%s", m.View())
	}
	press(m, "N", "N", "N")
	if !strings.Contains(m.View(), "match 11 of 11") {
		t.Errorf("N must go round the start:\n%s", m.View())
	}
	m.Append(items(19990, 19990))
	if !strings.Contains(m.View(), "of 12") {
		t.Error("new lines must be searched as they come")
	}
	if !m.Back() || strings.Contains(m.View(), "match") {
		t.Error("esc leaves the search")
	}
}

func TestSearchStaysQuick(t *testing.T) {
	t.Parallel()
	m := view(t, uitest.Printer(t, "en"), 80, 10)
	m.Append(items(1, 3*scanStep))
	press(m, "/", "no such line")
	steps := 0
	for cmd := m.Update(uitest.Key("enter")); cmd != nil; steps++ {
		cmd = m.Update(cmd())
	}
	if steps < 2 {
		t.Errorf("all lines were searched in %d steps, which would hold keys up", steps+1)
	}
}

func TestCopyAndWrite(t *testing.T) {
	t.Parallel()
	m := view(t, uitest.Printer(t, "en"), 80, 10)
	m.Append(items(1, 30))
	copied, toast := "", ""
	m.Copy = func(s, what string) tea.Cmd { copied = s; return nil }
	m.Toast = func(s string) tea.Cmd { return func() tea.Msg { toast = s; return nil } }
	press(m, "up", "y")
	if copied != m.printer.Event(item(29)) {
		t.Errorf("copied %q", copied)
	}
	press(m, "Y")
	if strings.Count(copied, "\n") != 10 {
		t.Errorf("copied %q, want the ten lines in view", copied)
	}
	m.Update(uitest.Key("w"))()
	if !strings.Contains(toast, "--state") {
		t.Errorf("without a file, the message must say how to get one: %q", toast)
	}
	m.SetPath(filepath.Join(t.TempDir(), "run.jsonl"))
	m.Update(uitest.Key("w"))()
	path := strings.TrimSuffix(m.path, ".jsonl") + ".log"
	got, err := os.ReadFile(path)
	if err != nil || strings.Count(string(got), "\n") != 30 || !strings.Contains(toast, path) {
		t.Errorf("file %q, %v, message %q", got, err, toast)
	}
}

// TestAnyKeysKeepTheViewWhole presses keys and adds lines in any order: the view stays exact, and the
// cursor on a line that exists and is in view.
func TestAnyKeysKeepTheViewWhole(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		m := newSized(uitest.ColorTheme(), p, 50)
		w, h, next := 40, 10, 1
		m.SetSize(w, h)
		key := rapid.SampledFrom([]string{"up", "down", "pgup", "pgdown", "g", "G", "f", "/", "n", "N", "enter", "esc", "1", "backspace"})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				n := rapid.IntRange(0, 30).Draw(t, "lines")
				m.Append(items(next, next+n))
				next += n + 1
			case 1:
				w, h = rapid.IntRange(1, 90).Draw(t, "w"), rapid.IntRange(1, 20).Draw(t, "h")
				m.SetSize(w, h)
			default:
				k := key.Draw(t, "key")
				if k == "esc" {
					m.Back()
				} else {
					m.Update(uitest.Key(k))
				}
			}
			checkView(t, m, w, h)
		}
	})
}

// TestTheLineUnderTheCursorStays adds lines to a view that was scrolled, resizes it and opens and closes what is below its lines: the
// line under the cursor stays the one it was, in a view that is whole. As long as the size stays, adding lines changes nothing in view.
func TestTheLineUnderTheCursorStays(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		m := newSized(uitest.ColorTheme(), p, 2000)
		w, h, next := 60, 12, 101
		m.SetSize(w, h)
		m.Append(items(1, next-1))
		press(m, rapid.SliceOfN(rapid.SampledFrom([]string{"up", "pgup"}), 1, 4).Draw(t, "up")...)
		at := m.posAt(m.indexOf(m.cursor))
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				before := m.View()
				n := rapid.IntRange(0, 70).Draw(t, "lines")
				m.Append(items(next, next+n))
				next += n + 1
				if m.View() != before {
					t.Fatalf("new lines have changed the view:\n%s\n\n%s", before, m.View())
				}
			case 1:
				w, h = rapid.IntRange(1, 210).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
				m.SetSize(w, h)
			case 2:
				press(m, "enter") // the line in full, or no more
			case 3:
				press(m, "/")
				m.Back()
			}
			checkView(t, m, w, h)
			if m.cursor != at || m.Following() {
				t.Fatalf("the cursor went from line %d to line %d by itself", at, m.cursor)
			}
		}
	})
}

func checkView(t *rapid.T, m *Model, w, h int) {
	rows := strings.Split(m.View(), "\n")
	if len(rows) != h {
		t.Fatalf("%d rows, want %d", len(rows), h)
	}
	for _, r := range rows {
		if text.Width(r) != w {
			t.Fatalf("row %q is %d columns, want %d", r, text.Width(r), w)
		}
	}
	if m.count() == 0 || m.body() == 0 {
		return
	}
	at, top := m.indexOf(m.cursor), m.indexOf(m.top)
	if m.posAt(at) != m.cursor || at < top || at >= top+m.body() {
		t.Fatalf("cursor on row %d of %d with %d at the top and %d rows", at, m.count(), top, m.body())
	}
}

func BenchmarkAppend(b *testing.B) {
	p, _ := locale.New("en")
	batch := items(1, 1000)
	m := New(uitest.ColorTheme(), p)
	m.SetSize(118, 36)
	b.ReportAllocs()
	for b.Loop() {
		m.Append(batch)
	}
}

func BenchmarkView(b *testing.B) {
	p, _ := locale.New("en")
	m := New(uitest.ColorTheme(), p)
	m.SetSize(118, 36)
	for range 100 {
		m.Append(items(1, 1000))
	}
	b.ReportAllocs()
	for b.Loop() {
		m.View()
	}
}

func TestStatusLeavesOutNumbersFirst(t *testing.T) {
	t.Parallel()
	m := view(t, uitest.Printer(t, "en"), 80, 10)
	m.Append(items(1, 30))
	press(m, "f")
	for w, want := range map[int]string{
		80: "30 lines · 3 failed · failures only, f shows all", 40: "3 failed · failures only, f shows all",
		30: "failures only, f shows all", 5: "failures only, f shows all",
	} {
		if got := m.Status(w); got != want {
			t.Errorf("%d columns: %q, want %q", w, got, want)
		}
	}
}
