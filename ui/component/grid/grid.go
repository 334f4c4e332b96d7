// Package grid draws a fleet as cells: one cell a device as long as they fit, else one cell for as many devices as it
// takes. A cell of many shows the worst state among them (failed, timed out, rejected, canceled, removed, then what is
// under way, and succeeded only when all have), or the most frequent one; the line below says which, and the legend
// counts every device, so that neither misleads.
package grid

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
)

// Model is a grid of devices.
type Model struct {
	// OnEnter is called with the number of the device under the cursor when enter is pressed on a cell of one device;
	// nil: nothing happens. On a cell of several enter goes to one cell a device.
	OnEnter func(device int) tea.Cmd

	theme   *theme.Theme
	printer *locale.Printer
	brush   theme.Kept[brushes]
	states  []theme.Execution
	name    func(device int) string
	w, h    int

	cursor  int  // the device under the cursor, or the first of its cell
	top     int  // first row of cells in view
	single  bool // one cell a device even if not all are in view
	usual   bool // a cell of many shows the most frequent state and not the worst
	blurred bool
	buf     []byte // of the last view, used again
	rest    legend
}

// New makes a grid without devices.
func New(t *theme.Theme, p *locale.Printer) *Model {
	return &Model{theme: t, printer: p, brush: theme.Keep(func() brushes { return newBrushes(t) })}
}

// SetDevices says whose states are drawn: one a device. The grid reads states whenever it draws and keeps no copy,
// so that the owner changes them in place, between updates of the screen. name is what a device is called.
func (m *Model) SetDevices(states []theme.Execution, name func(device int) string) {
	m.states, m.name = states, name
	m.scroll()
}

// SetSize sets the size that View draws; the device under the cursor stays in view.
func (m *Model) SetSize(w, h int) {
	m.w, m.h = w, h
	m.scroll()
}

// Blur tells the grid that something else on the screen has the focus, or that it has it again. Without the focus
// no cursor is drawn.
func (m *Model) Blur(away bool) { m.blurred = away }

// SetCursor moves the cursor to a device.
func (m *Model) SetCursor(device int) {
	m.cursor = device
	m.scroll()
}

// Selected is the devices of the cell under the cursor: from the first up to and without to. Without devices both are 0.
func (m *Model) Selected() (from, to int) {
	if len(m.states) == 0 {
		return 0, 0
	}
	per := m.layout().per
	from = m.cursor / per * per
	return from, min(from+per, len(m.states))
}

// Back leaves one cell a device for a grid in which all are in view; false if it was there.
func (m *Model) Back() bool {
	if !m.single {
		return false
	}
	m.single = false
	m.scroll()
	return true
}

// The keys of the grid.
var (
	keyDetails = keys.New("enter", "grid.keys.details", "enter")
	keySingle  = keys.New("z", "grid.keys.single", "z")
	keyUsual   = keys.New("v", "grid.keys.usual", "v")
)

// Keys is what the keys do.
func (m *Model) Keys() keys.Group {
	return keys.Group{Title: "grid.keys.group", Bindings: []keys.Binding{
		keys.Left, keys.Right, keys.Up, keys.Down, keys.PageUp, keys.PageDown, keys.Top, keys.Bottom, keyDetails.InBar(), keySingle, keyUsual,
	}}
}

// Update moves the cursor or changes what a cell is.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	if len(m.states) == 0 {
		return nil
	}
	l := m.layout()
	switch {
	case keys.Left.Matches(msg):
		m.moveTo(l, m.cursor/l.per-1)
		return nil
	case keys.Right.Matches(msg):
		m.moveTo(l, m.cursor/l.per+1)
		return nil
	case keyDetails.Matches(msg):
		return m.enter()
	case keySingle.Matches(msg):
		m.single = !m.single
		m.scroll()
		return nil
	case keyUsual.Matches(msg):
		m.usual = !m.usual
		return nil
	}
	if by, ok := keys.Scroll(msg, l.body); ok {
		m.moveRows(l, by)
	}
	return nil
}

// enter opens the device under the cursor, or the cell of several.
func (m *Model) enter() tea.Cmd {
	from, to := m.Selected()
	if to-from > 1 {
		m.cursor, m.single = from, true
		m.scroll()
		return nil
	}
	if m.OnEnter == nil {
		return nil
	}
	return m.OnEnter(from)
}

// moveTo moves the cursor to a cell, or to the nearest there is.
func (m *Model) moveTo(l layout, cell int) {
	m.cursor = max(0, min(cell, l.cells-1)) * l.per
	m.scroll()
}

// moveRows moves the cursor up or down and stays in its column; further than there are rows is the first or the last cell.
func (m *Model) moveRows(l layout, by int) {
	cell := m.cursor / l.per
	row, col := cell/l.cols, cell%l.cols
	switch {
	case by <= -l.rows:
		m.moveTo(l, 0)
	case by >= l.rows:
		m.moveTo(l, l.cells-1)
	default:
		m.moveTo(l, max(0, min(row+by, l.rows-1))*l.cols+col)
	}
}
