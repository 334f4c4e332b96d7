package provision

import (
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
)

// Keys once the run has ended.
var (
	keyJob     = keys.New("c", "provision.keys.job", "c")
	keyAgain   = keys.New("r", "provision.keys.again", "r")
	keyNew     = keys.New("n", "provision.keys.new", "n")
	keyCleanup = keys.New("u", "provision.keys.cleanup", "u")
	keySwitch  = keys.Next.Named("provision.keys.switch")
)

// outcome is what became of the run: its report, or why there is none.
type outcome struct {
	event.Report
	err error
}

// finish keeps what became of the run and shows it.
func (s *Screen) finish() {
	s.phase = done
	o := s.outcome()
	s.result.SetContent(func(w int) []string { return s.resultRows(o, w) })
	s.layout()
}

func (s *Screen) outcome() outcome {
	result, err := s.run.Result()
	o := outcome{err: err}
	if rep, ok := result.(provision.Report); ok {
		o.Report = rep.Report
	}
	if o.Status == "" {
		o.Status = event.RunFailed
	}
	return o
}

// complete reports that nothing is missing.
func (o outcome) complete() bool { return o.Status == event.Done }

// things reports that there are things that a job could go to.
func (o outcome) things() bool {
	for status, n := range o.Counts[provision.Thing] {
		if status != event.Failed && n > 0 {
			return true
		}
	}
	return false
}

// doneBindings is what can be done now; the first is what most people want.
func (s *Screen) doneBindings() []keys.Binding {
	job, again, fresh := keyJob, keyAgain, keyNew
	switch o := s.outcome(); {
	case !o.things():
		job, again = job.Because("provision.keys.job-off"), again.InBar()
	case o.complete():
		job = job.InBar()
	default:
		again = again.InBar()
	}
	if s.onLog {
		fresh = fresh.Because("provision.keys.new-off") // n is the next match there
	} else {
		fresh = fresh.InBar()
	}
	return []keys.Binding{job, again, fresh, keyCleanup.InBar(), keySwitch.InBar()}
}

// resultKeys is the keys of what has them: the log or the result.
func (s *Screen) resultKeys() keys.Group {
	if s.onLog {
		return s.log.Keys()
	}
	return s.result.Keys()
}

func (s *Screen) doneKey(msg tea.Msg) tea.Cmd {
	if s.log.Capturing() {
		return s.log.Update(msg)
	}
	switch {
	case keySwitch.Matches(msg):
		s.onLog = !s.onLog
	case keyJob.Matches(msg) && s.outcome().things():
		return screen.Go(screen.CreateJob, nil)
	case keyCleanup.Matches(msg):
		return screen.Go(screen.Cleanup, nil)
	case keyAgain.Matches(msg):
		s.start(s.made)
	case keyNew.Matches(msg) && !s.onLog:
		s.phase, s.form = asking, s.newForm()
		s.plan()
		s.layout()
	case s.onLog:
		return s.log.Update(msg)
	default:
		return s.result.Update(msg)
	}
	return nil
}

// resultSize is the size of the result with its frame: where the lesson was, or the log on narrow screens.
func (s *Screen) resultSize() (w, h int) {
	if s.narrow() {
		return s.logSize()
	}
	lw, _ := s.logSize()
	return s.w - lw, s.h - stepsColumn
}

func (s *Screen) doneView() string {
	w, h := s.resultSize()
	f := panel.Frame{
		Title: s.d.T("provision.result"), Info: s.d.Theme.Style.Muted.Render(s.result.Position()),
		Body: s.result.View(), Focused: !s.onLog,
	}
	lw, lh := s.logSize()
	switch {
	case !s.narrow():
		left := text.Below(s.stepsPanel(w, stepsColumn), panel.Render(s.d.Theme, f, w, h))
		return text.Beside(left, s.logPanel(lw, lh))
	case s.onLog:
		return text.Below(s.stepsAbove(), s.logPanel(lw, lh))
	}
	return text.Below(s.stepsAbove(), panel.Render(s.d.Theme, f, w, h))
}

