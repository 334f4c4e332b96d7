package home

import (
	"fleetlab/ui/component/panel"
	"fleetlab/ui/text"
)

// From this size on the fleet is beside the doors, otherwise there are the doors and a line of state.
const (
	panesWidth  = 76
	panesHeight = 18
	leastDoors  = 36 // columns of the doors beside the fleet
	mostDoors   = 60
)

// parted is how the screen is shared out.
type parted struct {
	panes     bool
	doors     int // columns
	body      int // rows
	head, end []string
}

func (s *Screen) layout() parted {
	l := parted{panes: s.w >= panesWidth && s.h >= panesHeight}
	l.head, l.end = s.head(l.panes), s.troubleRows()
	l.doors = s.w
	if l.panes {
		l.doors = max(leastDoors, min(mostDoors, s.w*2/5))
	}
	l.body = max(0, s.h-len(l.head)-len(l.end))
	return l
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	l := s.layout()
	body := s.doorList(s.w, l.body)
	if l.panes {
		body = text.Beside(s.doorsView(l.doors, l.body), s.fleetView(s.w-l.doors, l.body))
	}
	whole := text.Below(text.Block(l.head, s.w, len(l.head)), body, text.Block(l.end, s.w, len(l.end)))
	return whole
}

// head is what this place is, and what to press next.
func (s *Screen) head(panes bool) []string {
	t := s.d.Theme
	lead := s.d.T("home.lead")
	if !panes && s.fleet != nil && s.fleet.Err == nil && !s.fleet.empty() {
		lead = s.fleetWords() + " " + t.Symbol.Dot + " " + s.jobWords()
	}
	rows := []string{t.Style.Strong.Render(text.Cut(lead, s.w))}
	if words, ok := s.advice(); ok {
		for _, l := range text.Wrap(t.Symbol.Running+" "+words, s.w) {
			rows = append(rows, t.Style.Running.Render(l))
		}
	} else {
		rows = append(rows, "")
	}
	if s.slow() && s.fleet != nil {
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

// troubleRows is why the state is not known, and what to do about it.
func (s *Screen) troubleRows() []string {
	err := s.trouble()
	if err == nil {
		return nil
	}
	t := s.d.Theme
	words := t.Symbol.Failed + " " + text.Line(s.d.T("home.error", "Problem", s.d.Problem(err)))
	var rows []string
	for _, l := range text.Wrap(words, s.w) {
		rows = append(rows, t.Style.Error.Render(l))
	}
	return rows[:min(len(rows), max(1, s.h/3))]
}

// From this size on the fleet's parts have frames of their own.
const (
	framesWidth  = 66
	framesHeight = 26
)

// fleetView is the fleet as it is and what is left to learn.
func (s *Screen) fleetView(w, h int) string {
	if w >= framesWidth && h >= framesHeight {
		return s.frames(w, h)
	}
	f := panel.Frame{Title: s.d.T("home.fleet")}
	iw, ih := panel.Inner(w, h)
	if s.counting() {
		f.Body = s.stacked(append(s.sections(), s.learning()), iw, ih)
	} else {
		below := min(ih/2, 4)
		f.Body = text.Below(s.standIn(iw, ih-below), s.stacked([]section{s.learning()}, iw, below))
	}
	return panel.Render(s.d.Theme, f, w, h)
}

// counting reports that there is a fleet to count. While one is being made, what was counted does not hold any more.
func (s *Screen) counting() bool {
	return s.fleet != nil && s.fleet.Err == nil && !s.fleet.empty() && s.making() == nil
}

// stacked puts sections under each other without frames: a heading each, and rows as long as there are some.
func (s *Screen) stacked(all []section, w, h int) string {
	rows := make([]int, len(all))
	left := h - len(all)
	for given := true; given && left > 0; {
		given = false
		for i := range all {
			if left > 0 && rows[i] < all[i].want {
				rows[i]++
				left--
				given = true
			}
		}
	}
	t := s.d.Theme
	var blocks []string
	for i, sec := range all {
		blocks = append(blocks, text.Edges(t.Style.Title.Render(sec.title), t.Style.Muted.Render(sec.info), w), sec.body(w, rows[i]))
	}
	return text.Block(lines(text.Below(blocks...)), w, h)
}

// leastStandIn is the rows of what stands in the place of the fleet.
const leastStandIn = 18

// frames is the fleet's parts two by two, and the lessons below them.
func (s *Screen) frames(w, h int) string {
	below := max(11, min((h+5)/3, len(s.d.Lessons)+6))
	if !s.counting() {
		below = max(below, min(h-leastStandIn, 2*len(s.d.Lessons)+5))
	}
	learning := s.frame(s.learning(), w, below)
	if !s.counting() {
		f := panel.Frame{Title: s.d.T("home.fleet")}
		iw, ih := panel.Inner(w, h-below)
		f.Body = s.standIn(iw, ih)
		return text.Below(panel.Render(s.d.Theme, f, w, h-below), learning)
	}
	all := s.sections()
	left, room := w/2, h-below
	first, second := max(all[0].want, all[1].want)+1, max(all[2].want, all[3].want)+1
	upper := max(6, min(room-6, max(room*first/(first+second), min(2*first, room/2))))
	return text.Below(
		text.Beside(s.frame(all[0], left, upper), s.frame(all[1], w-left, upper)),
		text.Beside(s.frame(all[2], left, room-upper), s.frame(all[3], w-left, room-upper)),
		learning,
	)
}

func (s *Screen) frame(sec section, w, h int) string {
	iw, ih := panel.Inner(w, h)
	return panel.Render(s.d.Theme, panel.Frame{Title: sec.title, Info: s.d.Theme.Style.Muted.Render(sec.info), Body: sec.body(iw, ih)}, w, h)
}
