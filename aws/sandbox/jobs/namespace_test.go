package jobs_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
)

func TestNamespaces(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	gg := aws.String("gg")
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("in"), Targets: []string{group},
		Document: aws.String("{}"), NamespaceId: gg, TargetSelection: "CONTINUOUS"}))
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("out"), Targets: []string{group}, Document: aws.String("{}")}))
	if got := c.describe(t, "in").NamespaceId; aws.ToString(got) != "gg" {
		t.Errorf("namespace is %v", got)
	}
	for namespace, want := range map[string]int{"gg": 1, "other": 0} {
		jobs := ok[iot.ListJobsOutput](t)(c.iot.ListJobs(ctx, &iot.ListJobsInput{NamespaceId: &namespace})).Jobs
		executions := ok[iot.ListJobExecutionsForThingOutput](t)(c.iot.ListJobExecutionsForThing(ctx,
			&iot.ListJobExecutionsForThingInput{ThingName: aws.String("V1"), NamespaceId: &namespace})).ExecutionSummaries
		if len(jobs) != want || len(executions) != want {
			t.Errorf("namespace %s has %d jobs and %d executions, want %d", namespace, len(jobs), len(executions), want)
		}
	}
	_, err := c.iot.UpdateJob(ctx, &iot.UpdateJobInput{JobId: aws.String("out"), NamespaceId: gg})
	refused(t, err, 404, "ResourceNotFoundException")
	_, err = c.iot.AssociateTargetsWithJob(ctx, &iot.AssociateTargetsWithJobInput{JobId: aws.String("out"), NamespaceId: gg, Targets: []string{group}})
	refused(t, err, 404, "ResourceNotFoundException")
	_, err = c.iot.DeleteJobExecution(ctx, &iot.DeleteJobExecutionInput{JobId: aws.String("out"), ThingName: aws.String("V1"), ExecutionNumber: aws.Int64(1), NamespaceId: gg})
	refused(t, err, 404, "ResourceNotFoundException")
	_, err = c.iot.DeleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String("in"), Force: true, NamespaceId: aws.String("other")})
	refused(t, err, 404, "ResourceNotFoundException")
	ok[iot.DeleteJobOutput](t)(c.iot.DeleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String("in"), Force: true, NamespaceId: gg}))
}
