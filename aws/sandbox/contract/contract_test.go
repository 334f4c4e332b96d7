// Package contract holds what AWS IoT Device Management, S3, IAM and STS are known to answer, as tests that run against
// the sandbox and, with the same words, against a real account:
//
//	go test ./aws/sandbox/contract                                          two sandboxes: one immediate, one as late as AWS
//	go test ./aws/sandbox/contract -args -endpoint http://127.0.0.1:4566    something AWS-compatible, keys from the environment
//	go test ./aws/sandbox/contract -timeout 60m -args -endpoint aws         the account of the default credentials; it costs a little
//
// Every answer is also held against the service model. What a test makes has a name of its own and is removed at its end.
package contract_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
)

var endpoint = flag.String("endpoint", "sandbox", "what to test: sandbox, aws or a URL")

// lateSpeed is how fast the clock of the sandbox runs that is as late as AWS.
const lateSpeed = 100

// account is one account and Region that the tests run against.
type account struct {
	name    string
	cfg     aws.Config
	devices aws.Config // the same for the data plane, which has an endpoint of its own on AWS
	id      string     // twelve digits
	part    string     // aws, aws-cn
	speed   float64    // seconds of the account's in one of the wall clock's
	real    bool       // AWS itself, whose newer members and values the models may not know
	own     *sandbox.Sandbox

	index sync.Once
	mu    sync.Mutex
	alone map[string]*sync.Mutex            // settings that the whole account has only once
	end   []func(ctx context.Context) error // what is undone when all tests are over
}

// accounts are those that every test runs against.
var accounts []*account

func TestMain(m *testing.M) {
	flag.Parse()
	ctx := context.Background()
	err := flag.Set("test.parallel", "16") // tests wait more than they work
	switch *endpoint {
	case "sandbox":
		err = errors.Join(err, play(ctx, "immediate", sandbox.Options{Ephemeral: true}),
			play(ctx, "late", sandbox.Options{Ephemeral: true, Lag: true, Speed: lateSpeed}))
	case "aws":
		err = errors.Join(err, connect(ctx, ""))
	default:
		err = errors.Join(err, connect(ctx, *endpoint))
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	for _, a := range accounts {
		err = errors.Join(err, a.finish(ctx))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// play starts a sandbox as an account.
func play(ctx context.Context, name string, o sandbox.Options) error {
	s, err := sandbox.Start(ctx, o)
	if err != nil {
		return err
	}
	cfg := aws.Config{Region: s.Region(), BaseEndpoint: aws.String(s.Endpoint()),
		Credentials: credentials.NewStaticCredentialsProvider(s.AccessKey(), s.SecretKey(), ""), HTTPClient: awshttp.NewBuildableClient().Freeze(),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
	return enter(ctx, &account{name: name, cfg: cfg, speed: s.Speed(), own: s})
}

// connect uses the default credentials and Region, on AWS or at a URL.
func connect(ctx context.Context, url string) error {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(awshttp.NewBuildableClient()))
	if err != nil {
		return err
	}
	a := &account{name: "endpoint", cfg: cfg, speed: 1}
	a.cfg.APIOptions = append(a.cfg.APIOptions, pace.New(pace.Config{}).AddTo)
	if url == "" {
		a.name, a.real = "aws", cfg.BaseEndpoint == nil
	} else {
		a.cfg.BaseEndpoint = &url
	}
	return enter(ctx, a)
}

// enter asks who is calling and where the data plane is.
func enter(ctx context.Context, a *account) error {
	a.alone = map[string]*sync.Mutex{}
	accounts = append(accounts, a)
	who, err := sts.NewFromConfig(a.cfg).GetCallerIdentity(ctx, nil)
	if err != nil {
		return err
	}
	a.id, a.part, a.devices = *who.Account, strings.Split(*who.Arn, ":")[1], a.cfg.Copy()
	if a.cfg.BaseEndpoint != nil {
		return nil
	}
	host, err := iot.NewFromConfig(a.cfg).DescribeEndpoint(ctx, &iot.DescribeEndpointInput{EndpointType: aws.String("iot:Data-ATS")})
	if err != nil {
		return err
	}
	a.devices.BaseEndpoint = aws.String("https://" + *host.EndpointAddress)
	return nil
}

// finish undoes what tests left for the end and closes a sandbox, which needs no undoing.
func (a *account) finish(ctx context.Context) error {
	if a.own != nil {
		a.cfg.HTTPClient.(interface{ CloseIdleConnections() }).CloseIdleConnections()
		return a.own.Close()
	}
	var errs []error
	for _, undo := range a.end {
		errs = append(errs, a.eventually(ctx, 6*time.Minute, func() error { return undo(ctx) }))
	}
	return errors.Join(errs...)
}

// atEnd notes what can be undone only long after a test, such as the deletion of a thing type.
func (a *account) atEnd(undo func(ctx context.Context) error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.end = append(a.end, undo)
}

// setting returns the mutex of a setting that the account has only once.
func (a *account) setting(name string) *sync.Mutex {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.alone[name] == nil {
		a.alone[name] = &sync.Mutex{}
	}
	return a.alone[name]
}

// eventually calls fn until it returns nil, for as long as within on the account's clock, with growing pauses. It returns
// the last error. A sandbox of our own is late only by its clock and its background work, so it gets less.
func (a *account) eventually(ctx context.Context, within time.Duration, fn func() error) error {
	limit := within
	if a.own != nil {
		limit = min(max(3*time.Second, time.Duration(float64(within)/a.speed)), 10*time.Second)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Duration(float64(5*time.Second)/a.speed)+100*time.Millisecond) {
		err := fn()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("after %v: %w", within, err)
		case <-time.After(pause):
		}
	}
}
