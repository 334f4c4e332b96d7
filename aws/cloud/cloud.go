// Package cloud connects to an AWS account, real or played by the sandbox, and hands out the SDK's clients. Nothing
// above it knows which of the two answers.
package cloud

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"fleetlab/aws/pace"
	"fleetlab/aws/trace"
)

// Kind says what answers.
type Kind string

// The kinds of cloud.
const (
	Sandbox  Kind = "sandbox"  // the embedded sandbox, or one that another fleetlab serves
	AWS      Kind = "aws"      // a real account; what is made there costs money
	Endpoint Kind = "endpoint" // something AWS-compatible at a given address
)

// Options say where to connect. For the sandbox, Endpoint, AccessKey, SecretKey and Region are its own; for the
// other kinds they may be empty, and then the SDK's usual chain decides (environment, profile, SSO, role).
type Options struct {
	Kind      Kind
	Profile   string
	Region    string
	Endpoint  string // http://127.0.0.1:4566
	AccessKey string
	SecretKey string
	Pace      pace.Config
	Trace     *trace.Log // nil: calls are not recorded
	Hold      *pace.Hold // nil: calls fail while nobody answers, or without credentials
}

// Cloud is a connection to one account and Region: one client a service, all behind the same pacer. It is safe
// for concurrent use.
type Cloud struct {
	IoT  *iot.Client
	Data *iotdataplane.Client
	Jobs *iotjobsdataplane.Client
	S3   *s3.Client
	IAM  *iam.Client
	STS  *sts.Client

	Kind     Kind
	Account  string // twelve digits
	Region   string // us-east-1
	Identity string // the caller's ARN
	Pace     *pace.Pacer
	Trace    *trace.Log
	Download *http.Client // for devices, which have URLs but no credentials

	client aws.HTTPClient
	login  *login     // nil with keys that were given
	hold   *pace.Hold // nil: nothing is held
}

// Patiently runs fn, which asks somebody for something without the SDK's clients, and runs it again while nobody answers, like the
// calls of those. service tells it from others.
func (c *Cloud) Patiently(ctx context.Context, service string, fn func() error) error {
	return c.hold.Do(ctx, service, fn)
}

// Close closes connections that nobody uses. A sandbox that stops need not wait for them then.
func (c *Cloud) Close() {
	c.Download.CloseIdleConnections()
	if idle, ok := c.client.(interface{ CloseIdleConnections() }); ok {
		idle.CloseIdleConnections()
	}
}

// Limits of the transport. 150 devices report at once; more idle connections than that are never needed.
const (
	idleConnections = 256
	callTimeout     = 60 * time.Second
	headerTimeout   = 30 * time.Second
	dialTimeout     = 8 * time.Second
)

// Connect loads credentials, finds out who is calling and where the data plane is. With a Hold it does so again and again while
// nobody answers or there are no credentials, until ctx ends or the Hold's patience does. Its errors can be explained by Explain.
func Connect(ctx context.Context, o Options) (c *Cloud, err error) {
	if o.Hold == nil {
		return connect(ctx, o)
	}
	err = o.Hold.Do(ctx, "", func() (err error) {
		c, err = connect(ctx, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.hold = o.Hold
	c.Pace.HoldBy(o.Hold)
	return c, nil
}

func connect(ctx context.Context, o Options) (*Cloud, error) {
	cfg, err := load(ctx, o)
	if err != nil {
		return nil, err
	}
	c := &Cloud{Kind: o.Kind, Region: cfg.Region, Pace: pace.New(o.Pace), Trace: o.Trace, Download: downloader(), client: cfg.HTTPClient}
	if o.Hold != nil {
		c.Pace.HoldBy(NewHold(0)) // whoever called tries again
	}
	if o.Kind != Sandbox && o.AccessKey == "" {
		c.login = &login{options: o.chain()}
		cache := aws.NewCredentialsCache(c.login)
		cfg.Credentials = cache
		cfg.APIOptions = append(cfg.APIOptions, forgetRefused(cache))
	}
	cfg.Retryer, cfg.RetryMaxAttempts = c.Pace.NewRetryer, 0 // the Retryer knows when to end
	cfg.APIOptions = append(cfg.APIOptions, c.Pace.AddTo)
	if c.Trace != nil {
		cfg.APIOptions = append(cfg.APIOptions, c.Trace.AddTo)
	}
	c.IoT = iot.NewFromConfig(cfg)
	c.STS = sts.NewFromConfig(cfg)
	c.IAM = iam.NewFromConfig(cfg)
	c.S3 = s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil })
	if err := c.identify(ctx); err != nil {
		return nil, wrongRegion(err, cfg.Region, cfg.BaseEndpoint != nil)
	}
	return c, wrongRegion(c.connectData(ctx, cfg), cfg.Region, cfg.BaseEndpoint != nil)
}

// newClient is the HTTP client of the SDK's clients.
func newClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTimeout(callTimeout).WithTransportOptions(widen).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout })
}

