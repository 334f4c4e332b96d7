package spark

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// warmed is a sparkline that rises to 150 a second, breaks off and comes back.
func warmed(th *theme.Theme, p *locale.Printer, w, h int) *Model {
	m := New(th, p, 0)
	m.SetSize(w, h)
	for i := range 60 {
		switch {
		case i < 20:
			m.Push(float64(i) * 7.5)
		case i > 40 && i < 45:
			m.Push(0)
		default:
			m.Push(150 - float64(i%5))
		}
	}
	return m
}

var sizes = []uitest.Size{{W: 12, H: 1}, {W: 30, H: 1}, {W: 58, H: 1}, {W: 80, H: 2}, {W: 120, H: 3}, {W: 198, H: 3}}

func TestGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		uitest.Golden(t, warmed(uitest.Theme(), p, s.W, s.H).View(), s.W, s.H)
	})
}

func TestASCIIGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		uitest.Golden(t, warmed(uitest.ASCIITheme(), p, s.W, s.H).View(), s.W, s.H)
	})
}

func TestNoSample(t *testing.T) {
	t.Parallel()
	m := New(uitest.Theme(), uitest.Printer(t, "en"), 0)
	m.SetSize(20, 1)
	if got := m.View(); got != "No sample yet       " || m.Current() != 0 || m.peak != 0 {
		t.Errorf("%q, now %v, peak %v", got, m.Current(), m.peak)
	}
}

func TestTheLatestSamplesBetweenZeroAndTheLargest(t *testing.T) {
	t.Parallel()
	m := New(uitest.Theme(), uitest.Printer(t, "en"), 4)
	m.SetSize(3, 1)
	for _, v := range []float64{99, 7, 0, 4, 8} {
		m.Push(v)
	}
	if got := m.View(); got != "▁▅█" {
		t.Errorf("got %q", got)
	}
	m.SetSize(6, 1)
	if got := m.View(); got != "  ▇▁▅█" || m.Len() != 4 || m.Current() != 8 || m.peak != 99 {
		t.Errorf("got %q: four samples are kept, the peak is that of all", got)
	}
	m.Push(-3)
	if m.Current() != 0 {
		t.Errorf("below zero is zero, got %v", m.Current())
	}
}

func TestAnySamplesAreExact(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		m := New(uitest.ColorTheme(), p, rapid.IntRange(1, 100).Draw(t, "capacity"))
		for _, v := range rapid.SliceOf(rapid.Float64Range(-1, 1e6)).Draw(t, "samples") {
			m.Push(v)
		}
		w, h := rapid.IntRange(1, 130).Draw(t, "w"), rapid.IntRange(1, 4).Draw(t, "h")
		m.SetSize(w, h)
		rows := strings.Split(m.View(), "\n")
		if len(rows) != h {
			t.Fatalf("%d rows, want %d", len(rows), h)
		}
		for _, r := range rows {
			if text.Width(r) != w {
				t.Fatalf("row %q is %d columns, want %d", r, text.Width(r), w)
			}
		}
	})
}
