package cli

import (
	"bufio"
	"encoding/json"
	"io"
	"sync"
	"time"

	"fleetlab/ui/locale"
	"fleetlab/ui/plain"
	"fleetlab/workflows/event"
)

// output is a sink that prints each event as a line, in words or as JSON. Lines are written out a few times a second
// and when it is closed, so that ten thousand devices do not mean ten thousand writes.
type output struct {
	mu       sync.Mutex
	w        *bufio.Writer
	p        *locale.Printer
	json     bool
	speech   *plain.Speech // nil: events are told in the words of logs
	seq      uint64
	progress time.Time // when the last progress line was printed
	told     string    // what it said
	stop     chan struct{}
	done     sync.WaitGroup
}

const (
	flushEvery    = 50 * time.Millisecond
	progressEvery = time.Second // as lines; JSON has them all
)

func newOutput(w io.Writer, p *locale.Printer, asJSON bool) *output {
	o := &output{w: bufio.NewWriterSize(w, 64<<10), p: p, json: asJSON, stop: make(chan struct{})}
	o.done.Go(o.flush)
	return o
}

func (o *output) flush() {
	t := time.NewTicker(flushEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-o.stop:
			return
		}
		o.mu.Lock()
		_ = o.w.Flush() // a reader that went away, such as head, is no failure of the run
		o.mu.Unlock()
	}
}

// Close writes out what is left.
func (o *output) Close() {
	close(o.stop)
	o.done.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.w.Flush()
}

// Emit implements event.Sink.
func (o *output) Emit(e event.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seq++
	e.Seq = o.seq
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	if o.json {
		o.value(e)
		return
	}
	if o.speech != nil {
		if text := o.speech.Line(e); text != "" {
			_, _ = o.w.WriteString(text + "\n")
		}
		return
	}
	text := o.p.Event(e)
	if e.Kind == event.Progress {
		if e.Time.Sub(o.progress) < progressEvery || text == o.told {
			return
		}
		o.progress, o.told = e.Time, text
	}
	_, _ = o.w.WriteString(text)
	_ = o.w.WriteByte('\n')
}

// sync writes out what was said so far: a question comes next.
func (o *output) sync() {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.w.Flush()
}

// value writes v as one line of JSON.
func (o *output) value(v any) {
	b, err := json.Marshal(v)
	if err != nil { // events and plans hold nothing that JSON cannot
		panic(err)
	}
	_, _ = o.w.Write(append(b, '\n'))
}

// line writes a line of text; with --json there is none.
func (o *output) line(s string) {
	if o.json {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.speech != nil {
		s = plain.Lines(s)
	}
	_, _ = o.w.WriteString(s + "\n")
	_ = o.w.Flush() // a question may come next
}

// plan writes a plan as one line of JSON of the kind prepared, so that a script sees it before the run's events.
func (o *output) plan(v any) {
	o.whole(struct {
		Kind string `json:"kind"`
		Plan any    `json:"plan"`
	}{"prepared", v})
}

// report writes a run's report as one line of JSON of the kind reported, after the run's events.
func (o *output) report(v any) {
	o.whole(struct {
		Kind   string `json:"kind"`
		Report any    `json:"report"`
	}{"reported", v})
}

func (o *output) whole(v any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.value(v)
	_ = o.w.Flush()
}
