package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
)

// createJob creates a job and, at once, an execution for each thing that its targets hold; on AWS they appear
// some seconds later. Unconfirmed: which of several mistakes AWS tells first.
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
		if err := c.insertJob(tx, now, in); err != nil {
			return err
		}
		if err := addTargets(tx, now, id, targets); err != nil {
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
	if err := refuse(map[string]bool{
		"jobExecutionsRolloutConfig": in.JobExecutionsRolloutConfig != nil,
		"abortConfig":                in.AbortConfig != nil,
		"jobExecutionsRetryConfig":   in.JobExecutionsRetryConfig != nil,
		"schedulingConfig":           in.SchedulingConfig != nil,
	}); err != nil {
		return err
	}
	if len(in.Targets) == 0 {
		return invalid("Job %s has no targets; give the ARNs of things or thing groups.", *in.JobId)
	}
	return checkTimeout(in.TimeoutConfig)
}

// refuse tells which of the members that were given this sandbox does not act on, rather than ignore them.
func refuse(given map[string]bool) error {
	var members []string
	for name, is := range given {
		if is {
			members = append(members, name)
		}
	}
	if len(members) == 0 {
		return nil
	}
	slices.Sort(members)
	return invalid("This sandbox does not offer %s yet; leave it out.", strings.Join(members, ", "))
}

func checkTimeout(t *types.TimeoutConfig) error {
	if t == nil || t.InProgressTimeoutInMinutes == nil {
		return nil
	}
	if n := *t.InProgressTimeoutInMinutes; n < 1 || n > maxTimerMinutes {
		return invalid("inProgressTimeoutInMinutes is %d; give 1 to %d minutes", n, maxTimerMinutes)
	}
	return nil
}

// insertJob writes the job itself, with its document prepared.
func (c *control) insertJob(tx *store.Tx, now time.Time, in *iot.CreateJobInput) error {
	if err := c.checkFree(tx, *in.JobId); err != nil {
		return err
	}
	ds, err := resolveDestinations(tx, c.realm, in.DestinationPackageVersions)
	if err != nil {
		return err
	}
	document, err := c.prepareDocument(tx, *in.Document, ds, in.PresignedUrlConfig)
	if err != nil {
		return err
	}
	q := &request{Description: in.Description, Presign: in.PresignedUrlConfig, Timeout: in.TimeoutConfig,
		Packages: in.DestinationPackageVersions, Resolved: ds.arns(c.realm),
		Source: in.DocumentSource, Template: in.JobTemplateArn, Namespace: in.NamespaceId}
	q.addTargets(in.Targets)
	text, err := json.Marshal(q)
	if err != nil {
		return fmt.Errorf("request of job %s: %w", *in.JobId, err)
	}
	packages, err := ds.column()
	if err != nil {
		return err
	}
	selection := in.TargetSelection
	if selection == "" {
		selection = types.TargetSelectionSnapshot
	}
	_, err = tx.Exec(`INSERT INTO jobs(id, status, target_selection, timeout_minutes, packages_json, created_at,
		updated_at, request_json, document, source_document) VALUES(?1,'IN_PROGRESS',?2,?3,?4,?5,?5,?6,?7,?8)`,
		*in.JobId, string(selection), q.timeoutMinutes(), packages, store.Millis(now), string(text), document, *in.Document)
	return err
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
