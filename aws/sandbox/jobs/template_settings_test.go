package jobs_test

import (
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// everything is a template with each of the settings that a template can have.
func everything(role string) *iot.CreateJobTemplateInput {
	return &iot.CreateJobTemplateInput{
		JobTemplateId: aws.String("all"), Description: aws.String("d"), Document: aws.String("{}"), TimeoutConfig: minutes(30),
		PresignedUrlConfig: &iottypes.PresignedUrlConfig{RoleArn: &role, ExpiresInSec: aws.Int64(90)},
		JobExecutionsRolloutConfig: &iottypes.JobExecutionsRolloutConfig{MaximumPerMinute: aws.Int32(50), ExponentialRate: &iottypes.ExponentialRolloutRate{
			BaseRatePerMinute: aws.Int32(5), IncrementFactor: aws.Float64(2), RateIncreaseCriteria: &iottypes.RateIncreaseCriteria{NumberOfNotifiedThings: aws.Int32(3)}}},
		AbortConfig: &iottypes.AbortConfig{CriteriaList: []iottypes.AbortCriteria{{Action: iottypes.AbortActionCancel, FailureType: iottypes.JobExecutionFailureTypeAll,
			MinNumberOfExecutedThings: aws.Int32(2), ThresholdPercentage: aws.Float64(12.5)}}},
		JobExecutionsRetryConfig: &iottypes.JobExecutionsRetryConfig{CriteriaList: []iottypes.RetryCriteria{
			{FailureType: iottypes.RetryableFailureTypeFailed, NumberOfRetries: aws.Int32(1)}}},
		MaintenanceWindows:         []iottypes.MaintenanceWindow{{StartTime: aws.String("cron(0 2 ? * * *)"), DurationInMinutes: aws.Int32(60)}},
		DestinationPackageVersions: []string{arn("package/Sedan/version/1.1.0")},
	}
}

// TestTemplateSettings takes each setting from a template to a job and from the job to another template.
func TestTemplateSettings(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	want := everything(c.catalog(t, c.firmwareBucket(t)))
	group := c.fleet(t, "G", "V1")
	ok[iot.CreateJobTemplateOutput](t)(c.iot.CreateJobTemplate(ctx, want))
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("j"), Targets: []string{group}, TargetSelection: "CONTINUOUS",
		JobTemplateArn: aws.String(arn("jobtemplate/all"))}))
	j := c.describe(t, "j")
	ok[iot.CreateJobTemplateOutput](t)(c.iot.CreateJobTemplate(ctx, &iot.CreateJobTemplateInput{JobTemplateId: aws.String("copy"), Description: aws.String("d"), JobArn: j.JobArn}))
	for _, id := range []string{"all", "copy"} {
		got := c.describeTemplate(t, id)
		for name, pair := range map[string][2]any{
			"presign": {got.PresignedUrlConfig, want.PresignedUrlConfig}, "rollout": {got.JobExecutionsRolloutConfig, want.JobExecutionsRolloutConfig},
			"abort": {got.AbortConfig, want.AbortConfig}, "retry": {got.JobExecutionsRetryConfig, want.JobExecutionsRetryConfig},
			"timeout": {got.TimeoutConfig, want.TimeoutConfig}, "windows": {got.MaintenanceWindows, want.MaintenanceWindows},
			"packages": {got.DestinationPackageVersions, want.DestinationPackageVersions}, "document": {*got.Document, *want.Document},
		} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				t.Errorf("template %s: %s is %+v, want %+v", id, name, pair[0], pair[1])
			}
		}
	}
	if !reflect.DeepEqual(j.AbortConfig, want.AbortConfig) || len(j.SchedulingConfig.MaintenanceWindows) != 1 || *j.PresignedUrlConfig.ExpiresInSec != 90 {
		t.Errorf("job is %+v", j)
	}
	_, err := c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("snap"), Targets: []string{group}, JobTemplateArn: aws.String(arn("jobtemplate/all"))})
	refused(t, err, 400, "InvalidRequestException") // maintenance windows are for continuous jobs
	bad := everything(*want.PresignedUrlConfig.RoleArn)
	bad.JobTemplateId, bad.MaintenanceWindows[0].StartTime = aws.String("bad"), aws.String("cron(at night)")
	_, err = c.iot.CreateJobTemplate(ctx, bad)
	refused(t, err, 400, "InvalidRequestException")
}
