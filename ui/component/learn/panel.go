package learn

import (
	"reflect"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

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

// Keys of a run that goes on by itself.
var (
	keyPause  = keys.New("space", "learn.keys.pause", " ").Briefly("learn.keys.pause-brief")
	keyLonger = keys.New("+", "learn.keys.longer", "+", "=")
	keyFaster = keys.New("-", "learn.keys.shorter", "-", "_")
)

// look is how often the numbers of the calls are looked at, at most.
const look = 250 * time.Millisecond

// Panel shows the lesson of the step that waits or runs.
type Panel struct {
	theme   *theme.Theme
	printer *locale.Printer
	gate    *Gate
	counter *Counter
	reader  *Reader
	hidden  bool
	focused bool // the keys to move are its own

	before Lesson // the one shown before
	list   []calls
	looked time.Time
	w, h   int
}

// New makes an empty panel.
func New(t *theme.Theme, p *locale.Printer, h Hooks) *Panel {
	return &Panel{theme: t, printer: p, reader: NewReader(t, p, h)}
}

// SetGate says which run's gate enter opens; nil when the run waits for nobody.
func (l *Panel) SetGate(g *Gate) { l.gate = g }

// SetCounter says who counts the calls of the run.
func (l *Panel) SetCounter(c *Counter) { l.counter = c }

// Focus says whether the panel has the keys to move, which its frame shows.
func (l *Panel) Focus(on bool) { l.focused = on }

// Lesson is the lesson that the panel holds; its ID is "" when there is none.
func (l *Panel) Lesson() Lesson { return l.reader.Lesson() }

func (l *Panel) has() bool { return l.Lesson().ID != "" }

// Show shows a lesson from its start, and the panel if it was hidden.
func (l *Panel) Show(lesson Lesson) {
	if lesson.ID == l.Lesson().ID {
		return
	}
	l.before, l.hidden = l.Lesson(), false
	l.reader.Show(lesson)
	l.list = nil
	l.Refresh(l.looked, true)
	l.layout()
}

// Visible reports whether there is a lesson and the panel is not hidden.
func (l *Panel) Visible() bool { return l.has() && !l.hidden }

// Waiting reports whether the run waits at the gate.
func (l *Panel) Waiting() bool {
	if l.gate == nil {
		return false
	}
	_, _, ok := l.gate.Waiting()
	return ok
}

// Refresh takes over the numbers of the calls. Unless they have to be right at once, as at the end of a step, it does so a few times a
// second at most.
func (l *Panel) Refresh(now time.Time, atOnce bool) {
	if !l.has() || !atOnce && now.Sub(l.looked) < look {
		return
	}
	l.looked = now
	lesson := l.Lesson()
	if len(lesson.Calls) == 0 {
		return
	}
	c := calls{title: l.printer.T("learn.calls"), ops: lesson.Calls}
	c.made, c.begun = l.counter.Made(lesson.Step)
	list := []calls{c}
	if b := l.before; !c.begun && b.Step != "" {
		if made, ok := l.counter.Made(b.Step); ok {
			list = append(list, calls{title: l.printer.T("learn.calls.before", "Title", b.Title), ops: b.Calls, made: made, begun: true})
		}
	}
	if !reflect.DeepEqual(list, l.list) {
		l.list = list
		l.layout()
	}
}

// SetSize sets the size that View draws.
func (l *Panel) SetSize(w, h int) {
	if w != l.w || h != l.h {
		l.w, l.h = w, h
		l.layout()
	}
}

// layout shares the rows out.
func (l *Panel) layout() {
	l.reader.setRoomy(l.gate != nil && l.gate.Mode() == Presenter)
	iw, ih := panel.Inner(l.w, l.h)
	_, rest := l.pinned(iw, ih)
	l.reader.setCalls(rest)
	l.reader.SetSize(iw, max(0, ih-len(l.footer(iw, ih))))
}

// pinned is the calls that stand below the text, so that their numbers can be seen while one reads: those with numbers in a third of the
// rows, those without where a sixth will do. The rest stands at the end of the text.
func (l *Panel) pinned(w, h int) (rows []string, rest []calls) {
	const line = 1 // above them
	for _, numbers := range []struct {
		there bool
		most  int
	}{{true, h / 3}, {false, h / 6}} {
		for _, c := range l.list {
			if c.begun != numbers.there {
				continue
			}
			if more := c.rows(l.theme, l.printer, w); line+len(rows)+len(more) <= numbers.most {
				rows = append(rows, more...)
			} else {
				rest = append(rest, c)
			}
		}
	}
	return rows, rest
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
	if l.has() {
		toggle := keys.Panel.Named("keys.panel-show").Briefly("keys.panel-show-brief")
		if l.Visible() {
			toggle = keys.Panel.Named("keys.panel-hide").Briefly("keys.panel-hide-brief")
		}
		g.Bindings = append(g.Bindings, toggle.InBar())
	}
	if l.Visible() {
		g.Bindings = append(g.Bindings, l.reader.questionKeys()...)
	}
	g.Bindings = append(g.Bindings, l.paceKeys()...)
	if l.Visible() && l.focused {
		g.Bindings = append(g.Bindings, keys.Text.Bindings...)
	}
	return g
}

// paceKeys is the keys of the mode, and those of its countdown.
func (l *Panel) paceKeys() []keys.Binding {
	if l.gate == nil {
		return nil
	}
	list := []keys.Binding{keys.Pace.InBar()}
	if l.gate.Mode() == Presenter {
		pause := keyPause
		if l.gate.Paused() {
			pause = keyPause.Named("learn.keys.resume").Briefly("learn.keys.resume-brief")
		}
		if !l.Waiting() {
			pause = pause.Because("learn.keys.pause-off")
		}
		list = append(list, pause.InBar(), keyLonger, keyFaster)
	}
	return list
}

// Update takes the panel's keys: enter goes on, p changes the pace, l shows or hides the panel, digits answer the question, and those that
// move scroll it while it has the focus. It reports whether the key was its own; others are the stream's.
func (l *Panel) Update(msg tea.Msg) (cmd tea.Cmd, taken bool) {
	switch {
	case keys.Continue.Matches(msg) && l.Waiting():
		l.gate.Release()
		if l.Visible() {
			cmd = l.reader.WentOn()
		}
	case keys.Panel.Matches(msg) && l.has():
		l.hidden = !l.hidden
	case l.paces(msg):
	case l.Visible():
		return l.read(msg)
	default:
		return nil, false
	}
	return cmd, true
}

// read takes the keys of the text and its question.
func (l *Panel) read(msg tea.Msg) (cmd tea.Cmd, taken bool) {
	_, wheel := msg.(tea.MouseMsg)
	_, moves := keys.Scroll(msg, 1)
	if wheel || moves && l.focused {
		return l.reader.Update(msg)
	}
	if cmd, taken = l.reader.questionKey(msg); taken {
		l.layout()
	}
	return cmd, taken
}

// paces takes the keys of the mode and of its countdown.
func (l *Panel) paces(msg tea.Msg) bool {
	if l.gate == nil {
		return false
	}
	presents := l.gate.Mode() == Presenter
	switch {
	case keys.Pace.Matches(msg):
		l.gate.SetMode((l.gate.Mode() + 1) % modes)
	case presents && keyPause.Matches(msg) && l.Waiting():
		l.gate.Pause()
	case presents && keyLonger.Matches(msg):
		l.gate.Lengthen(Stride)
	case presents && keyFaster.Matches(msg):
		l.gate.Lengthen(-Stride)
	default:
		return false
	}
	l.layout()
	return true
}

// View is exactly the size that SetSize said.
func (l *Panel) View() string {
	l.layout()
	iw, ih := panel.Inner(l.w, l.h)
	body := text.Below(l.reader.View(), strings.Join(l.footer(iw, ih), "\n"))
	title, place := l.head(l.w)
	f := panel.Frame{Title: title, Info: l.theme.Style.Muted.Render(place), Body: body, Focused: l.focused}
	return panel.Render(l.theme, f, l.w, l.h)
}

// seen is how many columns of what the panel stands over say something; fewer are its own.
const seen = 12

// Over draws the panel over the right part of back, a block of w columns and h rows, for narrow screens.
func (l *Panel) Over(back string, w, h int) string {
	pw := max(w*3/4, 56)
	if w-pw < seen {
		pw = w
	}
	l.SetSize(pw, h)
	return text.Overlay(back, l.View(), w-pw, 0)
}

// head is the title and which rows are in view, shorter where there is no room for both: that there is more below has to be seen.
func (l *Panel) head(w int) (title, place string) {
	const edges = 11 // of the frame, beside them
	lesson := l.Lesson()
	brief := Title(l.printer, lesson)
	if lesson.Of > 0 {
		brief = l.printer.T("learn.title-brief", "Number", lesson.Number, "Of", lesson.Of, "Title", lesson.Title)
	}
	for _, title = range []string{Title(l.printer, lesson), brief} {
		for _, place = range []string{l.reader.Position(), l.reader.body.Brief()} {
			if text.Width(title)+text.Width(place)+edges <= w {
				return title, place
			}
		}
	}
	return title, place
}

// Title is a lesson's title with its number.
func Title(p *locale.Printer, l Lesson) string {
	if l.Of > 0 {
		return p.T("learn.title", "Number", l.Number, "Of", l.Of, "Title", l.Title)
	}
	return l.Title
}
