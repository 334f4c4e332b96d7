package lessons

import (
	"strings"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/text"
)

// lineWidth is how wide the lines of a lesson are at most: longer ones are hard to follow.
const lineWidth = 96

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	iw, ih := panel.Inner(w, h)
	s.list.SetSize(iw, ih)
	s.reader.SetSize(min(iw, lineWidth), max(0, ih-1))
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	if s.open < 0 {
		return s.listKeys()
	}
	on, next, prev := keyOn, keyNext, keyPrev
	if s.open == len(s.d.Lessons)-1 {
		next = next.Because("lessons.keys.next-off")
		if s.reader.AtEnd() {
			on = on.Because("lessons.keys.next-off")
		}
	}
	if s.open == 0 {
		prev = prev.Because("lessons.keys.prev-off")
	}
	g := s.reader.Keys()
	return []keys.Group{{Title: "keys.group.screen", Bindings: []keys.Binding{on, next, prev}}, g}
}

func (s *Screen) listKeys() []keys.Group {
	reset := keyReset
	if !s.begun() {
		reset = reset.Because("lessons.keys.reset-off")
	}
	g := s.list.Keys()
	return []keys.Group{{Title: g.Title, Bindings: append(barred(g.Bindings, keys.Enter, keys.Filter), reset.InBar())}}
}

// barred marks some of a list's bindings for the bottom line.
func barred(all []keys.Binding, some ...keys.Binding) []keys.Binding {
	out := make([]keys.Binding, len(all))
	for i, b := range all {
		out[i] = b
		for _, want := range some {
			if b.Show == want.Show {
				out[i] = b.InBar()
			}
		}
	}
	return out
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	t := s.d.Theme
	if s.open < 0 {
		f := panel.Frame{Title: s.Title(), Info: t.Style.Muted.Render(s.progress()), Body: s.list.View(), Focused: true}
		return panel.Render(t, f, s.w, s.h)
	}
	iw, _ := panel.Inner(s.w, s.h)
	return panel.Render(t, panel.Frame{
		Title:   s.d.T("lessons.head", "Number", s.open+1, "Of", len(s.d.Lessons), "Title", s.d.Lessons[s.open].Title),
		Info:    t.Style.Muted.Render(s.reader.Position()),
		Body:    text.Below(text.Block(strings.Split(s.reader.View(), "\n"), iw, max(0, s.h-3)), s.hint(iw)),
		Focused: true,
	}, s.w, s.h)
}

// progress is how much is done, and how long the rest takes.
func (s *Screen) progress() string {
	if len(s.d.Lessons) == 0 {
		return ""
	}
	done, left := s.d.Learning.Count(s.d.Lessons)
	if left == 0 {
		return s.d.T("lessons.all-done", "Count", done)
	}
	return s.d.T("lessons.progress", "Done", done, "Total", len(s.d.Lessons), "Minutes", left)
}

// hint is the last row: what was done with the lesson, and how it goes on.
func (s *Screen) hint(w int) string {
	t, l := s.d.Theme, s.d.Lessons[s.open]
	parts := []string{s.state(l)}
	style := t.Style.Key
	if s.d.Learning.Done(l.ID) {
		style = t.Style.OK
	}
	parts = append(parts, learn.Hints(s.d.Printer, s.reader)...)
	return style.Render(text.Pad(strings.Join(parts, " "+t.Symbol.Dot+" "), w))
}
