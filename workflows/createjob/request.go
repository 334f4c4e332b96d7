package createjob

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/trace"
)

// Request is CreateJob's input under the API's names.
type Request struct {
	JobID           string      `json:"jobId"`
	Targets         []string    `json:"targets"`
	Document        string      `json:"document"`
	Description     string      `json:"description"`
	TargetSelection string      `json:"targetSelection"`
	PresignedURL    *Presign    `json:"presignedUrlConfig,omitempty"` // none: the document asks for no URL
	Rollout         *RolloutAPI `json:"jobExecutionsRolloutConfig,omitempty"`
	Abort           *AbortAPI   `json:"abortConfig,omitempty"`
	Timeout         *TimeoutAPI `json:"timeoutConfig,omitempty"`
	Retry           *RetryAPI   `json:"jobExecutionsRetryConfig,omitempty"`
	Schedule        *Scheduling `json:"schedulingConfig,omitempty"`
	Packages        []string    `json:"destinationPackageVersions,omitempty"`
	Tags            []Tag       `json:"tags"`
}

// Presign is how AWS makes the URLs in the delivered document.
type Presign struct {
	RoleARN string `json:"roleArn"`
	Expires int64  `json:"expiresInSec"`
}

// RolloutAPI is JobExecutionsRolloutConfig.
type RolloutAPI struct {
	Maximum     int32           `json:"maximumPerMinute,omitempty"`
	Exponential *ExponentialAPI `json:"exponentialRate,omitempty"`
}

// ExponentialAPI is ExponentialRolloutRate.
type ExponentialAPI struct {
	Base     int32       `json:"baseRatePerMinute"`
	Factor   float64     `json:"incrementFactor"`
	Increase IncreaseAPI `json:"rateIncreaseCriteria"`
}

// IncreaseAPI is RateIncreaseCriteria: one of the two.
type IncreaseAPI struct {
	Notified  int32 `json:"numberOfNotifiedThings,omitempty"`
	Succeeded int32 `json:"numberOfSucceededThings,omitempty"`
}

// AbortAPI is AbortConfig.
type AbortAPI struct {
	Criteria []CriterionAPI `json:"criteriaList"`
}

// CriterionAPI is AbortCriteria.
type CriterionAPI struct {
	Kind    string  `json:"failureType"`
	Action  string  `json:"action"`
	Percent float64 `json:"thresholdPercentage"`
	Min     int32   `json:"minNumberOfExecutedThings"`
}

// TimeoutAPI is TimeoutConfig.
type TimeoutAPI struct {
	Minutes int64 `json:"inProgressTimeoutInMinutes"`
}

// RetryAPI is JobExecutionsRetryConfig.
type RetryAPI struct {
	Criteria []RetryCriterionAPI `json:"criteriaList"`
}

// RetryCriterionAPI is RetryCriteria.
type RetryCriterionAPI struct {
	Kind    string `json:"failureType"`
	Retries int32  `json:"numberOfRetries"`
}

// Scheduling is SchedulingConfig.
type Scheduling struct {
	Start    string      `json:"startTime,omitempty"`
	End      string      `json:"endTime,omitempty"`
	Behavior string      `json:"endBehavior,omitempty"`
	Windows  []WindowAPI `json:"maintenanceWindows,omitempty"`
}

// WindowAPI is MaintenanceWindow.
type WindowAPI struct {
	Start   string `json:"startTime"`
	Minutes int32  `json:"durationInMinutes"`
}

// delivery fills in how the job goes.
func (r *Request) delivery(in Input, now time.Time) {
	r.TargetSelection = string(in.selection())
	r.Rollout = in.Rollout.api()
	if len(in.Abort) > 0 {
		r.Abort = &AbortAPI{}
		for _, a := range in.Abort {
			r.Abort.Criteria = append(r.Abort.Criteria, CriterionAPI{a.Kind, string(iottypes.AbortActionCancel), a.Percent, int32(a.Min)})
		}
	}
	if in.Timeout > 0 {
		r.Timeout = &TimeoutAPI{int64(in.Timeout)}
	}
	if len(in.Retry) > 0 {
		r.Retry = &RetryAPI{}
		for _, x := range in.Retry {
			r.Retry.Criteria = append(r.Retry.Criteria, RetryCriterionAPI{x.Kind, int32(x.Retries)})
		}
	}
	r.Schedule = in.Schedule.api(now)
}

func (r Rollout) api() *RolloutAPI {
	switch r.Kind {
	case RolloutConstant:
		return &RolloutAPI{Maximum: int32(r.PerMinute)}
	case RolloutExponential:
		x := &ExponentialAPI{Base: int32(r.Base), Factor: r.Factor}
		if r.By == Succeeded {
			x.Increase.Succeeded = int32(r.Every)
		} else {
			x.Increase.Notified = int32(r.Every)
		}
		return &RolloutAPI{Maximum: int32(r.Maximum), Exponential: x}
	}
	return nil
}

