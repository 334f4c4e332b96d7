package provision

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/provision"
)

var ctrlT = tea.KeyMsg{Type: tea.KeyCtrlT}

func TestWhatIsTypedIsKept(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Express, nil)
	s.SetSize(80, 22)
	if s.Back(); s.Unfinished() || s.Resume() != nil || s.Update(ctrlT) != nil {
		t.Fatal("there is nothing to keep yet")
	}
	uitest.Press(s.Update, "x")
	typed := s.form.Value(s.form.Focused())
	if _, stays := s.Back(); stays || !s.Unfinished() {
		t.Fatal("what is typed must be kept when the screen is left")
	}
	toast, ok := s.Resume()().(screen.ToastMsg)
	if !ok || toast.Text != s.d.T("form.draft") || s.form.Value(s.form.Focused()) != typed || !strings.HasSuffix(typed, "x") {
		t.Errorf("%q after coming back, %+v", s.form.Value(s.form.Focused()), toast)
	}
	if s.Resume() != nil {
		t.Error("it is told once")
	}
}

func TestWhatIsTypedGoesOnlyAfterAQuestion(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Express, nil)
	s.SetSize(80, 22)
	uitest.Press(s.Update, "x")
	open, asked := s.Update(ctrlT)().(screen.OpenMsg)
	if !asked || !strings.Contains(open.Overlay.View(80, 24), s.d.T("form.afresh-title")) || !s.Unfinished() {
		t.Fatal("it must not go without a question")
	}
	in := provision.Defaults()
	if s.Update(afreshMsg{}); s.Unfinished() || s.form.Value(s.form.Focused()) != in.Get(s.form.Focused()) {
		t.Errorf("%q is still there", s.form.Value(s.form.Focused()))
	}
}

func TestARunLeavesNoDraft(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Guided, nil)
	s.SetSize(80, 22)
	uitest.Press(s.Update, "x", "backspace")
	if !s.Unfinished() {
		t.Fatal("something was typed")
	}
	s.start(s.in)
	r := s.view.Run()
	r.Stop()
	<-r.Done()
	if s.Unfinished() {
		t.Error("the run has what was typed")
	}
	if s.anew(); s.Unfinished() {
		t.Error("a new form holds nothing typed")
	}
}
