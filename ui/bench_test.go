package ui

import (
	"io"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/logview"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
)

// stream is a screen that is one log view, the busiest there is.
type stream struct{ log *logview.Model }

func (s *stream) Init() tea.Cmd              { return nil }
func (s *stream) Update(msg tea.Msg) tea.Cmd { return s.log.Update(msg) }
func (s *stream) View() string               { return s.log.View() }
func (s *stream) SetSize(w, h int)           { s.log.SetSize(w, h) }
func (s *stream) Title() string              { return "Log" }
func (s *stream) Keys() []keys.Group         { return []keys.Group{s.log.Keys()} }
func (s *stream) Capturing() bool            { return s.log.Capturing() }

// BenchmarkFrame is one batch of a busy run taken in and drawn at 120x40, a hundred thousand lines deep.
func BenchmarkFrame(b *testing.B) {
	p := uitest.Printer(b, "ja")
	s := &stream{log: logview.New(uitest.ColorTheme(), p)}
	m, err := newModel(b.Context(), Options{Deps: screen.Deps{Printer: p, Theme: uitest.ColorTheme(), Cloud: sandbox}, Output: io.Discard},
		map[string]screen.Factory{screen.Home: func(*screen.Deps, any) screen.Screen { return s }})
	if err != nil {
		b.Fatal(err)
	}
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	m.Init()
	batch := make([]event.Event, 660) // twenty thousand a second
	for i := range batch {
		batch[i] = event.Event{Kind: event.Item, Resource: "thing", Subject: "Vehicle-VIN-0640", Status: event.Created, Done: i, Total: 1000,
			Detail: map[string]string{"group": "US_Fleet", "country": "US", "type": "SedanVehicle"}}
	}
	for range logview.Capacity / len(batch) {
		s.log.Append(batch)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.log.Append(batch)
		m.View()
	}
}
