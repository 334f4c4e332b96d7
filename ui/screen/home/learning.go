package home

import (
	"slices"
	"strconv"
	"strings"

	"fleetlab/aws/cloud"
	"fleetlab/lessons"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/keys"
	"fleetlab/ui/text"
)

// learning is how many lessons are done, which is the next, and all of them where there is room.
func (s *Screen) learning() section {
	all := s.d.Lessons
	done, minutes := s.d.Learning.Count(all)
	next := slices.IndexFunc(all, func(l lessons.Lesson) bool { return !s.d.Learning.Done(l.ID) })
	words := s.d.T("home.lessons-all-done")
	if next >= 0 {
		words = s.d.T("home.lessons-next", "Title", all[next].Title, "Minutes", all[next].Minutes)
	}
	sec := section{title: s.d.T("home.learning"), want: 2}
	if minutes > 0 {
		sec.info = s.d.T("home.lessons-left", "Minutes", minutes)
	}
	sec.body = func(w, h int) string {
		t := s.d.Theme
		rows := []string{progress.Bar(t, s.d.Printer, progress.State{Done: done, Total: len(all)}, w)}
		for _, l := range text.Wrap(words, w) {
			rows = append(rows, t.Style.Strong.Render(l))
		}
		if h < len(rows)+leastList {
			return text.Block(rows, w, h)
		}
		rows = append(rows, "")
		return text.Below(text.Block(rows, w, len(rows)), s.lessonList(next, w, h-len(rows)))
	}
	return sec
}

// leastList is the fewest rows that the list of lessons is shown on, with a blank one above.
const leastList = 4

// lessonList is the lessons on h rows, with their questions where there is room, and in two columns where one is not enough or would be
// too wide. The next one is always among them.
func (s *Screen) lessonList(next, w, h int) string {
	n := len(s.d.Lessons)
	const wide, gap = 64, 2
	pitch := 1
	if h >= 2*n || h >= n+1 && w >= 2*wide {
		pitch = 2
	}
	fit := h / pitch
	if n <= fit || w < wide {
		first := max(0, min(next-1, n-fit))
		return s.lessonColumn(first, min(n, first+fit), next, pitch, w, h)
	}
	first := max(0, min(next-1, n-2*fit))
	half := min(fit, (n-first+1)/2)
	left := (w - gap) / 2
	return text.Beside(s.lessonColumn(first, first+half, next, pitch, left, h), text.Block(nil, gap, h),
		s.lessonColumn(first+half, min(n, first+2*half), next, pitch, w-left-gap, h))
}

// lessonColumn is the lessons from one place up to another.
func (s *Screen) lessonColumn(from, to, next, pitch, w, h int) string {
	t := s.d.Theme
	var rows []string
	for i, l := range s.d.Lessons[from:to] {
		sign, style := t.Style.Pending.Render(t.Symbol.Pending), t.Style.Text
		switch {
		case s.d.Learning.Done(l.ID):
			sign, style = t.Style.OK.Render(t.Symbol.OK), t.Style.Muted
		case from+i == next:
			sign, style = t.Style.Running.Render(t.Symbol.Running), t.Style.Strong
		}
		minutes := t.Style.Muted.Render(s.d.T("home.lesson-minutes", "Minutes", l.Minutes))
		rows = append(rows, text.Edges(sign+" "+text.PadLeft(strconv.Itoa(l.Order), 2)+" "+style.Render(l.Title), minutes, w))
		if pitch > 1 {
			rows = append(rows, "     "+t.Style.Muted.Render(text.Cut(strings.ReplaceAll(l.Question, "`", ""), w-6)))
		}
	}
	return text.Block(rows, w, h)
}

// standIn is what stands in the place of the fleet as long as there is none, or it is not known.
func (s *Screen) standIn(w, h int) string {
	t := s.d.Theme
	switch {
	case s.fleet == nil:
		return s.note(s.loading(), "", w, h)
	case s.fleet.Err != nil:
		return panel.Note(t, panel.Notice{Symbol: t.Symbol.Failed, Title: s.d.T("home.state.unknown"), Next: s.d.T("home.unknown-next"), Error: true}, w, h)
	case s.making() != nil:
		return s.makingView(w, h)
	case s.first():
		return s.welcome(w, h)
	}
	return panel.Note(t, panel.Notice{Symbol: t.Symbol.Pending, Title: s.d.T("home.empty"), Next: s.d.T("home.empty.next")}, w, h)
}

// makingView says that a fleet is being made, and how far that is.
func (s *Screen) makingView(w, h int) string {
	t, r := s.d.Theme, s.making()
	far := s.progress(r)
	if p := r.Progress(); p.Total > 0 {
		if _, _, waits := r.Gate.Waiting(); !waits {
			far = s.d.Printer.Step(r.Name, p.Step) + "  " + far
		}
	}
	return panel.Note(t, panel.Notice{Symbol: t.Symbol.Running, Title: s.d.T("home.making"), Next: far + "\n" + s.d.T("home.making.next", "Key", s.keyOf(0))}, w, h)
}

// lineWidth is how wide the lines of the welcome are at most.
const lineWidth = 76

// welcome greets those who have not done anything yet, with three keys to start. What does not fit is left out, but for the keys.
func (s *Screen) welcome(w, h int) string {
	lw := min(w, lineWidth)
	t := s.d.Theme
	where := s.d.T("home.welcome.sandbox")
	if c := s.d.Cloud; c != nil && c.Kind == cloud.AWS {
		where = s.d.T("home.welcome.aws")
	}
	say := []string{t.Style.Title.Render(s.d.T("home.welcome"))}
	start := append([]string{"", s.d.T("home.welcome.start")}, s.firstKeys(lw)...)
	for _, words := range []string{s.d.T("home.welcome.what"), where} {
		if more := text.Wrap(words, lw); len(say)+1+len(more)+len(start) <= h {
			say = append(append(say, ""), more...)
		}
	}
	all := text.Block(append(say, start...), lw, min(h, len(say)+len(start)))
	rows := make([]string, max(0, h-len(say)-len(start))/2)
	for _, r := range lines(all) {
		rows = append(rows, text.Spaces((w-lw)/2)+r)
	}
	return text.Block(rows, w, h)
}

// firstKeys are the three keys to start with.
func (s *Screen) firstKeys(w int) []string {
	minutes := 0
	if len(s.d.Lessons) > 0 {
		minutes = s.d.Lessons[0].Minutes
	}
	var rows []string
	for _, k := range []struct{ key, words string }{
		{s.keyOf(0), s.d.T("home.welcome.key-1")},
		{keyLessons.Show, s.d.T("home.welcome.key-l", "Minutes", minutes)},
		{keys.Help.Show, s.d.T("home.welcome.key-help")},
	} {
		lead := "  " + s.d.Theme.Style.Key.Render(k.key) + "  "
		for _, l := range text.Wrap(k.words, max(2, w-5)) {
			rows = append(rows, lead+l)
			lead = "     "
		}
	}
	return rows
}
