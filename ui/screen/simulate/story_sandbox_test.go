package simulate

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/ui/component/execution"
	"fleetlab/ui/internal/drive"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

// playAll starts a run of all devices of a job, and returns once it goes on.
func playAll(t *testing.T, devices int, values map[string]string) (s *stage, d *drive.Driver) {
	t.Helper()
	c, id := jobFor(t, devices)
	s = newStage(t, uitest.Printer(t, "en"), c, id)
	s.d.Reports = t.TempDir()
	s.SetSize(120, 58)
	d = s.start(t)
	d.Until(func() bool { return s.phase == asking })
	s.toPlan(d, values)
	if s.phase != planned {
		t.Fatalf("phase %v (%v), want the plan", s.phase, s.problem)
	}
	d.Send(uitest.Key("enter"))
	return s, d
}

// total is how many executions there are.
func total(c execution.Counts) int {
	n := 0
	for _, x := range c {
		n += x
	}
	return n
}

func TestADeviceIsLookedIntoWhileTheRunGoesOn(t *testing.T) {
	t.Parallel()
	s, d := playAll(t, 12, map[string]string{simulate.FieldSuccessRate: "100"})
	d.Until(func() bool { return len(s.watch.sim.Marks(0)) > 0 })
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.watch.story.state == simulate.Succeeded && !s.watch.story.wait })
	view := s.View()
	for _, want := range []string{s.plan.Devices[0].Thing, "taking the job", "downloading", "verifying the SHA-256", "rebooting", "succeeded"} {
		if !strings.Contains(view, want) {
			t.Errorf("the story does not tell of %q:\n%s", want, view)
		}
	}
	s.Back()
	d.Until(func() bool { return s.watch.view.Ended() })
	if n := total(s.watch.counts); n != 12 {
		t.Errorf("the bar is of %d executions, want 12:\n%s", n, s.View())
	}
	for i, state := range s.watch.states {
		if state != simulate.Succeeded {
			t.Errorf("device %d is drawn as %s", i, state)
		}
	}
}

func TestACancelInTheMiddleIsNoError(t *testing.T) {
	t.Parallel()
	s, d := playAll(t, 12, map[string]string{simulate.FieldSuccessRate: "100"})
	d.Until(func() bool { return slices.Contains(s.watch.states, simulate.Downloading) })
	id := s.plan.Jobs[0].ID
	comment := "enough for today"
	if _, err := s.d.Cloud.IoT.CancelJob(t.Context(), &iot.CancelJobInput{JobId: &id, Force: true, Comment: &comment}); err != nil {
		t.Fatal(err)
	}
	d.Until(func() bool { return s.watch.view.Ended() })
	s.SetSize(200, 58)
	o := s.watch.view.Outcome()
	if o.Err != nil || o.Status == event.RunFailed || o.Status == event.Partial {
		t.Errorf("the run ended %s with %v", o.Status, o.Err)
	}
	if view := s.View(); !strings.Contains(view, "was canceled in the middle") || !strings.Contains(view, comment) {
		t.Errorf("the result does not say that the job was cancelled, and why:\n%s", view)
	}
}

func TestTheReportIsSavedAndTheDevicesGoBack(t *testing.T) {
	t.Parallel()
	s, d := playAll(t, 12, map[string]string{simulate.FieldSuccessRate: "100", simulate.FieldDeviceSpeed: string(simulate.Instant)})
	d.Until(func() bool { return s.watch.view.Ended() })
	d.Send(uitest.Key("s")) // says where it is, and writes no other
	d.Until(func() bool { return len(d.Asked) > 0 })
	if toast, ok := d.Asked[0].(screen.ToastMsg); !ok || toast.Error {
		t.Fatalf("asked for the report, the screen answers %#v", d.Asked[0])
	}
	for _, ending := range []string{".md", ".json", ".html"} {
		files, err := filepath.Glob(filepath.Join(s.d.Reports, "*"+ending))
		if err != nil || len(files) != 1 {
			t.Fatalf("%d reports in %s (%v)", len(files), ending, err)
		}
		if info, err := os.Stat(files[0]); err != nil || info.Size() == 0 {
			t.Errorf("%s is empty (%v)", files[0], err)
		}
	}
	d.Send(uitest.Key("b"))
	d.Until(func() bool { _, _, ok := s.back.Plan(); return ok })
	if view := s.View(); !strings.Contains(view, "Create 1 job?") {
		t.Fatalf("no plan of 1 job:\n%s", view)
	}
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.back.Run().Ended() })
	if o := s.back.Run().Outcome(); o.Status != event.Done {
		t.Fatalf("creating the job ended %s with %v:\n%s", o.Status, o.Err, s.View())
	}
	d.Send(uitest.Key("n"))
	d.Until(func() bool { return s.phase != loading })
	if s.phase != asking || !strings.HasPrefix(s.in.Job, "rollback-") {
		t.Errorf("phase %v, job %q; want the form for the job that takes them back", s.phase, s.in.Job)
	}
}

