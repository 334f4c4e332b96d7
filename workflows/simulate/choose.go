package simulate

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/fleet"
)

// stepCreateJob is the workflow that makes something to do.
const stepCreateJob = "job create"

func nothingPending(in Input, job JobSummary) error {
	return fleet.Refuse(FieldJob, in.Job, fleet.NothingToDo, "step", stepCreateJob, "item", job.ID, "status", job.Status,
		"selection", job.Selection)
}

// newestWithWork is the newest active job that has something to do.
func newestWithWork(ctx context.Context, c *cloud.Cloud) (string, error) {
	jobs, err := Jobs(ctx, c)
	if err != nil {
		return "", err
	}
	for _, j := range jobs {
		if !j.Idle() && !j.Scheduled() {
			return j.ID, nil
		}
	}
	switch {
	case len(jobs) == 0:
		return "", fleet.Refuse(FieldJob, "", fleet.NothingToDo, "step", stepCreateJob)
	case jobs[0].Scheduled():
		return "", fleet.Refuse(FieldJob, "", StartsLater, "item", jobs[0].ID, "time", jobs[0].Starts)
	}
	return "", nothingPending(Input{}, jobs[0])
}

func noJob(ctx context.Context, c *cloud.Cloud, id string) error {
	jobs, err := listJobs(ctx, c, iottypes.JobStatusInProgress)
	if err != nil {
		return err
	}
	if len(jobs) == 0 {
		return fleet.Refuse(FieldJob, id, fleet.NothingToDo, "step", stepCreateJob, "item", id)
	}
	const few = 5
	var choices []string
	for _, j := range jobs[:min(few, len(jobs))] {
		choices = append(choices, j.ID)
	}
	text := strings.Join(choices, ", ")
	if len(jobs) > few {
		text += fmt.Sprintf(", … (%d)", len(jobs))
	}
	return fleet.Refuse(FieldJob, id, fleet.NotInCloud, "item", id, "choices", text)
}

// hasDownload tells whether devices will find firmware to download in the job document.
func hasDownload(ctx context.Context, c *cloud.Cloud, id string) (bool, error) {
	out, err := c.IoT.GetJobDocument(ctx, &iot.GetJobDocumentInput{JobId: &id})
	if err != nil {
		return false, fmt.Errorf("read the document of job %s: %w", id, err)
	}
	return len(artifacts(aws.ToString(out.Document))) > 0, nil
}
