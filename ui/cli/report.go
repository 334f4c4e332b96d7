package cli

import (
	"context"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
	"fleetlab/workflows/report"
	"fleetlab/workflows/simulate"
)

// reportDir is where reports are kept when nothing else is asked for; a sandbox that keeps nothing has the working directory.
func (o *options) reportDir() string {
	if o.ephemeral {
		return "."
	}
	return filepath.Join(o.state, "reports")
}

// reportFlag adds the flag that says where a report goes.
func (a *app) reportFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.report, report.FieldReport, "", a.p.T("flag.report"))
}

// keeper saves the report of a simulation.
type keeper struct {
	app    *app
	place  report.Place
	before report.Versions
	failed report.Failures
}

// checkReport refuses a place that cannot be written to, before anything is started.
func (a *app) checkReport() error {
	if a.report == "" {
		return nil
	}
	return report.At(a.report).Check()
}

// keep makes ready to save the report of a run of the plan: it notes what the devices report before. It is nil, which saves
// nothing, for a sandbox that keeps nothing unless a place was named.
func (a *app) keep(ctx context.Context, s *session, out *output, p simulate.Plan) (*keeper, error) {
	if a.report == "" && a.o.ephemeral {
		return nil, nil
	}
	k := &keeper{app: a, place: report.At(a.report)}
	if a.report == "" {
		k.place = report.Place{Dir: a.o.reportDir()}
		if err := k.place.Check(); err != nil {
			return nil, err
		}
	}
	var err error
	if k.before, err = report.Before(ctx, s.Cloud, p, a.stage(out)); err != nil && ctx.Err() == nil {
		a.note(a.p.T("report.no-versions", "Cause", text.Line(screen.Problem(a.p, err)))) // the run can do without
	}
	return k, nil
}

// stage is a stage on which the keeper hears the run too.
func (k *keeper) stage(st event.Stage) event.Stage {
	if k != nil {
		st.Sink = event.Tee{st.Sink, &k.failed}
	}
	return st
}

// save saves the report. What could not be saved does not change how the run went: it is told, and the exit code says so
// when nothing else went wrong.
func (k *keeper) save(out *output, r simulate.Report) error {
	if k == nil {
		return nil
	}
	paths, err := k.place.Save(k.app.p, report.New(r, &k.failed, k.before, time.Now()))
	if k.app.o.json && len(paths) > 0 {
		out.whole(struct {
			Kind  string   `json:"kind"`
			Files []string `json:"files"`
		}{"saved", paths})
	}
	for _, path := range paths {
		out.line(k.app.p.T("report.saved", "Path", path))
	}
	if err != nil {
		k.app.note(k.app.p.T("report.not-saved", "Cause", k.app.reason(err)))
		return &exit{code: exitPartial}
	}
	return nil
}

// reason is an error in words of the command line.
func (a *app) reason(err error) string {
	if words, refused := a.p.FlagRefusal(err); refused {
		return words
	}
	return err.Error()
}
