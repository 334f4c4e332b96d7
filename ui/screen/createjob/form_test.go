package createjob

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"fleetlab/ui/component/form"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/lookup"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
)

func TestAllCountryGroupsAreMarkedAtFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterStep(targets)
	if got := s.value(createjob.FieldGroups); got != "CA_Fleet,MX_Fleet,US_Fleet" {
		t.Errorf("marked are %s", got)
	}
	uitest.Press(s.Update, "A", "A") // all, none
	if s.form().OK() {
		t.Error("a job without a target passes")
	}
	uitest.Press(s.Update, "end", " ")
	if got := strings.Join(s.in.Groups, ","); got != "Workshop" || !s.form().OK() {
		t.Errorf("groups are %s and the form is right: %v, want Workshop", got, s.form().OK())
	}
	uitest.Press(s.Update, " ")
	s.choose(createjob.FieldThings, "Vehicle-VIN-001")
	if !s.form().OK() {
		t.Error("single things alone do not pass")
	}
}

func TestVersionsFollowThePackages(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	if got := strings.Join(s.in.Packages, ","); got != "SUVVehicle/1.1.0" {
		t.Fatalf("%s is offered first, want the newest published version of the first package", got)
	}
	s.form().Focus(versionOf + "SUVVehicle")
	if view := s.View(); !strings.Contains(view, "1.2.0 DRAFT") || !strings.Contains(view, "SUVVehicle_v1_1_0.zip") {
		t.Errorf("the draft or the file is not named:\n%s", view)
	}
	uitest.Press(s.Update, "right")
	s.form().Focus(createjob.FieldPackage)
	uitest.Press(s.Update, "down", " ")
	if got := strings.Join(s.in.Packages, ","); got != "SUVVehicle/1.0.0,SedanVehicle/2.0.0" || !s.form().OK() {
		t.Errorf("the packages are %s", got)
	}
	uitest.Press(s.Update, "down", " ")
	if s.form().OK() {
		t.Error("a package without a version to install passes")
	}
	uitest.Press(s.Update, " ")
	if !s.form().OK() {
		t.Error("the way back leaves the form wrong")
	}
}

// A custom job starts without packages; each type has its own again when it is chosen again, and each preset its text.
func TestWhatWasChosenComesBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	s.choose(createjob.FieldType, createjob.Custom)
	if len(s.in.Packages) > 0 || s.form().OK() {
		t.Fatalf("a custom job starts with %v and an empty document that passes: %v", s.in.Packages, s.form().OK())
	}
	s.choose(createjob.FieldPreset, "reboot")
	typed := `{"operation": "reboot", "delaySeconds": 5}`
	s.choose(createjob.FieldDocument, typed)
	s.choose(createjob.FieldPreset, "collect-logs")
	if !strings.Contains(s.value(createjob.FieldDocument), s.bucket()) || !s.form().OK() {
		t.Errorf("the preset is %s", s.value(createjob.FieldDocument))
	}
	s.choose(createjob.FieldPreset, "reboot")
	if got := s.job(); got.Document != typed || got.Preset != "reboot" {
		t.Errorf("the document is %s of %s, want what was typed", got.Document, got.Preset)
	}
	s.choose(createjob.FieldType, createjob.OTA)
	if got := s.job(); got.Document != "" || got.Preset != "" || !slices.Equal(got.Packages, []string{"SUVVehicle/1.1.0"}) || got.Validate() != nil {
		t.Errorf("the over-the-air job is %+v, %v", got, got.Validate())
	}
	s.choose(createjob.FieldType, createjob.Custom)
	if s.value(createjob.FieldDocument) != typed {
		t.Error("the document is lost")
	}
}

func TestAMistakeIsToldWhereItIs(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	scenes["mistake"](t, s)
	if view := s.View(); !strings.Contains(view, "1:2 { is not expected here") || strings.Contains(view, "line 1, column 2: Document") {
		t.Errorf("the mistake is told so:\n%s", view)
	}
	uitest.Press(s.Update, "tab", "enter")
	if s.step != what || s.form().Focused() != createjob.FieldDocument {
		t.Error("a document with a mistake passes")
	}
}

func TestAPlaceholderIsTypedIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	scenes["placeholders"](t, s)
	if view := s.View(); !strings.Contains(view, "all attributes of a package version") {
		t.Errorf("nothing is explained:\n%s", view)
	}
	s.over.Update(uitest.Key("down"))
	s.over.Update(uitest.Key("up"))
	cmd, done := s.over.Update(uitest.Key("enter"))
	if !done {
		t.Fatal("the list stays")
	}
	s.Update(cmd())
	if got := s.value(createjob.FieldDocument); got != "${aws:iot:package:NAME:version:VERSION:attributes}" {
		t.Errorf("typed is %q", got)
	}
}

