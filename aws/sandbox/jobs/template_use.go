package jobs

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
)

// templateFrom is the template that the request describes: what it leaves out comes from the job at jobArn, if it has one
// (AWS IoT developer guide, create a job template from an existing job). The document at a documentSource is not read yet.
func (c *control) templateFrom(ctx context.Context, in *iot.CreateJobTemplateInput) (*template, error) {
	if given(in.Document) && given(in.DocumentSource) || !given(in.Document) && !given(in.DocumentSource) && !given(in.JobArn) {
		return nil, invalid("Job template %s needs exactly one of document and documentSource, or jobArn.", *in.JobTemplateId)
	}
	t := &template{id: *in.JobTemplateId, description: aws.ToString(in.Description), document: aws.ToString(in.Document)}
	if given(in.JobArn) {
		var err error
		if t, err = c.templateOfJob(ctx, t, *in.JobArn); err != nil {
			return nil, err
		}
	}
	if given(in.Document) {
		t.document, t.settings.Source = *in.Document, nil
	}
	s := &t.settings
	override(&s.Source, in.DocumentSource)
	override(&s.Presign, in.PresignedUrlConfig)
	override(&s.Rollout, in.JobExecutionsRolloutConfig)
	override(&s.Abort, in.AbortConfig)
	override(&s.Timeout, in.TimeoutConfig)
	override(&s.Retry, in.JobExecutionsRetryConfig)
	if in.MaintenanceWindows != nil {
		s.Windows = in.MaintenanceWindows
	}
	if in.DestinationPackageVersions != nil {
		s.Packages = in.DestinationPackageVersions
	}
	return t, nil
}

func given(s *string) bool { return aws.ToString(s) != "" }

// override makes *old what is given, if it is.
func override[T any](old **T, given *T) {
	if given != nil {
		*old = given
	}
}

// templateOfJob fills t with what the job at arn was created with, as DescribeJob and GetJobDocument tell it. Targets, the
// times of a schedule and tags are the job's own.
func (c *control) templateOfJob(ctx context.Context, t *template, arn string) (*template, error) {
	id, ours := strings.CutPrefix(arn, c.jobARN(""))
	if !ours && !strings.Contains(arn, ":job/") {
		return nil, invalid("jobArn %s is not the ARN of a job; it looks like %s", arn, c.jobARN("JOB"))
	}
	if !ours {
		return nil, missing("Job %s does not exist in this account and Region.", arn)
	}
	described, err := c.describeJob(ctx, &iot.DescribeJobInput{JobId: &id, BeforeSubstitution: true})
	if err != nil {
		return nil, err
	}
	document, err := c.getJobDocument(ctx, &iot.GetJobDocumentInput{JobId: &id, BeforeSubstitution: true})
	if err != nil {
		return nil, err
	}
	j := described.Job
	t.document = *document.Document
	t.settings = settings{Source: described.DocumentSource, Presign: j.PresignedUrlConfig, Rollout: j.JobExecutionsRolloutConfig,
		Abort: j.AbortConfig, Timeout: j.TimeoutConfig, Retry: j.JobExecutionsRetryConfig, Packages: j.DestinationPackageVersions}
	if j.SchedulingConfig != nil {
		t.settings.Windows = j.SchedulingConfig.MaintenanceWindows
	}
	t.settings.dropEmpty()
	return t, nil
}

// dropEmpty forgets the configurations in which DescribeJob shows nothing.
func (s *settings) dropEmpty() {
	if p := s.Presign; p != nil && p.RoleArn == nil && p.ExpiresInSec == nil {
		s.Presign = nil
	}
	if r := s.Rollout; r != nil && r.MaximumPerMinute == nil && r.ExponentialRate == nil {
		s.Rollout = nil
	}
	if t := s.Timeout; t != nil && t.InProgressTimeoutInMinutes == nil {
		s.Timeout = nil
	}
}

// withDocument is a CreateJob request with its document, which lies at documentSource or in its job template, and with
// what it leaves out taken from that template. The request itself stays as it is. Unconfirmed: that AWS reads the
// documentSource of a template again for each job, as the guide's note on job templates says.
func (c *control) withDocument(tx *store.Tx, in *iot.CreateJobInput) (*iot.CreateJobInput, error) {
	sources := 0
	for _, s := range []*string{in.Document, in.DocumentSource, in.JobTemplateArn} {
		if given(s) {
			sources++
		}
	}
	if sources != 1 {
		return nil, invalid("Job %s needs exactly one of document, documentSource and jobTemplateArn.", *in.JobId)
	}
	if len(in.DocumentParameters) > 0 {
		return nil, invalid("documentParameters can be given only with an AWS managed job template, which this sandbox does not have.")
	}
	job := *in
	if given(in.JobTemplateArn) {
		id, err := c.templateID(*in.JobTemplateArn)
		if err != nil {
			return nil, err
		}
		t, err := loadTemplate(tx, id)
		if err != nil {
			return nil, err
		}
		t.fill(&job)
	}
	if given(job.DocumentSource) {
		document, err := c.readSource(tx, *job.DocumentSource)
		if err != nil {
			return nil, err
		}
		job.Document = &document
	}
	return &job, nil
}

// templateID is the id in the ARN of one of the account's job templates.
func (c *control) templateID(arn string) (string, error) {
	id, ours := strings.CutPrefix(arn, c.templateARN(""))
	switch {
	case ours:
		return id, nil
	case strings.HasPrefix(arn, "arn:aws:iot:"+c.realm.Region+"::jobtemplate/"):
		return "", invalid("%s is an AWS managed job template. This sandbox has none; create a template of your own.", arn)
	case strings.HasPrefix(arn, "arn:aws:iot:") && strings.Contains(arn, ":jobtemplate/"):
		return "", missing("Job template %s does not exist in this account and Region.", arn)
	}
	return "", invalid("%s is not the ARN of a job template; it looks like %s", arn, c.templateARN("TEMPLATE"))
}

// fill puts the template's document into the request and its settings where the request has none (AWS IoT developer guide,
// create a job from a custom job template). Unconfirmed: a schedule in the request leaves out the template's maintenance windows.
func (t *template) fill(job *iot.CreateJobInput) {
	s := &t.settings
	job.Document, job.DocumentSource = &t.document, s.Source
	job.Description = first(job.Description, &t.description)
	job.PresignedUrlConfig = first(job.PresignedUrlConfig, s.Presign)
	job.JobExecutionsRolloutConfig = first(job.JobExecutionsRolloutConfig, s.Rollout)
	job.AbortConfig = first(job.AbortConfig, s.Abort)
	job.TimeoutConfig = first(job.TimeoutConfig, s.Timeout)
	job.JobExecutionsRetryConfig = first(job.JobExecutionsRetryConfig, s.Retry)
	if job.DestinationPackageVersions == nil {
		job.DestinationPackageVersions = s.Packages
	}
	if job.SchedulingConfig == nil && s.Windows != nil {
		job.SchedulingConfig = &types.SchedulingConfig{MaintenanceWindows: s.Windows}
	}
}

// first is a, or b when there is no a.
func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}