// chain says how the SDK's usual chain is to find credentials and Region.
func (o Options) chain() []func(*config.LoadOptions) error {
	opts := []func(*config.LoadOptions) error{config.WithHTTPClient(newClient()), config.WithLogger(quiet)}
	if o.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Region != "" {
		opts = append(opts, config.WithRegion(o.Region))
	}
	if o.Endpoint != "" {
		opts = append(opts, config.WithBaseEndpoint(o.Endpoint))
	}
	if o.AccessKey != "" {
		opts = append(opts, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(o.AccessKey, o.SecretKey, "")))
	}
	return opts
}

func load(ctx context.Context, o Options) (aws.Config, error) {
	if o.Kind == Sandbox {
		// Nothing of the person's AWS set-up may leak into the sandbox, not even by accident.
		return aws.Config{
			Region:                     o.Region,
			BaseEndpoint:               aws.String(o.Endpoint),
			Credentials:                credentials.NewStaticCredentialsProvider(o.AccessKey, o.SecretKey, ""),
			HTTPClient:                 newClient().Freeze(), // one that can close its idle connections
			RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
			ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
			Logger:                     quiet,
		}, nil
	}
	cfg, err := config.LoadDefaultConfig(ctx, o.chain()...)
	if err != nil {
		return cfg, fmt.Errorf("load the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return cfg, ErrNoRegion
	}
	return cfg, nil
}

// quiet sends what the SDK has to say to the program's log: standard error may be somebody's screen.
var quiet = logging.LoggerFunc(func(class logging.Classification, format string, v ...any) {
	slog.Debug(fmt.Sprintf(format, v...), "from", "aws-sdk-go-v2", "class", string(class))
})

func widen(t *http.Transport) {
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*idleConnections, idleConnections
	t.ResponseHeaderTimeout = headerTimeout
}

// downloader is the devices' HTTP client. It has no limit on the whole transfer, since firmware may be large and the
// network slow, but a server that says nothing is given up.
func downloader() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	widen(t)
	return &http.Client{Transport: t}
}

func (c *Cloud) identify(ctx context.Context) error {
	out, err := c.STS.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fmt.Errorf("ask who is calling: %w", err)
	}
	c.Account, c.Identity = aws.ToString(out.Account), aws.ToString(out.Arn)
	if c.login != nil {
		c.login.settle(c.Account)
	}
	return nil
}

// connectData makes the clients of the data plane. AWS serves each account's shadows and jobs on an address of its
// own (AWS IoT developer guide, DescribeEndpoint with iot:Data-ATS); where an endpoint was set, it serves everything.
func (c *Cloud) connectData(ctx context.Context, cfg aws.Config) error {
	data := cfg.Copy()
	if cfg.BaseEndpoint == nil && os.Getenv("AWS_ENDPOINT_URL_IOT_DATA_PLANE") == "" {
		out, err := c.IoT.DescribeEndpoint(ctx, &iot.DescribeEndpointInput{EndpointType: aws.String("iot:Data-ATS")})
		if err != nil {
			return fmt.Errorf("ask for the data endpoint: %w", err)
		}
		host := aws.ToString(out.EndpointAddress)
		if !strings.Contains(host, "://") {
			host = "https://" + host
		}
		data.BaseEndpoint = aws.String(host)
	}
	c.Data = iotdataplane.NewFromConfig(data)
	c.Jobs = iotjobsdataplane.NewFromConfig(data)
	return nil
}

// ARN names an IoT resource of this account and Region: ARN("thinggroup/US_Fleet").
func (c *Cloud) ARN(resource string) string {
	return "arn:" + c.partition() + ":iot:" + c.Region + ":" + c.Account + ":" + resource
}

// RoleARN names an IAM role of this account.
func (c *Cloud) RoleARN(name string) string {
	return "arn:" + c.partition() + ":iam::" + c.Account + ":role/" + name
}

// BucketARN names a bucket.
func (c *Cloud) BucketARN(name string) string { return "arn:" + c.partition() + ":s3:::" + name }

// partition is the part of AWS that the caller's ARN belongs to: aws, aws-cn or aws-us-gov.
func (c *Cloud) partition() string {
	if p := strings.Split(c.Identity, ":"); len(p) > 1 && p[1] != "" {
		return p[1]
	}
	return "aws"
}
