package learn

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/markdown"
	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// DockFrom is the width from which the panel stands beside the stream instead of over it.
const DockFrom = 110

// Split shares w columns out between the stream and the panel; below DockFrom the panel gets none and is
// drawn over the stream.
func Split(w int) (stream, dock int) {
	if w < DockFrom {
		return w, 0
	}
	dock = min(64, w*2/5)
	return w - dock, dock
}

// Lesson is a learning moment as the panel shows it.
type Lesson struct {
	ID       string
	Title    string
	Body     string // Markdown
	Calls    []string
	Number   int // of Of; 0 leaves both out
	Of       int
	Question string
}

// Panel shows the learning moment of the step that waits or runs.
type Panel struct {
	theme   *theme.Theme
	printer *locale.Printer
	gate    *Gate
	lesson  Lesson
	has     bool
	hidden  bool
	body    *pager.Model
	w, h    int
}

// New makes an empty panel.
func New(t *theme.Theme, p *locale.Printer) *Panel {
	return &Panel{theme: t, printer: p, body: pager.New(p)}
}

// SetGate says which run's gate enter opens; nil when no run is on.
func (l *Panel) SetGate(g *Gate) { l.gate = g }

// Show shows a lesson from its start, and the panel if it was hidden.
func (l *Panel) Show(lesson Lesson) {
	if l.has && lesson.ID == l.lesson.ID {
		return
	}
	l.lesson, l.has, l.hidden = lesson, true, false
	l.body.SetContent(func(w int) []string { return markdown.Render(l.theme, lesson.Body, w) })
	l.layout()
}

// Visible reports whether there is a lesson and the panel is not hidden.
func (l *Panel) Visible() bool { return l.has && !l.hidden }

// Waiting reports whether the run waits at the gate.
func (l *Panel) Waiting() bool {
	if l.gate == nil {
		return false
	}
	_, _, ok := l.gate.Waiting()
	return ok
}

// SetSize sets the size that View draws.
func (l *Panel) SetSize(w, h int) {
	l.w, l.h = w, h
	l.layout()
}

func (l *Panel) layout() {
	iw, ih := panel.Inner(l.w, l.h)
	l.body.SetSize(iw, max(0, ih-len(l.footer(iw))))
}

// Back hides the panel; false if it was not shown.
func (l *Panel) Back() bool {
	if !l.Visible() {
		return false
	}
	l.hidden = true
	return true
}

// Keys is what the keys do.
func (l *Panel) Keys() keys.Group {
	g := keys.Group{Title: keys.Learn.Title}
	if l.Waiting() {
		g.Bindings = append(g.Bindings, keys.Continue.InBar())
	}
	if l.has {
		toggle := keys.Panel.Named("keys.panel-show").Briefly("keys.panel-show-brief")
		if l.Visible() {
			toggle = keys.Panel.Named("keys.panel-hide").Briefly("keys.panel-hide-brief")
		}
		g.Bindings = append(g.Bindings, toggle.InBar())
	}
	g.Bindings = append(g.Bindings, keys.Pace.InBar())
	if l.Visible() {
		g.Bindings = append(g.Bindings, keys.PageUp, keys.PageDown)
	}
	return g
}

// Update takes the panel's keys: enter goes on, p changes the pace, l shows or hides the panel and the
// page keys scroll it. It reports whether the key was its own; others are the stream's.
func (l *Panel) Update(msg tea.Msg) (taken bool) {
	switch {
	case keys.Continue.Matches(msg) && l.Waiting():
		l.gate.Release()
	case keys.Pace.Matches(msg) && l.gate != nil:
		l.gate.SetMode((l.gate.Mode() + 1) % 3)
	case keys.Panel.Matches(msg) && l.has:
		l.hidden = !l.hidden
	case l.Visible() && (keys.PageUp.Matches(msg) || keys.PageDown.Matches(msg)):
		l.body.Update(msg)
	default:
		return false
	}
	return true
}

// View is exactly the size that SetSize said.
func (l *Panel) View() string {
	iw, ih := panel.Inner(l.w, l.h)
	foot := l.footer(iw)
	l.body.SetSize(iw, max(0, ih-len(foot)))
	body := text.Below(l.body.View(), strings.Join(foot, "\n"))
	f := panel.Frame{Title: l.title(), Info: l.theme.Style.Muted.Render(l.body.Position()), Body: body, Focused: l.Waiting()}
	return panel.Render(l.theme, f, l.w, l.h)
}

// Over draws the panel over the right part of back, a block of w columns and h rows, for narrow screens.
func (l *Panel) Over(back string, w, h int) string {
	pw := min(w, max(w*3/4, 56))
	l.SetSize(pw, h)
	return text.Overlay(back, l.View(), w-pw, 0)
}

func (l *Panel) title() string {
	if l.lesson.Of > 0 {
		return l.printer.T("learn.title", "Number", l.lesson.Number, "Of", l.lesson.Of, "Title", l.lesson.Title)
	}
	return l.lesson.Title
}

// footer is the calls of the step, and how it goes on.
func (l *Panel) footer(w int) []string {
	var rows []string
	if len(l.lesson.Calls) > 0 {
		calls := text.Wrap(l.printer.T("learn.calls", "Calls", strings.Join(l.lesson.Calls, ", ")), max(2, w))
		for _, c := range calls[:min(2, len(calls))] {
			rows = append(rows, l.theme.Style.Muted.Render(text.Cut(c, w)))
		}
	}
	if l.gate == nil {
		return rows
	}
	return append(rows, l.pace(w))
}

// pace is how the run goes on, and the keys for that and for the panel itself, in at most w columns.
func (l *Panel) pace(w int) string {
	_, left, waits := l.gate.Waiting()
	parts := []string{l.printer.T("learn.hide"), l.printer.T("learn.pace", "Mode", l.printer.T("learn.mode."+l.gate.Mode().String()))}
	style := l.theme.Style.Key
	switch {
	case !waits:
		style = l.theme.Style.Muted
	case l.gate.Mode() == Presenter:
		parts = append([]string{l.printer.T("learn.countdown", "Duration", max(left, time.Second)), l.printer.T("learn.now")}, parts...)
	default:
		parts = append([]string{l.printer.T("learn.continue")}, parts...)
	}
	sep := " " + l.theme.Symbol.Dot + " "
	if line := strings.Join(parts, sep); text.Width(line) <= w {
		return style.Render(line)
	}
	at := len(parts) - 2 // the bottom line says how to hide the panel, too
	return style.Render(text.Cut(strings.Join(slices.Delete(parts, at, at+1), sep), w))
}
