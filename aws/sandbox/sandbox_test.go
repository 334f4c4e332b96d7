package sandbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

// serveVariable makes the test binary serve a sandbox from the directory that it names, until it is killed.
const serveVariable = "SANDBOX_TEST_SERVE"

// benchVariable makes it serve as benchmarks want it.
const benchVariable = "SANDBOX_TEST_BENCH"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveVariable); dir != "" {
		serveForever(dir)
		return
	}
	os.Exit(m.Run())
}

func serveForever(dir string) {
	o := sandbox.Options{Dir: dir, Speed: 100}
	if os.Getenv(benchVariable) != "" {
		o = benchOptions(dir)
	}
	s, err := sandbox.Start(context.Background(), o)
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println(s.Endpoint())
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with the parent
}

// serveElsewhere starts another process that serves dir and waits until it does.
func serveElsewhere(t testing.TB, dir string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), serveVariable+"="+dir), env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Process.Kill() // it may have been killed by the test
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	return cmd
}

func s3Of(s *sandbox.Sandbox) *s3.Client {
	return s3.NewFromConfig(sandboxtest.Config(s), func(o *s3.Options) { o.UsePathStyle, o.RetryMaxAttempts = true, 1 })
}

func putObject(t *testing.T, s *sandbox.Sandbox, body string) {
	t.Helper()
	c := s3Of(s)
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("fleet-a")}); err != nil {
		t.Fatal(err)
	}
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("fleet-a"), Key: aws.String("k"), Body: strings.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
}

func readObject(t *testing.T, s *sandbox.Sandbox) string {
	t.Helper()
	out, err := s3Of(s).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("fleet-a"), Key: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	return sandboxtest.Start(t, func(p *sandbox.Options) { *p = o })
}

func TestKilledOwnerLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := serveElsewhere(t, dir)
	joined := start(t, sandbox.Options{Dir: dir})
	if !joined.Joined() || joined.Speed() != 100 {
		t.Fatalf("joined %t, speed %v; want the other process's sandbox", joined.Joined(), joined.Speed())
	}
	putObject(t, joined, "survivor")
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // it was killed
	if _, err := s3Of(joined).ListBuckets(t.Context(), &s3.ListBucketsInput{}); err == nil {
		t.Error("a killed sandbox answered")
	}
	if _, err := sandbox.Find(dir); !errors.Is(err, sandbox.ErrNotRunning) {
		t.Errorf("find: %v, want ErrNotRunning", err)
	}
	mine := start(t, sandbox.Options{Dir: dir})
	if mine.Joined() || mine.AccessKey() != joined.AccessKey() || mine.SecretKey() != joined.SecretKey() {
		t.Error("the state was not taken over with its credentials")
	}
	if got := readObject(t, mine); got != "survivor" {
		t.Errorf("the object is %q", got)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	owner := start(t, sandbox.Options{Dir: dir, AccessKey: "OWNERKEY", SecretKey: "it's a secret"})
	same := start(t, sandbox.Options{Dir: dir})
	if !same.Joined() || same.Endpoint() != owner.Endpoint() || same.SecretKey() != owner.SecretKey() || len(same.Notices()) != 0 {
		t.Errorf("joined %t at %s with notices %v; want %s", same.Joined(), same.Endpoint(), same.Notices(), owner.Endpoint())
	}
	if err := same.Close(); err != nil {
		t.Fatal(err)
	}
	same.Wait()
	putObject(t, same, "still there") // closing a joined sandbox closes nothing
	other := start(t, sandbox.Options{Dir: dir, Speed: 5, Quotas: true, Lag: true, Region: "eu-west-1", AccessKey: "A", SecretKey: "B", Addr: "127.0.0.1:1"})
	want := []sandbox.Notice{sandbox.NoticeSpeed, sandbox.NoticeQuotas, sandbox.NoticeLag, sandbox.NoticeRegion, sandbox.NoticeCredentials, sandbox.NoticeAddr}
	if diff := cmp.Diff(want, other.Notices()); diff != "" {
		t.Error(diff)
	}
	found, err := sandbox.Find(dir)
	if err != nil || found.Endpoint() != owner.Endpoint() {
		t.Errorf("find: %v, %v", found, err)
	}
	if err := sandbox.Reset(dir); err == nil || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("reset while it runs: %v", err)
	}
}

