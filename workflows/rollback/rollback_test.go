package rollback_test

import (
	"testing"

	"fleetlab/workflows/event"
	"fleetlab/workflows/report"
	"fleetlab/workflows/rollback"
)

// The devices that a job has updated go back, and no others; both the shadows and the index show it.
func TestBackToTheFormerVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 10)
	rep := w.update("ota-1", "1.1.0", 80)
	if got := w.reported(10); got != "1.0.0:2 1.1.0:8" {
		t.Fatalf("after the update: %s", got)
	}
	p := w.prepare(rollback.Input{Job: "ota-1"}, rep)
	if len(p.Moves) != 1 || p.Updated != 8 || len(p.Left) != 0 {
		t.Fatalf("planned %+v", p)
	}
	m := p.Moves[0]
	if m.To[0] != "SedanVehicle/1.0.0" || len(m.Things) != 8 || m.Sources[rollback.FromReport] != 8 || m.Group != "" || m.Job == nil {
		t.Errorf("planned %+v", m)
	}
	done := w.run(p)
	if done.Status != event.Done || len(done.Jobs) != 1 || done.Jobs[0].Job != "rollback-ota-1" || done.Jobs[0].Executions.Total() != 8 {
		t.Fatalf("ran %+v", done)
	}
	w.play("rollback-ota-1", 100)
	if got := w.reported(10); got != "1.0.0:10" {
		t.Errorf("after the rollback: %s", got)
	}
	if n := w.indexed("1.0.0"); n != 10 {
		t.Errorf("the index has %d", n)
	}
}

// Nobody knows, so nobody goes anywhere; a person may say it.
func TestUnknownVersionsAreLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	w.update("ota-1", "1.1.0", 100)
	p := w.prepare(rollback.Input{Job: "ota-1"})
	if len(p.Moves) != 0 || len(p.Left) != 1 || p.Left[0].Reason != rollback.Unknown || p.Left[0].Item != pkg || len(p.Left[0].Things) != 5 {
		t.Fatalf("planned %+v", p)
	}
	p = w.prepare(rollback.Input{Job: "ota-1", Former: []string{pkg + "/1.0.0"}})
	if len(p.Moves) != 1 || p.Moves[0].Sources[rollback.FromInput] != 5 {
		t.Errorf("planned %+v", p)
	}
}

// An earlier job tells what the devices had.
func TestEarlierJobsTell(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 10)
	w.update("ota-1", "1.1.0", 50)
	rep := w.update("ota-2", "1.2.0", 100)
	p := w.prepare(rollback.Input{Job: "ota-2"})
	if len(p.Moves) != 1 || p.Moves[0].To[0] != pkg+"/1.1.0" || p.Moves[0].Sources[rollback.FromHistory] != 5 ||
		len(p.Left) != 1 || p.Left[0].Reason != rollback.Unknown || len(p.Left[0].Things) != 5 {
		t.Fatalf("planned %+v", p)
	}
	p = w.prepare(rollback.Input{Job: "ota-2"}, rep)
	if len(p.Moves) != 2 || len(p.Left) != 0 || p.Moves[0].Input.ID == p.Moves[1].Input.ID {
		t.Fatalf("planned %+v", p)
	}
	w.run(p)
	w.play(p.Moves[0].Input.ID+","+p.Moves[1].Input.ID, 100)
	if got := w.reported(10); got != "1.0.0:5 1.1.0:5" {
		t.Errorf("after the rollback: %s", got)
	}
	// The first job's devices have moved on and come back since: they report what it installs.
	if p := w.prepare(rollback.Input{Job: "ota-1", Former: []string{pkg + "/1.0.0"}}); len(p.Moves) != 1 || len(p.Moves[0].Things) != 5 {
		t.Errorf("planned %+v", p)
	}
}

// More things than a job has targets get a group, which cleanup recognises.
func TestManyThingsGetAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 120)
	rep := w.update("ota-1", "1.1.0", 100)
	p := w.prepare(rollback.Input{Job: "ota-1"}, rep)
	if len(p.Moves) != 1 || p.Moves[0].Group != "rollback-ota-1" || p.Moves[0].Job != nil {
		t.Fatalf("planned %+v", p.Moves)
	}
	for _, want := range []event.Status{event.Created, event.Exists} {
		done := w.run(p)
		if done.Status != event.Done || done.Counts["job"][want] != 1 || len(done.Jobs) != 1 || done.Jobs[0].Executions.Total() != 120 {
			t.Fatalf("ran %+v", done)
		}
	}
	w.play("rollback-ota-1", 100)
	if got := w.reported(120); got != "1.0.0:120" {
		t.Errorf("after the rollback: %s", got)
	}
}

// A report of another job of the same id, as after a reset, tells nothing.
func TestReportsOfOthersTellNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	rep := w.update("ota-1", "1.1.0", 100)
	for name, change := range map[string]func(*report.Report){
		"created": func(r *report.Report) { r.Jobs[0].Created = r.Jobs[0].Created.Add(-3e9) },
		"account": func(r *report.Report) { r.Account = "210987654321" },
		"region":  func(r *report.Report) { r.Region = "eu-west-1" },
		"job":     func(r *report.Report) { r.Jobs[0].ID = "ota-2" },
	} {
		other := rep
		other.Jobs = append(other.Jobs[:0:0], rep.Jobs...)
		change(&other)
		if p := w.prepare(rollback.Input{Job: "ota-1"}, other); len(p.Moves) != 0 {
			t.Errorf("%s: planned %+v", name, p.Moves)
		}
	}
}
