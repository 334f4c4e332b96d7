package dialog

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"strings"
)

type answer string

func said(s string) tea.Cmd { return func() tea.Msg { return answer(s) } }

func question(word string) Question {
	return Question{Title: "Clean up?", Body: "1,000 things and 12 groups go. This cannot be undone.\n車両 1,000 台を削除します。", Yes: said("yes"), No: said("no"), Word: word, Danger: word != ""}
}

// ask presses keys and returns the answer, "" while there is none.
func ask(d *Dialog, names ...string) answer {
	for _, n := range names {
		cmd, done := d.Update(uitest.Key(n))
		if done {
			return cmd().(answer)
		}
	}
	return ""
}

func TestGolden(t *testing.T) {
	uitest.Each(t, []uitest.Size{{W: 56, H: 11}, {W: 76, H: 20}}, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		d := New(uitest.Theme(), p, question("DELETE"))
		ask(d, "D", "E", "L", "x", "enter")
		v := d.View(s.W, s.H)
		rows := strings.Split(v, "\n")
		if len(rows) > s.H || text.Width(rows[0]) > s.W {
			t.Fatalf("%d rows of %d columns do not fit", len(rows), text.Width(rows[0]))
		}
		uitest.Golden(t, v, text.Width(rows[0]), len(rows))
	})
}

func TestDefaultIsNo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys []string
		want answer
	}{
		{[]string{"enter"}, "no"},
		{[]string{"esc"}, "no"},
		{[]string{"n"}, "no"},
		{[]string{"y"}, "yes"},
		{[]string{"right", "enter"}, "yes"},
		{[]string{"tab", "tab", "enter"}, "no"},
		{[]string{"x", " ", "up"}, ""},
	} {
		if got := ask(New(uitest.Theme(), uitest.Printer(t, "en"), question("")), c.keys...); got != c.want {
			t.Errorf("%v answers %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestWordMustBeTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys []string
		want answer
	}{
		{[]string{"enter"}, ""},
		{[]string{"y"}, ""},
		{[]string{"delete", "enter"}, ""},
		{[]string{"DELETE"}, ""},
		{[]string{"DELETE", "enter"}, "yes"},
		{[]string{"DELETEX", "enter", "backspace", "enter"}, "yes"},
		{[]string{"DELETE", "esc"}, "no"},
	} {
		if got := ask(New(uitest.Theme(), uitest.Printer(t, "en"), question("DELETE")), c.keys...); got != c.want {
			t.Errorf("%v answers %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestSuddenDialogIgnoresWhatWasBeingTyped(t *testing.T) {
	t.Parallel()
	q := question("")
	q.Sudden = true
	d := New(uitest.Theme(), uitest.Printer(t, "en"), q)
	now := d.since
	d.now = func() time.Time { return now }
	if got := ask(d, "y", "enter", "esc"); got != "" {
		t.Errorf("answered %q at once", got)
	}
	now = now.Add(Settle)
	if got := ask(d, "y"); got != "yes" {
		t.Errorf("answered %q after a moment", got)
	}
}
