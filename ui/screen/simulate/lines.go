package simulate

import (
	tea "github.com/charmbracelet/bubbletea"

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
	d        *screen.Deps
	plan     simulate.Plan
	failing  []int // places of the devices that are to fail
	only     bool  // only those are shown
	top      int
	w, h     int
	ok, fail theme.Brush
}

func newLines(d *screen.Deps) *lines {
	return &lines{d: d, ok: theme.NewBrush(d.Theme.Style.OK), fail: theme.NewBrush(d.Theme.Style.Failed)}
}

// set shows another plan from its start.
func (l *lines) set(p simulate.Plan) {
	l.plan, l.failing, l.only, l.top = p, nil, false, 0
	for i, d := range p.Devices {
		if d.Outcome() == event.Failure {
			l.failing = append(l.failing, i)
		}
	}
}

func (l *lines) setSize(w, h int) {
	l.w, l.h = w, h
	l.scroll(0)
}

// count is how many lines there are to scroll through.
func (l *lines) count() int {
	if l.only {
		return len(l.failing)
	}
	return len(l.plan.Devices)
}

func (l *lines) scroll(by int) { l.top = max(0, min(l.top+by, l.count()-l.h)) }

// back leaves the failures-only view, if it is on.
func (l *lines) back() bool {
	was := l.only
	l.show(false)
	return was
}

func (l *lines) show(only bool) {
	if l.only != only {
		l.only, l.top = only, 0
	}
}

func (l *lines) keys() keys.Group {
	return keys.Group{Title: keys.Text.Title, Bindings: append([]keys.Binding{keys.Failures.InBar()}, keys.Text.Bindings...)}
}

func (l *lines) update(msg tea.Msg) tea.Cmd {
	if by, ok := keys.Scroll(msg, l.h); ok {
		l.scroll(by)
	} else if keys.Failures.Matches(msg) {
		l.show(!l.only)
	}
	return nil
}

// position is which lines are in view: 1-20 of 100.
func (l *lines) position() string {
	n := l.count()
	if l.only {
		return l.d.T("log.failures-only")
	}
	if n <= l.h || l.h <= 0 {
		return ""
	}
	return l.d.T("pager.position", "From", l.top+1, "To", min(n, l.top+l.h), "Total", n)
}

// view is exactly the size that setSize said.
func (l *lines) view() string {
	if l.count() == 0 {
		return panel.Note(l.d.Theme, panel.Notice{Symbol: l.d.Theme.Symbol.OK, Title: l.d.T("simulate.none-fails")}, l.w, l.h)
	}
	rows := make([]string, 0, l.h)
	for i := l.top; i < min(l.count(), l.top+l.h); i++ {
		rows = append(rows, l.row(i))
	}
	return text.Block(rows, l.w, l.h)
}

func (l *lines) row(i int) string {
	if l.only {
		i = l.failing[i]
	}
	e := l.plan.Line(i)
	sign, brush := l.d.Theme.Symbol.OK, l.ok
	if e.Status == event.Failure {
		sign, brush = l.d.Theme.Symbol.Failed, l.fail
	}
	return brush.Paint(text.Cut(sign+" "+l.d.Printer.Event(e), l.w))
}
