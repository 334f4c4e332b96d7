package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"
)

// maxPage is the longest page of any list of jobs or executions, and the page when none is asked for.
const maxPage = 250

// position is the last row of a page; the next page begins after it, whatever was added or deleted since.
type position struct {
	at     int64
	name   string
	number int64
}

// newest is before every row of a list that runs from the newest to the oldest.
var newest = position{at: math.MaxInt64}

func (p position) key() string { return fmt.Sprintf("%d/%s/%d", p.at, p.name, p.number) }

// after is the position that a token of the list tells, or first without one.
func after(list page.List, token *string, first position) (position, error) {
	key, err := list.After(token)
	if errors.Is(err, page.ErrToken) {
		return first, invalid("%v", err)
	}
	if key == "" || err != nil {
		return first, err
	}
	parts := strings.Split(key, "/") // names hold no slash
	if len(parts) != 3 {
		return first, invalid("%v", page.ErrToken)
	}
	at, err := strconv.ParseInt(parts[0], 10, 64)
	number, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || err2 != nil {
		return first, invalid("%v", page.ErrToken)
	}
	return position{at, parts[1], number}, nil
}

// listJobs lists the newest jobs first. Unconfirmed: AWS's order; its guide speaks of an order by status.
func (c *control) listJobs(_ context.Context, in *iot.ListJobsInput) (*iot.ListJobsOutput, error) {
	out := &iot.ListJobsOutput{Jobs: []types.JobSummary{}}
	err := c.read(func(tx *store.Tx, _ time.Time) error {
		list := page.Of("ListJobs", string(in.Status), string(in.TargetSelection), aws.ToString(in.ThingGroupName), aws.ToString(in.ThingGroupId),
			aws.ToString(in.NamespaceId))
		from, err := after(list, in.NextToken, newest)
		if err != nil {
			return err
		}
		group, groupID, err := findGroup(tx, in.ThingGroupName, in.ThingGroupId)
		if err != nil {
			return err
		}
		size := page.Size(in.MaxResults, maxPage)
		jobs, err := selectJobs(tx, in, group, from, size+1)
		if err != nil {
			return err
		}
		jobs, out.NextToken = page.Cut(list, jobs, size, func(j *job) string { return position{j.createdAt, j.id, 0}.key() })
		for _, j := range jobs {
			out.Jobs = append(out.Jobs, c.jobSummary(j, groupID))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func selectJobs(tx *store.Tx, in *iot.ListJobsInput, group string, from position, limit int) ([]*job, error) {
	var out []*job
	err := tx.Each(`SELECT `+jobColumns+` FROM jobs WHERE (created_at, id) < (?1, ?2)
		AND (?3='' OR status=?3) AND (?4='' OR target_selection=?4)
		AND (?5='' OR EXISTS(SELECT 1 FROM job_targets WHERE job_id=jobs.id AND kind='thinggroup' AND name=?5))
		AND (?7='' OR json_extract(request_json, '$.Namespace')=?7) ORDER BY created_at DESC, id DESC LIMIT ?6`,
		[]any{from.at, from.name, string(in.Status), string(in.TargetSelection), group, limit, aws.ToString(in.NamespaceId)},
		func(scan func(...any) error) error {
			j := &job{}
			out = append(out, j)
			return scan(j.fields()...)
		})
	return out, err
}

func (c *control) jobSummary(j *job, groupID *string) types.JobSummary {
	return types.JobSummary{JobArn: aws.String(c.jobARN(j.id)), JobId: aws.String(j.id), ThingGroupId: groupID,
		Status: types.JobStatus(j.status), TargetSelection: types.TargetSelection(j.selection), IsConcurrent: aws.Bool(j.concurrent),
		CreatedAt: aws.Time(store.Time(j.createdAt)), LastUpdatedAt: aws.Time(store.Time(j.updatedAt)), CompletedAt: moment(j.completedAt)}
}

// findGroup is the group that a filter names, by name or by id; without a filter both are empty.
func findGroup(tx *store.Tx, name, id *string) (string, *string, error) {
	if name == nil && id == nil {
		return "", nil, nil
	}
	var gotName, gotID string
	err := tx.Row(`SELECT name, id FROM thing_groups WHERE (?1 IS NULL OR name=?1) AND (?2 IS NULL OR id=?2)`,
		[]any{nullable(name), nullable(id)}, &gotName, &gotID)
	if errors.Is(err, store.ErrNoRow) {
		return "", nil, missing("Thing group %s%s does not exist.", aws.ToString(name), aws.ToString(id))
	}
	return gotName, &gotID, err
}

// listForJob lists a job's executions by thing name.
func (c *control) listForJob(_ context.Context, in *iot.ListJobExecutionsForJobInput) (*iot.ListJobExecutionsForJobOutput, error) {
	out := &iot.ListJobExecutionsForJobOutput{ExecutionSummaries: []types.JobExecutionSummaryForJob{}}
	err := c.read(func(tx *store.Tx, _ time.Time) error {
		if _, err := loadJob(tx, *in.JobId); err != nil {
			return err
		}
		list := page.Of("ListJobExecutionsForJob", *in.JobId, string(in.Status))
		from, err := after(list, in.NextToken, position{})
		if err != nil {
			return err
		}
		size := page.Size(in.MaxResults, maxPage)
		rows, err := selectForJob(tx, *in.JobId, string(in.Status), from, size+1)
		if err != nil {
			return err
		}
		rows, out.NextToken = page.Cut(list, rows, size, func(x *execution) string { return position{0, x.thing, x.number}.key() })
		for _, x := range rows {
			out.ExecutionSummaries = append(out.ExecutionSummaries, types.JobExecutionSummaryForJob{
				ThingArn: aws.String(c.thingARN(x.thing)), JobExecutionSummary: x.summary()})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// selectForJob has a query for each case, so that each can go by its own index.
func selectForJob(tx *store.Tx, id, status string, from position, limit int) ([]*execution, error) {
	if status == "" {
		return executions(tx, `SELECT `+executionColumns+executionTables+`WHERE x.job_id=?
			AND (x.thing_name, x.number) > (?, ?) ORDER BY x.thing_name, x.number LIMIT ?`, id, from.name, from.number, limit)
	}
	return executions(tx, `SELECT `+executionColumns+executionTables+`WHERE x.job_id=? AND x.status=?
		AND (x.thing_name, x.number) > (?, ?) ORDER BY x.thing_name, x.number LIMIT ?`, id, status, from.name, from.number, limit)
}

func executions(tx *store.Tx, query string, args ...any) ([]*execution, error) {
	var out []*execution
	err := tx.Each(query, args, func(scan func(...any) error) error {
		x := &execution{}
		out = append(out, x)
		return scan(x.fields()...)
	})
	return out, err
}

// listForThing lists a thing's executions, those queued last first. Unconfirmed: AWS's order, and that an
// unknown thing is ResourceNotFoundException.
func (c *control) listForThing(_ context.Context, in *iot.ListJobExecutionsForThingInput) (*iot.ListJobExecutionsForThingOutput, error) {
	out := &iot.ListJobExecutionsForThingOutput{ExecutionSummaries: []types.JobExecutionSummaryForThing{}}
	err := c.read(func(tx *store.Tx, _ time.Time) error {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		list := page.Of("ListJobExecutionsForThing", *in.ThingName, string(in.Status), aws.ToString(in.JobId), aws.ToString(in.NamespaceId))
		from, err := after(list, in.NextToken, newest)
		if err != nil {
			return err
		}
		size := page.Size(in.MaxResults, maxPage)
		rows, err := executions(tx, `SELECT `+executionColumns+executionTables+`WHERE x.thing_name=?1
			AND (?2='' OR x.status=?2) AND (?3='' OR x.job_id=?3) AND (x.queued_at, x.job_id, x.number) < (?4, ?5, ?6)
			AND (?8='' OR json_extract(j.request_json, '$.Namespace')=?8)
			ORDER BY x.queued_at DESC, x.job_id DESC, x.number DESC LIMIT ?7`, *in.ThingName, string(in.Status), aws.ToString(in.JobId),
			from.at, from.name, from.number, size+1, aws.ToString(in.NamespaceId))
		if err != nil {
			return err
		}
		rows, out.NextToken = page.Cut(list, rows, size, func(x *execution) string {
			return position{x.queuedAt, x.job, x.number}.key()
		})
		for _, x := range rows {
			out.ExecutionSummaries = append(out.ExecutionSummaries, types.JobExecutionSummaryForThing{
				JobId: aws.String(x.job), JobExecutionSummary: x.summary()})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (e *engine) thingARN(name string) string { return e.realm.ARN("thing/" + name) }

func (x *execution) summary() *types.JobExecutionSummary {
	return &types.JobExecutionSummary{
		Status: types.JobExecutionStatus(x.status), ExecutionNumber: aws.Int64(x.number), RetryAttempt: aws.Int32(int32(x.attempt)),
		QueuedAt: aws.Time(store.Time(x.queuedAt)), StartedAt: moment(x.startedAt),
		LastUpdatedAt: aws.Time(store.Time(x.updatedAt)),
	}
}
