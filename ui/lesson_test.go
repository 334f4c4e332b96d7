package ui

import (
	"testing"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
)

// taught is a page with a lesson.
type taught struct {
	*page
	lesson string
	bound  []keys.Binding
}

func (p *taught) Lesson() string { return p.lesson }

func (p *taught) Keys() []keys.Group {
	return []keys.Group{{Title: "keys.group.screen", Bindings: p.bound}}
}

// lessonModel is the program with a page that has a lesson on top.
func lessonModel(t *testing.T) (*model, *taught) {
	t.Helper()
	p := uitest.Printer(t, "en")
	top := &taught{lesson: "rollout"}
	home := &page{name: "Home"}
	all := pages(home)
	all[screen.CreateJob] = func(d *screen.Deps, _ any) screen.Screen {
		top.page = &page{deps: d, name: "Create job"}
		return top
	}
	all[screen.Lessons] = func(d *screen.Deps, _ any) screen.Screen { return &page{deps: d, name: "Lessons"} }
	m, err := newModel(t.Context(), Options{Deps: screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: sandbox, Lessons: uitest.Lessons(t, p)}}, all)
	if err != nil {
		t.Fatal(err)
	}
	m.w, m.h = 80, 24
	m.Init()
	m.open(screen.GoMsg{ID: screen.CreateJob})
	return m, top
}

// lessonOpen reports that a lesson is over the screen after a key was pressed.
func lessonOpen(m *model, key string) bool {
	m.overlays = nil
	for cmd := press(m, key); cmd != nil; {
		msg := cmd()
		if msg == nil {
			break
		}
		_, cmd = m.Update(msg)
	}
	if len(m.overlays) == 0 {
		return false
	}
	_, is := m.overlays[0].Overlay.(*learn.Overlay)
	return is
}

func TestLessonOfAPlace(t *testing.T) {
	t.Parallel()
	m, top := lessonModel(t)
	for _, key := range []string{"ctrl+l", "l"} {
		if !lessonOpen(m, key) {
			t.Errorf("%s does not open the lesson", key)
		}
	}
	top.bound = []keys.Binding{keys.Right}
	if lessonOpen(m, "l") || !lessonOpen(m, "ctrl+l") {
		t.Error("where l means something else, it must do that, and ctrl+l opens the lesson")
	}
	top.bound, top.capturing = nil, true
	if lessonOpen(m, "l") || !lessonOpen(m, "ctrl+l") {
		t.Error("in a text field, l must be text and ctrl+l open the lesson")
	}
}

func TestPlacesWithoutALessonLeadToTheList(t *testing.T) {
	t.Parallel()
	m, top := lessonModel(t)
	top.lesson = ""
	if lessonOpen(m, "l") || m.top().name != screen.CreateJob {
		t.Error("l leads away")
	}
	if lessonOpen(m, "ctrl+l") || m.top().name != screen.Lessons {
		t.Errorf("ctrl+l leads to %s", m.top().name)
	}
}
