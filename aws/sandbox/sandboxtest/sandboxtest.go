// Package sandboxtest starts sandboxes for tests. Only tests may import it.
package sandboxtest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"fleetlab/aws/sandbox"
)

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
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the sandbox: %v", err)
		}
	})
	return s
}

// Config is what the SDK's clients need to use s. S3 clients need path style only when told to use another host.
func Config(s *sandbox.Sandbox) aws.Config {
	return aws.Config{
		Region:                     s.Region(),
		BaseEndpoint:               aws.String(s.Endpoint()),
		Credentials:                credentials.NewStaticCredentialsProvider(s.AccessKey(), s.SecretKey(), ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
}