func TestDevicesGoBackFromTheListOfJobs(t *testing.T) {
	t.Parallel()
	s, d := playAll(t, 12, map[string]string{simulate.FieldSuccessRate: "100", simulate.FieldDeviceSpeed: string(simulate.Instant)})
	d.Until(func() bool { return s.watch.view.Ended() })
	d.Send(uitest.Key("s"))
	d.Until(func() bool { return len(d.Asked) > 0 })
	played := s.plan.Jobs[0].ID
	fresh := anotherJob(t, s.d.Cloud)
	d.Send(uitest.Key("n"))
	d.Until(func() bool { return s.phase == choosing })
	s.jobs.SetCursor(fresh)
	asked := len(d.Asked)
	d.Send(uitest.Key("b"))
	d.Until(func() bool { return len(d.Asked) > asked })
	if toast, ok := d.Asked[asked].(screen.ToastMsg); s.phase != choosing || !ok || toast.Text != s.d.T("simulate.nothing-updated") {
		t.Fatalf("phase %v, %#v: a job that has updated nothing cannot be rolled back", s.phase, d.Asked[asked])
	}
	s.jobs.SetCursor(played)
	d.Send(uitest.Key("b"))
	d.Until(func() bool { _, _, ok := s.back.Plan(); return ok })
	if view := s.View(); s.back.Job() != played || !strings.Contains(view, "Create 1 job?") {
		t.Fatalf("no plan of 1 job for %s:\n%s", s.back.Job(), view)
	}
	if _, stayed := s.Back(); !stayed || s.phase != choosing {
		t.Errorf("phase %v after esc, want the list again", s.phase)
	}
	d.Send(uitest.Key("b"))
	d.Until(func() bool { _, _, ok := s.back.Plan(); return ok })
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.back.Run().Ended() })
	if o := s.back.Run().Outcome(); o.Status != event.Done {
		t.Errorf("creating the job ended %s with %v:\n%s", o.Status, o.Err, s.View())
	}
}

func TestSeveralJobsArePlayed(t *testing.T) {
	t.Parallel()
	s, d := playAll(t, 12, map[string]string{simulate.FieldSuccessRate: "50", simulate.FieldDeviceSpeed: string(simulate.Instant), simulate.FieldScope: "4"})
	d.Until(func() bool { return s.watch.view.Ended() })
	first := s.plan.Jobs[0].ID
	second := anotherJob(t, s.d.Cloud)
	d.Send(uitest.Key("n"))
	d.Until(func() bool { return s.phase == choosing })
	s.jobs.SetCursor(first)
	d.Send(uitest.Key(" "))
	s.jobs.SetCursor(second)
	d.Send(uitest.Key(" "))
	d.Send(uitest.Key("enter"))
	s.toPlan(d, map[string]string{simulate.FieldScope: "all"})
	if s.phase != planned || len(s.plan.Jobs) != 2 {
		t.Fatalf("phase %v (%v), %d jobs in the plan", s.phase, s.problem, len(s.plan.Jobs))
	}
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.watch.view.Ended() })
	if view := s.View(); !strings.Contains(view, first) || !strings.Contains(view, second) {
		t.Errorf("the result does not tell of both jobs:\n%s", view)
	}
	if n, want := total(s.watch.counts), total(s.watch.planned()); n != want {
		t.Errorf("%d executions after the run, %d before", n, want)
	}
}
