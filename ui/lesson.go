package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/lessonview"
	"fleetlab/ui/screen"
)

// openLesson shows the lesson of the place where the user is, or the list of all where there is none.
func (m *model) openLesson(top *entry) tea.Cmd {
	if id := lessonHere(top); id != "" {
		return m.tag(top, lessonview.Open(&m.deps, id))
	}
	return m.open(screen.GoMsg{ID: screen.Lessons})
}

// lessonHere is the id of the lesson that belongs to the place, "" when there is none.
func lessonHere(top *entry) string {
	if t, ok := top.screen.(screen.Teacher); ok {
		return t.Lesson()
	}
	return ""
}

// asksLesson reports that a key asks for the lesson: ctrl+l always does, and so does l where it means nothing else.
func asksLesson(top *entry, k tea.KeyMsg) bool {
	switch {
	case keys.Lesson.Matches(k):
		return true
	case !keys.Panel.Matches(k) || top.screen.Capturing() || lessonHere(top) == "":
		return false
	}
	return !slices.ContainsFunc(top.screen.Keys(), func(g keys.Group) bool {
		return slices.ContainsFunc(g.Bindings, func(b keys.Binding) bool { return b.Because("").Matches(k) })
	})
}
