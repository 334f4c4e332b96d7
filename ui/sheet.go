package ui

import (
	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
)

// sheet is a text in a frame over the screen, as high as it needs to be.
type sheet struct {
	theme   *theme.Theme
	printer *locale.Printer
	title   string // catalogue id
	widest  int    // columns, with the frame
	lines   func(w int) []string
	body    *pager.Model
}

func newSheet(t *theme.Theme, p *locale.Printer, title string, widest int, lines func(w int) []string) sheet {
	s := sheet{theme: t, printer: p, title: title, widest: widest, lines: lines, body: pager.New(p)}
	s.body.SetContent(lines)
	return s
}

// View is the overlay, at most w columns and h rows.
func (s *sheet) View(w, h int) string {
	w = min(w, s.widest)
	iw, _ := panel.Inner(w, h)
	h = min(h, len(s.lines(iw))+2)
	_, ih := panel.Inner(w, h)
	s.body.SetSize(iw, ih)
	f := panel.Frame{Title: s.printer.T(s.title), Info: s.theme.Style.Muted.Render(s.body.Position()), Body: s.body.View(), Focused: true}
	return panel.Render(s.theme, f, w, h)
}
