package contract_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/sandboxtest"
)

// lab is one test in one account: clients whose answers are held against the models, and names of its own.
type lab struct {
	*testing.T
	*account
	ctx    context.Context
	prefix string

	iot  *iot.Client
	jobs *iotjobsdataplane.Client
	data *iotdataplane.Client
	s3   *s3.Client
	iam  *iam.Client
	sts  *sts.Client
}

// each runs fn against every account.
func each(t *testing.T, fn func(l *lab)) {
	t.Helper()
	t.Parallel()
	for _, a := range accounts {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			fn(enterLab(t, a))
		})
	}
}

func enterLab(t *testing.T, a *account) *lab {
	report := func(text string) { t.Error(text) }
	if a.real {
		report = func(text string) { t.Log(text) }
	}
	cfg, devices := a.cfg.Copy(), a.devices.Copy()
	cfg.HTTPClient = sandboxtest.Checked(a.cfg.HTTPClient, report)
	devices.HTTPClient = cfg.HTTPClient
	return &lab{T: t, account: a, ctx: t.Context(), prefix: "contract-" + strings.ToLower(rand.Text()[:8]) + "-",
		iot: iot.NewFromConfig(cfg), iam: iam.NewFromConfig(cfg), sts: sts.NewFromConfig(cfg),
		s3:   s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil }),
		data: iotdataplane.NewFromConfig(devices), jobs: iotjobsdataplane.NewFromConfig(devices)}
}

// own makes a name that no other test uses.
func (l *lab) own(name string) *string { return aws.String(l.prefix + name) }

// arn names an IoT resource.
func (l *lab) arn(resource string) string {
	return "arn:" + l.part + ":iot:" + l.cfg.Region + ":" + l.id + ":" + resource
}

// wait calls fn until it returns nil and ends the test when it does not within that time on the account's clock.
func (l *lab) wait(within time.Duration, fn func() error) {
	l.Helper()
	if err := l.eventually(l.ctx, within, fn); err != nil {
		l.Fatal(err)
	}
}

// undo calls fn at the end of the test, also of one that failed, until it succeeds or says that there is nothing.
func (l *lab) undo(within time.Duration, fn func(ctx context.Context) error) {
	l.Cleanup(func() {
		ctx := context.WithoutCancel(l.ctx) // the test's own has ended by now
		if err := l.eventually(ctx, within, func() error { return unlessGone(fn(ctx)) }); err != nil {
			l.Errorf("clean up: %v", err)
		}
	})
}

// alone keeps other tests from a setting that the account has only once, until the test's end.
func (l *lab) alone(setting string) {
	mu := l.setting(setting)
	mu.Lock()
	l.Cleanup(mu.Unlock)
}

// unlessGone is nil for an error that says that something does not exist.
func unlessGone(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "ResourceNotFoundException", "NoSuchEntity", "NoSuchBucket", "NoSuchUpload":
			return nil
		}
	}
	return err
}

// must returns a function that gives the output of a call that has to succeed.
func must[O any](out O, err error) func(testing.TB) O {
	return func(t testing.TB) O {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// refused fails the test unless err is the service's error code with that status and all of words in its message.
func (l *lab) refused(err error, status int, code string, words ...string) {
	l.Helper()
	if problem := refusal(err, status, code, words...); problem != nil {
		l.Error(problem)
	}
}

// refusal says how an error differs from what was expected.
func refusal(err error, status int, code string, words ...string) error {
	var api smithy.APIError
	var resp *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &resp) {
		return fmt.Errorf("got %v, want %d %s", err, status, code)
	}
	if api.ErrorCode() != code || resp.HTTPStatusCode() != status {
		return fmt.Errorf("got %d %s (%s), want %d %s", resp.HTTPStatusCode(), api.ErrorCode(), api.ErrorMessage(), status, code)
	}
	for _, w := range words {
		if !strings.Contains(api.ErrorMessage(), w) {
			return fmt.Errorf("%s says %q, want it to say %q", code, api.ErrorMessage(), w)
		}
	}
	return nil
}

// equal fails the test when two values differ.
func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
