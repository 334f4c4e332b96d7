//go:build !windows

package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/creack/pty"
	"golang.org/x/sync/errgroup"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
)

// firstFleet is how many things the sandbox has that the program starts with.
const firstFleet = 100_000

// BenchmarkFirstFrame starts the real program on a sandbox of 100,000 things, in a pseudo-terminal of 120x40: the time from starting the process until the
// home screen shows, and until it has read how large the fleet is. Making the things comes first and takes a minute.
func BenchmarkFirstFrame(b *testing.B) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	home := b.TempDir()
	state := "--state=" + home + "/state"
	fill(b, home+"/state")
	var shown, filled []time.Duration
	for b.Loop() {
		first, full := startOnce(b, self, home, state)
		shown, filled = append(shown, first), append(filled, full)
	}
	slices.Sort(shown)
	slices.Sort(filled)
	b.ReportMetric(0, "ns/op") // a round is mostly the end of the program
	report := func(times []time.Duration, name string) {
		b.ReportMetric(float64(times[len(times)/2].Milliseconds()), name+"-p50-ms")
		b.ReportMetric(float64(times[len(times)-1].Milliseconds()), name+"-max-ms")
	}
	report(shown, "shown")
	report(filled, "filled")
}

// fill makes a fleet of three devices with all that belongs to one, and then as many more things as it takes.
func fill(b *testing.B, dir string) {
	b.Helper()
	args := []string{"provision", "--devices=3", "--pace=off", "--quotas=off", "--consistency=immediate", "--yes", "--state=" + dir}
	if code := Run(b.Context(), args, Streams{In: bytes.NewReader(nil), Out: io.Discard, Err: os.Stderr}); code != exitDone {
		b.Fatalf("the fleet was not made: exit code %d", code)
	}
	sb, err := sandbox.Start(b.Context(), sandbox.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sb.Close() }()
	c, err := cloud.Connect(b.Context(), cloud.Options{Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(),
		AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(), Pace: pace.Config{Off: true}})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	const callers = 32
	var all errgroup.Group
	all.SetLimit(callers)
	for i := 3; i < firstFleet; i++ {
		all.Go(func() error {
			_, err := c.IoT.CreateThing(b.Context(), &iot.CreateThingInput{ThingName: aws.String(fmt.Sprintf("Extra-%06d", i)), ThingTypeName: aws.String("SedanVehicle")})
			return err
		})
	}
	if err := all.Wait(); err != nil {
		b.Fatal(err)
	}
}

// startOnce starts the program and returns how long it took until the home screen was written, and until the number of things was.
func startOnce(b *testing.B, self, home, state string) (shown, filled time.Duration) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, state, "--lang=en")
	cmd.Env = []string{asProgram + "=1", "HOME=" + home, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	began := time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 120, Rows: 40})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		_, _ = tty.WriteString("q")
		_, _ = io.Copy(io.Discard, tty) // a terminal that the program has left reads as EIO
		_ = cmd.Wait()
		_ = tty.Close()
	}()
	// What terminals are asked for before a program shows, and what they answer at once: the background, and where the cursor is.
	const question, answer = "\x1b[6n", "\x1b]11;rgb:1414/1717/1f1f\x1b\\\x1b[1;1R"
	var out []byte
	answered := false
	buf := make([]byte, 64<<10)
	for filled == 0 {
		n, err := tty.Read(buf)
		if err != nil {
			b.Fatalf("the program ended before its fleet showed: %v", err)
		}
		out = append(out, buf[:n]...)
		if !answered && bytes.Contains(out, []byte(question)) {
			answered = true
			_, _ = tty.WriteString(answer)
		}
		if shown == 0 && bytes.Contains(out, []byte("1 Provision")) {
			shown = time.Since(began)
		}
		if bytes.Contains(out, []byte("100,000 things")) {
			filled = time.Since(began)
		}
	}
	return shown, filled
}
