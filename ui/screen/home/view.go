package home

import (
	"strconv"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// The doors are cards in two columns where there is room for them, otherwise rows.
const (
	gridWidth  = 70
	gridHeight = 17
	leastCard  = 5 // rows of a card
	mostCard   = 8
	lowCard    = 3 // the cards of the packages and of the lessons
)

func (s *Screen) grid() bool { return s.w >= gridWidth && s.h >= gridHeight }

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	head := s.head()
	trouble := s.trouble()
	if s.grid() {
		return s.cards(head, trouble)
	}
	return s.list(head, trouble)
}

// head is what this place is, and what to press next.
func (s *Screen) head() []string {
	t := s.d.Theme
	rows := []string{t.Style.Strong.Render(text.Cut(s.d.T("home.lead"), s.w))}
	if words, ok := s.advice(); ok {
		for _, l := range text.Wrap(t.Symbol.Running+" "+words, s.w) {
			rows = append(rows, t.Style.Running.Render(l))
		}
	} else {
		rows = append(rows, "")
	}
	if s.slow && s.known {
		return append(rows, t.Style.Muted.Render(text.Cut(s.d.T("home.state.loading"), s.w)))
	}
	return append(rows, "")
}

// advice is one sentence about the next step.
func (s *Screen) advice() (string, bool) {
	next, ok := s.next()
	if !ok {
		return "", false
	}
	id := doors[next]
	if _, running := s.running(id); running {
		return s.d.T("home.advice.running", "Name", s.name(next), "Key", s.keyOf(next)), true
	}
	return s.d.T("home.advice."+id, "Key", s.keyOf(next)), true
}

// trouble is why the state is not known, and what to do about it.
func (s *Screen) trouble() []string {
	err := s.fleet.Err
	if err == nil {
		err = s.jobs.Err
	}
	if err == nil {
		return nil
	}
	t := s.d.Theme
	words := t.Symbol.Failed + " " + text.Line(s.d.T("home.error", "Problem", s.d.Problem(err)))
	var rows []string
	for _, l := range text.Wrap(words, s.w) {
		rows = append(rows, t.Style.Error.Render(l))
	}
	return rows
}

func (s *Screen) cards(head, trouble []string) string {
	ch := max(leastCard, min(mostCard, (s.h-len(head)-lowCard-len(trouble))/2))
	left := s.w / 2
	rows := []string{
		text.Block(head, s.w, len(head)),
		text.Beside(s.card(0, left, ch), s.card(1, s.w-left, ch)),
		text.Beside(s.card(2, left, ch), s.card(3, s.w-left, ch)),
		text.Beside(s.card(packagesDoor, left, lowCard), s.card(lessonsDoor, s.w-left, lowCard)),
	}
	used := len(head) + 2*ch + lowCard
	return text.Below(append(rows, text.Block(trouble, s.w, s.h-used))...)
}

func (s *Screen) card(i, w, h int) string {
	iw, ih := panel.Inner(w, h)
	state := s.stateRows(i, iw)
	about := text.Wrap(s.d.T("home.about."+doors[i]), iw)
	if room := max(0, ih-len(state)); len(about) > room {
		about = about[:room]
	}
	for len(about)+len(state) < ih {
		about = append(about, "")
	}
	f := panel.Frame{
		Title: s.keyOf(i) + " " + s.name(i), Info: s.mark(i), Focused: i == s.cursor,
		Body: text.Block(append(about, state...), iw, ih),
	}
	return panel.Render(s.d.Theme, f, w, h)
}

// stateRows is the state of a door, and below it the work that runs there.
func (s *Screen) stateRows(i, w int) []string {
	t := s.d.Theme
	var rows []string
	for _, l := range text.Wrap(s.state(i), w) {
		rows = append(rows, t.Style.Value.Render(l))
	}
	if r, ok := s.running(doors[i]); ok {
		rows = append(rows, t.Style.Running.Render(text.Cut(t.Symbol.Running+" "+s.progress(r), w)))
	}
	return rows
}

func (s *Screen) list(head, trouble []string) string {
	t := s.d.Theme
	rows := head
	nameWidth := 0
	for i := range doors {
		nameWidth = max(nameWidth, text.Width(s.name(i)))
	}
	for i := range doors {
		rows = append(rows, s.row(i, nameWidth))
	}
	rows = append(rows, "")
	if len(trouble) > 0 {
		return text.Block(append(rows, trouble...), s.w, s.h)
	}
	for _, l := range text.Wrap(s.d.T("home.about."+doors[s.cursor]), s.w) {
		rows = append(rows, t.Style.Muted.Render(l))
	}
	return text.Block(rows, s.w, s.h)
}

