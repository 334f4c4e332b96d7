package createjob

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/ui/internal/drive"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

func connect(t *testing.T) *cloud.Cloud {
	t.Helper()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{
		Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(), Pace: pace.Config{Off: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fleetOf provisions some devices.
func fleetOf(t *testing.T, c *cloud.Cloud, devices int) {
	t.Helper()
	in := provision.Defaults()
	in.Devices = devices
	plan, err := provision.Prepare(t.Context(), c, in)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := provision.Run(t.Context(), c, plan, event.Stage{Sink: &event.Recorder{}}); err != nil || r.Status != event.Done {
		t.Fatalf("provisioning ended %s with %v", r.Status, err)
	}
}

// start opens the screen and plays it; every picture it shows is asserted to be exact.
func (s *stage) start(t *testing.T) *drive.Driver {
	d := drive.New(t, s.reg, s.Update)
	d.After = func() { uitest.Exact(t, s.View(), s.w, s.h) }
	d.Do(s.Init())
	return d
}

// play is a screen being played.
type play struct {
	*stage
	*drive.Driver
	t *testing.T
}

// open plays a new screen up to its form.
func open(t *testing.T, c *cloud.Cloud, lang string, w, h int) *play {
	t.Helper()
	s := newStage(t, uitest.Printer(t, lang), c)
	s.SetSize(w, h)
	p := &play{s, s.start(t), t}
	p.Until(func() bool { return s.phase == asking && s.counter == nil })
	return p
}

// keys presses keys.
func (p *play) keys(names ...string) {
	for _, n := range names {
		p.Send(uitest.Key(n))
	}
}

// enter types a text into a field in place of what stands there.
func (p *play) enter(id, text string) {
	p.t.Helper()
	at, ok := p.owner(id)
	if !ok {
		p.t.Fatalf("there is no field %s", id)
	}
	p.step = at
	p.form().Focus(id)
	p.keys("end", "ctrl+u")
	for _, r := range text {
		p.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
}

// toReview goes to the review.
func (p *play) toReview() {
	p.t.Helper()
	p.step = delivery
	p.form().Focus(onwards)
	p.keys("enter")
	p.Until(func() bool { return p.phase != preparing })
	if p.phase != reviewing {
		p.t.Fatalf("phase %v, step %v, field %s (%v):\n%s", p.phase, p.step, p.form().Focused(), p.problem, p.View())
	}
}

// overlay waits for an overlay that the screen opens.
func (p *play) overlay() screen.Overlay {
	p.t.Helper()
	p.Until(func() bool { return len(p.Asked) > 0 })
	msg, ok := p.Asked[len(p.Asked)-1].(screen.OpenMsg)
	if !ok {
		p.t.Fatalf("the screen asks for %#v", p.Asked)
	}
	p.Asked = nil
	return msg.Overlay
}

// create agrees to the job and waits until it is made.
func (p *play) create() *iottypes.Job {
	p.t.Helper()
	p.keys("enter")
	yes, _ := p.overlay().Update(uitest.Key("y"))
	p.Do(yes)
	p.Until(func() bool { return p.phase == creating && p.view.Ended() })
	id, ok := made(p.view.Outcome())
	if !ok || id != p.plan.Request.JobID {
		p.t.Fatalf("the run ended with %+v:\n%s", p.view.Outcome(), p.View())
	}
	out, err := p.d.Cloud.IoT.DescribeJob(p.t.Context(), &iot.DescribeJobInput{JobId: &id})
	if err != nil {
		p.t.Fatal(err)
	}
	return out.Job
}

func TestAnOTAJobWithExponentialRolloutAndAbort(t *testing.T) {
	t.Parallel()
	c := connect(t)
	fleetOf(t, c, 9)
	p := open(t, c, "en", 120, 38)
	p.keys("pgdown")
	p.Until(func() bool { return p.reach.there })
	if view := p.View(); p.countErr != nil || strings.Count(view, "3 things") != 3 || !strings.Contains(view, "9 things, each counted once") {
		t.Fatalf("the members are not counted (%v):\n%s", p.countErr, view)
	}
	p.keys("pgdown")
	p.choose(createjob.FieldSelection, createjob.Snapshot)
	p.choose(rolloutKind, createjob.RolloutExponential)
	p.enter(createjob.FieldBase, "3")
	p.enter(createjob.FieldFactor, "1.5")
	p.choose(increaseBy, createjob.Succeeded)
	p.enter(createjob.FieldIncrease, "4")
	p.choose(createjob.FieldAbort, createjob.KindFailed)
	p.enter(abortPercent+"0", "20")
	p.enter(abortLeast+"0", "5")
	if view := p.View(); !strings.Contains(view, "1 failure of the first 5") {
		t.Errorf("the forecast does not speak of the abort:\n%s", view)
	}
	p.toReview()
	job := p.create()
	r, a := job.JobExecutionsRolloutConfig, job.AbortConfig
	if string(job.TargetSelection) != "SNAPSHOT" || len(job.Targets) != 3 || r == nil || r.ExponentialRate == nil || a == nil || len(a.CriteriaList) != 1 {
		t.Fatalf("the job is %+v", job)
	}
	x := r.ExponentialRate
	if *x.BaseRatePerMinute != 3 || *x.IncrementFactor != 1.5 || *x.RateIncreaseCriteria.NumberOfSucceededThings != 4 {
		t.Errorf("the rollout is %+v", x)
	}
	if got := a.CriteriaList[0]; string(got.FailureType) != "FAILED" || *got.ThresholdPercentage != 20 || *got.MinNumberOfExecutedThings != 5 {
		t.Errorf("the criterion is %+v", got)
	}
	p.keys("s")
	p.Until(func() bool { return len(p.Asked) > 0 })
	if got, ok := p.Asked[0].(screen.GoMsg); !ok || got.ID != screen.Simulate || got.Args != any(*job.JobId) {
		t.Errorf("s asks for %#v", p.Asked[0])
	}
}

func TestACustomJobFromTheEditor(t *testing.T) {
	t.Parallel()
	c := connect(t)
	fleetOf(t, c, 3)
	p := open(t, c, "ja", 80, 22)
	p.choose(createjob.FieldType, createjob.Custom)
	p.choose(createjob.FieldPreset, "reboot")
	p.form().Focus(createjob.FieldDocument)
	p.keys("x", "tab", "enter")
	if p.step != what {
		t.Fatal("a document with a mistake passes")
	}
	p.keys("backspace", "down", "end", "enter")
	p.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(`  "車両": "すべて",`), Paste: true})
	want := p.value(createjob.FieldDocument)
	p.toReview()
	job := p.create()
	out, err := c.IoT.GetJobDocument(t.Context(), &iot.GetJobDocumentInput{JobId: job.JobId})
	if err != nil || *out.Document != want || !strings.Contains(want, "車両") || len(job.DestinationPackageVersions) > 0 {
		t.Errorf("the document is %v (%v), want %s", out, err, want)
	}
}

func TestAJobIsNarrowedToTheType(t *testing.T) {
	t.Parallel()
	c := connect(t)
	fleetOf(t, c, 9)
	p := open(t, c, "en", 80, 22)
	p.toReview()
	if view := p.View(); p.plan.Members != 9 || !strings.Contains(view, "t narrow") && !strings.Contains(strings.Join(p.tabRows(76), "\n"), "t narrows the job to 3") {
		t.Fatalf("nothing offers to narrow the job:\n%s", view)
	}
	p.keys("t")
	p.Until(func() bool { return p.phase == reviewing })
	if p.plan.Members != 3 || len(p.plan.Before) != 1 || p.value(createjob.FieldNarrow) != createjob.Yes {
		t.Fatalf("the plan reaches %d with %v", p.plan.Members, p.plan.Before)
	}
	p.keys("t")
	p.Until(func() bool { return p.phase == reviewing })
	if p.plan.Members != 9 {
		t.Fatalf("t again reaches %d", p.plan.Members)
	}
	p.keys("t")
	p.Until(func() bool { return p.phase == reviewing })
	pasted(t, p.commands(), append(slices.Clone(p.plan.Before), p.plan.Command), p.plan.Document)
	job := p.create()
	if len(job.Targets) != 1 || !strings.HasSuffix(job.Targets[0], "-only-1") || fleet.CountsOf(job).Total() != 3 {
		t.Errorf("the job is for %v with %+v", job.Targets, fleet.CountsOf(job))
	}
	if view := p.View(); !strings.Contains(view, "Dynamic group") {
		t.Errorf("the result does not name the group:\n%s", view)
	}
}

// pasted checks that a shell reads what is copied as it reads the commands, and that one of their arguments is the document.
func pasted(t *testing.T, copied string, commands []string, document string) {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		return // no shell to paste into
	}
	const aws = `aws() { for word in "$@"; do printf '%s\000' "$word"; done; }` + "\n"
	read := func(script string) []string {
		out, err := exec.Command(sh, "-c", aws+script).Output()
		if err != nil {
			t.Fatalf("%v: %s", err, script)
		}
		return strings.Split(string(out), "\x00")
	}
	got, want := read(copied), read(strings.Join(commands, "\n"))
	if !slices.Equal(got, want) || !slices.Contains(got, document) {
		t.Errorf("a shell reads %q, want %q with the document", got, want)
	}
}

func TestATemplateIsSavedAndStartedFrom(t *testing.T) {
	t.Parallel()
	c := connect(t)
	fleetOf(t, c, 3)
	p := open(t, c, "en", 80, 22)
	p.choose(rolloutKind, createjob.RolloutConstant)
	p.enter(createjob.FieldRollout, "7")
	p.choose(createjob.FieldAbort, createjob.KindAll)
	p.enter(createjob.FieldTimeout, "30")
	p.enter(createjob.FieldDescription, "slow and careful")
	p.enter(createjob.FieldSaveTemplate, "careful")
	p.toReview()
	p.create()
	if view := p.View(); !strings.Contains(view, "Job template") {
		t.Errorf("the result does not name the template:\n%s", view)
	}
	p.keys("n")
	p.Until(func() bool { return p.phase == asking })
	if in := p.job(); in.SaveTemplate != "" || in.ID != "" || in.Rollout.PerMinute != 7 {
		t.Errorf("another job starts from %+v", in)
	}

	q := open(t, c, "en", 80, 22)
	q.form().Focus(fromTemplate)
	q.keys("enter")
	list := q.overlay()
	if view := list.View(76, 20); !strings.Contains(view, "careful") || !strings.Contains(view, "slow and careful") {
		t.Errorf("the templates are not listed:\n%s", view)
	}
	cmd, _ := list.Update(uitest.Key("enter"))
	q.Do(cmd)
	q.Until(func() bool { return q.in.Template == "careful" })
	in := q.job()
	if in.Type != createjob.OTA || in.Rollout.PerMinute != 7 || in.Timeout != 30 || len(in.Abort) != 1 {
		t.Errorf("the choices are %+v", in)
	}
	q.toReview()
	if q.plan.Request.Rollout.Maximum != 7 {
		t.Errorf("the rollout is %+v", q.plan.Request.Rollout)
	}
}

func TestATakenIDIsCorrectedInPlace(t *testing.T) {
	t.Parallel()
	c := connect(t)
	fleetOf(t, c, 3)
	group, id, document := c.ARN("thinggroup/"+fleet.GroupName("US")), "mine", `{"operation":"reboot"}`
	if _, err := c.IoT.CreateJob(t.Context(), &iot.CreateJobInput{JobId: &id, Targets: []string{group}, Document: &document}); err != nil {
		t.Fatal(err)
	}
	p := open(t, c, "ja", 80, 22)
	p.enter(createjob.FieldID, "mine")
	p.form().Focus(onwards)
	p.keys("enter")
	p.Until(func() bool { return p.phase != preparing })
	if p.phase != asking || p.form().Focused() != createjob.FieldID || !strings.Contains(p.View(), "すでにあります") {
		t.Fatalf("phase %v, field %s:\n%s", p.phase, p.form().Focused(), p.View())
	}
	p.keys("enter")
	p.toReview()
	if p.plan.Request.JobID != "mine-2" {
		t.Errorf("the id is %s", p.plan.Request.JobID)
	}
}

func TestThingsAreFoundAndMarked(t *testing.T) {
	t.Parallel()
	c := connect(t)
	fleetOf(t, c, 12)
	p := open(t, c, "en", 80, 22)
	p.step = targets
	p.choose(createjob.FieldGroups, "")
	p.enter(findThings, "Vehicle-VIN-00")
	p.Until(func() bool { return len(p.find.found.names) > 0 })
	if len(p.find.found.names) != 9 {
		t.Errorf("found %v, want nine", p.find.found.names)
	}
	p.form().Focus(foundThings)
	p.keys(" ", "down", " ")
	p.enter(createjob.FieldThings, "Vehicle-VIN-010,Vehicle-VIN-002,gone")
	p.Until(func() bool { return p.reach.err != nil })
	if view := p.View(); !strings.Contains(view, "gone") || p.form().OK() {
		t.Errorf("a thing that does not exist is not told:\n%s", view)
	}
	p.enter(createjob.FieldThings, "Vehicle-VIN-010,Vehicle-VIN-002")
	p.Until(func() bool { return p.reach.there })
	if got := p.reached(); got.n != 2 || strings.Count(p.View(), "■") != 1 {
		t.Errorf("%d are reached:\n%s", got.n, p.View())
	}
	p.enter(findThings, "nobody")
	p.Until(func() bool { return !p.find.reading.On() && p.find.text == "nobody" })
	if !strings.Contains(p.View(), "Nothing found for nobody") {
		t.Errorf("nothing says that there is nobody:\n%s", p.View())
	}
}

func TestAnEmptyAccountSaysWhatIsLacking(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), connect(t))
	d := s.start(t)
	d.Until(func() bool { return s.phase != loading })
	if s.phase != lacking || !slices.Equal(s.lacks(), []string{"createjob.lacks.groups", "createjob.lacks.packages", "createjob.lacks.role"}) {
		t.Errorf("phase %v, lacking %v (%v)", s.phase, s.lacks(), s.problem)
	}
}

// A screen that is gone asks no more how far the counting is, and so it ends.
func TestCountingEndsWithTheScreen(t *testing.T) {
	t.Parallel()
	c := connect(t)
	k := startCounter(c, []string{"no-such-group"})
	k.lease.Reset(0)
	<-k.done
	if m := k.poll()().(countMsg); !m.done || m.err == nil {
		t.Errorf("counting ended with %+v, want an error", m)
	}
}
