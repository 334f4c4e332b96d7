package sandbox_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"

	"fleetlab/aws/sandbox"
)

// BenchmarkMemory loads a sandbox in a process of its own with the fleet of the benchmarks and a job that reaches all of it, has
// every device report, pages through all things and executions, and tells the process's resident memory: now and at its
// highest.
func BenchmarkMemory(b *testing.B) {
	dir := b.TempDir()
	cmd := serveElsewhere(b, dir, benchVariable+"=1")
	s, err := sandbox.Find(dir)
	if err != nil {
		b.Fatal(err)
	}
	cfg := benchConfig(s.Endpoint(), s.AccessKey(), s.SecretKey())
	control, device := iot.NewFromConfig(cfg), iotjobsdataplane.NewFromConfig(cfg)
	empty := resident(b, cmd.Process.Pid, "VmRSS")
	prepareFleet(b, control)
	share(b, 0, benchFleet, func(i int) error {
		_, err := device.UpdateJobExecution(context.Background(), &iotjobsdataplane.UpdateJobExecutionInput{JobId: aws.String("update"),
			ThingName: benchName(i), Status: "SUCCEEDED", StatusDetails: map[string]string{"step": "installed"}})
		return err
	})
	readAll(b, control)
	b.Run("fleet", func(b *testing.B) { // what has benchmarks in it is run once
		b.ReportMetric(empty, "MB-empty")
		b.ReportMetric(resident(b, cmd.Process.Pid, "VmRSS"), "MB-now")
		b.ReportMetric(resident(b, cmd.Process.Pid, "VmHWM"), "MB-highest")
		b.ReportMetric(0, "ns/op")
	})
}

func readAll(b *testing.B, control *iot.Client) {
	b.Helper()
	things, executions := 0, 0
	for p := iot.NewListThingsPaginator(control, &iot.ListThingsInput{MaxResults: aws.Int32(250)}); p.HasMorePages(); {
		page, err := p.NextPage(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		things += len(page.Things)
	}
	in := &iot.ListJobExecutionsForJobInput{JobId: aws.String("update"), MaxResults: aws.Int32(250)}
	for p := iot.NewListJobExecutionsForJobPaginator(control, in); p.HasMorePages(); {
		page, err := p.NextPage(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		executions += len(page.ExecutionSummaries)
	}
	found, err := control.SearchIndex(context.Background(), &iot.SearchIndexInput{QueryString: aws.String("attributes.country:US")})
	if err != nil || len(found.Things) == 0 || things != benchFleet || executions != benchFleet {
		b.Fatalf("%d things and %d executions, want %d of each; the index: %v", things, executions, benchFleet, err)
	}
}

// resident is a process's memory in megabytes as the kernel counts it.
func resident(b *testing.B, pid int, field string) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), field+":")
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		b.Fatal(err)
	}
	return kb * 1024 / 1e6
}
