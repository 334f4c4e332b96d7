package editor

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

const document = `{
  "operation": "reboot",
  "説明": "夜間に再起動する。車両は停止中であること",
  "delay": 30,
  "file": "${aws:iot:s3-presigned-url:https://s3.amazonaws.com/firmware-bucket/SedanVehicle/1.1.0/firmware.bin}",
  "steps": [
    {"name": "check", "retry": true},
    {"name": "restart"}
  ]
}
`

// syntax is a check as a screen has one.
func syntax(s string) (line, col int, err error) {
	var v any
	var wrong *json.SyntaxError
	if err = json.Unmarshal([]byte(s), &v); errors.As(err, &wrong) {
		line, col = At(s, int(wrong.Offset)-1)
	}
	return line, col, err
}

func newEditor(th *theme.Theme, p *locale.Printer, w, h int) *Model {
	m := New(th, p)
	m.Check = syntax
	m.SetSize(w, h)
	return m
}

func testEditor(t *testing.T, s string) *Model {
	t.Helper()
	m := newEditor(uitest.Theme(), uitest.Printer(t, "en"), 60, 10)
	m.Set(s)
	return m
}

func keyOf(name string) tea.KeyMsg {
	if k, ok := named[name]; ok {
		return tea.KeyMsg{Type: k}
	}
	return uitest.Key(name)
}

var named = map[string]tea.KeyType{
	"delete": tea.KeyDelete, "ctrl+a": tea.KeyCtrlA, "ctrl+e": tea.KeyCtrlE, "ctrl+x": tea.KeyCtrlX, "ctrl+w": tea.KeyCtrlW, "ctrl+r": tea.KeyCtrlR,
	"ctrl+y": tea.KeyCtrlY, "ctrl+left": tea.KeyCtrlLeft, "ctrl+right": tea.KeyCtrlRight, "ctrl+home": tea.KeyCtrlHome, "ctrl+end": tea.KeyCtrlEnd,
}

func press(m *Model, names ...string) {
	for _, n := range names {
		m.Update(keyOf(n))
	}
}

func paste(m *Model, s string) {
	m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true})
}

var sizes = []uitest.Size{{W: 30, H: 6}, {W: 80, H: 14}, {W: 120, H: 16}}

func TestGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := newEditor(uitest.Theme(), p, s.W, s.H)
		m.Set(document)
		m.Goto(3, 12)
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestWrongGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := newEditor(uitest.Theme(), p, s.W, s.H)
		m.Limit = 100
		m.Set(strings.Replace(document, "30,", "30", 1))
		m.Goto(5, 70)
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestEmptyGolden(t *testing.T) {
	uitest.Each(t, sizes[:2], func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m := newEditor(uitest.ASCIITheme(), p, s.W, s.H)
		m.Placeholder = "{\n  \"operation\": \"再起動\"\n}"
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestTypedDocument(t *testing.T) {
	t.Parallel()
	m := testEditor(t, "")
	changes := 0
	m.OnChange = func() { changes++ }
	press(m, "{", "enter", `"a"`, ":", " ", "[", "enter", "1", ",", "enter", "2", "enter", "]", "enter", "}")
	if want := "{\n  \"a\": [\n    1,\n    2\n  ]\n}"; m.Value() != want {
		t.Errorf("got\n%s\nwant\n%s", m.Value(), want)
	}
	if _, _, err := m.Err(); err != nil || changes != 15 {
		t.Errorf("%d changes, error %v", changes, err)
	}
}

func TestNewlineBetweenBrackets(t *testing.T) {
	t.Parallel()
	m := testEditor(t, "{}")
	press(m, "right", "enter", "x")
	if want := "{\n  x\n}"; m.Value() != want {
		t.Errorf("got %q, want %q", m.Value(), want)
	}
	press(m, "ctrl+r", "ctrl+r")
	if m.Value() != "{}" {
		t.Errorf("undone: %q", m.Value())
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ start, keys, want string }{
		{"ab", "right backspace", "b"}, {"ab", "delete", "b"}, {"日本語", "right delete", "日語"}, {"e\u0301x", "delete", "x"},
		{"one two", "ctrl+e ctrl+w", "one "}, {"one two", "ctrl+right ctrl+x", "one"}, {"one two", "ctrl+right ctrl+u", " two"},
		{"a\nb", "ctrl+x ctrl+x", "b"}, {"a\nb", "down backspace", "ab"}, {"abc\nd\nefg", "ctrl+e down down X", "abc\nd\nefgX"},
		{"日本\nabcd", "right down X", "日本\nabXcd"}, {"a\nb", "ctrl+end X ctrl+home Y", "Ya\nbX"}, {"ab", "right tab esc shift+tab X", "aXb"},
	} {
		m := testEditor(t, c.start)
		press(m, strings.Fields(c.keys)...)
		if m.Value() != c.want {
			t.Errorf("%q with %s: %q, want %q", c.start, c.keys, m.Value(), c.want)
		}
	}
}

func TestUndoTakesBackAWordAtATime(t *testing.T) {
	t.Parallel()
	m := testEditor(t, "")
	press(m, "a", "b", " ", "c", "d", "backspace", "backspace", "x")
	var got []string
	for m.doc.undo() {
		got = append(got, m.Value())
	}
	if want := "ab |ab cd|ab|"; strings.Join(got, "|") != want {
		t.Errorf("undone %q, want %q", strings.Join(got, "|"), want)
	}
	press(m, "ctrl+y", "ctrl+y", "!")
	if press(m, "ctrl+y"); m.Value() != "ab cd!" {
		t.Errorf("%q: a change leaves nothing to do again", m.Value())
	}
}

func TestPasteIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	m := testEditor(t, "")
	paste(m, "{\r\n\t\"a\": 1,\r  \"b\": \"\x1b[31m\"\n}")
	if want := "{\n\t\"a\": 1,\n  \"b\": \"\x1b[31m\"\n}"; m.Value() != want {
		t.Errorf("got %q, want %q", m.Value(), want)
	}
	if strings.Contains(m.View(), "\x1b") || strings.Contains(m.View(), "\t") {
		t.Errorf("what a terminal would act on must not reach it: %q", m.View())
	}
	press(m, "ctrl+r")
	if m.Value() != "" {
		t.Errorf("one undo takes a paste back, left %q", m.Value())
	}
}

func TestWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	m := testEditor(t, "{\n  \"日本\": x\n}")
	if line, col, err := m.Err(); line != 2 || col != 9 || err == nil {
		t.Errorf("line %d, column %d, %v", line, col, err)
	}
	if v := m.View(); !strings.Contains(v, "✗ 2") || !strings.Contains(v, "✗ 2:9 invalid character 'x'") {
		t.Errorf("the place must be marked and told:\n%s", v)
	}
	m.Goto(2, 9)
	press(m, "delete", "1")
	if v := m.View(); strings.Contains(v, "✗") {
		t.Errorf("the reason must go when the text is right again:\n%s", v)
	}
	m.Limit = 3
	if v := m.View(); !strings.Contains(v, "✗ 17 of 3 bytes: too long") {
		t.Errorf("the length must be told:\n%s", v)
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ offset, line, col int }{{0, 1, 1}, {2, 2, 1}, {3, 2, 1}, {5, 2, 2}, {6, 2, 3}, {99, 2, 3}, {-1, 1, 1}} {
		if line, col := At("a\n日b", c.offset); line != c.line || col != c.col {
			t.Errorf("byte %d is %d:%d, want %d:%d", c.offset, line, col, c.line, c.col)
		}
	}
}

