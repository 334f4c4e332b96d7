// Package trace is the API log: one SDK middleware that records every call with its request, answer, time and
// attempts, and can write each as an AWS CLI command. No secret is kept in words: see redact.
package trace

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"fleetlab/aws/pace"
)

// What stays in memory: the newest calls, as many as fit in both. A file, where one was asked for, has them all. A call of
// provisioning takes about a kilobyte, a page of the fleet index several hundred.
const (
	keepCalls = 10_000
	keepBytes = 32 << 20
)

// Log keeps the newest calls and counts all. It is safe for concurrent use.
type Log struct {
	mu      sync.Mutex
	calls   []Call // a ring once it is full; call n is at (n-1) modulo keepCalls
	seq     uint64 // of the newest call
	first   uint64 // of the oldest call kept
	bytes   int    // about what the calls kept take
	tally   map[operation]*Tally
	changed chan struct{} // closed by the next call; nil while nobody waits
	to      io.Writer
	on      func(Call)
}

// operation is what a Tally counts.
type operation struct{ service, name string }

// New returns a Log. Each call is also written to w as one line of JSON and handed to on, where these are not nil; both
// must be quick.
func New(w io.Writer, on func(Call)) *Log {
	return &Log{first: 1, tally: map[operation]*Tally{}, to: w, on: on}
}

// Since returns the calls kept that came after the one with a number, oldest first. Since(0) is all that are kept.
func (l *Log) Since(seq uint64) []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := max(seq+1, l.first)
	if from > l.seq {
		return nil
	}
	out := make([]Call, 0, l.seq-from+1)
	for n := from; n <= l.seq; n++ {
		out = append(out, l.calls[(n-1)%keepCalls])
	}
	return out
}

// Kept is the number of the oldest call that is kept and of the newest one; calls are numbered from 1. first is newest+1 when
// there are none.
func (l *Log) Kept() (first, newest uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first, l.seq
}

// After returns a channel that is closed as soon as there is a call after the one with a number. Any number of readers may
// wait, and no caller waits for them.
func (l *Log) After(seq uint64) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seq > seq {
		there := make(chan struct{})
		close(there)
		return there
	}
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.changed
}

// AddTo puts the log into an operation's middleware stack, for aws.Config.APIOptions; the pacer comes first. One part of it sees the
// call, the other each attempt, behind the pacer.
func (l *Log) AddTo(stack *middleware.Stack) error {
	err := stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Trace", l.initialize), middleware.After)
	if err != nil {
		return err
	}
	outer := "Retry"
	if _, paced := stack.Finalize.Get("Pace"); paced {
		outer = "Pace"
	}
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("TraceAttempt", attempt), outer, middleware.After)
}

// sent is what the attempts of a call come to.
type sent struct {
	attempts, throttles int
	latency             time.Duration
}

type sentKey struct{}

// attempt counts one request. The attempts of a call follow each other.
func attempt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	start := time.Now()
	out, md, err := next.HandleFinalize(ctx, in)
	if s, ok := middleware.GetStackValue(ctx, sentKey{}).(*sent); ok {
		s.attempts++
		s.latency += time.Since(start)
		if pace.Throttled(err) {
			s.throttles++
		}
	}
	return out, md, err
}

func (l *Log) initialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	c := Call{Time: time.Now(), Service: awsmiddleware.GetServiceID(ctx), Operation: awsmiddleware.GetOperationName(ctx)}
	c.in, c.size = snapshot(in.Parameters) // the caller may use its input again for the next call
	var s sent
	out, md, err := next.HandleInitialize(middleware.WithStackValue(ctx, sentKey{}, &s), in)
	if s.attempts == 0 && ctx.Err() != nil {
		return out, md, err // stopped before it went out
	}
	c.Took, c.Latency, c.Attempts, c.Throttles = time.Since(c.Time), s.latency, s.attempts, s.throttles
	if err != nil {
		c.Error, c.Code = redact(err.Error()), NoAnswer
		var api smithy.APIError
		if errors.As(err, &api) {
			c.Code = api.ErrorCode()
		}
	} else {
		var n int
		c.out, n = snapshot(out.Result)
		c.size += n
	}
	l.add(c)
	return out, md, err
}

func (l *Log) add(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	c.Seq = l.seq
	l.count(&c)
	l.keep(c)
	if l.to != nil {
		if line, err := json.Marshal(c); err == nil {
			_, _ = l.to.Write(append(line, '\n')) // a full disk must not stop a fleet
		}
	}
	if l.on != nil {
		l.on(c)
	}
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// keep puts c into the ring and lets go of the oldest calls for it.
func (l *Log) keep(c Call) {
	if l.seq-l.first == keepCalls {
		l.forget()
	}
	if len(l.calls) < keepCalls {
		l.calls = append(l.calls, c)
	} else {
		l.calls[(c.Seq-1)%keepCalls] = c
	}
	for l.bytes += c.size; l.bytes > keepBytes && l.first < l.seq; {
		l.forget()
	}
}

// forget lets go of the oldest call.
func (l *Log) forget() {
	old := &l.calls[(l.first-1)%keepCalls]
	l.bytes -= old.size
	*old = Call{}
	l.first++
}
