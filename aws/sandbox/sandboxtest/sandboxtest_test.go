package sandboxtest_test

import (
	"net/http"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"go.uber.org/goleak"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

// TestCloseLeavesNothingRunning opens, uses and closes sandboxes with the goroutines counted.
func TestCloseLeavesNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("sandboxes", func(t *testing.T) {
		one, two := sandboxtest.Start(t), sandboxtest.Start(t, func(o *sandbox.Options) { o.Region = "eu-west-1" })
		if one.Endpoint() == two.Endpoint() || one.Region() == two.Region() {
			t.Errorf("two sandboxes at %s and %s", one.Endpoint(), two.Endpoint())
		}
		cfg := sandboxtest.Config(two)
		cfg.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(o *http.Transport) { o.DisableKeepAlives = true })
		if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err != nil {
			t.Error(err)
		}
	})
}
