package cli

import (
	"fmt"
	"slices"
	"time"

	"fleetlab/workflows/createjob"
)

// showJob prints a plan: what the job brings, whom it reaches, how it would go, and the same as commands.
func (a *app) showJob(s *session, out *output, p createjob.Plan) {
	if a.o.json {
		out.plan(p)
		return
	}
	out.line(a.p.T("cli.where", "Kind", a.cloudName(s), "Account", p.Account, "Region", p.Region))
	out.line(a.p.T("cli.job-plan", "Job", p.Request.JobID, "Installs", p.Installs(), "Selection", p.Request.TargetSelection))
	for _, i := range p.Packages {
		out.line(a.p.T("job.installs", "Package", i.Package, "Version", i.Version, "Status", i.Status, "Artifact", i.Artifact))
	}
	for _, t := range p.Targets {
		out.line(a.p.T("cli.job-target", "Group", t.Name, "Count", t.Members))
	}
	a.showNarrowed(out, p)
	out.line(a.p.T("cli.job-members", "Count", p.Members))
	if n := p.Narrow; n != nil && !p.Input.Narrow {
		out.line(a.p.T("job.narrow-offer", "Type", n.Type, "Count", n.Members, "LeftOut", n.LeftOut))
	}
	a.showForecast(out, p.Input, p.Forecast)
	for _, w := range p.Warnings {
		out.line(a.p.T("job.warning-"+w.What, "Group", w.Group, "Type", w.Type, "Count", w.Count, "Item", w.Item))
	}
	if p.Input.Type == createjob.Custom {
		out.line(a.p.T("job.document"))
		out.line(p.Document)
	}
	commands := append(slices.Clone(p.Before), p.Command)
	if a.talk != nil { // they are long to listen to
		a.talk.details = append([]string{a.p.T("cli.job-command")}, commands...)
		return
	}
	out.line(a.p.T("cli.job-command"))
	for _, c := range commands {
		out.line("  " + c)
	}
}

// showNarrowed tells how things of other types are left out, if they are.
func (a *app) showNarrowed(out *output, p createjob.Plan) {
	n := p.Narrow
	if n == nil || !p.Input.Narrow {
		return
	}
	out.line(a.p.T("job.narrowed", "Type", n.Type, "Count", n.Members, "LeftOut", n.LeftOut))
	for _, g := range n.Groups {
		out.line(a.p.T("job.narrow-group", "Group", g.Name, "Query", g.Query, "Count", g.Members))
	}
}

// showForecast tells in a line how long the job would take, and in one for each abort criterion when it would strike.
func (a *app) showForecast(out *output, in createjob.Input, f createjob.Forecast) {
	if f.Members == 0 {
		return
	}
	out.line(a.p.T("job.forecast", "Count", f.Members, "Speed", a.speed(in.Rollout, f), "Notified", a.seconds(f.Notified),
		"Device", a.seconds(f.Model.Seconds), "Finished", a.seconds(f.Finished)))
	for _, s := range f.Strikes {
		id := "job.strike"
		if s.Never {
			id = "job.no-strike"
		}
		out.line(a.p.T(id, "Abort", s.Abort.String(), "Percent", fmt.Sprint(f.Model.Failing), "Time", a.seconds(s.Seconds),
			"Ended", s.Ended, "Notified", s.Notified, "Count", f.Members-s.Notified))
	}
}

// speed is how many things a minute a rollout notifies.
func (a *app) speed(r createjob.Rollout, f createjob.Forecast) string {
	if r.Kind == createjob.RolloutExponential {
		return fmt.Sprintf("%d-%.0f", r.Base, f.Fastest)
	}
	return fmt.Sprintf("%.0f", f.Fastest)
}

func (a *app) seconds(s float64) string { return a.p.Duration(time.Duration(s * float64(time.Second))) }