func TestResizeLosesNothing(t *testing.T) {
	t.Parallel()
	m := testEditor(t, document)
	m.Goto(8, 10)
	for w := 1; w < 130; w += 3 {
		for h := 1; h < 20; h++ {
			m.SetSize(w, h)
			uitest.Exact(t, m.View(), w, h)
		}
	}
	if line, col := m.doc.place(m.doc.pos); m.Value() != document || line != 8 || col != 10 {
		t.Errorf("the cursor is at %d:%d of\n%s", line, col, m.Value())
	}
}

func TestAnyKeysKeepTheViewExactAndTheCursorInSight(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		m := newEditor(uitest.ColorTheme(), p, 40, 10)
		key := rapid.SampledFrom([]string{"up", "down", "left", "right", "enter", "backspace", "delete", "ctrl+x", "ctrl+w", "ctrl+r", "ctrl+y", "pgup", "pgdown", "home", "end", "車", "{", "e\u0301"})
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			w, h := rapid.IntRange(1, 90).Draw(t, "w"), rapid.IntRange(1, 20).Draw(t, "h")
			m.SetSize(w, h)
			if rapid.IntRange(0, 2).Draw(t, "typed") == 0 {
				paste(m, rapid.StringOfN(rapid.SampledFrom([]rune("a日\t\n \"}{\u0301ｶﾞ🚗\ufe0f\U0001F1EF👨\u200d👩")), 0, 60, -1).Draw(t, "paste"))
			} else {
				press(m, key.Draw(t, "key"))
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
			if w > 20 && m.body() > 0 && !strings.Contains(m.View(), cursorColor(m)) {
				t.Fatalf("the cursor is out of sight:\n%q", m.View())
			}
		}
	})
}

// cursorColor is what begins the character under the cursor.
func cursorColor(m *Model) string {
	before, _, _ := strings.Cut(m.theme.Style.Cursor.Render("x"), "x")
	return before
}

func BenchmarkKeyInLargeDocument(b *testing.B) {
	m := newEditor(uitest.ColorTheme(), uitest.Printer(b, "en"), 118, 30)
	m.Set("{\n" + strings.Repeat("  \"key\": \"a value of some length\",\n", 900) + "  \"last\": 1\n}\n")
	m.Goto(450, 12)
	b.ReportAllocs()
	for b.Loop() {
		press(m, "x")
		m.View()
	}
}

func BenchmarkKeyInLongLine(b *testing.B) {
	m := newEditor(uitest.ColorTheme(), uitest.Printer(b, "en"), 118, 30)
	m.Set(`{"説明": "` + strings.Repeat("夜間に再起動する", Limit/24) + `"}`)
	m.Goto(1, 9000)
	b.ReportAllocs()
	for b.Loop() {
		press(m, "left", "right")
		m.View()
	}
}
