package form

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"fleetlab/ui/component/editor"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/workflows/fleet"
)

func devices(value string) error {
	_, err := fleet.Number("devices", value, 1, 1000)
	return err
}

func fields() []Field {
	return []Field{
		{ID: "types", Kind: Text, Label: "Thing types", Value: "SedanVehicle,SUVVehicle", Help: "Names with commas between"},
		{ID: "devices", Kind: Text, Label: "台数", Value: "100", Check: devices},
		{ID: "continent", Kind: Choice, Label: "Continent", Value: "3", Options: []Option{
			{ID: "1", Label: "North America", Note: "23 countries"}, {ID: "2", Label: "南アメリカ"}, {ID: "3", Label: "Europe", Note: "45 countries"}}},
		{ID: "groups", Kind: Multi, Label: "Groups", Options: []Option{
			{ID: "US", Label: "US_Fleet", Note: "84 members"}, {ID: "CA", Label: "CA_Fleet", On: true}, {ID: "JP", Label: "日本_Fleet"}, {ID: "d"}, {ID: "e"}, {ID: "f"}, {ID: "g"}, {ID: "h"}},
			Check: func(v string) error {
				if v == "" {
					return fleet.Refuse("groups", v, fleet.Empty)
				}
				return nil
			}},
		{ID: "run", Kind: Button, Label: "Run"},
	}
}

func testForm(t testing.TB, p *locale.Printer, w, h int) *Form {
	t.Helper()
	f := New(uitest.Theme(), p, fields()...)
	f.SetSize(w, h)
	return f
}

func press(f *Form, names ...string) { uitest.Press(f.Update, names...) }

func TestGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		f := testForm(t, p, s.W, s.H)
		press(f, "tab", "backspace", "backspace", "backspace", "2", "千", "tab", "tab", " ")
		uitest.Golden(t, f.View(), s.W, s.H)
	})
}

func TestReasonStandsUnderTheFieldAsItIsTyped(t *testing.T) {
	t.Parallel()
	f := testForm(t, uitest.Printer(t, "en"), 80, 24)
	press(f, "tab")
	if strings.Contains(f.View(), "✗") {
		t.Error("nothing is wrong yet")
	}
	press(f, "0", "0")
	if !strings.Contains(f.View(), "10000 is out of range; enter 1 to 1000") || f.OK() {
		t.Errorf("view:\n%s", f.View())
	}
	press(f, "backspace", "backspace")
	if strings.Contains(f.View(), "✗") || !f.OK() {
		t.Error("the reason must go when the value is right again")
	}
}

func TestSubmitOnlyWhenEverythingIsRight(t *testing.T) {
	t.Parallel()
	f := testForm(t, uitest.Printer(t, "en"), 80, 24)
	submitted := ""
	f.OnSubmit = func(id string) tea.Cmd { submitted = id; return nil }
	f.Set("devices", "none")
	f.Focus("run")
	press(f, "enter")
	if submitted != "" || f.Focused() != "devices" {
		t.Errorf("submitted %q with the focus on %s; the first wrong field must get it", submitted, f.Focused())
	}
	f.Show("devices", false)
	f.Focus("run")
	press(f, "enter")
	if submitted != "run" {
		t.Error("a hidden field must not be in the way")
	}
}

func TestFocusOrder(t *testing.T) {
	t.Parallel()
	f := testForm(t, uitest.Printer(t, "en"), 80, 24)
	f.Show("continent", false)
	var got []string
	for range 5 {
		got = append(got, f.Focused())
		press(f, "tab")
	}
	if want := "types devices groups run types"; strings.Join(got, " ") != want {
		t.Errorf("tab order %v, want %s", got, want)
	}
	press(f, "shift+tab", "shift+tab")
	if f.Focused() != "run" {
		t.Errorf("shift+tab goes back, focus on %s", f.Focused())
	}
}

func TestChoiceAndMulti(t *testing.T) {
	t.Parallel()
	f := testForm(t, uitest.Printer(t, "en"), 80, 24)
	var changed []string
	f.OnChange = func(id string) { changed = append(changed, id) }
	f.Focus("continent")
	press(f, "right")
	if f.Value("continent") != "1" || f.Capturing() {
		t.Errorf("right goes round the end, got %q", f.Value("continent"))
	}
	press(f, "left", "left")
	if f.Value("continent") != "2" {
		t.Errorf("got %q", f.Value("continent"))
	}
	press(f, "tab", " ", "down", " ", "down", " ")
	if got := strings.Join(f.Values("groups"), " "); got != "US JP" {
		t.Errorf("marked %s, want US JP", got)
	}
	press(f, "A", "A")
	if got := f.Values("groups"); len(got) != 0 || f.OK() {
		t.Errorf("A twice marks nothing, got %v", got)
	}
	if len(changed) != 8 {
		t.Errorf("%d changes told, want 8: %v", len(changed), changed)
	}
	f.Set("groups", "CA,JP")
	f.SetOptions("groups", []Option{{ID: "JP"}, {ID: "new"}})
	if got := strings.Join(f.Values("groups"), " "); got != "JP" {
		t.Errorf("what still exists stays marked, got %s", got)
	}
}

func TestPasteAndJapanese(t *testing.T) {
	t.Parallel()
	f := testForm(t, uitest.Printer(t, "en"), 80, 24)
	f.Set("types", "")
	f.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("a,\nb"), Paste: true})
	f.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("車両")})
	if got := f.Value("types"); got != "a, b車両" {
		t.Errorf("got %q", got)
	}
}

