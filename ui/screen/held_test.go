package screen_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
)

// call is an AWS error as a call returns it.
func call(service, operation, code, message string) error {
	return &smithy.OperationError{ServiceID: service, OperationName: operation, Err: &smithy.GenericAPIError{Code: code, Message: message}}
}

const denial = "User: arn:aws:iam::111122223333:user/u is not authorized to perform: iot:CreateThing on resource: " +
	"arn:aws:iot:us-east-1:111122223333:thing/V-1 because "

// errorWords is what a person must be told of an error: which call and what it is about, and a word of what to do next.
var errorWords = []struct {
	name string
	err  error
	want []string
}{
	{"denied", call("IoT", "CreateThing", "AccessDeniedException", denial+"no identity-based policy allows the iot:CreateThing action"),
		[]string{"iot:CreateThing", "thing/V-1", `{"Effect":"Allow","Action":"iot:CreateThing","Resource":"arn:aws:iot:us-east-1:111122223333:thing/*"}`, "--profile"}},
	{"denied explicitly", call("IoT", "CreateThing", "AccessDeniedException", denial+"of an explicit deny in a service control policy"),
		[]string{"iot:CreateThing", "service control policy"}},
	{"denied without words", call("S3", "ListObjectVersions", "AccessDenied", "Access Denied"), []string{"s3:ListBucketVersions", `"Allow"`}},
	{"denied with no body", call("S3", "HeadObject", "AccessDenied", ""), []string{"s3:HeadObject", `["s3:GetObject","s3:ListBucket"]`}},
	{"denied to a device", call("IoT Jobs Data Plane", "UpdateJobExecution", "ForbiddenException", "no"), []string{"iotjobsdata:UpdateJobExecution"}},
	{"quota", call("IoT", "CreatePackage", "ServiceQuotaExceededException", "too many"), []string{"iot:CreatePackage", "packages", "100", "Service Quotas"}},
	{"quota of IAM", call("IAM", "CreateRole", "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000"), []string{"RolesPerAccount", "1000", "Service Quotas"}},
	{"quota of jobs", call("IoT", "CreateJob", "LimitExceededException", "too many"), []string{"iot:CreateJob", "active jobs", "Service Quotas"}},
	{"wrong secret key", call("S3", "PutObject", "SignatureDoesNotMatch", "differs"), []string{"s3:PutObject", "aws configure", "AWS_SECRET_ACCESS_KEY"}},
	{"no Region", cloud.ErrNoRegion, []string{"--region", "AWS_REGION"}},
	{"wrong Region", &cloud.RegionError{Region: "us-esat-1", Err: errors.New("no such host")}, []string{"us-esat-1", "--region", "AWS_REGION"}},
	{"unknown keys", call("STS", "GetCallerIdentity", "InvalidClientTokenId", "The security token is invalid"), []string{"sts:GetCallerIdentity", "AWS_ACCESS_KEY_ID", "--region"}},
	{"no credentials", errors.New("get identity: get credentials: no EC2 IMDS role found"), []string{"aws configure", "aws sso login", "--profile"}},
	{"full", &event.Fault{Class: string(cloud.Full)}, []string{"--state"}},
}

func TestErrorsSayWhatWhereAndWhatNext(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		p := uitest.Printer(t, lang)
		for _, c := range errorWords {
			got := screen.Problem(p, fmt.Errorf("do: %w", c.err))
			if f := new(event.Fault); errors.As(c.err, &f) {
				got = p.Fault(f)
			}
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%s, %s: %q does not say %q", lang, c.name, got, want)
				}
			}
			inLanguage(t, lang, got)
		}
	}
}

func TestHeldSaysWhatWhereAndWhatNext(t *testing.T) {
	t.Setenv("AWS_PROFILE", "")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	for _, lang := range locale.Languages {
		p := uitest.Printer(t, lang)
		for _, c := range []struct {
			err  error
			want []string
		}{
			{call("STS", "GetCallerIdentity", "ExpiredToken", "expired"), []string{"sts:GetCallerIdentity", "aws configure --profile lab"}},
			{config.SharedConfigProfileNotExistError{Profile: "lab"}, []string{"aws configure --profile lab", "AWS_PROFILE"}},
			{errors.New("get identity: the SSO session has expired"), []string{"aws sso login --profile lab"}},
			{fmt.Errorf("%w: 1, not 2", cloud.ErrOtherAccount), []string{"1, not 2", "lab"}},
			{call("IoT", "CreateThing", "UnrecognizedClientException", "invalid"), []string{"iot:CreateThing", "--region"}},
			{call("IoT", "CreateThing", "RequestTimeout", "nobody"), []string{"iot:CreateThing", "--endpoint-url"}},
		} {
			got := screen.Held(p, pace.Held{Err: c.err}, "lab")
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%s: %q does not say %q", lang, got, want)
				}
			}
			inLanguage(t, lang, got)
		}
		t.Setenv("AWS_ACCESS_KEY_ID", "ASIA")
		if got := screen.Held(p, pace.Held{Err: call("IoT", "CreateThing", "ExpiredToken", "x")}, ""); !strings.Contains(got, "AWS_ACCESS_KEY_ID") {
			t.Errorf("%s: %q does not say that the environment has them", lang, got)
		}
		t.Setenv("AWS_ACCESS_KEY_ID", "")
	}
}

// inLanguage wants Japanese words in Japanese, and no message that is missing or lacks a value.
func inLanguage(t *testing.T, lang, words string) {
	t.Helper()
	if strings.ContainsFunc(words, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }) != (lang == "ja") || strings.Contains(words, "!") {
		t.Errorf("%s: %q", lang, words)
	}
}
