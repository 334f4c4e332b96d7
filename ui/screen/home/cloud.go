package home

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sync/errgroup"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/bars"
	"fleetlab/workflows/fleet"
)

// Reading the state is a page of each list, a few aggregations and a few jobs: some twenty calls, whether the account holds ten things
// or a hundred thousand. A list that goes on is shown as "250+".
const (
	readTimeout = 15 * time.Second
	longTimeout = time.Minute // of the firmware, which is counted last: a large index takes seconds for each version
	pageSize    = 250         // the most that ListThings, ListThingTypes, ListThingGroups and ListJobs return at once
	mostJobs    = 4           // that are looked into: those that run, the newest first
)

// count is the number of items on the first page of a list, and whether there are more.
type count struct {
	N    int
	More bool
}

// fleetState is what the registry holds.
type fleetState struct {
	Things, Types, Groups count
	ByType, ByCountry     []bars.Row // of the things on the first page
	Err                   error
}

// empty reports that there is nothing yet that a job could go to.
func (f fleetState) empty() bool { return f.Things.N == 0 }

// job is an active job, or the one that has ended last.
type job struct {
	ID      string
	Rolling bool // there are things that it has not reached
	fleet.JobCounts
}

// ended is how many executions have come to their end.
func (j job) ended() int { return j.Total() - j.Pending() }

// failed is how many of them ended badly.
func (j job) failed() int { return j.Failed + j.Rejected + j.TimedOut }

// jobState is how the jobs stand.
type jobState struct {
	Active, Completed count
	Newest            []job // active ones, the newest first; without any, the newest that is completed
	Err               error
}

// waiting reports that devices have an update to do.
func (j jobState) waiting() bool {
	return j.Active.N > 0 && len(j.Newest) > 0 && (j.Newest[0].Pending() > 0 || j.Newest[0].Rolling)
}

// stateMsg brings a part of what was read: the others are nil. gen tells an old answer from the one that was asked for last.
type stateMsg struct {
	gen      int
	fleet    *fleetState
	jobs     *jobState
	shape    *shape
	firmware *firmware
}

// reading asks the cloud for one part in the background.
func reading(gen int, timeout time.Duration, read func(context.Context) stateMsg) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		msg := read(ctx)
		msg.gen = gen
		return msg
	}
}

func readFleet(ctx context.Context, c *cloud.Cloud) stateMsg {
	s := &fleetState{}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		out, err := c.IoT.ListThings(ctx, &iot.ListThingsInput{MaxResults: aws.Int32(pageSize)})
		if err == nil {
			s.Things = count{len(out.Things), out.NextToken != nil}
			s.ByType = tally(out.Things, func(t types.ThingAttribute) string { return aws.ToString(t.ThingTypeName) })
			s.ByCountry = tally(out.Things, func(t types.ThingAttribute) string { return t.Attributes[fleet.Country] })
		}
		return err
	})
	g.Go(func() error {
		out, err := c.IoT.ListThingTypes(ctx, &iot.ListThingTypesInput{MaxResults: aws.Int32(pageSize)})
		if err == nil {
			s.Types = count{len(out.ThingTypes), out.NextToken != nil}
		}
		return err
	})
	g.Go(func() error {
		out, err := c.IoT.ListThingGroups(ctx, &iot.ListThingGroupsInput{MaxResults: aws.Int32(pageSize)})
		if err == nil {
			s.Groups = count{len(out.ThingGroups), out.NextToken != nil}
		}
		return err
	})
	if err := g.Wait(); err != nil {
		s = &fleetState{Err: err}
	}
	return stateMsg{fleet: s}
}

func readJobs(ctx context.Context, c *cloud.Cloud) stateMsg {
	s := &jobState{}
	if err := s.read(ctx, c); err != nil {
		s = &jobState{Err: err}
	}
	return stateMsg{jobs: s}
}

func (s *jobState) read(ctx context.Context, c *cloud.Cloud) error {
	active, err := c.IoT.ListJobs(ctx, &iot.ListJobsInput{Status: types.JobStatusInProgress, MaxResults: aws.Int32(pageSize)})
	if err != nil {
		return err
	}
	done, err := c.IoT.ListJobs(ctx, &iot.ListJobsInput{Status: types.JobStatusCompleted, MaxResults: aws.Int32(pageSize)})
	if err != nil {
		return err
	}
	s.Active, s.Completed = count{len(active.Jobs), active.NextToken != nil}, count{len(done.Jobs), done.NextToken != nil}
	chosen := newest(active.Jobs, mostJobs)
	if len(chosen) == 0 {
		chosen = newest(done.Jobs, 1)
	}
	for _, id := range chosen {
		found, err := fleet.DescribeJob(ctx, c, id)
		if cloud.Is(err, cloud.NotFound) { // deleted since it was listed
			continue
		}
		if err != nil {
			return err
		}
		s.Newest = append(s.Newest, job{ID: id, Rolling: fleet.RollingOut(found), JobCounts: fleet.CountsOf(found)})
	}
	return nil
}
