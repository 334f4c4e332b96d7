package home

import (
	"strconv"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/keys"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// Rows of a door.
const (
	leastCard = 4 // with a frame of its own
	mostCard  = 9
)

// doorsView is all doors on w columns and h rows: cards where there is room for them, otherwise a list.
func (s *Screen) doorsView(w, h int) string {
	n := len(doors)
	if h < leastCard*n {
		iw, ih := panel.Inner(w, h)
		return panel.Render(s.d.Theme, panel.Frame{Title: s.d.T("home.doors"), Body: s.doorList(iw, ih)}, w, h)
	}
	blocks := make([]string, 0, n+1)
	for i := range doors {
		rows := min(mostCard, h/n)
		if i < h%n && h/n < mostCard {
			rows++
		}
		blocks = append(blocks, s.card(i, w, rows))
	}
	return text.Below(append(blocks, text.Block(nil, w, h-mostCard*n))...)
}

func (s *Screen) card(i, w, h int) string {
	iw, ih := panel.Inner(w, h)
	state := s.stateRows(i, iw)
	about := s.about(i, iw, max(0, ih-len(state)))
	for len(about)+len(state) < ih {
		about = append(about, "")
	}
	f := panel.Frame{
		Title: s.keyOf(i) + " " + s.name(i), Info: s.mark(i), Focused: i == s.cursor,
		Body: text.Block(append(about, state...), iw, ih),
	}
	return panel.Render(s.d.Theme, f, w, h)
}

// about is what a door is for, on at most so many rows.
func (s *Screen) about(i, w, most int) []string {
	rows := text.Wrap(s.d.T("home.about."+doors[i]), w)
	if len(rows) > most {
		rows = rows[:most]
		if most > 0 {
			rows[most-1] = text.Cut(rows[most-1]+text.Ellipsis, w)
		}
	}
	for j := range rows {
		rows[j] = s.d.Theme.Style.Muted.Render(rows[j])
	}
	return rows
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

// doorList is the doors on one or two rows each, and below them what the one under the cursor is for.
func (s *Screen) doorList(w, h int) string {
	nameWidth := 0
	for i := range doors {
		nameWidth = max(nameWidth, text.Width(s.name(i)))
	}
	var rows []string
	for i := range doors {
		if h >= 2*len(doors) {
			rows = append(rows, s.doorTitle(i, w), s.d.Theme.Style.Muted.Render(text.Cut("    "+s.now(i), w)))
		} else {
			rows = append(rows, s.doorRow(i, nameWidth, w))
		}
	}
	about := s.about(s.cursor, w, max(0, h-len(rows)))
	if h-len(rows) > len(about) {
		rows = append(rows, "")
	}
	return text.Block(append(rows, about...), w, h)
}

// doorRow is one door as a row: > 1 Provision   No fleet yet    ▶ next.
func (s *Screen) doorRow(i, nameWidth, w int) string {
	return s.doorLine(i, text.Pad(s.name(i), nameWidth)+"  "+s.now(i), w)
}

func (s *Screen) doorTitle(i, w int) string { return s.doorLine(i, s.name(i), w) }

func (s *Screen) doorLine(i int, words string, w int) string {
	t := s.d.Theme
	if i == s.cursor {
		return t.Style.Cursor.Render(text.Edges(t.Symbol.Cursor+" "+s.keyOf(i)+" "+words, s.markWords(i), w))
	}
	return text.Edges("  "+t.Style.Key.Render(s.keyOf(i))+" "+words, s.mark(i), w)
}

// now is the state of a door, or how far its work is, in one row.
func (s *Screen) now(i int) string {
	if r, ok := s.running(doors[i]); ok {
		return s.progress(r)
	}
	return s.state(i)
}

// mark says in a word what is special about a door.
func (s *Screen) mark(i int) string {
	return s.d.Theme.Style.Running.Render(s.markWords(i))
}

func (s *Screen) markWords(i int) string {
	sign := s.d.Theme.Symbol.Running + " "
	if _, ok := s.running(doors[i]); ok {
		return sign + s.d.T("home.running")
	}
	if next, ok := s.next(); ok && next == i {
		return sign + s.d.T("home.next")
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
	switch doors[i] {
	case screen.Packages:
		return s.d.T("home.packages")
	case screen.Lessons:
		return s.d.T("home.lessons")
	case screen.APILog:
		return s.d.T("home.api-log")
	}
	return s.d.Printer.Workflow(doors[i])
}

func (s *Screen) keyOf(i int) string {
	switch doors[i] {
	case screen.Packages:
		return keyPackages.Show
	case screen.Lessons:
		return keyLessons.Show
	case screen.APILog:
		return keys.APILog.Show
	}
	return strconv.Itoa(i + 1)
}