// row is one door as a row: > 1 Provision   No fleet yet    ▶ next.
func (s *Screen) row(i, nameWidth int) string {
	t := s.d.Theme
	words := s.state(i)
	if r, ok := s.running(doors[i]); ok {
		words = s.progress(r)
	}
	lead := "  "
	if i == s.cursor {
		lead = t.Symbol.Cursor + " "
	}
	left := lead + s.keyOf(i) + " " + text.Pad(s.name(i), nameWidth) + "  " + words
	if i == s.cursor {
		return t.Style.Cursor.Render(text.Edges(left, s.mark(i), s.w))
	}
	return text.Edges(left, s.mark(i), s.w)
}

// mark says in a word what is special about a door.
func (s *Screen) mark(i int) string {
	t := s.d.Theme
	if _, ok := s.running(doors[i]); ok {
		return t.Style.Running.Render(t.Symbol.Running + " " + s.d.T("home.running"))
	}
	if next, ok := s.next(); ok && next == i {
		return t.Style.Running.Render(t.Symbol.Running + " " + s.d.T("home.next"))
	}
	return ""
}

// progress is how far a run has come: 640/1000 · 79.8/s · 4s left.
func (s *Screen) progress(r *run.Run) string {
	p := r.Progress()
	if step, _, waits := r.Gate.Waiting(); waits {
		return s.d.T("home.waits", "Step", s.d.Printer.Step(r.Name, step))
	}
	if p.Total == 0 {
		return s.d.Printer.Step(r.Name, p.Step)
	}
	return progress.Line(s.d.Theme, s.d.Printer, progress.State{Done: p.Done, Total: p.Total, Failed: p.Failed, Rate: p.Rate, Left: p.Left})
}

func (s *Screen) name(i int) string {
	switch i {
	case packagesDoor:
		return s.d.T("home.packages")
	case lessonsDoor:
		return s.d.T("home.lessons")
	}
	return s.d.Printer.Workflow(doors[i])
}

func (s *Screen) keyOf(i int) string {
	switch i {
	case packagesDoor:
		return keyPackages.Show
	case lessonsDoor:
		return keyLessons.Show
	}
	return strconv.Itoa(i + 1)
}

// state is a door's state in a few words.
func (s *Screen) state(i int) string {
	switch doors[i] {
	case screen.Packages:
		return s.d.T("home.state.packages")
	case screen.Lessons:
		return s.d.T("home.state.lessons", "Count", len(s.d.Lessons))
	}
	if !s.known {
		return s.d.T("home.state.loading")
	}
	switch doors[i] {
	case screen.Provision:
		return s.fleetWords()
	case screen.CreateJob:
		return s.jobWords()
	case screen.Simulate:
		return s.executionWords()
	}
	return s.cleanupWords()
}

func (s *Screen) fleetWords() string {
	f := s.fleet
	switch {
	case f.Err != nil:
		return s.d.T("home.state.unknown")
	case f.empty():
		return s.d.T("home.state.no-fleet")
	}
	return s.d.T("home.state.fleet", "Things", s.counted("home.things", f.Things), "Types", s.counted("home.types", f.Types),
		"Groups", s.counted("home.groups", f.Groups))
}

func (s *Screen) jobWords() string {
	switch {
	case s.jobs.Err != nil:
		return s.d.T("home.state.unknown")
	case s.jobs.Active.N > 0:
		return s.counted("home.jobs", s.jobs.Active)
	case s.fleet.Err == nil && s.fleet.empty():
		return s.d.T("home.state.needs-fleet")
	}
	return s.d.T("home.state.no-job")
}

func (s *Screen) executionWords() string {
	j := s.jobs
	switch {
	case j.Err != nil:
		return s.d.T("home.state.unknown")
	case j.Active.N == 0:
		return s.d.T("home.state.needs-job")
	case j.Failed > 0:
		return s.d.T("home.state.executions-failed", "Job", j.Newest, "Done", j.Ended, "Total", j.Ended+j.Waiting, "Failed", j.Failed)
	}
	return s.d.T("home.state.executions", "Job", j.Newest, "Done", j.Ended, "Total", j.Ended+j.Waiting)
}

func (s *Screen) cleanupWords() string {
	switch {
	case s.fleet.Err != nil || s.jobs.Err != nil:
		return s.d.T("home.state.unknown")
	case s.fleet.empty() && s.fleet.Types.N == 0 && s.fleet.Groups.N == 0 && s.jobs.Active.N == 0 && !s.jobs.Finished:
		return s.d.T("home.state.nothing-to-clean")
	}
	return s.d.T("home.state.cleanup")
}

// counted is a number of items with their name: 12 groups, 250+ things.
func (s *Screen) counted(id string, c count) string {
	n := s.d.Printer.Number(c.N)
	if c.More {
		n += "+"
	}
	return s.d.T(id, "Count", c.N, "N", n)
}
