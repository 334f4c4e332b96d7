package cloud_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/aws/sandbox/session"
)

// profile has the SDK find its configuration in a file of its own, and returns what writes credentials there that end so much later.
func profile(t *testing.T, sb *sandbox.Sandbox) func(life time.Duration) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials")
	for name, value := range map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file, "AWS_CONFIG_FILE": file + "-none", "AWS_PROFILE": "",
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	return func(life time.Duration) {
		s := session.Session{KeyID: session.NewKeyID(), Expires: time.Now().Add(life)}
		c, err := session.Issue(sb.SecretKey(), s)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("[lab]\naws_access_key_id=%s\naws_secret_access_key=%s\naws_session_token=%s\n", s.KeyID, c.SecretKey, c.Token)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// untilHeld waits until calls are held by an obstacle of that name.
func untilHeld(h *pace.Hold, name string) pace.Held {
	for {
		changed := h.Changed()
		if s, is := h.State(); is && s.Name == name && !s.Next.IsZero() {
			return s
		}
		<-changed
	}
}

func TestCredentialsAreWaitedFor(t *testing.T) {
	sb := sandboxtest.Start(t)
	write := profile(t, sb)
	hold := cloud.NewHold(-1)
	var c *cloud.Cloud
	connected := make(chan error)
	go func() {
		var err error
		c, err = cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Endpoint, Endpoint: sb.Endpoint(), Region: "us-east-1", Profile: "lab", Hold: hold})
		connected <- err
	}()
	held := untilHeld(hold, string(cloud.Credentials))
	if way, name := cloud.SignIn(held.Err, "lab"); way != cloud.ByProfile || name != "lab" {
		t.Errorf("without a profile: %s, %s", way, name)
	}
	write(-time.Minute)
	hold.TryNow()
	held = untilHeld(hold, string(cloud.Expired))
	if p := cloud.Explain(held.Err); p.Operation != "sts:GetCallerIdentity" {
		t.Errorf("held by %+v", p)
	}
	write(time.Second)
	hold.TryNow()
	if err := <-connected; err != nil {
		t.Fatal(err)
	}
	ended, stop := create(t, c)
	untilHeld(hold, string(cloud.Expired))
	write(time.Hour)
	hold.TryNow()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("a call that was held failed: %v", err)
	}
}

// create makes things until it is stopped, and returns what then tells the first error.
func create(t *testing.T, c *cloud.Cloud) (ended <-chan error, stop func()) {
	t.Helper()
	over, result := make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			if _, err := c.IoT.CreateThing(t.Context(), &iot.CreateThingInput{ThingName: aws.String(fmt.Sprint("V-", i))}); err != nil {
				result <- err
				return
			}
			select {
			case <-over:
				result <- nil
				return
			default:
			}
		}
	}()
	return result, func() { close(over) }
}

func TestSandboxThatComesBack(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0"}
	sb, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	hold := cloud.NewHold(-1)
	c, err := connect(t, sb, func(o *cloud.Options) { o.Hold = hold })
	if err != nil {
		t.Fatal(err)
	}
	ended, stop := create(t, c)
	if err := sb.Close(); err != nil {
		t.Fatal(err)
	}
	held := untilHeld(hold, string(cloud.Network))
	o.Addr = strings.TrimPrefix(sb.Endpoint(), "http://")
	if host := cloud.Host(held.Err); host != o.Addr {
		t.Errorf("no answer from %q, want %q", host, o.Addr)
	}
	again, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	hold.TryNow()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("a call that was held failed: %v", err)
	}
	if err := c.Patiently(t.Context(), "download", func() error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestCredentialsOfAnotherAccountAreRefused(t *testing.T) {
	err := fmt.Errorf("get identity: get credentials: %w: 222222222222, not 111111111111", cloud.ErrOtherAccount)
	if way, _ := cloud.SignIn(err, ""); !cloud.Is(err, cloud.Credentials) || way != cloud.ByAccount {
		t.Errorf("%s: %+v", way, cloud.Explain(err))
	}
}

func TestRegionThatIsNone(t *testing.T) {
	t.Parallel()
	p := cloud.Explain(fmt.Errorf("connect: %w", &cloud.RegionError{Region: "us-esat-1", Err: &net.DNSError{Name: "iot.us-esat-1.amazonaws.com", IsNotFound: true}}))
	if p.Class != cloud.Region || !strings.Contains(p.Message, "us-esat-1") {
		t.Errorf("%+v", p)
	}
}
