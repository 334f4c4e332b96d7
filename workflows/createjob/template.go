package createjob

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/aws/trace"
	"fleetlab/workflows/fleet"
)

// Template is CreateJobTemplate's input under the API's names: the choices of a job without its targets and times.
type Template struct {
	ID           string      `json:"jobTemplateId"`
	Document     string      `json:"document"`
	Description  string      `json:"description"`
	PresignedURL *Presign    `json:"presignedUrlConfig,omitempty"`
	Rollout      *RolloutAPI `json:"jobExecutionsRolloutConfig,omitempty"`
	Abort        *AbortAPI   `json:"abortConfig,omitempty"`
	Timeout      *TimeoutAPI `json:"timeoutConfig,omitempty"`
	Retry        *RetryAPI   `json:"jobExecutionsRetryConfig,omitempty"`
	Windows      []WindowAPI `json:"maintenanceWindows,omitempty"`
	Packages     []string    `json:"destinationPackageVersions,omitempty"`
	Tags         []Tag       `json:"tags"`
}

// template is what saves a request's choices under an id.
func (r Request) template(id string) *Template {
	t := &Template{ID: id, Document: r.Document, Description: r.Description, PresignedURL: r.PresignedURL, Rollout: r.Rollout,
		Abort: r.Abort, Timeout: r.Timeout, Retry: r.Retry, Packages: r.Packages, Tags: r.Tags}
	if r.Schedule != nil {
		t.Windows = r.Schedule.Windows
	}
	return t
}

func (t Template) sdk() *iot.CreateJobTemplateInput {
	return &iot.CreateJobTemplateInput{
		JobTemplateId: &t.ID, Document: &t.Document, Description: &t.Description, PresignedUrlConfig: t.PresignedURL.sdk(),
		JobExecutionsRolloutConfig: t.Rollout.sdk(), AbortConfig: t.Abort.sdk(), TimeoutConfig: t.Timeout.sdk(),
		JobExecutionsRetryConfig: t.Retry.sdk(), MaintenanceWindows: sdkWindows(t.Windows),
		DestinationPackageVersions: t.Packages, Tags: sdkTags(t.Tags),
	}
}

func (t Template) command() string { return trace.Command("IoT", "CreateJobTemplate", t.sdk()) }

// TemplateInfo is a job template that one can start from.
type TemplateInfo struct {
	ID          string `json:"id"`
	Description string `json:"description"`
}

func templateExists(ctx context.Context, c *cloud.Cloud, id string) (bool, error) {
	_, err := c.IoT.DescribeJobTemplate(ctx, &iot.DescribeJobTemplateInput{JobTemplateId: &id})
	if cloud.Is(err, cloud.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("describe job template %s: %w", id, err)
	}
	return true, nil
}

