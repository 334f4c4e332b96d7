package ui

import (
	"testing"

	"fleetlab/lessons"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
)

// With --ascii nothing of ours goes beyond ASCII: every lesson with its drawings, the home screen, help and palette, cut words included.
func TestASCIIEverywhere(t *testing.T) {
	p := uitest.Printer(t, "en")
	all, err := lessons.All("en")
	if err != nil {
		t.Fatal(err)
	}
	m, _ := testModel(t, p, 80, 24)
	m.deps.Theme, m.deps.Lessons = uitest.ASCIITheme(), all
	check := func(place string) {
		t.Helper()
		view := m.View()
		uitest.Exact(t, view, 80, 24)
		for _, r := range view {
			if r > '~' {
				t.Fatalf("%s: %q (%U) in\n%s", place, r, r, view)
			}
		}
	}
	m.factories, m.stack = screens, nil
	for _, id := range []string{screen.Home, screen.Lessons} {
		m.open(screen.GoMsg{ID: id})
		check(id)
	}
	for _, l := range all {
		press(m, "enter", "pgdown")
		check(l.ID)
		press(m, "pgdown")
		check(l.ID)
		press(m, "esc", "down")
	}
	press(m, "?")
	check("help")
	press(m, "esc", ":")
	check("palette")
}
