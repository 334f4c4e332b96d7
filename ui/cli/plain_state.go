package cli

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/ui/screen"
	"fleetlab/workflows/simulate"
)

// stateWithin is how long the state is read before the menu comes without it.
const stateWithin = 15 * time.Second

// tellState says what there is, a fact a line, and returns what comes next in the loop.
func (t *talk) tellState(ctx context.Context) (next string) {
	ctx, release := t.a.interruptible(ctx)
	defer release()
	ctx, cancel := context.WithTimeout(ctx, stateWithin)
	defer cancel()
	t.line.Say("", t.line.T("cli.where", "Kind", t.a.cloudName(t.s), "Account", t.s.Account, "Region", t.s.Region))
	things, more, err := t.things(ctx)
	if err != nil {
		t.a.complain(err)
		return screen.Provision
	}
	if things == 0 {
		t.line.Say(t.line.T("plain.fleet-none"))
		return screen.Provision
	}
	id := "plain.fleet"
	if more {
		id = "plain.fleet-more"
	}
	t.line.Say(t.line.T(id, "Count", things))
	return t.tellJobs(ctx)
}

// things counts the things, and says whether there are more than that.
func (t *talk) things(ctx context.Context) (n int, more bool, err error) {
	const page = 250 // the most that ListThings returns at once (AWS IoT API reference)
	out, err := t.s.IoT.ListThings(ctx, &iot.ListThingsInput{MaxResults: aws.Int32(page)})
	if err != nil {
		return 0, false, err
	}
	if out.NextToken == nil {
		return len(out.Things), false, nil
	}
	// The index knows how many there are in all; without it the first page has to do.
	all, err := t.s.IoT.GetStatistics(ctx, &iot.GetStatisticsInput{QueryString: aws.String("thingName:*")})
	if err == nil && all.Statistics != nil && int(all.Statistics.Count) >= len(out.Things) {
		return int(all.Statistics.Count), false, nil
	}
	return len(out.Things), true, nil
}

// tellJobs says how the active jobs stand.
func (t *talk) tellJobs(ctx context.Context) (next string) {
	jobs, err := simulate.Jobs(ctx, t.s.Cloud)
	if err != nil {
		t.a.complain(err)
		return screen.CreateJob
	}
	if len(jobs) == 0 {
		t.line.Say(t.line.T("plain.jobs-none"))
		return screen.CreateJob
	}
	next = screen.Cleanup
	for i, j := range jobs {
		const told = 5
		if i == told {
			t.line.Say(t.line.T("plain.jobs-more", "Count", len(jobs)-told))
			break
		}
		t.line.Say(t.line.T("plain.job-state", "Job", j.ID, "State", t.jobWords(j)))
		if j.Counts.Pending() > 0 {
			next = screen.Simulate
		}
	}
	return next
}