func TestErrorOfTheScreenGoesWithTheNextChange(t *testing.T) {
	t.Parallel()
	f := testForm(t, uitest.Printer(t, "en"), 80, 24)
	f.SetError("types", fleet.Refuse("types", "x", fleet.Taken, "item", "x"))
	if !strings.Contains(f.View(), "exists already") {
		t.Error("the reason must show")
	}
	if press(f, "A"); strings.Contains(f.View(), "exists already") {
		t.Error("the reason must go with a change")
	}
}

func TestAnyKeysKeepTheViewExactAndTheFocusInSight(t *testing.T) {
	t.Parallel()
	whole := t
	p := uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		f := New(uitest.ColorTheme(), p, fields()...)
		if rapid.Bool().Draw(t, "sections") {
			f = sections(whole, p)
		}
		key := rapid.SampledFrom([]string{"tab", "shift+tab", "up", "down", "left", "right", " ", "enter", "a", "9", "車", "backspace"})
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w, h := rapid.IntRange(8, 90).Draw(t, "w"), rapid.IntRange(1, 30).Draw(t, "h")
			f.SetSize(w, h)
			f.Update(uitest.Key(key.Draw(t, "key")))
			rows := strings.Split(f.View(), "\n")
			if len(rows) != h {
				t.Fatalf("%d rows, want %d", len(rows), h)
			}
			for _, r := range rows {
				if text.Width(r) != w {
					t.Fatalf("row %q is %d columns, want %d", r, text.Width(r), w)
				}
			}
			if !strings.Contains(f.View(), ">") {
				t.Fatalf("the focus is out of sight:\n%s", f.View())
			}
		}
	})
}

// sections is a form whose fields stand in two sections, the second folded, with a text of several lines.
func sections(t testing.TB, p *locale.Printer) *Form {
	t.Helper()
	e := editor.New(uitest.Theme(), p)
	e.Check = func(s string) (int, int, error) {
		if s == "" {
			return 0, 0, fleet.Refuse("document", "", fleet.Empty)
		}
		return 0, 0, nil
	}
	f := New(uitest.Theme(), p,
		Field{ID: "open", Kind: Button, Label: "Open", Always: true},
		Field{ID: "one", Kind: Section, Label: "Rollout", Note: "50 a minute"},
		Field{ID: "document", Kind: Area, Label: "Document", Help: "JSON", Editor: e},
		Field{ID: "two", Kind: Section, Label: "予定", Note: "すぐに", Folded: true},
		Field{ID: "devices", Kind: Text, Label: "Devices", Value: "0", Check: devices},
		Field{ID: "run", Kind: Button, Label: "Run"})
	f.SetSize(60, 20)
	return f
}

func TestSectionsGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		f := sections(t, p)
		f.SetSize(s.W, s.H)
		f.Focus("document")
		f.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("{\n  \"a\": 1\n}"), Paste: true})
		uitest.Golden(t, f.View(), s.W, s.H)
	})
}

func TestSectionsFold(t *testing.T) {
	t.Parallel()
	f := sections(t, uitest.Printer(t, "en"))
	if strings.Contains(f.View(), "Devices") {
		t.Error("a folded section shows its fields")
	}
	f.Focus("two")
	press(f, " ", "tab")
	if f.Focused() != "devices" || !strings.Contains(f.View(), "Devices") {
		t.Errorf("space does not unfold, focus on %s", f.Focused())
	}
	press(f, "shift+tab", "left", "tab")
	if f.Focused() != "run" {
		t.Errorf("a folded field is reached: %s", f.Focused())
	}
	f.Set("document", "{}")
	press(f, "enter")
	if f.Focused() != "devices" || !strings.Contains(f.View(), "0 is out of range") {
		t.Errorf("a fault in a folded section stays out of sight:\n%s", f.View())
	}
	f.Focus("two")
	press(f, " ")
	if !strings.Contains(f.View(), "✗ すぐに") {
		t.Errorf("a folded section hides its fault:\n%s", f.View())
	}
}

func TestATextOfSeveralLinesKeepsItsKeys(t *testing.T) {
	t.Parallel()
	f := sections(t, uitest.Printer(t, "en"))
	var changed []string
	f.OnChange = func(id string) { changed = append(changed, id) }
	f.Focus("document")
	if f.OK() || !f.Capturing() {
		t.Error("an empty document passes, or its letters are keys")
	}
	press(f, "{", "enter", "}", "up", "left")
	if f.Value("document") != "{\n}" || f.Focused() != "document" || len(changed) != 3 {
		t.Errorf("value %q, focus on %s, changes %v", f.Value("document"), f.Focused(), changed)
	}
	press(f, "tab")
	if f.Focused() != "two" {
		t.Errorf("tab leads to %s", f.Focused())
	}
}

func TestARemedyIsTakenWithEnter(t *testing.T) {
	t.Parallel()
	f := testForm(t, uitest.Printer(t, "en"), 80, 24)
	f.SetError("types", fleet.Refuse("types", "x", fleet.Taken, "item", "x"))
	f.Suggest("types", "x-2")
	f.Recheck()
	if f.Valid() || !strings.Contains(f.View(), "enter takes x-2") {
		t.Errorf("the remedy is not offered:\n%s", f.View())
	}
	press(f, "enter")
	if f.Value("types") != "x-2" || f.Focused() != "types" || !f.Valid() {
		t.Errorf("the value is %s", f.Value("types"))
	}
}

func TestSomeButtonsNeedNothingRight(t *testing.T) {
	t.Parallel()
	f := sections(t, uitest.Printer(t, "en"))
	pressed := ""
	f.OnSubmit = func(id string) tea.Cmd { pressed = id; return nil }
	f.Focus("open")
	if press(f, "enter"); pressed != "open" {
		t.Error("the button does nothing while fields are wrong")
	}
}
