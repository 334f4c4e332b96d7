package table

import (
	"strconv"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"pgregory.net/rapid"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

type group struct {
	name    string
	members int
	note    string
}

func newTable(th *theme.Theme, p *locale.Printer) *Model[group] {
	return New(th, p, func(g group) string { return g.name },
		Column[group]{Title: "Group", Min: 12, Flex: 1, Cell: func(g group) string { return g.name }, Style: func(group) lipgloss.Style { return th.Style.OK }},
		Column[group]{Title: "Members", Min: 8, Right: true, Cell: func(g group) string { return strconv.Itoa(g.members) }},
		Column[group]{Title: "説明", Min: 30, Flex: 2, Cell: func(g group) string { return g.note }},
	)
}

func groups(n int) []group {
	out := make([]group, n)
	for i := range out {
		out[i] = group{name: "G" + strconv.Itoa(i) + "_Fleet", members: i * 100, note: "日本の車両 " + strconv.Itoa(i)}
	}
	return out
}

func testTable(t *testing.T, w, h int, rows []group) *Model[group] {
	t.Helper()
	m := newTable(uitest.Theme(), uitest.Printer(t, "en"))
	m.SetSize(w, h)
	m.SetRows(rows)
	return m
}

func press(m *Model[group], names ...string) { uitest.Press(m.Update, names...) }

func TestGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := newTable(uitest.Theme(), p)
		m.Multi = true
		m.SetSize(s.W, s.H)
		m.SetRows(groups(50))
		press(m, "down", " ", " ", "/", "1")
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestEmptyGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes[:2], func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := newTable(uitest.Theme(), p)
		m.SetNotice(panel.Notice{Symbol: "○", Title: "フリートはまだありません", Next: "Press p to provision one; it takes about twenty seconds in the sandbox."})
		m.SetSize(s.W, s.H)
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestCursorStaysOnItsRow(t *testing.T) {
	t.Parallel()
	m := testTable(t, 80, 10, groups(30))
	m.SetCursor("G20_Fleet")
	m.SetRows(append([]group{{name: "new"}}, groups(30)...))
	if g, _ := m.Selected(); g.name != "G20_Fleet" {
		t.Errorf("cursor on %s", g.name)
	}
	m.SetRows(nil)
	if _, ok := m.Selected(); ok {
		t.Error("no row can be selected in an empty table")
	}
	m.SetRows(groups(3))
	if _, ok := m.Selected(); !ok {
		t.Error("the cursor must come back with the rows")
	}
}

func TestFilterActsAtOnce(t *testing.T) {
	t.Parallel()
	m := testTable(t, 80, 10, groups(30))
	entered := ""
	m.OnEnter = func(g group) tea.Cmd { entered = g.name; return nil }
	press(m, "/", "g", "2", "7")
	if !m.Capturing() {
		t.Fatal("letters are text while the filter is typed")
	}
	press(m, "enter", "enter")
	if entered != "G27_Fleet" || m.Capturing() {
		t.Errorf("entered %q", entered)
	}
	if !strings.Contains(m.View(), "1 of 30") {
		t.Errorf("the count is missing:\n%s", m.View())
	}
	if !m.Back() || m.Back() {
		t.Error("esc clears the filter once")
	}
	if g, _ := m.Selected(); g.name != "G27_Fleet" {
		t.Errorf("the cursor must stay on its row, is on %s", g.name)
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	m := testTable(t, 80, 10, groups(5))
	press(m, " ")
	if len(m.Marked()) != 0 {
		t.Error("rows cannot be marked unless that is asked for")
	}
	m.Multi = true
	press(m, " ", " ", "up", " ")
	if got := m.Marked(); len(got) != 1 || got[0].name != "G0_Fleet" {
		t.Errorf("marked %v", got)
	}
}

func TestAnyKeysKeepTheViewExact(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		m := newTable(uitest.ColorTheme(), p)
		m.Multi = rapid.Bool().Draw(t, "multi")
		key := rapid.SampledFrom([]string{"up", "down", "pgup", "pgdown", "g", "G", "/", "1", "z", "backspace", "enter", " ", "esc"})
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w, h := rapid.IntRange(6, 90).Draw(t, "w"), rapid.IntRange(1, 20).Draw(t, "h")
			m.SetSize(w, h)
			if rapid.IntRange(0, 4).Draw(t, "rows") == 0 {
				m.SetRows(groups(rapid.IntRange(0, 40).Draw(t, "n")))
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
			if m.body() > 0 && len(m.shown) > 0 && !strings.Contains(m.View(), ">") {
				t.Fatalf("the cursor is out of sight:\n%s", m.View())
			}
		}
	})
}

// A heading stands above each group, also after filtering, and the first row of a group never without it.
func TestHeadings(t *testing.T) {
	t.Parallel()
	m := newTable(uitest.Theme(), uitest.Printer(t, "en"))
	m.Group = func(g group) string { return "Part " + strconv.Itoa(g.members/500) }
	m.SetSize(60, 6)
	m.SetRows(groups(12))
	view := func() string {
		v := m.View()
		uitest.Exact(t, v, 60, 6)
		return v
	}
	for i := range 12 {
		if row, _ := m.Selected(); row.members != i*100 {
			t.Fatalf("cursor on %v after %d steps", row, i)
		}
		v := view()
		if !strings.Contains(v, "> G"+strconv.Itoa(i)+"_") {
			t.Errorf("the row under the cursor is out of view:\n%s", v)
		}
		m.Update(uitest.Key("down"))
	}
	for range 12 {
		m.Update(uitest.Key("up"))
	}
	if v := view(); !strings.Contains(v, "Part 0") {
		t.Errorf("the first heading is out of view:\n%s", v)
	}
	for _, k := range []string{"/", "G", "7"} {
		m.Update(uitest.Key(k))
	}
	if v := view(); !strings.Contains(v, "Part 1") || strings.Contains(v, "Part 0") {
		t.Errorf("the filter shows the wrong headings:\n%s", v)
	}
}
