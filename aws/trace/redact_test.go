package trace

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	jobstypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"pgregory.net/rapid"
)

// within puts a secret into texts as they come: %s is the secret.
var within = []string{
	`{"url":"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%s%%2F20261123&X-Amz-Signature=%[1]s&x=1"}`,
	`http://127.0.0.1:4566/b/k?X-Amz-Security-Token=%s&X-Amz-SignedHeaders=host`,
	`https://b.s3.amazonaws.com/k?AWSAccessKeyId=%s&Expires=1&Signature=%[1]s`,
	`https://h/?next=https%%3A%%2F%%2Fb%%2Fk%%3Fa%%3D1%%26X-Amz-Signature%%3D%s`,
	`Authorization: AWS4-HMAC-SHA256 Credential=%s/20261123/us-east-1/iot/aws4_request, SignedHeaders=host, Signature=%[1]s`,
	`{"headers":{"Authorization":"Bearer %s"}}`,
	`host:iot\nx-amz-security-token:%s\n\nhost`,
	`{"credentials":{"accessKeyId":"%s","secretAccessKey":"%[1]s","sessionToken":"%[1]s"}}`,
	`"{\"secretAccessKey\":\"%s\",\"session_token\": \"%[1]s\"}"`,
	`AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%[1]s`,
	"-----BEGIN RSA PRIVATE KEY-----\n%s\n-----END RSA PRIVATE KEY-----\n",
	`{"key":"-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----"}`,
	"-----BEGIN EC PRIVATE KEY-----\n%s",
	`{"password": "%s"}`,
}

// secretAnywhere is a call with a secret at one place of many.
func secretAnywhere(t *rapid.T, secret string) Call {
	words := fmt.Sprintf(rapid.SampledFrom(within).Draw(t, "words"), secret)
	c := Call{Service: "IoT", Operation: "X", in: &iot.DescribeThingInput{}, out: &iot.DescribeThingOutput{}}
	p := aws.String(words)
	switch rapid.IntRange(0, 9).Draw(t, "place") {
	case 0:
		c.in = &iot.CreateJobInput{Document: p, Description: p, DocumentParameters: map[string]string{"k": words}}
	case 1:
		c.out = &iot.CreateKeysAndCertificateOutput{KeyPair: &types.KeyPair{PrivateKey: &secret, PublicKey: aws.String("pub")}}
	case 2:
		c.out = &sts.AssumeRoleOutput{Credentials: &ststypes.Credentials{AccessKeyId: &secret, SecretAccessKey: &secret, SessionToken: &secret}}
	case 3:
		c.out = &iotjobsdataplane.StartNextPendingJobExecutionOutput{Execution: &jobstypes.JobExecution{JobDocument: p, StatusDetails: map[string]string{"reason": words}}}
	case 4:
		c.in = &iotdataplane.UpdateThingShadowInput{Payload: []byte(words)}
	case 5:
		c.Code, c.Error = "SignatureDoesNotMatch", redact("operation error S3: GetObject, "+words)
	case 6:
		c.in = &iotjobsdataplane.UpdateJobExecutionInput{StatusDetails: map[string]string{words: "value", "sessionToken": secret, "private_key": secret}}
	case 7:
		c.in = &s3.PutObjectInput{Body: strings.NewReader(secret), Metadata: map[string]string{"Authorization": secret}}
	case 8:
		c.in = &iot.TagResourceInput{Tags: []types.Tag{{Key: p, Value: p}}}
	case 9:
		c.in = &iot.CreateThingInput{AttributePayload: &types.AttributePayload{Attributes: map[string]string{"password": secret}}}
	}
	c.in, _ = snapshot(c.in)
	c.out, _ = snapshot(c.out)
	return c
}

// A secret does not show, wherever it is.
func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := "z9" + rapid.StringMatching(`[A-Za-z0-9/+=]{18,60}`).Draw(t, "secret")
		core := regexp.MustCompile(`[^/+=]{6,}`).FindString(secret) // what is left when a URL or JSON writes signs otherwise
		c := secretAnywhere(t, secret)
		line, err := c.MarshalJSON()
		if err != nil || !json.Valid(line) {
			t.Fatalf("%s: %v", line, err)
		}
		for what, shown := range map[string]string{"line": string(line), "request": string(c.Request()), "answer": string(c.Answer()), "CLI": c.CLI(), "error": c.Error} {
			if strings.Contains(shown, secret) || core != "" && strings.Contains(shown, core) {
				t.Fatalf("the %s shows %s: %s", what, secret, shown)
			}
		}
	})
}

func TestAccessKeysNeverShow(t *testing.T) {
	t.Parallel()
	const id = "ASIAIOSFODNN7EXAMPLE"
	if got := redact("The security token of " + id + " has expired"); strings.Contains(got, id) {
		t.Error(got)
	}
}

// What is no secret stays as it is, so that commands do what the calls did.
func TestOrdinaryWordsStay(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		`{"operation":"install","url":"${aws:iot:s3-presigned-url:https://s3.us-east-1.amazonaws.com/b/k}","signature":"MEUCIQ","keyId":"k1"}`,
		`arn:aws:iot:us-east-1:000000000000:cert/0123456789abcdef`, "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----",
		`{"nextToken":"AAA==","clientToken":"b741d76d"}`, "rotate-credentials: key 5 of 7", "the token of the page",
	} {
		if got := redact(s); got != s {
			t.Errorf("%s became %s", s, got)
		}
	}
}

// Whatever stands around a signature, it does not show.
func FuzzRedact(f *testing.F) {
	for _, w := range within {
		f.Add(fmt.Sprintf(w, "abc"), "&x=1")
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
		if got := redact(before + "X-Amz-Signature=" + secret + after); strings.Contains(got, secret) && !strings.Contains(before+after, secret) {
			t.Errorf("the signature shows: %q", got)
		}
	})
}
