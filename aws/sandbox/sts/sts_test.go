package sts_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/sandboxtest"
)

// world is a sandbox with a client's configuration.
type world struct {
	aws.Config
	t *testing.T
}

func start(t *testing.T) *world {
	cfg := sandboxtest.Config(sandboxtest.Start(t))
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return &world{cfg, t}
}

// trusting makes a role that an AWS principal may assume.
func (w *world) trusting(name, principal, condition string) *string {
	w.t.Helper()
	p, _ := json.Marshal(principal) // a string always marshals
	out, err := iam.NewFromConfig(w.Config).CreateRole(w.t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":` + string(p) + `},"Action":"sts:AssumeRole"` + condition + `}]}`)})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Role.Arn
}

// as is what clients with those credentials need.
func (w *world) as(c *types.Credentials) *world {
	cfg := w.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
	return &world{cfg, w.t}
}

func (w *world) sts() *sts.Client { return sts.NewFromConfig(w.Config) }

func (w *world) identity() string {
	w.t.Helper()
	out, err := w.sts().GetCallerIdentity(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return *out.UserId + " " + *out.Arn
}

func (w *world) assume(role *string, change ...func(*sts.AssumeRoleInput)) (*sts.AssumeRoleOutput, error) {
	in := &sts.AssumeRoleInput{RoleArn: role, RoleSessionName: aws.String("me")}
	for _, f := range change {
		f(in)
	}
	return w.sts().AssumeRole(w.t.Context(), in)
}

func want(t *testing.T, err error, status int, code, words string) {
	t.Helper()
	var api smithy.APIError
	var resp *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &resp) || api.ErrorCode() != code || resp.HTTPStatusCode() != status || !strings.Contains(api.ErrorMessage(), words) {
		t.Errorf("got %v, want %d %s: %s", err, status, code, words)
	}
}

func TestAssumedRole(t *testing.T) {
	t.Parallel()
	w := start(t)
	role := w.trusting("role", "arn:aws:iam::000000000000:root", "")
	out, err := w.assume(role)
	if err != nil {
		t.Fatal(err)
	}
	c := out.Credentials
	if left := time.Until(*c.Expiration); !strings.HasPrefix(*c.AccessKeyId, "ASIA") || len(*c.AccessKeyId) != 20 || len(*c.SecretAccessKey) != 40 ||
		left > time.Hour || left < 59*time.Minute {
		t.Errorf("credentials %s, %d letters, for %s", *c.AccessKeyId, len(*c.SecretAccessKey), left)
	}
	if *out.AssumedRoleUser.Arn != "arn:aws:sts::000000000000:assumed-role/role/me" || !strings.HasSuffix(*out.AssumedRoleUser.AssumedRoleId, ":me") {
		t.Errorf("user %+v", out.AssumedRoleUser)
	}
	if got := w.as(c).identity(); got != *out.AssumedRoleUser.AssumedRoleId+" "+*out.AssumedRoleUser.Arn {
		t.Errorf("the session is %s", got)
	}
	if got := w.identity(); !strings.HasPrefix(got, "AIDA") || !strings.HasSuffix(got, ":user/fleetlab") {
		t.Errorf("the user is %s", got)
	}
	if _, err := s3.NewFromConfig(w.as(c).Config).ListBuckets(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestWhoMayNotAssume(t *testing.T) {
	t.Parallel()
	w := start(t)
	denied := func(role *string) {
		t.Helper()
		_, err := w.assume(role)
		want(t, err, 403, "AccessDenied", "User: arn:aws:iam::000000000000:user/fleetlab is not authorized to perform: sts:AssumeRole on resource: "+*role)
	}
	denied(w.trusting("other", "arn:aws:iam::000000000000:user/other", ""))
	denied(aws.String("arn:aws:iam::000000000000:role/nobody"))
	denied(aws.String("arn:aws:iam::123456789012:role/role"))
	locked := w.trusting("locked", "*", `,"Condition":{"StringEquals":{"sts:ExternalId":"key"}}`)
	denied(locked)
	if _, err := w.assume(locked, func(in *sts.AssumeRoleInput) { in.ExternalId = aws.String("key") }); err != nil {
		t.Error(err)
	}
	_, err := w.assume(locked, func(in *sts.AssumeRoleInput) { in.ExternalId, in.DurationSeconds = aws.String("key"), aws.Int32(3601) })
	want(t, err, 400, "ValidationError", "exceeds the MaxSessionDuration")
	_, err = w.assume(locked, func(in *sts.AssumeRoleInput) { in.DurationSeconds = aws.Int32(899) })
	want(t, err, 400, "ValidationError", "")
	_, err = w.assume(locked, func(in *sts.AssumeRoleInput) { in.Policy = aws.String("{") })
	want(t, err, 400, "MalformedPolicyDocument", "")
}

func TestRoleChaining(t *testing.T) {
	t.Parallel()
	w := start(t)
	first := w.trusting("first", "arn:aws:iam::000000000000:user/fleetlab", "")
	second := w.trusting("second", *first, "")
	_, err := w.assume(second)
	want(t, err, 403, "AccessDenied", "")
	out, err := w.assume(first)
	if err != nil {
		t.Fatal(err)
	}
	_, err = iam.NewFromConfig(w.Config).UpdateRole(t.Context(), &iam.UpdateRoleInput{RoleName: aws.String("second"), MaxSessionDuration: aws.Int32(7200)})
	chained := w.as(out.Credentials)
	got, err2 := chained.assume(second)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if id := chained.as(got.Credentials).identity(); !strings.HasSuffix(id, "assumed-role/second/me") {
		t.Error(id)
	}
	_, err = chained.assume(second, func(in *sts.AssumeRoleInput) { in.DurationSeconds = aws.Int32(7200) })
	want(t, err, 400, "ValidationError", "role chaining")
	_, err = chained.assume(first)
	want(t, err, 403, "AccessDenied", "User: arn:aws:sts::000000000000:assumed-role/first/me is not authorized")
	_, err = chained.sts().GetSessionToken(t.Context(), nil)
	want(t, err, 403, "AccessDenied", "Cannot call GetSessionToken with session credentials")
}

func TestSessionToken(t *testing.T) {
	t.Parallel()
	w := start(t)
	out, err := w.sts().GetSessionToken(t.Context(), &sts.GetSessionTokenInput{DurationSeconds: aws.Int32(900)})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.as(out.Credentials).identity(); got != w.identity() || time.Until(*out.Credentials.Expiration) > 15*time.Minute {
		t.Errorf("%s until %s", got, out.Credentials.Expiration)
	}
	info, err := w.sts().GetAccessKeyInfo(t.Context(), &sts.GetAccessKeyInfoInput{AccessKeyId: out.Credentials.AccessKeyId})
	if err != nil || *info.Account != "000000000000" {
		t.Errorf("%+v %v", info, err)
	}
}
