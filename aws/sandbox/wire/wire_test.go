package wire_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/wire"
)

const (
	testKey    = "AKIAFLEETLABTEST2345"
	testSecret = "not-a-secret-only-for-tests"
)

func testRealm() *realm.Realm {
	return &realm.Realm{
		Clock: clock.New(1, time.Time{}), Account: realm.Account, Region: "us-east-1",
		AccessKey: testKey, SecretKey: testSecret,
	}
}

// server starts a server for the life of the test. register may be nil.
func server(t testing.TB, o wire.Options, register func(*wire.Server)) (*wire.Server, string) {
	t.Helper()
	if o.Realm == nil {
		o.Realm = testRealm()
	}
	s := wire.New(o)
	if register != nil {
		register(s)
	}
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return s, ts.URL
}

// config is what the SDK's clients need to reach a server, with one attempt for each call.
func config(url string, change ...func(*aws.Config)) aws.Config {
	c := aws.Config{
		Region: "us-east-1", BaseEndpoint: &url,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, nil
		}),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func TestRoundTripOfAThing(t *testing.T) {
	t.Parallel()
	var got *iot.CreateThingInput
	_, url := server(t, wire.Options{}, func(s *wire.Server) {
		wire.Handle(s, "iot", "CreateThing", func(_ context.Context, in *iot.CreateThingInput) (*iot.CreateThingOutput, error) {
			got = in
			return &iot.CreateThingOutput{ThingName: in.ThingName, ThingArn: aws.String("arn:x")}, nil
		})
	})
	out, err := iot.NewFromConfig(config(url)).CreateThing(t.Context(), &iot.CreateThingInput{ThingName: aws.String("a:b-1"),
		AttributePayload: nil, ThingTypeName: aws.String("T")})
	if err != nil {
		t.Fatal(err)
	}
	if *out.ThingName != "a:b-1" || *got.ThingName != "a:b-1" || *got.ThingTypeName != "T" || got.AttributePayload != nil {
		t.Errorf("sent %+v, answered %+v", got, out)
	}
}

var (
	_ = http.MethodGet
	_ = iotdataplane.New
	_ = iotjobsdataplane.New
	_ = sts.New
)
