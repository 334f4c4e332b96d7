// Package trace is the API log: one SDK middleware that records every call with its request, answer, time and
// attempts, and can write each as an AWS CLI command. No secret is kept: see clean.
package trace

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
)

// keep is how many calls stay in memory; a file, where one was asked for, has them all.
const keep = 2000

// Call is one call of the API, from the first attempt to the last.
type Call struct {
	Seq       uint64
	Time      time.Time // when it started
	Service   string    // the SDK's service id: IoT, S3, ...
	Operation string
	Error     string
	Took      time.Duration
	Attempts  int
	in, out   any // put into words only when somebody reads them
}

// Request is the call's input as JSON with its model's names and without secrets.
func (c Call) Request() json.RawMessage { return clean(c.in, c.Service) }

// Answer is the call's output as JSON with its model's names and without secrets; nil for a failed call.
func (c Call) Answer() json.RawMessage {
	if c.Error != "" {
		return nil
	}
	return clean(c.out, c.Service)
}

// CLI is the same call as an AWS CLI command for a POSIX shell.
func (c Call) CLI() string { return Command(c.Service, c.Operation, c.in) }

// MarshalJSON writes the whole call as one line of a log file.
func (c Call) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Seq       uint64          `json:"seq"`
		Time      time.Time       `json:"time"`
		Service   string          `json:"service"`
		Operation string          `json:"operation"`
		Request   json.RawMessage `json:"request"`
		Answer    json.RawMessage `json:"answer,omitempty"`
		Error     string          `json:"error,omitempty"`
		Seconds   float64         `json:"seconds"`
		Attempts  int             `json:"attempts"`
		CLI       string          `json:"cli"`
	}{c.Seq, c.Time, c.Service, c.Operation, c.Request(), c.Answer(), c.Error, c.Took.Seconds(), c.Attempts, c.CLI()})
}

// Log keeps the newest calls. It is safe for concurrent use.
type Log struct {
	mu    sync.Mutex
	calls []Call // a ring once it is full
	seq   uint64
	to    io.Writer
	on    func(Call)
}

// New returns a Log. Each call is also written to w as one line of JSON and handed to on, where these are not nil; both
// must be quick.
func New(w io.Writer, on func(Call)) *Log { return &Log{to: w, on: on} }

// Calls returns the newest calls, oldest first.
func (l *Log) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seq <= keep {
		return append([]Call(nil), l.calls...)
	}
	at := int(l.seq % keep)
	return append(append([]Call(nil), l.calls[at:]...), l.calls[:at]...)
}

// AddTo puts the log into an operation's middleware stack, for aws.Config.APIOptions.
func (l *Log) AddTo(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Trace", l.initialize), middleware.After)
}

func (l *Log) initialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	start := time.Now()
	out, md, err := next.HandleInitialize(ctx, in)
	c := Call{Time: start, Took: time.Since(start), Attempts: 1, in: in.Parameters,
		Service: awsmiddleware.GetServiceID(ctx), Operation: awsmiddleware.GetOperationName(ctx)}
	if a, ok := retry.GetAttemptResults(md); ok {
		c.Attempts = max(1, len(a.Results))
	}
	if err != nil {
		c.Error = redact(err.Error())
	} else {
		c.out = out.Result
	}
	l.add(c)
	return out, md, err
}

func (l *Log) add(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	c.Seq = l.seq
	if len(l.calls) < keep {
		l.calls = append(l.calls, c)
	} else {
		l.calls[(c.Seq-1)%keep] = c
	}
	if l.to != nil {
		if line, err := json.Marshal(c); err == nil {
			_, _ = l.to.Write(append(line, '\n')) // a full disk must not stop a fleet
		}
	}
	if l.on != nil {
		l.on(c)
	}
}

// clean turns a request or an answer into JSON with its model's names and without secrets. Bodies of files are left
// out; presigned URLs lose their signature.
func clean(v any, service string) json.RawMessage {
	b, err := json.Marshal(plain(v, service))
	if err != nil {
		return json.RawMessage(`{}`)
	}
	return json.RawMessage(redact(string(b)))
}

// secretParts are the query parameters that make a presigned URL work.
var secretParts = []string{"X-Amz-Signature=", "X-Amz-Security-Token=", "X-Amz-Credential="}

// redact blanks what follows a secret query parameter, up to the end of the value.
func redact(s string) string {
	for _, part := range secretParts {
		for from := 0; ; {
			i := strings.Index(s[from:], part)
			if i < 0 {
				break
			}
			start := from + i + len(part)
			end := start + strings.IndexFunc(s[start:]+"\"", func(r rune) bool { return strings.ContainsRune("&\"\\ '<>", r) })
			s = s[:start] + "REDACTED" + s[end:]
			from = start
		}
	}
	return s
}