func listTemplates(ctx context.Context, c *cloud.Cloud) ([]TemplateInfo, error) {
	var out []TemplateInfo
	pages := iot.NewListJobTemplatesPaginator(c.IoT, &iot.ListJobTemplatesInput{MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list job templates: %w", err)
		}
		for _, t := range page.JobTemplates {
			out = append(out, TemplateInfo{aws.ToString(t.JobTemplateId), aws.ToString(t.Description)})
		}
	}
	slices.SortFunc(out, func(a, b TemplateInfo) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// FromTemplate is base with the choices that a job template holds; targets, times, tags and ids stay base's. The error is
// a *fleet.FieldError of FieldTemplate when there is no template of that id, or when it holds what no field can.
func FromTemplate(ctx context.Context, c *cloud.Cloud, base Input, id string) (Input, error) {
	if err := base.Set(FieldTemplate, id); err != nil {
		return base, err
	}
	out, err := c.IoT.DescribeJobTemplate(ctx, &iot.DescribeJobTemplateInput{JobTemplateId: &base.Template})
	switch {
	case cloud.Is(err, cloud.NotFound):
		all, err := listTemplates(ctx, c)
		if err != nil {
			return base, err
		}
		var names []string
		for _, t := range all {
			names = append(names, t.ID)
		}
		return base, fleet.Refuse(FieldTemplate, id, fleet.NotInCloud, "item", id, "choices", some(names))
	case err != nil:
		return base, fmt.Errorf("describe job template %s: %w", id, err)
	}
	return base.fill(out)
}

// fill takes over what a template holds. Its description is not the job's: that names the targets.
func (in Input) fill(t *iot.DescribeJobTemplateOutput) (Input, error) {
	in.Packages, in.Version = nil, ""
	for _, arn := range t.DestinationPackageVersions {
		_, item, _ := strings.Cut(arn, ":package/")
		in.Packages = append(in.Packages, strings.Replace(item, "/version/", "/", 1))
	}
	in.Type, in.Document, in.Preset = Custom, aws.ToString(t.Document), ""
	if in.isOTA() {
		in.Type, in.Document = OTA, ""
	}
	in.Rollout = fromRollout(t.JobExecutionsRolloutConfig)
	in.Abort, in.Retry, in.Timeout, in.Schedule.Windows = nil, nil, 0, nil
	if a := t.AbortConfig; a != nil {
		for _, x := range a.CriteriaList {
			in.Abort = append(in.Abort, Abort{string(x.FailureType), aws.ToFloat64(x.ThresholdPercentage), int(aws.ToInt32(x.MinNumberOfExecutedThings))})
		}
	}
	if r := t.JobExecutionsRetryConfig; r != nil {
		for _, x := range r.CriteriaList {
			in.Retry = append(in.Retry, Retry{string(x.FailureType), int(aws.ToInt32(x.NumberOfRetries))})
		}
	}
	if x := t.TimeoutConfig; x != nil {
		in.Timeout = int(aws.ToInt64(x.InProgressTimeoutInMinutes))
	}
	if p := t.PresignedUrlConfig; p != nil && p.ExpiresInSec != nil {
		in.Expires = int(*p.ExpiresInSec)
	}
	for _, w := range t.MaintenanceWindows {
		in.Schedule.Windows = append(in.Schedule.Windows, Window{aws.ToString(w.StartTime), int(aws.ToInt32(w.DurationInMinutes))})
	}
	return in, in.fits()
}

// isOTA tells whether the document is the one that an over-the-air update to the packages has.
func (in Input) isOTA() bool {
	var versions []Installed
	for _, item := range in.Packages {
		name, version := PackageVersion(item)
		versions = append(versions, Installed{Package: name, Version: version})
	}
	return len(versions) > 0 && otaDocument(versions) == in.Document
}

// fits refuses a template of which a field cannot hold a part, such as a package version that is to be uninstalled.
func (in Input) fits() error {
	probe := in
	err := fleet.Recheck(&probe)
	var fe *fleet.FieldError
	if errors.As(err, &fe) {
		return fleet.Refuse(FieldTemplate, in.Template, fleet.BadForm, "item", fe.Value, "form", fe.Field)
	}
	return err
}

func fromRollout(c *iottypes.JobExecutionsRolloutConfig) Rollout {
	r := defaultRollout
	if c == nil {
		return r
	}
	if m := aws.ToInt32(c.MaximumPerMinute); m > 0 {
		r.Kind, r.PerMinute = RolloutConstant, int(m)
	}
	if x := c.ExponentialRate; x != nil {
		r.Kind, r.PerMinute, r.Base, r.Factor = RolloutExponential, 0, int(aws.ToInt32(x.BaseRatePerMinute)), aws.ToFloat64(x.IncrementFactor)
		if c.MaximumPerMinute != nil {
			r.Maximum = int(*c.MaximumPerMinute)
		}
		if by := x.RateIncreaseCriteria; by != nil && by.NumberOfSucceededThings != nil {
			r.By, r.Every = Succeeded, int(*by.NumberOfSucceededThings)
		} else if by != nil {
			r.By, r.Every = Notified, int(aws.ToInt32(by.NumberOfNotifiedThings))
		}
	}
	return r
}
