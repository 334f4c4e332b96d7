package event

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
)

func TestTallyCountsWhatPassesThrough(t *testing.T) {
	t.Parallel()
	var rec Recorder
	tally := Tally{Next: &rec}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				tally.Emit(Event{Kind: Item, Resource: "thing", Status: Created})
				tally.Emit(Event{Kind: Item, Resource: "thing", Status: Failed, Fault: &Fault{Class: "denied"}})
				tally.Emit(Event{Kind: Progress})
			}
		})
	}
	wg.Wait()
	c := tally.Counts()
	if c["thing"][Created] != 800 || c.Of(Failed) != 800 || len(tally.Failures()) != 800 || len(rec.Events()) != 2400 {
		t.Errorf("counted %v, %d failures, %d events", c, len(tally.Failures()), len(rec.Events()))
	}
	c.Add("thing", Created)
	if tally.Counts()["thing"][Created] != 800 {
		t.Error("the copy is not a copy")
	}
}

func TestFailuresAreBounded(t *testing.T) {
	t.Parallel()
	tally := Tally{Next: &Recorder{}}
	for range keepFaults + 5 {
		tally.Emit(Event{Kind: Item, Status: Failed})
	}
	if n := len(tally.Failures()); n != keepFaults {
		t.Errorf("%d kept", n)
	}
	if n := tally.Counts().Of(Failed); n != keepFaults+5 {
		t.Errorf("%d counted", n)
	}
}

type gate struct{ err error }

func (g gate) Pass(context.Context, string) error { return g.err }

func TestStage(t *testing.T) {
	t.Parallel()
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	closed := errors.New("closed")
	if err := (Stage{}).Pass(t.Context(), "s"); err != nil {
		t.Errorf("without a gate: %v", err)
	}
	if err := (Stage{Gate: gate{closed}}).Pass(t.Context(), "s"); !errors.Is(err, closed) {
		t.Errorf("at the gate: %v", err)
	}
	if err := (Stage{}).Pass(stopped, "s"); !errors.Is(err, context.Canceled) {
		t.Errorf("when stopped: %v", err)
	}
	if n := (Stage{Sequential: true}).Workers(80); n != 1 {
		t.Errorf("%d workers in debug mode", n)
	}
}

// Scripts read these names; a change of one is a change of the product.
func TestJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Event{Seq: 1, Workflow: "provision", Kind: Item, Step: "things-and-groups", Resource: "thing", Subject: "V-1", Status: Failed,
		Done: 1, Total: 2, Detail: map[string]string{"type": "T"}, Fault: &Fault{Class: "denied", Operation: "iot:CreateThing", Code: "AccessDenied", Message: "no"}})
	want := `{"seq":1,"time":"0001-01-01T00:00:00Z","workflow":"provision","kind":"item","step":"things-and-groups","resource":"thing","subject":"V-1","status":"FAILED",` +
		`"done":1,"total":2,"detail":{"type":"T"},"fault":{"class":"denied","operation":"iot:CreateThing","code":"AccessDenied","message":"no"}}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}
