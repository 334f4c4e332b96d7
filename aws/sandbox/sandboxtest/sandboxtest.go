// Package sandboxtest starts sandboxes for tests and holds their answers against the service models. Only tests may
// import it.
package sandboxtest

import (
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"fleetlab/aws/sandbox"
)

// reports finds the report function of the test that started a sandbox.
var reports sync.Map

// Start starts a sandbox that keeps nothing and has no quotas, unless opts say otherwise, and closes it when the test ends.
func Start(t testing.TB, opts ...func(*sandbox.Options)) *sandbox.Sandbox {
	t.Helper()
	o := sandbox.Options{Ephemeral: true}
	for _, opt := range opts {
		opt(&o)
	}
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatalf("start a sandbox: %v", err)
	}
	if _, timed := t.(*testing.B); !timed {
		reports.Store(s, failing(t))
	}
	t.Cleanup(func() {
		reports.Delete(s)
		if err := s.Close(); err != nil {
			t.Errorf("close the sandbox: %v", err)
		}
	})
	return s
}

// Config is what the SDK's clients need to use s. Answers that deviate from the service models fail the test that started
// s; benchmarks are spared. S3 clients need path style only when told to use another host.
func Config(s *sandbox.Sandbox) aws.Config {
	c := aws.Config{
		Region:                     s.Region(),
		BaseEndpoint:               aws.String(s.Endpoint()),
		Credentials:                credentials.NewStaticCredentialsProvider(s.AccessKey(), s.SecretKey(), ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
	if report, ok := reports.Load(s); ok {
		c.HTTPClient = Checked(awshttp.NewBuildableClient(), report.(func(string)))
	}
	return c
}
