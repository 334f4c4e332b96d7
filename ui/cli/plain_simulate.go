package cli

import (
	"context"
	"errors"
	"slices"

	"fleetlab/ui/plain"
	"fleetlab/workflows/catalog"
	"fleetlab/workflows/rollback"
	"fleetlab/workflows/simulate"
)

// simulate asks for jobs and for how their devices behave, plays them, and offers to take back what was updated.
func (t *talk) simulate(ctx context.Context, out *output) error {
	jobs, err := simulate.Jobs(ctx, t.s.Cloud)
	if err != nil {
		return err
	}
	if len(jobs) == 0 {
		return errors.New(t.line.T("plain.no-job"))
	}
	if err := t.before(ctx, simulate.Workflow); err != nil {
		return err
	}
	in := simulate.Defaults()
	fields := t.simulateFields(&in, jobs)
	if err := t.line.Form(ctx, simulate.Workflow, &in, fields); err != nil {
		return err
	}
	if out.speech.Every, err = t.line.Confirm(ctx, t.line.T("plain.every")); err != nil {
		return err
	}
	var r simulate.Report
	err = t.insist(ctx, simulate.Workflow, &in, fields, func() (err error) {
		r, err = t.a.simulate(ctx, t.s, out, in, false, true)
		return err
	})
	if ctx.Err() != nil || !updated(r) {
		return err
	}
	if err != nil {
		t.a.complain(err)
	}
	back, err := t.line.Confirm(ctx, t.line.T("plain.offer-rollback"))
	if err != nil || !back {
		return err
	}
	for _, j := range r.Jobs {
		if err := t.takeBack(ctx, out, rollback.Input{Job: j.ID}); err != nil {
			return err
		}
	}
	return nil
}

// updated tells whether a run has brought a version to a device.
func updated(r simulate.Report) bool {
	return slices.ContainsFunc(r.Jobs, func(j simulate.JobSummary) bool { return len(j.Packages) > 0 && j.Counts.Succeeded > 0 })
}

func (t *talk) simulateFields(in *simulate.Input, jobs []simulate.JobSummary) []plain.Field {
	fields := everyField(in)
	for i := range fields {
		switch fields[i].Name {
		case simulate.FieldJob:
			fields[i].Choices, fields[i].Many, fields[i].Listed = func() []plain.Choice { return t.jobs(jobs) }, true, true
		case simulate.FieldDeviceSpeed:
			fields[i].Choices = func() []plain.Choice { return words(simulate.Speeds()) }
		case simulate.FieldFailures:
			fields[i].Skip = func() bool { return in.SuccessRate == 100 }
		case simulate.FieldOfflineFor:
			fields[i].Skip = func() bool { return in.Offline == 0 }
		}
	}
	return fields
}

func (t *talk) jobs(jobs []simulate.JobSummary) []plain.Choice {
	var out []plain.Choice
	for _, j := range jobs {
		out = append(out, plain.Choice{Value: j.ID, About: t.jobWords(j)})
	}
	return out
}

// jobWords are a job's state and how many of its devices are how far.
func (t *talk) jobWords(j simulate.JobSummary) string {
	if !j.Counted {
		return j.Status
	}
	return t.line.T("plain.job", "Status", j.Status, "Waiting", j.Counts.Pending(), "Succeeded", j.Counts.Succeeded,
		"Failed", j.Counts.Failed+j.Counts.Rejected+j.Counts.TimedOut)
}

// rollback asks for a job and takes its devices back.
func (t *talk) rollback(ctx context.Context, out *output) error {
	c, err := catalog.Read(ctx, t.s.Cloud)
	if err != nil {
		return err
	}
	var jobs []plain.Choice
	for _, v := range c.Versions {
		for _, j := range v.Jobs {
			if j.Counts.Succeeded > 0 && !slices.ContainsFunc(jobs, func(ch plain.Choice) bool { return ch.Value == j.ID }) {
				jobs = append(jobs, plain.Choice{Value: j.ID, About: t.line.T("plain.installed", "Version", v.Item(), "Count", j.Counts.Succeeded)})
			}
		}
	}
	if len(jobs) == 0 {
		return errors.New(t.line.T("plain.nothing-back"))
	}
	in := rollback.Input{Job: jobs[0].Value}
	fields := everyField(&in)
	fields[0].Choices, fields[0].Listed = func() []plain.Choice { return jobs }, true
	if err := t.line.Form(ctx, rollback.Workflow, &in, fields); err != nil {
		return err
	}
	return t.takeBack(ctx, out, in)
}

// takeBack shows what would go back to which version, asks, and makes the jobs.
func (t *talk) takeBack(ctx context.Context, out *output, in rollback.Input) error {
	known, err := t.a.knownReports("", in.Job)
	if err != nil {
		return err
	}
	return t.a.rollback(ctx, t.s, out, in, known, false)
}

// packages tells the versions there are, what they are and how many things report each.
func (t *talk) packages(ctx context.Context, _ *output) error {
	c, err := catalog.Read(ctx, t.s.Cloud)
	if err != nil {
		return err
	}
	if len(c.Versions) == 0 {
		t.line.Say(t.line.T("plain.no-packages"))
	}
	for _, v := range c.Versions {
		line := t.line.T("plain.version", "Version", v.Item(), "Status", v.Status)
		if v.Things >= 0 {
			line = t.line.T("plain.version-things", "Version", v.Item(), "Status", v.Status, "Count", v.Things)
		}
		t.line.Say(line)
	}
	if c.Index != catalog.Ready && len(c.Versions) > 0 {
		t.line.Say(t.line.T("plain.index-" + string(c.Index)))
	}
	return nil
}
