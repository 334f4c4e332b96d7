package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
)

// createJob creates a job. The things that its targets hold wait to be notified, which makes an execution for each: some
// seconds later and at the job's rate on AWS, at once when the sandbox has no lags. Unconfirmed: which of several mistakes
// AWS tells first.
func (c *control) createJob(_ context.Context, in *iot.CreateJobInput) (*iot.CreateJobOutput, error) {
	id := *in.JobId
	var description *string
	err := c.change(func(tx *store.Tx, now time.Time) error {
		in, err := c.withDocument(tx, in)
		if err != nil {
			return err
		}
		description = in.Description
		if err := checkCreate(in); err != nil {
			return err
		}
		targets, err := parseTargets(c.realm, in.Targets)
		if err != nil {
			return err
		}
		q, p, err := c.insertJob(tx, now, in)
		if err != nil {
			return err
		}
		if err := c.addTargets(tx, now, p, q, targets); err != nil {
			return err
		}
		if err := setTags(tx, c.jobARN(id), in.Tags); err != nil {
			return err
		}
		return complete(tx, now, id) // a snapshot of nothing is done
	})
	if err != nil {
		return nil, err
	}
	return &iot.CreateJobOutput{JobArn: aws.String(c.jobARN(id)), JobId: in.JobId, Description: description}, nil
}

func (e *engine) jobARN(id string) string { return e.realm.ARN("job/" + id) }

// checkCreate does the checks that need no state.
func checkCreate(in *iot.CreateJobInput) error {
	if len(in.Targets) == 0 {
		return invalid("Job %s has no targets; give the ARNs of things or thing groups.", *in.JobId)
	}
	q := newRequest(in)
	if err := q.checkPolicies(); err != nil {
		return err
	}
	_, err := readSchedule(q.Schedule)
	return err
}

func newRequest(in *iot.CreateJobInput) *request {
	q := &request{Description: in.Description, Presign: in.PresignedUrlConfig, Timeout: in.TimeoutConfig,
		Rollout: in.JobExecutionsRolloutConfig, Abort: in.AbortConfig, Retry: in.JobExecutionsRetryConfig, Schedule: in.SchedulingConfig,
		Packages: in.DestinationPackageVersions, Source: in.DocumentSource, Template: in.JobTemplateArn, Namespace: in.NamespaceId}
	q.addTargets(in.Targets)
	return q
}

// insertJob writes the job itself, with its document prepared, and what it does next.
func (c *control) insertJob(tx *store.Tx, now time.Time, in *iot.CreateJobInput) (*request, *progress, error) {
	if err := c.checkFree(tx, *in.JobId); err != nil {
		return nil, nil, err
	}
	ds, err := resolveDestinations(tx, c.realm, in.DestinationPackageVersions)
	if err != nil {
		return nil, nil, err
	}
	document, err := c.prepareDocument(tx, *in.Document, ds, in.PresignedUrlConfig)
	if err != nil {
		return nil, nil, err
	}
	q := newRequest(in)
	q.Resolved = ds.arns(c.realm)
	selection := in.TargetSelection
	if selection == "" {
		selection = types.TargetSelectionSnapshot
	}
	p := &progress{job: *in.JobId, watched: q.watched(), scheduled: q.Schedule != nil}
	status, err := planJob(tx, now, p, q, selection)
	if err != nil {
		return nil, nil, err
	}
	text, err := json.Marshal(q)
	if err != nil {
		return nil, nil, fmt.Errorf("request of job %s: %w", *in.JobId, err)
	}
	packages, err := ds.column()
	if err != nil {
		return nil, nil, err
	}
	if _, err = tx.Exec(`INSERT INTO jobs(id, status, target_selection, timeout_minutes, packages_json, created_at,
		updated_at, request_json, document, source_document) VALUES(?1,?9,?2,?3,?4,?5,?5,?6,?7,?8)`, *in.JobId, string(selection),
		q.timeoutMinutes(), packages, store.Millis(now), string(text), document, *in.Document, status); err != nil {
		return nil, nil, err
	}
	return q, p, p.save(tx, c.engine)
}

// planJob puts the job's schedule into p and returns its first status.
func planJob(tx *store.Tx, now time.Time, p *progress, q *request, selection types.TargetSelection) (string, error) {
	s, err := readSchedule(q.Schedule)
	if err != nil {
		return "", err
	}
	if err := s.check(now, selection); err != nil {
		return "", err
	}
	status := s.plan(p, now)
	if status == statusScheduled {
		return status, nil
	}
	full, err := tooManyConcurrent(tx)
	if err == nil && full {
		err = &types.LimitExceededException{Message: aws.String(fmt.Sprintf(
			"%d jobs are rolling out, being canceled or deleted; wait until one of them is done.", maxConcurrent))}
	}
	return status, err
}

func (c *control) checkFree(tx *store.Tx, id string) error {
	_, err := loadJob(tx, id)
	var f *fault
	switch {
	case err == nil:
		return &types.ResourceAlreadyExistsException{Message: aws.String("Job " + id + " already exists."),
			ResourceId: aws.String(id), ResourceArn: aws.String(c.jobARN(id))}
	case errors.As(err, &f) && f.kind == notFound:
		return nil
	}
	return err
}

// setTags tags a new job or job template. CreateJob has an error for too many of something, but no other creation uses its own
// for tags, so they are InvalidRequestException.
func setTags(tx *store.Tx, arn string, in []types.Tag) error {
	var tags []tag.Tag
	for _, t := range in {
		key := aws.ToString(t.Key)
		if slices.ContainsFunc(tags, func(o tag.Tag) bool { return o.Key == key }) {
			return invalid("Tag key %s is given twice.", key)
		}
		tags = append(tags, tag.Tag{Key: key, Value: aws.ToString(t.Value)})
	}
	err := tag.Set(tx, arn, tags)
	if errors.Is(err, tag.ErrTooMany) || errors.Is(err, tag.ErrReserved) {
		return invalid("%v", err)
	}
	return err
}
