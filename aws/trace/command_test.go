package trace

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	jobstypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"pgregory.net/rapid"
)

// Each of these was pasted into a shell, and the AWS CLI 1.45 took it: it made the call that is meant.
func TestCommand(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)
	for _, c := range []struct {
		service, op string
		in          any
		want        string
	}{
		{"IoT", "CreateThing", &iot.CreateThingInput{ThingName: aws.String("V-1"), ThingTypeName: aws.String("Sedan"),
			AttributePayload: &types.AttributePayload{Attributes: map[string]string{"country": "US"}}},
			`aws iot create-thing --thing-name V-1 --attribute-payload '{"attributes":{"country":"US"}}' --thing-type-name Sedan`},
		{"IoT", "TagResource", &iot.TagResourceInput{ResourceArn: aws.String("arn:x"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("it's")}}},
			`aws iot tag-resource --resource-arn arn:x --tags '[{"Key":"k","Value":"it'\''s"}]'`},
		{"IoT", "DeleteJob", &iot.DeleteJobInput{JobId: aws.String("j"), Force: true}, `aws iot delete-job --job-id j --force`},
		{"IoT", "DeprecateThingType", &iot.DeprecateThingTypeInput{ThingTypeName: aws.String("Sedan"), UndoDeprecate: true},
			`aws iot deprecate-thing-type --thing-type-name Sedan --undo-deprecate`},
		{"IoT", "UpdatePackageConfiguration", &iot.UpdatePackageConfigurationInput{VersionUpdateByJobsConfig: &types.VersionUpdateByJobsConfig{
			Enabled: aws.Bool(false)}}, `aws iot update-package-configuration --version-update-by-jobs-config '{"enabled":false}'`},
		{"IoT", "CreateJob", &iot.CreateJobInput{JobId: aws.String("j"), Targets: []string{"arn:a", "arn:b"}, Description: aws.String("--v1 -> v2; $HOME `id`"),
			Document: aws.String("{\n  \"a\": \"it's ${aws:iot:x}\"\n}"), TargetSelection: types.TargetSelectionContinuous,
			JobExecutionsRolloutConfig: &types.JobExecutionsRolloutConfig{MaximumPerMinute: aws.Int32(50)}},
			`aws iot create-job --job-id j --targets '["arn:a","arn:b"]' --description='--v1 -> v2; $HOME ` + "`id`" + `' --document '{` + "\n" +
				`  "a": "it'\''s ${aws:iot:x}"` + "\n" + `}' --job-executions-rollout-config '{"maximumPerMinute":50}' --target-selection CONTINUOUS`},
		{"IoT Jobs Data Plane", "UpdateJobExecution", &iotjobsdataplane.UpdateJobExecutionInput{JobId: aws.String("j"), ThingName: aws.String("V"),
			Status: jobstypes.JobExecutionStatusSucceeded, ExpectedVersion: aws.Int64(2), IncludeJobDocument: aws.Bool(false), StatusDetails: map[string]string{"step": "日本"}},
			`aws iot-jobs-data update-job-execution --job-id j --status SUCCEEDED --thing-name V --expected-version 2 --no-include-job-document --status-details '{"step":"日本"}'`},
		{"IoT Data Plane", "UpdateThingShadow", &iotdataplane.UpdateThingShadowInput{ThingName: aws.String("V"), ShadowName: aws.String("$package"), Payload: []byte(`{"state":{}}`)},
			`printf %s '{"state":{}}' | aws iot-data update-thing-shadow --payload fileb:///dev/stdin --thing-name V --shadow-name '$package' /dev/stdout`},
		{"IoT Data Plane", "UpdateThingShadow", &iotdataplane.UpdateThingShadowInput{ThingName: aws.String("V"), Payload: []byte{0xff, 0}},
			`printf %s /wA= | base64 -d | aws iot-data update-thing-shadow --payload fileb:///dev/stdin --thing-name V /dev/stdout`},
		{"S3", "PutObject", &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("x"), Expires: &when},
			`aws s3api put-object --bucket b --key k --body FILE --expires 2026-11-23T10:15:30Z`},
		{"S3", "GetObject", &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("firmware/a b.zip")},
			`aws s3api get-object --bucket b --key 'firmware/a b.zip' 'a b.zip'`},
		{"S3", "GetObject", &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("../..")}, `aws s3api get-object --bucket b --key ../.. FILE`},
		{"S3", "PutBucketTagging", &s3.PutBucketTaggingInput{Bucket: aws.String("b"), Tagging: &s3types.Tagging{TagSet: []s3types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}},
			`aws s3api put-bucket-tagging --bucket b --tagging '{"TagSet":[{"Key":"k","Value":"v"}]}'`},
		{"IAM", "GetRole", &iam.GetRoleInput{RoleName: aws.String("r")}, `aws iam get-role --role-name r`},
		{"STS", "GetCallerIdentity", &sts.GetCallerIdentityInput{}, `aws sts get-caller-identity`},
	} {
		if got := Command(c.service, c.op, c.in); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.op, got, c.want)
		}
	}
}

func TestQuoteSurvivesAShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Log("no shell here")
		return
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[ -~\n]{0,40}`).Draw(t, "s")
		out, err := exec.Command(sh, "-c", "printf %s "+Quote(s)).Output()
		if err != nil || string(out) != s {
			t.Fatalf("%q came back as %q, %v", s, out, err)
		}
	})
}