func TestReopenAndReset(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deeper", "state")
	first := start(t, sandbox.Options{Dir: dir})
	putObject(t, first, "kept")
	for range 2 {
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
	}
	first.Wait()
	second := start(t, sandbox.Options{Dir: dir})
	if got := readObject(t, second); got != "kept" || second.AccessKey() != first.AccessKey() {
		t.Errorf("object %q, key %s; want kept, %s", got, second.AccessKey(), first.AccessKey())
	}
	if info, err := os.Stat(filepath.Join(dir, "credentials.json")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("credentials: %v, %v", info.Mode(), err)
	}
	if err := errors.Join(second.Close(), sandbox.Reset(dir)); err != nil {
		t.Fatal(err)
	}
	third := start(t, sandbox.Options{Dir: dir})
	out, err := s3Of(third).ListBuckets(t.Context(), &s3.ListBucketsInput{})
	if err != nil || len(out.Buckets) != 0 || third.AccessKey() != first.AccessKey() {
		t.Errorf("after a reset: %v, %v, key %s", out, err, third.AccessKey())
	}
	if err := sandbox.Reset(filepath.Join(dir, "none")); err != nil {
		t.Errorf("resetting what is not there: %v", err)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() }) // after the parallel subtests
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "credentials.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		o    sandbox.Options
		want string
	}{
		"remote":        {sandbox.Options{Ephemeral: true, Addr: "0.0.0.0:0"}, "--allow-remote"},
		"any":           {sandbox.Options{Ephemeral: true, Addr: ":0"}, "--allow-remote"},
		"no port":       {sandbox.Options{Ephemeral: true, Addr: "127.0.0.1"}, "host:port"},
		"taken":         {sandbox.Options{Ephemeral: true, Addr: taken.Addr().String()}, "listen on " + taken.Addr().String()},
		"taken, remedy": {sandbox.Options{Dir: t.TempDir(), Addr: taken.Addr().String()}, "choose another"},
		"no directory":  {sandbox.Options{}, "state directory"},
		"speed":         {sandbox.Options{Ephemeral: true, Speed: -1}, "must be above 0"},
		"half a key":    {sandbox.Options{Ephemeral: true, AccessKey: "A"}, "go together"},
		"credentials":   {sandbox.Options{Dir: broken}, "remove it and new ones are made"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := sandbox.Start(t.Context(), tt.o)
			if err == nil {
				t.Fatalf("started: %v", s.Close())
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q does not say %q", err, tt.want)
			}
		})
	}
}

// TestEnv uses every service with nothing but the environment, as the AWS CLI does.
func TestEnv(t *testing.T) {
	s := start(t, sandbox.Options{Ephemeral: true, AccessKey: "KEY", SecretKey: "it's a $ecret", Region: "eu-west-1"})
	for _, v := range s.Env() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	calls := map[string]func() error{
		"sts":      func() error { _, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil); return err },
		"iam":      func() error { _, err := iam.NewFromConfig(cfg).ListRoles(ctx, nil); return err },
		"s3":       func() error { _, err := s3.NewFromConfig(cfg).ListBuckets(ctx, nil); return err },
		"iot":      func() error { _, err := iot.NewFromConfig(cfg).ListThings(ctx, nil); return err },
		"iot-data": func() error { return shadowAndJobs(t, cfg) },
	}
	for name, call := range calls {
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	lines := strings.Join(s.Exports(), "\n")
	for _, want := range []string{"export AWS_ENDPOINT_URL=" + s.Endpoint(), "export AWS_ACCESS_KEY_ID=KEY", `export AWS_SECRET_ACCESS_KEY='it'\''s a $ecret'`,
		"export AWS_REGION=eu-west-1", "unset AWS_PROFILE"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%s\nlacks %s", lines, want)
		}
	}
}

func shadowAndJobs(t *testing.T, cfg aws.Config) error {
	thing := aws.String("Vehicle-VIN-001")
	_, err := iot.NewFromConfig(cfg).CreateThing(t.Context(), &iot.CreateThingInput{ThingName: thing})
	if err != nil {
		return err
	}
	_, err = iotdataplane.NewFromConfig(cfg).UpdateThingShadow(t.Context(), &iotdataplane.UpdateThingShadowInput{ThingName: thing,
		Payload: []byte(`{"state":{"reported":{"speed":1}}}`)})
	if err != nil {
		return err
	}
	_, err = iotjobsdataplane.NewFromConfig(cfg).GetPendingJobExecutions(t.Context(), &iotjobsdataplane.GetPendingJobExecutionsInput{ThingName: thing})
	return err
}