// resultRows is the result, laid out for w columns: the outcome, the counts, what to do next, and why what
// failed has failed.
func (s *Screen) resultRows(o outcome, w int) []string {
	rows := append(s.headline(o, w), "")
	head := len(rows)
	rows = append(rows, s.countRows(o.Counts, w)...)
	if s.run.LogPath != "" {
		label := s.d.T("provision.result.log")
		rows = append(rows, text.Edges(label, text.CutLeft(s.run.LogPath, w-text.Width(label)-1), w))
	}
	if len(rows) > head {
		rows = append(rows, "")
	}
	rows = append(rows, s.nextRows(o, w)...)
	return append(rows, s.failureRows(o, w)...)
}

// countRows is how many items of each kind ended how, two kinds a row where there is room.
func (s *Screen) countRows(c event.Counts, w int) []string {
	const roomy, gap = 72, 4
	cw, each := w, 1
	if w >= roomy {
		cw, each = (w-gap)/2, 2
	}
	var rows []string
	for pair := range slices.Chunk(orderedKinds(c), each) {
		var cells []string
		for _, k := range pair {
			cells = append(cells, text.Edges(s.d.Printer.Resource(k), statuses(s.d.Printer.Number, c[k]), cw))
		}
		rows = append(rows, strings.Join(cells, text.Spaces(gap)))
	}
	return rows
}

// headline says in a sentence how it went, with a sign, and how long it took.
func (s *Screen) headline(o outcome, w int) []string {
	t := s.d.Theme
	sign, style, words := t.Symbol.Failed, t.Style.Failed, s.d.T("provision.result.failed")
	switch o.Status {
	case event.Done:
		sign, style, words = t.Symbol.OK, t.Style.OK, s.d.T("provision.result.done")
	case event.Partial:
		sign, style, words = t.Symbol.Warning, t.Style.Warning, s.d.T("provision.result.partial", "Count", o.Failed())
		if o.Failed() == 0 {
			words = s.d.T("provision.result.skipped")
		}
	case event.Interrupted:
		sign, style, words = t.Symbol.Warning, t.Style.Warning, s.d.T("provision.result.interrupted")
	}
	took := s.d.T("provision.result.duration", "Duration", s.d.Printer.Seconds(o.Seconds))
	rows := wrapped(sign+" "+words, w-text.Width(took)-1, style)
	rows[0] = text.Edges(rows[0], t.Style.Muted.Render(took), w)
	if o.err != nil {
		rows = append(rows, wrapped(text.Line(s.d.Problem(o.err)), w, t.Style.Error)...)
	}
	return rows
}

// nextRows is what can be done now, each with its key.
func (s *Screen) nextRows(o outcome, w int) []string {
	t := s.d.Theme
	var list []keys.Binding
	if !o.complete() {
		list = append(list, keyAgain)
	}
	if o.things() {
		list = append(list, keyJob)
	}
	list = append(list, keyNew, keyCleanup)
	rows := []string{t.Style.Heading.Render(text.Cut(s.d.T("provision.result.next"), w))}
	for _, b := range list {
		rows = append(rows, text.Cut(t.Style.Key.Render(b.Show)+"  "+s.d.T(b.Help), w))
	}
	return rows
}

// failureRows is every failure kept, with its reason.
func (s *Screen) failureRows(o outcome, w int) []string {
	if len(o.Failures) == 0 {
		return nil
	}
	t := s.d.Theme
	head := s.d.T("provision.result.failures", "Count", o.Failed())
	rows := []string{"", t.Style.Heading.Render(text.Cut(head, w))}
	for _, e := range o.Failures {
		rows = append(rows, wrapped(t.Symbol.Failed+" "+s.d.Printer.Event(e), w, t.Style.Failed)...)
	}
	if more := o.Failed() - len(o.Failures); more > 0 {
		rows = append(rows, wrapped(s.d.T("provision.result.more", "Count", more), w, t.Style.Muted)...)
	}
	return rows
}

func wrapped(words string, w int, style lipgloss.Style) []string {
	var rows []string
	for _, l := range text.Wrap(words, w) {
		rows = append(rows, style.Render(l))
	}
	return rows
}

// orderedKinds are the kinds counted, in the order in which they are made.
func orderedKinds(c event.Counts) []string {
	var out []string
	for _, k := range kinds {
		if len(c[k]) > 0 {
			out = append(out, k)
		}
	}
	for _, k := range c.Resources() {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// statuses is how many items ended how: CREATED 98  FAILED 2.
func statuses(number func(int) string, m map[event.Status]int) string {
	var parts []string
	for _, st := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, string(st)+" "+number(m[st]))
	}
	return strings.Join(parts, "  ")
}
