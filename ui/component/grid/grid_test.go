package grid

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

func name(i int) string { return fmt.Sprintf("Vehicle-VIN-%05d", i+1) }

// fleet is n devices in the middle of a job, the first ones furthest.
func fleet(n int) []theme.Execution {
	states := make([]theme.Execution, n)
	for i := range states {
		switch {
		case i%17 == 4 && i < n/2:
			states[i] = theme.Failed
		case i%41 == 8 && i < n/2:
			states[i] = theme.TimedOut
		case i%53 == 9 && i < n/2:
			states[i] = theme.Rejected
		case i < n/2:
			states[i] = theme.Succeeded
		case i < n*2/3:
			states[i] = theme.InProgress
		case i < n*5/6:
			states[i] = theme.Queued
		}
	}
	return states
}

func newGrid(th *theme.Theme, p *locale.Printer, w, h, n int) *Model {
	m := New(th, p)
	m.SetSize(w, h)
	m.SetDevices(fleet(n), name)
	return m
}

func testGrid(t *testing.T, w, h, n int) *Model {
	t.Helper()
	return newGrid(uitest.Theme(), uitest.Printer(t, "en"), w, h, n)
}

func press(m *Model, names ...string) { uitest.Press(m.Update, names...) }

var sizes = []uitest.Size{{W: 30, H: 6}, {W: 58, H: 8}, {W: 80, H: 12}, {W: 120, H: 20}, {W: 198, H: 40}}

func TestGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := newGrid(uitest.Theme(), p, s.W, s.H, 100)
		press(m, "right", "down")
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestManyGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := newGrid(uitest.Theme(), p, s.W, s.H, 10000)
		press(m, "down", "v")
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestASCIIGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := newGrid(uitest.ASCIITheme(), p, s.W, s.H, 1000)
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	m := testGrid(t, 40, 5, 0)
	press(m, "down", "enter", "z", "v", "G")
	uitest.Exact(t, m.View(), 40, 5)
	if from, to := m.Selected(); from != 0 || to != 0 || !strings.Contains(m.View(), "No devices yet") {
		t.Errorf("selected %d to %d in\n%s", from, to, m.View())
	}
}

func TestOneCellADeviceAsLongAsTheyFit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, per, stride, pitch int }{
		{1, 1, 4, 2}, {50, 1, 4, 2}, {51, 1, 3, 2}, {65, 1, 3, 2}, {66, 1, 3, 1}, {117, 1, 3, 1},
		{118, 1, 2, 1}, {180, 1, 2, 1}, {181, 1, 1, 1}, {360, 1, 1, 1}, {361, 2, 1, 1}, {10000, 50, 1, 1},
	} {
		m := testGrid(t, 40, 12, c.n)
		if l := m.layout(); l.per != c.per || l.stride != c.stride || l.pitch != c.pitch {
			t.Errorf("%d devices on 40x9: %d a cell, a cell every %d columns and %d rows; want %d, %d and %d", c.n, l.per, l.stride, l.pitch, c.per, c.stride, c.pitch)
		}
	}
}

func TestCellOfManyShowsTheWorstOrTheMostFrequent(t *testing.T) {
	t.Parallel()
	m := New(uitest.Theme(), uitest.Printer(t, "en"))
	m.Blur(true)
	m.SetSize(2, 2)
	m.SetDevices([]theme.Execution{
		theme.Succeeded, theme.Failed, theme.Succeeded, theme.Succeeded, theme.Succeeded,
		theme.Succeeded, theme.Succeeded, theme.Succeeded, theme.Succeeded, theme.Waiting,
		theme.Succeeded, theme.Succeeded, theme.Succeeded, theme.Succeeded, theme.Succeeded,
		theme.Queued, theme.Rejected, theme.TimedOut, theme.Rejected, theme.InProgress,
	}, name)
	if got, want := m.View(), "✗◦\n■▲"; got != want {
		t.Errorf("worst: %q, want %q", got, want)
	}
	press(m, "v")
	if got, want := m.View(), "■■\n■◆"; got != want {
		t.Errorf("most frequent: %q, want %q", got, want)
	}
}

