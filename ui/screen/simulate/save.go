package simulate

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
	"fleetlab/workflows/simulate"
)

// versionsUnread warns that it is not known which versions the devices had before the run.
const versionsUnread event.Status = "VERSIONS_UNREAD"

// record is what a report needs beside the run's own: it is filled in while the run goes on and read once it has ended.
type record struct {
	failures report.Failures
	before   report.Versions
	ended    time.Time

	keep  func(simulate.Report) ([]string, error) // writes the report; nil where nothing is kept
	paths []string                                // where it is, once it is written
}

// newRecord keeps the report of a run where the reports of simulations are, as the command line does.
func newRecord(d *screen.Deps) *record {
	rec := &record{}
	if d.Reports != "" {
		rec.keep = func(r simulate.Report) ([]string, error) {
			return report.Save(d.Reports, d.Printer, report.New(r, &rec.failures, rec.before, rec.ended))
		}
	}
	return rec
}

// run notes which versions the devices have, and then plays them.
func (r *record) run(ctx context.Context, c *cloud.Cloud, sim *simulate.Simulation, plan simulate.Plan, st event.Stage) (simulate.Report, error) {
	look := st
	look.Sink = sink(func(e event.Event) {
		if e.Kind != event.Progress || few(e.Done, e.Total) {
			st.Sink.Emit(e)
		}
	})
	look.Sink.Emit(event.Event{Workflow: simulate.Workflow, Kind: event.StepStarted, Step: report.StepVersions})
	var err error
	if r.before, err = report.Before(ctx, c, plan, look); err != nil && !fleet.Stopped(ctx, err) {
		st.Sink.Emit(event.Event{Workflow: simulate.Workflow, Kind: event.Warning, Step: report.StepVersions, Status: versionsUnread, Fault: fleet.Fault(err)})
	}
	st.Sink = event.Tee{&r.failures, st.Sink}
	rep, err := sim.Run(ctx, c, st)
	r.ended = time.Now()
	if r.keep != nil {
		r.paths, _ = r.keep(rep) // without a path the result offers to save it, which says what is wrong
	}
	return rep, err
}

// sink passes events to a function.
type sink func(event.Event)

// Emit implements event.Sink.
func (f sink) Emit(e event.Event) { f(e) }

// few picks about twenty of many steps of a count, the last one among them.
func few(done, total int) bool {
	const steps = 20
	return done == total || done%max(1, total/steps) == 0
}

// save says where the report of the run that has ended is. One that could not be written is tried again.
func (s *Screen) save() tea.Cmd {
	r, ok := s.watch.view.Outcome().Result.(simulate.Report)
	if !ok {
		return nil
	}
	d, rec := s.d, s.watch.record
	if rec.keep == nil {
		return screen.ToastError(d.T("log.no-file"))
	}
	if rec.paths == nil {
		var err error
		if rec.paths, err = rec.keep(r); err != nil {
			return screen.ToastError(d.Problem(err))
		}
	}
	endings := make([]string, len(rec.paths))
	for i, p := range rec.paths {
		endings[i] = filepath.Ext(p)
	}
	base := strings.TrimSuffix(rec.paths[0], endings[0])
	return screen.Toast(d.T("simulate.saved", "Endings", strings.Join(endings, ", "), "Path", base))
}
