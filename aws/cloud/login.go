package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
)

// login gets credentials from the SDK's usual chain, and looks for it anew each time: what a person has put right since, with aws
// configure or by signing in again, is found without starting again.
type login struct {
	options []func(*config.LoadOptions) error

	mu      sync.Mutex
	account string // where the work is; "" before that is known
	key     string // access key that was retrieved last
}

// ErrOtherAccount means that credentials were exchanged for those of another account while work was under way.
var ErrOtherAccount = errors.New("these credentials belong to another account")

// Retrieve implements aws.CredentialsProvider.
func (l *login) Retrieve(ctx context.Context) (aws.Credentials, error) {
	cfg, err := config.LoadDefaultConfig(ctx, l.options...)
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("load the AWS configuration: %w", err)
	}
	got, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return got, err
	}
	return got, l.check(ctx, cfg, got)
}

// check refuses credentials of another account than the one that work has begun in.
func (l *login) check(ctx context.Context, cfg aws.Config, got aws.Credentials) error {
	l.mu.Lock()
	account, known := l.account, l.key == got.AccessKeyID
	l.mu.Unlock()
	if account == "" || known {
		l.remember(got)
		return nil
	}
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return got, nil })
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fmt.Errorf("ask whose the new credentials are: %w", err)
	}
	if is := aws.ToString(out.Account); is != account {
		return fmt.Errorf("%w: %s, not %s", ErrOtherAccount, is, account)
	}
	l.remember(got)
	return nil
}

func (l *login) remember(got aws.Credentials) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.key = got.AccessKeyID
}

// settle says which account the work is in: that of the credentials retrieved last.
func (l *login) settle(account string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.account = account
}

// forgetRefused has credentials that were refused looked for anew before the next try.
func forgetRefused(cache *aws.CredentialsCache) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("ForgetRefused",
			func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
				out, md, err := next.HandleFinalize(ctx, in)
				switch Explain(err).Class {
				case Credentials, Expired:
					cache.Invalidate()
				}
				return out, md, err
			}), "Retry", middleware.After)
	}
}

// Way is how a person gets credentials that are good.
type Way string

// The ways to get credentials.
const (
	ByConfigure   Way = "configure"   // aws configure, or sign in
	BySSO         Way = "sso"         // sign in
	ByEnvironment Way = "environment" // other variables, and a new start
	ByProfile     Way = "profile"     // there is no such profile
	ByAccount     Way = "account"     // those of the account that the work is in
	ByRegion      Way = "region"      // others, or another Region: these are not known here
)

// unknownHere tells whether a service refuses keys that STS took when the connection was made: each Region of a service knows only the
// accounts that it is enabled for (AWS Account Management reference guide, Enable or disable AWS Regions).
func unknownHere(err error) bool {
	p := Explain(err)
	return p.Code == "UnrecognizedClientException" && !strings.HasPrefix(p.Operation, "sts:")
}

// SignIn is how to get credentials after err, and the name of the profile that they belong to. asked is the profile that was
// asked for, "" when none was.
func SignIn(err error, asked string) (Way, string) {
	profile := cmp.Or(asked, os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE"), "default")
	var missing config.SharedConfigProfileNotExistError
	text := err.Error()
	switch {
	case errors.Is(err, ErrOtherAccount):
		return ByAccount, profile
	case errors.As(err, &missing):
		return ByProfile, missing.Profile
	case unknownHere(err):
		return ByRegion, profile
	case asked == "" && os.Getenv("AWS_PROFILE") == "" && os.Getenv("AWS_ACCESS_KEY_ID") != "":
		return ByEnvironment, profile
	case strings.Contains(text, "SSO"), strings.Contains(text, "sso"):
		return BySSO, profile
	}
	return ByConfigure, profile
}
