package grid

import "fleetlab/ui/theme"

// layout is where cells stand. It follows from the size and the number of devices.
type layout struct {
	per    int // devices a cell
	stride int // columns from one cell to the next: 2 with a blank between, 1 without
	cols   int // cells a row
	rows   int // rows of cells in all
	body   int // rows for cells in view
}

// brushes are the styles of cells, made ready.
type brushes struct {
	state [theme.Executions]theme.Brush
	aim   theme.Brush
}

func newBrushes(t *theme.Theme) brushes {
	b := brushes{aim: theme.NewBrush(t.Style.Cursor)}
	for i, s := range t.Style.Execution {
		b.state[i] = theme.NewBrush(s)
	}
	return b
}

func (m *Model) layout() layout { return layout{per: 1, stride: 1, cols: 1, rows: 1, body: 1} }

func (m *Model) scroll() {}
