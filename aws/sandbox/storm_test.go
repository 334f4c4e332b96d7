package sandbox_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

// stormer is one SDK client of two, with connections of its own.
type stormer struct {
	iot  *iot.Client
	jobs *iotjobsdataplane.Client
	data *iotdataplane.Client
}

func newStormer(t *testing.T, s *sandbox.Sandbox) stormer {
	cfg := sandboxtest.Config(s)
	client := awshttp.NewBuildableClient().WithTransportOptions(func(o *http.Transport) { o.MaxIdleConnsPerHost, o.MaxConnsPerHost = 32, 32 }).Freeze()
	t.Cleanup(client.(interface{ CloseIdleConnections() }).CloseIdleConnections)
	cfg.HTTPClient = sandboxtest.Checked(client, func(text string) { t.Error(text) })
	return stormer{iot.NewFromConfig(cfg), iotjobsdataplane.NewFromConfig(cfg), iotdataplane.NewFromConfig(cfg)}
}

// live takes a thing through its life while 63 others do the same; the job's document is shared.
func (c stormer) live(t *testing.T, i int) error {
	ctx, name := t.Context(), aws.String(fmt.Sprint("V", i))
	_, err := c.iot.CreateThing(ctx, &iot.CreateThingInput{ThingName: name, AttributePayload: &types.AttributePayload{Attributes: map[string]string{"n": fmt.Sprint(i)}}})
	_, err2 := c.iot.AddThingToThingGroup(ctx, &iot.AddThingToThingGroupInput{ThingGroupName: aws.String("G"), ThingName: name})
	_, err3 := c.data.UpdateThingShadow(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: name, Payload: []byte(`{"state":{"reported":{"lamp":"on"}}}`)})
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	for range 2 {
		_, err = c.iot.SearchIndex(ctx, &iot.SearchIndexInput{QueryString: aws.String("attributes.n:" + fmt.Sprint(i))})
		_, err2 = c.iot.ListThings(ctx, &iot.ListThingsInput{MaxResults: aws.Int32(3)})
		_, err3 = c.iot.DescribeJob(ctx, &iot.DescribeJobInput{JobId: aws.String("j")})
		if err := errors.Join(err, err2, err3); err != nil {
			return err
		}
	}
	next, err := c.jobs.StartNextPendingJobExecution(ctx, &iotjobsdataplane.StartNextPendingJobExecutionInput{ThingName: name})
	if err != nil || next.Execution == nil {
		return fmt.Errorf("thing %d has no execution: %w", i, err)
	}
	_, err = c.jobs.UpdateJobExecution(ctx, &iotjobsdataplane.UpdateJobExecutionInput{ThingName: name, JobId: next.Execution.JobId, Status: "SUCCEEDED"})
	return err
}

// Two clients with 32 connections each use the sandbox at once. The race detector watches when it is on.
func TestTwoClientsAtOnce(t *testing.T) {
	t.Parallel()
	const connections = 64
	s := sandboxtest.Start(t)
	clients := [2]stormer{newStormer(t, s), newStormer(t, s)}
	ctx, c := t.Context(), clients[0]
	g, err := c.iot.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: aws.String("G")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("j"), Document: aws.String("{}"), Targets: []string{*g.ThingGroupArn}, TargetSelection: types.TargetSelectionContinuous})
	_, err2 := c.iot.UpdateIndexingConfiguration(ctx, &iot.UpdateIndexingConfigurationInput{ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: types.ThingIndexingModeRegistryAndShadow}})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range connections {
		all.Go(func() {
			if err := clients[i%2].live(t, i); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	j, err := c.iot.DescribeJob(ctx, &iot.DescribeJobInput{JobId: aws.String("j")})
	if err != nil || *j.Job.JobProcessDetails.NumberOfSucceededThings != connections {
		t.Errorf("job is %+v, %v; want %d successes", j, err, connections)
	}
}