func TestCursorAndEnter(t *testing.T) {
	t.Parallel()
	m := testGrid(t, 40, 12, 10000)
	entered := -1
	m.OnEnter = func(i int) tea.Cmd { entered = i; return nil }
	press(m, "right", "down", "enter")
	if from, to := m.Selected(); from != 41*50 || to != from+1 || entered != -1 {
		t.Errorf("selected %d to %d, entered %d: enter goes to one cell a device first", from, to, entered)
	}
	if !strings.Contains(m.View(), "Vehicle-VIN-02051") {
		t.Errorf("the device is not named:\n%s", m.View())
	}
	press(m, "right", "enter")
	if entered != 41*50+1 {
		t.Errorf("entered %d", entered)
	}
	if !m.Back() || m.Back() {
		t.Error("esc goes back to all devices once")
	}
	if from, to := m.Selected(); from != 41*50 || to != 42*50 {
		t.Errorf("selected %d to %d: the cell of the device must keep the cursor", from, to)
	}
	press(m, "G")
	if _, to := m.Selected(); to != 10000 {
		t.Errorf("G goes to the last, got %d", to)
	}
	press(m, "down")
	if _, to := m.Selected(); to != 10000 {
		t.Errorf("nothing is below the last, got %d", to)
	}
	press(m, "g", "up", "left")
	if from, _ := m.Selected(); from != 0 {
		t.Errorf("g goes to the first, got %d", from)
	}
}

func TestStatesAreReadWhenDrawn(t *testing.T) {
	t.Parallel()
	m := testGrid(t, 40, 8, 3)
	m.Blur(true)
	states := make([]theme.Execution, 3)
	m.SetDevices(states, nil)
	states[1] = theme.Failed
	if got := strings.SplitN(m.View(), "\n", 2)[0]; strings.TrimRight(got, " ") != "◦◦◦ ✗✗✗ ◦◦◦" {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(m.View(), "✗ failed 1") {
		t.Errorf("the legend must count anew:\n%s", m.View())
	}
}

func TestAnyKeysKeepTheViewExact(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		m := New(uitest.ColorTheme(), p)
		key := rapid.SampledFrom([]string{"up", "down", "left", "right", "pgup", "pgdown", "g", "G", "z", "v", "enter", "esc"})
		state := rapid.Custom(func(t *rapid.T) theme.Execution {
			return theme.Execution(rapid.IntRange(0, theme.Executions-1).Draw(t, "s"))
		})
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			w, h := rapid.IntRange(1, 90).Draw(t, "w"), rapid.IntRange(1, 20).Draw(t, "h")
			m.SetSize(w, h)
			if rapid.Bool().Draw(t, "new") {
				m.SetDevices(rapid.SliceOfN(state, 0, 300).Draw(t, "states"), name)
			}
			if k := key.Draw(t, "key"); k == "esc" {
				m.Back()
			} else {
				m.Update(uitest.Key(k))
			}
			rows := strings.Split(m.View(), "\n")
			if len(rows) != h {
				t.Fatalf("%d rows, want %d", len(rows), h)
			}
			for _, r := range rows {
				if text.Width(r) != w {
					t.Fatalf("row %q is %d columns, want %d", r, text.Width(r), w)
				}
			}
			if m.layout().body > 0 && len(m.states) > 0 && !strings.Contains(m.View(), "◎") {
				t.Fatalf("the cursor is out of sight:\n%s", m.View())
			}
		}
	})
}

func BenchmarkView(b *testing.B) {
	for _, s := range []uitest.Size{{W: 78, H: 20}, {W: 118, H: 36}, {W: 198, H: 56}} {
		for _, kind := range []string{"travelling", "mixed"} {
			b.Run(fmt.Sprintf("%s-%dx%d", kind, s.W, s.H), func(b *testing.B) {
				m := newGrid(uitest.ColorTheme(), uitest.Printer(b, "en"), s.W, s.H, 10000)
				if kind == "mixed" {
					for i := range m.states {
						m.states[i] = theme.Execution(i * 7919 % theme.Executions)
					}
				}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					m.states[i%10000] = theme.Execution(i % theme.Executions)
					m.View()
				}
			})
		}
	}
}