// partsOf are the parts of delivery as they are chosen, and the input's text that they make.
var partsOf = []struct {
	name  string
	parts [][2]string
	field string
	want  string
}{
	{"default", nil, createjob.FieldRollout, ""},
	{"constant", [][2]string{{rolloutKind, "constant"}, {createjob.FieldRollout, "200"}}, createjob.FieldRollout, "200"},
	{"exponential", [][2]string{{rolloutKind, "exponential"}}, createjob.FieldRollout, "exponential"},
	{"increase", [][2]string{{increaseBy, createjob.Succeeded}, {createjob.FieldIncrease, "7"}}, createjob.FieldIncrease, "succeeded:7"},
	{"abort", [][2]string{{createjob.FieldAbort, "FAILED"}, {abortPercent + "0", "12.5"}, {"abort-1", "ALL"}, {abortLeast + "1", "9"}}, createjob.FieldAbort, "FAILED:12.5:20,ALL:10:9"},
	{"abort out of sight", [][2]string{{createjob.FieldAbort, "FAILED"}, {"abort-1", "ALL"}, {createjob.FieldAbort, noCriterion}}, createjob.FieldAbort, ""},
	{"retry each", [][2]string{{createjob.FieldTimeout, "30"}, {createjob.FieldRetry, retryEach}, {retryTimedOut, "1"}}, createjob.FieldRetry, "FAILED:2,TIMED_OUT:1"},
	{"retry any", [][2]string{{createjob.FieldRetry, retryAny}, {retryAll, "10"}}, createjob.FieldRetry, "ALL:10"},
}

func TestPartsMakeTheInput(t *testing.T) {
	t.Parallel()
	for _, x := range partsOf {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, uitest.Printer(t, "en"), nil)
			s.enterStep(delivery)
			for _, p := range x.parts {
				s.choose(p[0], p[1])
			}
			in := s.job()
			if got := in.Get(x.field); got != x.want || !s.form().OK() || in.Validate() != nil {
				t.Errorf("%s is %q, want %q; right: %v, %v", x.field, got, x.want, s.form().OK(), in.Validate())
			}
			other := newStage(t, uitest.Printer(t, "en"), nil)
			other.in = in
			other.enterForm()
			if got := other.job(); got.Get(x.field) != x.want {
				t.Errorf("a form made of it has %q", got.Get(x.field))
			}
			other.takeDelivery()
			if got := other.job(); got.Get(x.field) != x.want {
				t.Errorf("a form made of it gives %q", got.Get(x.field))
			}
		})
	}
}

func TestNumbersAreCheckedAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ kind, mode, field, text, want string }{
		{rolloutKind, "constant", createjob.FieldRollout, "1001", "1001 is out of range; enter 1 to 1000"},
		{rolloutKind, "exponential", createjob.FieldFactor, "6", "6 is out of range"},
		{rolloutKind, "exponential", createjob.FieldIncrease, "0", ": 0 is out of range; enter 1 to"},
		{rolloutKind, "exponential", createjob.FieldMaximum, "5", "5 is out of range; enter 10 to 1000"},
		{createjob.FieldAbort, "ALL", abortPercent + "0", "101", ": 101 is out of range; enter 0.01 to 100"},
		{createjob.FieldAbort, "ALL", abortPercent + "0", "1.234", "1.234 is not written right; write it like 12.5"},
		{createjob.FieldAbort, "ALL", abortLeast + "0", "0", ": 0 is out of range"},
		{createjob.FieldRetry, retryEach, retryFailed, "11", "11 is out of range; enter 0 to 10"},
		{createjob.FieldRetry, retryEach, retryTimedOut, "1", "Timeout"},
		{createjob.FieldStart, "", createjob.FieldStart, "+5m", "+5m is out of range"},
		{createjob.FieldWindows, "", createjob.FieldWindows, "at night", "at night is not written right"},
		{createjob.FieldTimeout, "", createjob.FieldTimeout, "10081", "10081 is out of range"},
		{createjob.FieldExpires, "", createjob.FieldExpires, "59", "59 is out of range"},
		{createjob.FieldTags, "", createjob.FieldTags, "team", "team is not written right"},
	} {
		s := newStage(t, uitest.Printer(t, "en"), nil)
		s.SetSize(118, 48)
		s.enterStep(delivery)
		s.choose(x.kind, x.mode)
		s.form().Focus(x.field)
		s.form().Set(x.field, "")
		for _, r := range x.text {
			s.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
		s.View() // gives the form its size
		if view := s.form().View(); s.form().OK() || !strings.Contains(strings.Join(strings.Fields(view), " "), x.want) {
			t.Errorf("%s %q does not say %q:\n%s", x.field, x.text, x.want, view)
		}
	}
}

