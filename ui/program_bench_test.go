//go:build !windows

package ui

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"fleetlab/aws/cloud"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
)

// offered is how many events a second the busy run has.
const offered = 2000

// burst is how long its events pile up, so that the generator itself costs little.
const burst = 10 * time.Millisecond

// generate emits as many events a second as are offered, until it is stopped.
func generate(ctx context.Context, s event.Stage) (any, error) {
	s.Sink.Emit(event.Event{Kind: event.StepStarted, Step: "things-and-groups", Total: 1 << 30})
	clock := time.NewTicker(burst)
	defer clock.Stop()
	started, n := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-clock.C:
		}
		for ; n < int(time.Since(started).Seconds()*offered); n++ {
			e := event.Event{Workflow: "provision", Kind: event.Item, Step: "things-and-groups", Resource: "thing", Subject: "Vehicle-VIN-0640",
				Status: event.Created, Done: n, Total: 1 << 30, Detail: map[string]string{"group": "US_Fleet", "country": "US", "type": "SedanVehicle"}}
			if n%100 == 99 {
				e.Status, e.Fault = event.Failed, &event.Fault{Class: "denied", Operation: "iot:CreateThing", Code: "AccessDeniedException"}
			}
			s.Sink.Emit(e)
		}
	}
}

// shown is the program in a pseudo-terminal of 120x40, and what it writes.
type shown struct {
	b    *testing.B
	tty  *os.File
	done chan error
	stop context.CancelFunc

	mu   sync.Mutex
	out  []byte // since the last mark
	want []byte // what is waited for, nil when nothing is
	seen chan time.Time
}

// show starts the program.
func show(b *testing.B, o Options, factories map[string]screen.Factory) *shown {
	b.Helper()
	keyboard, terminal, err := pty.Open()
	if err == nil {
		err = pty.Setsize(keyboard, &pty.Winsize{Cols: 120, Rows: 40})
	}
	if err != nil {
		b.Fatal(err)
	}
	o.Input, o.Output, o.Deps.LogDir = terminal, terminal, b.TempDir()
	ctx, cancel := context.WithCancel(b.Context())
	s := &shown{b: b, tty: keyboard, done: make(chan error, 1), stop: cancel, seen: make(chan time.Time, 1)}
	go s.listen()
	go func() {
		_, err := runWith(ctx, o, factories)
		_ = terminal.Close()
		s.done <- err
	}()
	return s
}

func (s *shown) listen() {
	buf := make([]byte, 64<<10)
	for {
		n, err := s.tty.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.want != nil {
			s.out = append(s.out, buf[:n]...)
			if bytes.Contains(s.out, s.want) {
				s.want, s.out = nil, nil
				s.seen <- time.Now()
			}
		}
		s.mu.Unlock()
	}
}

// until presses a key and returns how long it took until words were written that were not on the screen before.
func (s *shown) until(words, key string) time.Duration {
	s.b.Helper()
	s.mu.Lock()
	s.want, s.out = []byte(words), nil
	s.mu.Unlock()
	pressed := time.Now()
	if _, err := s.tty.WriteString(key); err != nil {
		s.b.Fatal(err)
	}
	select {
	case at := <-s.seen:
		return at.Sub(pressed)
	case <-time.After(10 * time.Second):
		s.b.Fatalf("%q did not show after %q", words, key)
		return 0
	}
}

func (s *shown) end() {
	s.stop()
	if err := <-s.done; err != nil {
		s.b.Error(err)
	}
	_ = s.tty.Close()
}

// used is the processor time of this process so far.
func used(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// share is how much of one core the process uses while fn runs, in per cent.
func share(b *testing.B, fn func()) float64 {
	b.Helper()
	cpu, wall := used(b), time.Now()
	fn()
	return 100 * (used(b) - cpu).Seconds() / time.Since(wall).Seconds()
}

// generator is what the generator costs by itself.
func generator(b *testing.B, length time.Duration) float64 {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), length)
	defer cancel()
	reg := run.NewRegistry(ctx, run.Options{})
	return share(b, func() {
		r := reg.For("nobody").Start("provision", generate)
		for _, f := range reg.Take() {
			for end := false; !end; {
				end = feed.Listen(b.Context(), f, feed.Frame)().(feed.BatchMsg).Last
			}
		}
		<-r.Done()
	})
}

// BenchmarkBusy shows a run of 2,000 events a second while keys are pressed: the processor's share without the generator, and the time from
// a key to the screen that shows what it did.
func BenchmarkBusy(b *testing.B) {
	const keys = 100
	own := generator(b, 3*time.Second)
	o := Options{Mode: learn.Express, Deps: screen.Deps{Printer: uitest.Printer(b, "en"), Theme: uitest.ColorTheme(), Cloud: sandbox, Now: time.Now}}
	for b.Loop() {
		s := show(b, o, map[string]screen.Factory{screen.Home: func(d *screen.Deps, _ any) screen.Screen { return &busy{d: d, work: generate} }})
		s.until("Vehicle-VIN-", "")
		var took []time.Duration
		random := rand.New(rand.NewPCG(1, 2))
		cpu := share(b, func() {
			for range keys {
				took = append(took, s.until("to follow", "k"))
				rest(time.Duration(20+random.IntN(60)) * time.Millisecond)
				took = append(took, s.until("following", "G"))
				rest(time.Duration(20+random.IntN(60)) * time.Millisecond)
			}
		})
		s.end()
		slices.Sort(took)
		b.ReportMetric(cpu-own, "%core")
		b.ReportMetric(own, "%generator")
		b.ReportMetric(ms(took[len(took)/2]), "key-p50-ms")
		b.ReportMetric(ms(took[len(took)*99/100]), "key-p99-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkIdle shows the home screen of a sandbox in the same process, and nothing happens.
func BenchmarkIdle(b *testing.B) {
	o := Options{Deps: screen.Deps{Printer: uitest.Printer(b, "en"), Theme: uitest.ColorTheme(), Cloud: connected(b), Now: time.Now}}
	for b.Loop() {
		s := show(b, o, screens)
		s.until("No fleet yet", "")
		rest(time.Second) // what begins with the program is over
		b.ReportMetric(share(b, func() { rest(5 * time.Second) }), "%core")
		s.end()
	}
	b.ReportMetric(0, "ns/op")
}

// connected is a connection to a new sandbox.
func connected(b *testing.B) *cloud.Cloud {
	b.Helper()
	sb := sandboxtest.Start(b)
	c, err := cloud.Connect(b.Context(), cloud.Options{Kind: cloud.Sandbox, Endpoint: sb.Endpoint(), Region: sb.Region(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	return c
}

// rest lets time pass, in which the program does what it does.
func rest(d time.Duration) { <-time.After(d) }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
