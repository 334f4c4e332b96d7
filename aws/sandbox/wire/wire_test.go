package wire_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

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