func TestTheForecastFollowsTheFields(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.SetSize(118, 48)
	s.enterStep(delivery)
	s.reach.plan.Members = 1000
	s.choose(rolloutKind, createjob.RolloutConstant)
	s.choose(createjob.FieldAbort, createjob.KindFailed)
	s.choose(abortLeast+"0", "100")
	words := strings.Join(s.forecastRows(s.forecast(), 400), " ")
	for _, want := range []string{"At 50 a minute, 1,000 devices take 19m59s,", "10 failures of the first 100 cancel the job"} {
		if view := s.View(); !strings.Contains(words, want) || !strings.Contains(view, "abort ") {
			t.Errorf("the forecast does not say %q:\n%s", want, s.View())
		}
	}
}

func TestStepsGoBackAndForthAndKeepEverything(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	uitest.Press(s.Update, "pgdown")
	s.choose(createjob.FieldThings, "a,b")
	uitest.Press(s.Update, "pgdown")
	s.choose(createjob.FieldDescription, "text")
	if s.step != delivery {
		t.Fatalf("step %d", s.step)
	}
	uitest.Press(s.Update, "pgup")
	if _, stayed := s.Back(); !stayed || s.step != what {
		t.Errorf("esc leads to step %d", s.step)
	}
	if _, stayed := s.Back(); stayed {
		t.Error("esc does not leave the first step")
	}
	if in := s.job(); in.Description != "text" || !slices.Equal(in.Things, []string{"a", "b"}) {
		t.Errorf("what was typed is lost: %+v", in)
	}
	s.choose(createjob.FieldPackage, "")
	uitest.Press(s.Update, "pgdown")
	if s.step != what || s.form().Focused() != createjob.FieldPackage {
		t.Error("a step that is wrong lets through")
	}
}

// What the cloud said of one field may be put right by another.
func TestARefusalGoesWithOtherChoices(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterStep(targets)
	refused := fleet.Refuse(createjob.FieldPackage, "SUVVehicle/1.1.0", fleet.NoArtifact, "item", "SUVVehicle/1.1.0")
	s.takeSurvey(&lookup.Answer[createjob.Plan]{Err: refused})
	if s.forms[what].OK() || !strings.Contains(s.View(), "✗ What") {
		t.Fatalf("the step that is wrong is not marked:\n%s", s.View())
	}
	s.step = what
	s.form().Focus(versionOf + "SUVVehicle")
	s.Update(uitest.Key("right"))
	s.Update(uitest.Key("pgdown"))
	if s.step != targets || !s.forms[what].OK() {
		t.Errorf("another version does not put it right:\n%s", s.View())
	}
	s.refuse(fleet.Refuse(createjob.FieldNarrow, createjob.Yes, fleet.NothingToDo, "step", "provision"))
	s.choose(createjob.FieldThings, "a")
	if !s.form().OK() {
		t.Error("a refusal stays when other things are chosen")
	}
}

// Whatever is pressed: the picture fills the screen, and what the forms find right is a job that the workflow finds right.
func TestAnyKeysLeaveAJobThatIsRightOrTold(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	names := []string{"tab", "tab", "shift+tab", "up", "down", "left", "right", " ", "enter", "pgdown", "pgup", "backspace", "ctrl+u", "a", "1", "0", ":", "{", "車", "+2h"}
	whole := t
	rapid.Check(t, func(t *rapid.T) {
		s := newStage(whole, p, nil)
		s.enterForm()
		key := rapid.SampledFrom(names)
		for range rapid.IntRange(1, 60).Draw(t, "keys") {
			s.phase = asking // the review is another matter
			name := key.Draw(t, "key")
			if s.step == delivery && (name == "pgdown" || name == "enter" && s.form().Focused() == onwards) {
				continue
			}
			s.ask(uitest.Key(name))
			w, h := rapid.IntRange(60, 130).Draw(t, "w"), rapid.IntRange(13, 40).Draw(t, "h")
			s.SetSize(w, h)
			rows := strings.Split(s.View(), "\n")
			if len(rows) != h || slices.ContainsFunc(rows, func(r string) bool { return text.Width(r) != w }) {
				t.Fatalf("not %d by %d:\n%s", w, h, s.View())
			}
		}
		in := s.job()
		if !slices.ContainsFunc(s.forms[:], func(f *form.Form) bool { return !f.OK() }) && in.Validate() != nil {
			t.Fatalf("the forms find %+v right, and the workflow %v", in, in.Validate())
		}
	})
}
