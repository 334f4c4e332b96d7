package index_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

// TestContinuousJobFollowsADynamicGroup through a whole sandbox: who comes to match gets the job, who does not any more
// loses it.
func TestContinuousJobFollowsADynamicGroup(t *testing.T) {
	t.Parallel()
	config, ctx := sandboxtest.Config(sandboxtest.Start(t)), t.Context()
	c, data := sdk.NewFromConfig(config), iotjobsdataplane.NewFromConfig(config)
	must(c.UpdateIndexingConfiguration(ctx, &sdk.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: "REGISTRY"}}))(t)
	for i := range 3 {
		must(c.CreateThing(ctx, &sdk.CreateThingInput{ThingName: aws.String(fmt.Sprint("V", i))}))(t)
	}
	paint := func(thing, color string) {
		t.Helper()
		must(c.UpdateThing(ctx, &sdk.UpdateThingInput{ThingName: &thing, AttributePayload: &types.AttributePayload{Attributes: map[string]string{"color": color}}}))(t)
	}
	queued := func(thing string) int {
		t.Helper()
		return len(must(data.GetPendingJobExecutions(ctx, &iotjobsdataplane.GetPendingJobExecutionsInput{ThingName: &thing}))(t).QueuedJobs)
	}
	paint("V0", "red")
	g := must(c.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: aws.String("Red"), QueryString: aws.String("attributes.color:red")}))(t)
	must(c.CreateJob(ctx, &sdk.CreateJobInput{JobId: aws.String("wash"), Targets: []string{*g.ThingGroupArn}, Document: aws.String("{}"),
		TargetSelection: types.TargetSelectionContinuous}))(t)
	paint("V1", "red")
	for thing, want := range map[string]int{"V0": 1, "V1": 1, "V2": 0} {
		if got := queued(thing); got != want {
			t.Errorf("%s has %d jobs, want %d", thing, got, want)
		}
	}
	paint("V0", "blue")
	e := must(c.DescribeJobExecution(ctx, &sdk.DescribeJobExecutionInput{JobId: aws.String("wash"), ThingName: aws.String("V0")}))(t)
	if e.Execution.Status != types.JobExecutionStatusRemoved {
		t.Errorf("the execution of the thing that left is %s", e.Execution.Status)
	}
	must(c.DeleteDynamicThingGroup(ctx, &sdk.DeleteDynamicThingGroupInput{ThingGroupName: aws.String("Red")}))(t)
	if got := queued("V1"); got != 0 {
		t.Errorf("V1 has %d jobs after its group was deleted", got)
	}
}

// TestSandboxIsLateByItself: in a sandbox that is late as AWS is, nobody has to ask for the index to follow.
func TestSandboxIsLateByItself(t *testing.T) {
	t.Parallel()
	late := func(o *sandbox.Options) { o.Lag, o.Speed = true, 100 }
	c := sdk.NewFromConfig(sandboxtest.Config(sandboxtest.Start(t, late)))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must(c.CreateThing(ctx, &sdk.CreateThingInput{ThingName: aws.String("A")}))(t)
	must(c.UpdateIndexingConfiguration(ctx, &sdk.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: "REGISTRY"}}))(t)
	until := func(what string, done func() bool) {
		t.Helper()
		for !done() {
			if err := ctx.Err(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
	}
	until("the index is built", func() bool {
		return must(c.DescribeIndex(ctx, &sdk.DescribeIndexInput{IndexName: aws.String("AWS_Things")}))(t).IndexStatus == types.IndexStatusActive
	})
	group := aws.String("D")
	must(c.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: group, QueryString: aws.String("*")}))(t)
	until("the group is built", func() bool {
		return must(c.DescribeThingGroup(ctx, &sdk.DescribeThingGroupInput{ThingGroupName: group}))(t).Status == types.DynamicGroupStatusActive
	})
	must(c.CreateThing(ctx, &sdk.CreateThingInput{ThingName: aws.String("B")}))(t)
	until("the group has both things", func() bool {
		return len(must(c.ListThingsInThingGroup(ctx, &sdk.ListThingsInThingGroupInput{ThingGroupName: group}))(t).Things) == 2
	})
}
