package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	jobs "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/fleet"
)

// Story is one device's whole story, as the cloud holds it now and as the run saw it.
type Story struct {
	Device   Device            `json:"device"`
	Steps    []Step            `json:"steps"`             // as planned
	Marks    []Mark            `json:"marks"`             // as it went
	Status   string            `json:"status,omitempty"`  // of the execution in the cloud; empty: the cloud has none yet, or no longer
	Details  map[string]string `json:"details,omitempty"` // the status details
	Version  int64             `json:"version,omitempty"` // how often it was updated, counted from 1
	Queued   time.Time         `json:"queued,omitzero"`
	Started  time.Time         `json:"started,omitzero"`
	Updated  time.Time         `json:"updated,omitzero"`
	Document string            `json:"document,omitempty"` // as delivered, with the signatures of its URLs left out; after the end as the job has it
	Shadow   string            `json:"shadow,omitempty"`   // package versions that the thing reports now, as JSON; empty: none
	Before   string            `json:"before,omitempty"`   // the same when the device started; empty: none, or it was not kept
}

// Step is one planned step of a device.
type Step struct {
	State   State   `json:"state"`
	Percent int     `json:"percent,omitempty"` // of the download at the start of the step
	Seconds float64 `json:"seconds"`           // that it takes by itself
	Told    bool    `json:"told"`              // the cloud is told at its start
}

// Steps are the planned steps of the i-th device.
func (p Plan) Steps(i int) []Step { return p.timeline(p.Devices[i]) }

// Story reads the i-th device's story from the cloud. What is not there is left empty and no error.
func (s *Simulation) Story(ctx context.Context, c *cloud.Cloud, i int) (Story, error) {
	d, ok := s.Device(i)
	if !ok {
		return Story{}, fmt.Errorf("there is no device %d", i)
	}
	st := Story{Device: d, Steps: s.plan.timeline(d), Marks: s.Marks(i), Before: s.board.before(i)}
	err := errors.Join(st.readExecution(ctx, c), st.readDocument(ctx, c))
	shadow, err2 := versions(ctx, c, d.Thing)
	st.Shadow = shadow
	return st, errors.Join(err, err2)
}

func (st *Story) readExecution(ctx context.Context, c *cloud.Cloud) error {
	in := &iot.DescribeJobExecutionInput{JobId: &st.Device.Job, ThingName: &st.Device.Thing}
	if st.Device.Number > 0 {
		in.ExecutionNumber = &st.Device.Number
	}
	out, err := c.IoT.DescribeJobExecution(ctx, in)
	if cloud.Is(err, cloud.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the execution of job %s on %s: %w", st.Device.Job, st.Device.Thing, err)
	}
	x := out.Execution
	st.Status, st.Version = string(x.Status), x.VersionNumber
	st.Queued, st.Started, st.Updated = aws.ToTime(x.QueuedAt), aws.ToTime(x.StartedAt), aws.ToTime(x.LastUpdatedAt)
	if x.StatusDetails != nil {
		st.Details = maps.Clone(x.StatusDetails.DetailsMap)
		delete(st.Details, "run")
	}
	return nil
}

// readDocument reads the document as it is delivered. Devices are told of ended executions no more, and of a job whose URLs
// cannot be signed nothing: then it is the job's.
func (st *Story) readDocument(ctx context.Context, c *cloud.Cloud) error {
	out, err := c.Jobs.DescribeJobExecution(ctx, &jobs.DescribeJobExecutionInput{JobId: &st.Device.Job, ThingName: &st.Device.Thing,
		IncludeJobDocument: aws.Bool(true)})
	if err == nil && out.Execution != nil && out.Execution.JobDocument != nil {
		st.Document = withoutSignatures(*out.Execution.JobDocument)
		return nil
	}
	job, err := c.IoT.GetJobDocument(ctx, &iot.GetJobDocumentInput{JobId: &st.Device.Job})
	if cloud.Is(err, cloud.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the document of job %s: %w", st.Device.Job, err)
	}
	st.Document = aws.ToString(job.Document)
	return nil
}

// withoutSignatures leaves out of a document what gives access: the queries of its URLs.
func withoutSignatures(document string) string {
	var v any
	if json.Unmarshal([]byte(document), &v) != nil {
		return document
	}
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if e.Encode(unsigned(v)) != nil {
		return document
	}
	return strings.TrimSpace(text.String())
}

func unsigned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = unsigned(x)
		}
	case []any:
		for i, x := range v {
			v[i] = unsigned(x)
		}
	case string:
		u, err := url.Parse(v)
		if err == nil && u.Host != "" && u.RawQuery != "" {
			place, _, _ := strings.Cut(v, "?")
			return place + "?…"
		}
	}
	return v
}

// versions are the package versions that a thing reports, as JSON; empty when it reports none.
func versions(ctx context.Context, c *cloud.Cloud, thing string) (string, error) {
	out, err := c.Data.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: &thing, ShadowName: aws.String(fleet.PackageShadow)})
	if cloud.Is(err, cloud.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the package versions of %s: %w", thing, err)
	}
	var doc struct {
		State struct {
			Reported json.RawMessage `json:"reported"`
		} `json:"state"`
	}
	if err := json.Unmarshal(out.Payload, &doc); err != nil {
		return "", fmt.Errorf("read the package versions of %s: %w", thing, err)
	}
	return string(doc.State.Reported), nil
}
