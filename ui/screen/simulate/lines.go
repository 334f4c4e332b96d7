package simulate

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/input"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

// lines shows a plan line by line. A line is put into words only when its row is drawn, so that a hundred thousand scroll like ten.
type lines struct {
	d      *screen.Deps
	plan   simulate.Plan
	shown  []int // places of the devices that are shown; nil: all
	only   bool  // those that are to fail
	filter *input.Line
	typing bool
	top    int

	streaming bool // the lines are still running in
	came      int  // how many have
	gen       int  // counts the plans

	w, h  int
	brush theme.Kept[brushes]
}

func newLines(d *screen.Deps) *lines {
	return &lines{d: d, filter: input.New(0), brush: theme.Keep(func() brushes {
		return brushes{ok: theme.NewBrush(d.Theme.Style.OK), fail: theme.NewBrush(d.Theme.Style.Failed)}
	})}
}

// brushes are the styles of lines, made ready.
type brushes struct{ ok, fail theme.Brush }

// set shows another plan from its start.
func (l *lines) set(p simulate.Plan) {
	l.plan, l.only, l.typing = p, false, false
	l.filter.Set("")
	l.choose()
}

func (l *lines) setSize(w, h int) {
	l.w, l.h = w, h
	l.scroll(0)
}

// choose finds the lines that are shown, from the first one on.
func (l *lines) choose() {
	l.top, l.shown = 0, nil
	want := strings.ToLower(strings.TrimSpace(l.filter.Value()))
	if !l.only && want == "" {
		return
	}
	l.shown = []int{}
	words := map[string]string{}
	for i, d := range l.plan.Devices {
		if (!l.only || d.Outcome() == event.Failure) && l.has(d, want, words) {
			l.shown = append(l.shown, i)
		}
	}
}

// has looks for small letters in what a device's line says. words are the reasons that were put into words already.
func (l *lines) has(d simulate.Device, want string, words map[string]string) bool {
	if want == "" || strings.Contains(strings.ToLower(d.Thing), want) || strings.Contains(strings.ToLower(string(d.Outcome())), want) {
		return true
	}
	if len(l.plan.Jobs) > 1 && strings.Contains(strings.ToLower(d.Job), want) {
		return true
	}
	reason, known := words[d.Reason]
	if !known && d.Reason != "" {
		reason = strings.ToLower(l.d.Printer.Reason(d.Reason))
		words[d.Reason] = reason
	}
	return strings.Contains(reason, want)
}

// count is how many lines there are to scroll through.
func (l *lines) count() int {
	switch {
	case l.shown != nil:
		return len(l.shown)
	case l.streaming:
		return l.came
	}
	return len(l.plan.Devices)
}

// body is how many lines are in view.
func (l *lines) body() int {
	if l.filtering() {
		return max(0, l.h-1)
	}
	return l.h
}

func (l *lines) filtering() bool { return l.typing || l.filter.Value() != "" }

func (l *lines) scroll(by int) { l.top = max(0, min(l.top+by, l.count()-l.body())) }

// back leaves the filter, then the failures-only view; false if neither is on.
func (l *lines) back() bool {
	switch {
	case l.filtering():
		l.typing = false
		l.filter.Set("")
	case l.only:
		l.only = false
	default:
		return false
	}
	l.choose()
	return true
}

func (l *lines) keys() keys.Group {
	return keys.Group{Title: keys.Text.Title, Bindings: append([]keys.Binding{keys.Failures.InBar(), keys.Filter.InBar(), keys.WriteFile}, keys.Text.Bindings...)}
}

func (l *lines) update(msg tea.Msg) tea.Cmd {
	if more, is := msg.(streamMsg); is {
		return l.streamed(more)
	}
	if k, is := msg.(tea.KeyMsg); is && l.typing {
		return l.filter.Filter(k, &l.typing, l.choose)
	}
	l.settle()
	if by, ok := keys.Scroll(msg, l.body()); ok {
		l.scroll(by)
		return nil
	}
	switch {
	case keys.Failures.Matches(msg):
		l.only = !l.only
		l.choose()
	case keys.Filter.Matches(msg):
		l.typing = true
		l.scroll(0)
	case keys.WriteFile.Matches(msg):
		return l.write()
	}
	return nil
}

// position is which lines are in view: 1-20 of 100.
func (l *lines) position() string {
	n := l.count()
	var parts []string
	if l.only {
		parts = append(parts, l.d.T("log.failures-only"))
	}
	if body := l.body(); n > body && body > 0 {
		parts = append(parts, l.d.T("pager.position", "From", l.top+1, "To", min(n, l.top+body), "Total", n))
	}
	return strings.Join(parts, " "+l.d.Theme.Symbol.Dot+" ")
}

// view is exactly the size that setSize said.
func (l *lines) view() string {
	body := l.list(l.body())
	if !l.filtering() {
		return body
	}
	count := l.d.T("table.shown", "Shown", l.count(), "Total", len(l.plan.Devices))
	w := max(1, l.w-text.Width(count)-2)
	return text.Below(body, text.Pad("/"+l.filter.View(l.d.Theme, w, l.typing)+" "+l.d.Theme.Style.Muted.Render(count), l.w))
}

func (l *lines) list(h int) string {
	if l.count() == 0 && !l.streaming {
		id := "simulate.none-fails"
		if l.filtering() {
			id = "simulate.none-found"
		}
		return panel.Note(l.d.Theme, panel.Notice{Symbol: l.d.Theme.Symbol.OK, Title: l.d.T(id)}, l.w, h)
	}
	rows := make([]string, 0, h)
	for i := l.top; i < min(l.count(), l.top+h); i++ {
		rows = append(rows, l.row(i))
	}
	return text.Block(rows, l.w, h)
}

func (l *lines) row(i int) string {
	if l.shown != nil {
		i = l.shown[i]
	}
	e := l.plan.Line(i)
	sign, brush := l.d.Theme.Symbol.OK, l.brush.Now().ok
	if e.Status == event.Failure {
		sign, brush = l.d.Theme.Symbol.Failed, l.brush.Now().fail
	}
	return brush.Paint(text.Cut(sign+" "+l.d.Printer.Event(e), l.w))
}
