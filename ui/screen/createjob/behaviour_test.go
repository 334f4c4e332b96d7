package createjob

import (
	"context"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func TestAllCountryGroupsAreMarkedAtFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterStep(targets)
	if got := s.value(createjob.FieldGroups); got != "CA_Fleet,MX_Fleet,US_Fleet" {
		t.Errorf("marked are %s", got)
	}
	uitest.Press(s.Update, "a", "a") // all, none
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
	for _, want := range []string{"At 50 a minute, 1,000 devices take 19m59s;", "10 failures of the first 100 cancel the job"} {
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

// checkEnds runs a check with a given end.
func (s *stage) checkEnds(p createjob.Plan, err error) {
	s.phase = preparing
	s.prepare.Start(s.d.Runs, planRun, func(context.Context, event.Stage) (createjob.Plan, error) { return p, err })
	r := s.reg.All()[0]
	<-r.Done()
	s.Update(feed.BatchMsg{Run: r.ID, Last: true})
}

func TestATakenIDComesWithOneThatIsFree(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	s.choose(createjob.FieldID, "one")
	s.choose(createjob.FieldDescription, "text")
	s.checkEnds(createjob.Plan{}, fleet.Refuse(createjob.FieldID, "one", fleet.TakenTry, "item", "one", "free", "one-2"))
	if s.phase != asking || s.step != delivery || s.form().Focused() != createjob.FieldID {
		t.Fatalf("phase %v, step %v, field %s; want the form at the id", s.phase, s.step, s.form().Focused())
	}
	if view := s.View(); !strings.Contains(view, "one exists already") || !strings.Contains(view, "enter takes one-2") {
		t.Errorf("the reason and the remedy are not under the field:\n%s", view)
	}
	if s.value(createjob.FieldDescription) != "text" || s.value(createjob.FieldID) != "one" {
		t.Error("what was typed is lost")
	}
	uitest.Press(s.Update, "enter")
	if s.in.ID != "one-2" || !s.form().OK() {
		t.Errorf("the id is %s", s.in.ID)
	}
}

func TestOtherErrorsCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	s.checkEnds(createjob.Plan{}, errRefused)
	if s.phase != stuck || !strings.Contains(s.View(), "connection refused") {
		t.Fatalf("phase %v:\n%s", s.phase, s.View())
	}
	if _, stayed := s.Back(); !stayed || s.phase != asking {
		t.Error("esc does not lead to the form")
	}
}

func TestEscKeepsTheFormAsItWas(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterStep(delivery)
	s.choose(createjob.FieldDescription, "x")
	s.hold(t)
	if _, stayed := s.Back(); !stayed || s.phase != asking || !s.reg.All()[0].Stopping() {
		t.Fatal("esc does not stop the check")
	}
	s.checkEnds(plan(), nil)
	if s.phase != reviewing {
		t.Fatalf("phase %v, want the review", s.phase)
	}
	if _, stayed := s.Back(); !stayed || s.phase != asking || s.step != delivery || s.value(createjob.FieldDescription) != "x" {
		t.Error("the form is not as it was")
	}
}

func TestAJobIsAskedForFirst(t *testing.T) {
	t.Parallel()
	for kind, want := range map[cloud.Kind]string{cloud.AWS: "111122223333", cloud.Sandbox: "sandbox"} {
		c := &cloud.Cloud{Kind: kind, Account: "111122223333", Region: "eu-west-1", Pace: pace.New(pace.Config{})}
		s := newStage(t, uitest.Printer(t, "en"), c)
		s.reviewPlan(summaryTab)
		s.plan.Account = c.Account
		msg, ok := s.Update(uitest.Key("enter"))().(screen.OpenMsg)
		if !ok || s.phase != reviewing || len(s.reg.All()) > 0 {
			t.Fatal("the job is created without a question")
		}
		if view := msg.Overlay.View(76, 20); !strings.Contains(view, plan().Request.JobID) || !strings.Contains(view, "$2.00") || !strings.Contains(view, want) {
			t.Errorf("the question does not name the job, its cost and the cloud:\n%s", view)
		}
		if cmd, done := msg.Overlay.Update(uitest.Key("enter")); !done || cmd != nil {
			t.Error("enter alone says yes")
		}
		cmd, _ := msg.Overlay.Update(uitest.Key("y"))
		if create, ok := cmd().(createMsg); !ok || create.plan.Request.JobID != plan().Request.JobID {
			t.Errorf("yes is %#v, want the creation", cmd())
		}
	}
}

func TestReviewShowsAndCopiesTheJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.SetSize(200, 58)
	s.reviewPlan(summaryTab)
	s.plan.Before = []string{"aws iot create-job-template --job-template-id nightly"}
	for i, wants := range [tabs][]string{
		summaryTab: {"333 things", "666 things", "LowBattery (dynamic)", "222 things of another type", "continuous job stays IN_PROGRESS", "t narrows the job to 444",
			"$2.00 on a real account", "s3://iot-firmware", "666 devices take"},
		documentTab: {"presigned-url"},
		requestTab:  {`"targetSelection": "CONTINUOUS"`},
		commandTab:  {"aws iot create-job-template \\", "  --job-template-id nightly", "aws iot create-job \\", "  --job-id fleetlab-ota-20261123-101530 \\"},
	} {
		if int(s.tab) != i {
			t.Fatalf("tab leads to view %d, want %d", s.tab, i)
		}
		view := s.View()
		copied, ok := s.Update(uitest.Key("y"))().(screen.CopyMsg)
		if !ok {
			t.Fatal("y copies nothing")
		}
		for _, want := range wants {
			if !strings.Contains(view, want) || !strings.Contains(copied.Text, want) {
				t.Errorf("view %d does not show or copy %s:\n%s\n%s", i, want, view, copied.Text)
			}
		}
		uitest.Press(s.Update, "tab")
	}
	if uitest.Press(s.Update, "shift+tab"); s.tab != commandTab {
		t.Error("shift+tab does not lead back")
	}
}

func TestNextAfterTheJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	scenes["done"](t, s)
	if got, ok := s.Update(uitest.Key("s"))().(screen.GoMsg); !ok || got.ID != screen.Simulate || got.Args != any(plan().Request.JobID) {
		t.Errorf("s asks for %#v, want the job's simulation", got)
	}
	if got, ok := s.Update(uitest.Key("u"))().(screen.GoMsg); !ok || got.ID != screen.Cleanup {
		t.Errorf("u asks for %#v, want clean-up", got)
	}
	uitest.Press(s.Update, "tab", "n") // in the log, n is the next match
	if s.phase != creating {
		t.Error("n in the log left the result")
	}
}

func TestAFailedJobOffersNoSimulation(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	scenes["failed"](t, s)
	if cmd := s.Update(uitest.Key("s")); cmd != nil && cmd() != nil {
		t.Error("a job that does not exist can be simulated")
	}
	uitest.Press(s.Update, "e")
	if s.phase != asking {
		t.Error("e does not lead back to the form")
	}
}

func TestEmptyAccountLeadsToProvisioning(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.offer(createjob.Choices{Role: roleName})
	if got, ok := s.Update(uitest.Key("p"))().(screen.GoMsg); !ok || got.ID != screen.Provision {
		t.Errorf("p asks for %#v, want provisioning", got)
	}
	if s.Resume(); s.phase != loading {
		t.Error("coming back does not look again")
	}
	s.reading.Stop()
}

// Without packages there is still what a custom job needs.
func TestGroupsAloneMakeACustomJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	c := choices()
	c.Packages, c.Templates = nil, nil
	s.offer(c)
	if in := s.job(); s.phase != asking || in.Type != createjob.Custom || in.Validate() != nil || !s.form().OK() {
		t.Errorf("phase %v with %+v (%v):\n%s", s.phase, in, in.Validate(), s.View())
	}
	s.choose(createjob.FieldType, createjob.OTA)
	if s.form().OK() {
		t.Error("an over-the-air job without a package passes")
	}
}

// The screen can be opened with choices made elsewhere.
func TestItStartsFromChoicesGiven(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	in := createjob.Defaults()
	in.Packages, in.Groups, in.ID = []string{"SUVVehicle/1.0.0"}, []string{"Workshop"}, "back"
	s.Screen = New(s.d, in).(*Screen)
	s.SetSize(80, 22)
	s.enterForm()
	if got := s.job(); !slices.Equal(got.Packages, in.Packages) || !slices.Equal(got.Groups, in.Groups) || s.value(createjob.FieldID) != "back" {
		t.Errorf("the job is %+v", got)
	}
}

func TestOptionsOfACommandStandAlone(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"aws iot list-jobs": "aws iot list-jobs",
		"aws iot create-job --job-id a --description 'x --y it'\\''s --z'": "aws iot create-job \\\n  --job-id a \\\n  --description 'x --y it'\\''s --z'",
	} {
		if got := options(command); got != want {
			t.Errorf("options(%s) = %s, want %s", command, got, want)
		}
	}
}

// What the run waits for is counted down: the batch that says so asks for the next second.
func TestTheWaitIsCountedDown(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.SetSize(80, 22)
	t.Cleanup(s.watch(nil, nil))
	b := feed.BatchMsg{Run: s.view.Run().ID, Events: story(event.Created)}
	s.reg.Observe(b)
	if s.Update(b) == nil {
		t.Error("nothing moves the countdown")
	}
}
