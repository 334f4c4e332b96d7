package packages

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/drive"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/catalog"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
	"fleetlab/workflows/simulate"
)

func asked(t *testing.T, cmd tea.Cmd) tea.Msg {
	t.Helper()
	if cmd == nil {
		t.Fatal("nothing happens")
	}
	return cmd()
}

// What a version cannot do is said, with what to do about it.
func TestWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ item, key, words string }{
		"a draft is not installed": {"SedanVehicle/2.0.0", "c", "DRAFT"},
		"nobody has installed it":  {"SUVVehicle/1.0.0", "b", "c creates a job"},
		"nothing has succeeded":    {"SedanVehicle/1.0.0", "b", "simulate it first"},
	} {
		s := newStage(t, uitest.Printer(t, "en"), nil)
		s.take(known(catalog.Ready), nil)
		s.list.SetCursor(c.item)
		toast, ok := asked(t, s.Update(uitest.Key(c.key))).(screen.ToastMsg)
		if !ok || !strings.Contains(toast.Text, c.words) || s.phase != listing {
			t.Errorf("%s: %+v in phase %v", name, toast, s.phase)
		}
	}
}

func TestCreateJobStartsFromTheVersion(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.take(known(catalog.Ready), nil)
	s.list.SetCursor("SUVVehicle/1.0.0")
	for range 2 { // from the list, and from the details
		msg, ok := asked(t, s.Update(uitest.Key("c"))).(screen.GoMsg)
		in, given := msg.Args.(createjob.Input)
		if !ok || !given || msg.ID != screen.CreateJob || !slices.Equal(in.Packages, []string{"SUVVehicle/1.0.0"}) {
			t.Errorf("asked for %+v", msg)
		}
		s.Update(uitest.Key("enter"))
	}
}

func TestNoPackagesLeadsToProvisioning(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.take(catalog.Catalog{}, nil)
	if msg, ok := asked(t, s.Update(uitest.Key("p"))).(screen.GoMsg); !ok || msg.ID != screen.Provision {
		t.Errorf("asked for %+v", msg)
	}
}

// A reading that fails takes nothing away that is shown.
func TestAFailedReadingKeepsWhatIsShown(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.take(known(catalog.Ready), nil)
	toast, ok := asked(t, s.take(catalog.Catalog{}, errRefused)).(screen.ToastMsg)
	if !ok || !toast.Error || s.phase != listing || len(s.list.Rows()) != 4 {
		t.Errorf("%+v, phase %v, %d rows", toast, s.phase, len(s.list.Rows()))
	}
}

func TestEscGoesBackStepByStep(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.reversed(plan(), nil)
	for _, want := range []struct {
		more bool
		at   phase
	}{{true, listing}, {false, listing}} {
		if _, more := s.Back(); more != want.more || s.phase != want.at {
			t.Errorf("back: %v in phase %v, want %+v", more, s.phase, want)
		}
	}
	uitest.Press(s.Update, "enter")
	if _, more := s.Back(); !more || s.phase != listing {
		t.Errorf("from the details to phase %v", s.phase)
	}
}

// A plan that is given up leads back to where it was asked for.
func TestThePlanCanBeStopped(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.take(known(catalog.Ready), nil)
	uitest.Press(s.Update, "enter")
	r := s.planning(untilStopped)
	uitest.Press(s.Update, "x")
	<-r.Done()
	s.Update(feed.BatchMsg{Run: r.ID, Last: true})
	if s.phase != detail {
		t.Errorf("phase %v, want the details", s.phase)
	}
}

// updated is a cloud whose devices were updated twice, so that the earlier job tells what they had.
func updated(t *testing.T) *cloud.Cloud {
	t.Helper()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(),
		AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(), Pace: pace.Config{Off: true}})
	must(t, err)
	t.Cleanup(c.Download.CloseIdleConnections)
	st := event.Stage{Sink: &event.Recorder{}}
	in := provision.Defaults()
	in.ThingTypes, in.Versions, in.Countries, in.Devices = []string{"SedanVehicle"}, []string{"1.0.0", "1.1.0", "1.2.0"}, "US", 6
	fleet, err := provision.Prepare(t.Context(), c, in)
	must(t, err)
	_, err = provision.Run(t.Context(), c, fleet, st)
	must(t, err)
	for _, u := range []struct{ id, version string }{{"ota-1", "1.1.0"}, {"ota-2", "1.2.0"}} {
		job := createjob.Defaults()
		job.ID, job.Packages, job.Selection, job.Groups = u.id, []string{"SedanVehicle/" + u.version}, createjob.Snapshot, []string{"US_Fleet"}
		p, err := createjob.Prepare(t.Context(), c, job, st)
		must(t, err)
		_, err = createjob.Run(t.Context(), c, p, st)
		must(t, err)
		play := simulate.Defaults()
		play.Job, play.SuccessRate, play.DeviceSpeed = u.id, 100, simulate.Instant
		sim, err := simulate.Prepare(t.Context(), c, play, st)
		must(t, err)
		_, err = simulate.Run(t.Context(), c, sim, st)
		must(t, err)
	}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// From the catalog to the job that takes the devices back, over the sandbox.
func TestTheDevicesGoBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), updated(t))
	d := drive.New(t, s.reg, s.Update)
	d.After = func() { uitest.Exact(t, s.View(), s.w, s.h) }
	d.Do(s.Init())
	d.Until(func() bool { return s.phase == listing })
	v, _ := s.list.Selected()
	if v.Item() != "SedanVehicle/1.2.0" || v.Things != 6 {
		t.Fatalf("the newest version is %+v", v)
	}
	d.Send(uitest.Key("b"))
	d.Until(func() bool { _, _, ok := s.back.Plan(); return ok })
	if plan, problem, _ := s.back.Plan(); problem != nil || len(plan.Moves) != 1 || plan.Moves[0].To[0] != "SedanVehicle/1.1.0" {
		t.Fatalf("planned %+v (%v)", plan, problem)
	}
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.back.Run().Ended() })
	if o := s.back.Run().Outcome(); o.Status != event.Done {
		t.Fatalf("creating the job ended %s with %v", o.Status, o.Err)
	}
	d.Send(uitest.Key("n"))
	d.Until(func() bool { return len(d.Asked) > 0 })
	if msg, ok := d.Asked[0].(screen.GoMsg); !ok || msg.ID != screen.Simulate || msg.Args != "rollback-ota-2" {
		t.Errorf("asked for %+v", d.Asked[0])
	}
}