func (s Schedule) api(now time.Time) *Scheduling {
	start, end := s.times(now)
	if start.IsZero() && end.IsZero() && len(s.Windows) == 0 {
		return nil
	}
	out := &Scheduling{}
	if !start.IsZero() {
		out.Start = start.Format(timeForm)
	}
	if !end.IsZero() {
		out.End, out.Behavior = end.Format(timeForm), strings.ToUpper(s.EndBehavior)
	}
	for _, w := range s.Windows {
		out.Windows = append(out.Windows, WindowAPI{w.Cron, int32(w.Minutes)})
	}
	return out
}

// command is the request as an AWS CLI command.
func (r Request) command() string { return trace.Command("IoT", "CreateJob", r.sdk()) }

// sdk is the request in the SDK's form.
func (r Request) sdk() *iot.CreateJobInput {
	return &iot.CreateJobInput{
		JobId: &r.JobID, Targets: r.Targets, Document: &r.Document, Description: &r.Description,
		TargetSelection: iottypes.TargetSelection(r.TargetSelection), PresignedUrlConfig: r.PresignedURL.sdk(),
		JobExecutionsRolloutConfig: r.Rollout.sdk(), AbortConfig: r.Abort.sdk(), TimeoutConfig: r.Timeout.sdk(),
		JobExecutionsRetryConfig: r.Retry.sdk(), SchedulingConfig: r.Schedule.sdk(),
		DestinationPackageVersions: r.Packages, Tags: sdkTags(r.Tags),
	}
}

func sdkTags(tags []Tag) []iottypes.Tag {
	var out []iottypes.Tag
	for _, t := range tags {
		out = append(out, iottypes.Tag{Key: aws.String(t.Key), Value: aws.String(t.Value)})
	}
	return out
}

func (p *Presign) sdk() *iottypes.PresignedUrlConfig {
	if p == nil {
		return nil
	}
	return &iottypes.PresignedUrlConfig{RoleArn: &p.RoleARN, ExpiresInSec: &p.Expires}
}

func (r *RolloutAPI) sdk() *iottypes.JobExecutionsRolloutConfig {
	if r == nil {
		return nil
	}
	out := &iottypes.JobExecutionsRolloutConfig{}
	if r.Maximum > 0 {
		out.MaximumPerMinute = &r.Maximum
	}
	if x := r.Exponential; x != nil {
		by := &iottypes.RateIncreaseCriteria{}
		if x.Increase.Notified > 0 {
			by.NumberOfNotifiedThings = &x.Increase.Notified
		} else {
			by.NumberOfSucceededThings = &x.Increase.Succeeded
		}
		out.ExponentialRate = &iottypes.ExponentialRolloutRate{BaseRatePerMinute: &x.Base, IncrementFactor: &x.Factor, RateIncreaseCriteria: by}
	}
	return out
}

func (a *AbortAPI) sdk() *iottypes.AbortConfig {
	if a == nil {
		return nil
	}
	out := &iottypes.AbortConfig{}
	for _, c := range a.Criteria {
		out.CriteriaList = append(out.CriteriaList, iottypes.AbortCriteria{FailureType: iottypes.JobExecutionFailureType(c.Kind),
			Action: iottypes.AbortAction(c.Action), ThresholdPercentage: &c.Percent, MinNumberOfExecutedThings: &c.Min})
	}
	return out
}

func (t *TimeoutAPI) sdk() *iottypes.TimeoutConfig {
	if t == nil {
		return nil
	}
	return &iottypes.TimeoutConfig{InProgressTimeoutInMinutes: &t.Minutes}
}

func (r *RetryAPI) sdk() *iottypes.JobExecutionsRetryConfig {
	if r == nil {
		return nil
	}
	out := &iottypes.JobExecutionsRetryConfig{}
	for _, c := range r.Criteria {
		out.CriteriaList = append(out.CriteriaList, iottypes.RetryCriteria{FailureType: iottypes.RetryableFailureType(c.Kind), NumberOfRetries: &c.Retries})
	}
	return out
}

func (s *Scheduling) sdk() *iottypes.SchedulingConfig {
	if s == nil {
		return nil
	}
	out := &iottypes.SchedulingConfig{EndBehavior: iottypes.JobEndBehavior(s.Behavior), MaintenanceWindows: sdkWindows(s.Windows)}
	if s.Start != "" {
		out.StartTime = &s.Start
	}
	if s.End != "" {
		out.EndTime = &s.End
	}
	return out
}

func sdkWindows(windows []WindowAPI) []iottypes.MaintenanceWindow {
	var out []iottypes.MaintenanceWindow
	for _, w := range windows {
		out = append(out, iottypes.MaintenanceWindow{StartTime: &w.Start, DurationInMinutes: &w.Minutes})
	}
	return out
}
