package trace

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"pgregory.net/rapid"
)

func TestCommand(t *testing.T) {
	t.Parallel()
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
		{"IoT Data Plane", "UpdateThingShadow", &iotdataplane.UpdateThingShadowInput{ThingName: aws.String("V"), ShadowName: aws.String("$package"), Payload: []byte(`{"state":{}}`)},
			`printf %s '{"state":{}}' | aws iot-data update-thing-shadow --payload fileb:///dev/stdin --thing-name V --shadow-name '$package' /dev/stdout`},
		{"S3", "PutObject", &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("x")},
			`aws s3api put-object --bucket b --key k --body FILE`},
		{"IAM", "GetRole", &iam.GetRoleInput{RoleName: aws.String("r")}, `aws iam get-role --role-name r`},
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
		out, err := exec.Command(sh, "-c", "printf %s "+quote(s)).Output()
		if err != nil || string(out) != s {
			t.Fatalf("%q came back as %q, %v", s, out, err)
		}
	})
}

func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	doc := `{"url":"http://h/b/k?X-Amz-Credential=AKIA1%2Fx&X-Amz-Signature=deadbeef&x=1"}`
	c := Call{Service: "IoT", Operation: "X",
		in:  &iot.CreateJobInput{Document: aws.String(doc)},
		out: &iot.CreateKeysAndCertificateOutput{KeyPair: &types.KeyPair{PrivateKey: aws.String("-----BEGIN"), PublicKey: aws.String("pub")}}}
	line, err := c.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"deadbeef", "AKIA1", "-----BEGIN"} {
		if strings.Contains(string(line), secret) {
			t.Errorf("%s shows in %s", secret, line)
		}
	}
	for _, kept := range []string{"x=1", "pub"} {
		if !strings.Contains(string(line), kept) {
			t.Errorf("%s is missing in %s", kept, line)
		}
	}
}

func TestRing(t *testing.T) {
	t.Parallel()
	n := 0
	l := New(nil, func(Call) { n++ })
	for range keepCalls + 10 {
		l.add(Call{})
	}
	calls := l.Since(0)
	if n != keepCalls+10 || len(calls) != keepCalls || calls[0].Seq != 11 || calls[keepCalls-1].Seq != keepCalls+10 {
		t.Errorf("%d told, %d kept from %d to %d", n, len(calls), calls[0].Seq, calls[len(calls)-1].Seq)
	}
}
