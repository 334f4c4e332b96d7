package uitest

import (
	"testing"

	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
)

// Screen is what draws itself in a given size.
type Screen interface {
	SetSize(w, h int)
	View() string
}

// Scenes are the states of a screen of type S: each brings a new one there.
type Scenes[S Screen] map[string]func(t *testing.T, s S)

// Maker makes a new screen.
type Maker[S Screen] func(t *testing.T, p *locale.Printer, th *theme.Theme) S

// The program keeps the top and the bottom line of the terminal.
const kept = 2

// Golden compares every state in every language and size with its picture.
func (all Scenes[S]) Golden(t *testing.T, newScreen Maker[S]) {
	t.Helper()
	for name, scene := range all {
		t.Run(name, func(t *testing.T) {
			Each(t, Sizes, func(t *testing.T, p *locale.Printer, size Size) {
				s := newScreen(t, p, Theme())
				s.SetSize(size.W, size.H-kept)
				scene(t, s)
				Golden(t, s.View(), size.W, size.H-kept)
			})
		})
	}
}

// Exact resizes every state from the smallest terminal to a very large one, with all colours: each size is filled exactly.
func (all Scenes[S]) Exact(t *testing.T, newScreen Maker[S]) {
	t.Helper()
	for _, lang := range locale.Languages {
		for name, scene := range all {
			t.Run(lang+"-"+name, func(t *testing.T) {
				s := newScreen(t, Printer(t, lang), ColorTheme())
				s.SetSize(60, 15-kept)
				scene(t, s)
				for w := 60; w <= 200; w += 10 {
					for h := 15 - kept; h <= 60-kept; h += 5 {
						s.SetSize(w, h)
						Exact(t, s.View(), w, h)
					}
				}
			})
		}
	}
}
