package lookup

import (
	"context"
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/feed"
	"fleetlab/ui/run"
	"fleetlab/workflows/event"
)

var start = time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)

// answer runs the reading itself and not its clock.
func answer(cmd tea.Cmd) tea.Msg { return cmd().(tea.BatchMsg)[0]() }

func reads(word string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) { return word, ctx.Err() }
}

func TestOnlyTheNewestReadingCounts(t *testing.T) {
	t.Parallel()
	var r Reading[string]
	first := r.Start(start, reads("old"))
	second := r.Start(start, reads("new"))
	old := answer(first)
	if old.(answerMsg[string]).Err == nil {
		t.Error("a reading that counts no more was not given up")
	}
	if got, _ := r.Update(old); got != nil {
		t.Errorf("an old answer was taken: %v", got)
	}
	got, _ := r.Update(answer(second))
	if got == nil || got.Value != "new" || got.Err != nil {
		t.Fatalf("the answer is %v", got)
	}
	if again, _ := r.Update(answerMsg[string]{gen: r.gen}); again != nil {
		t.Error("an answer was taken twice")
	}
}

func TestStoppedReadingIsOver(t *testing.T) {
	t.Parallel()
	var r Reading[string]
	r.Stop()
	cmd := r.Start(start, reads("x"))
	r.Stop()
	if got, _ := r.Update(answer(cmd)); got != nil {
		t.Errorf("a reading that was given up answers %v", got)
	}
	if _, next := r.Update(tickMsg{gen: r.gen}); next != nil {
		t.Error("its clock goes on")
	}
}

func TestClockOfAReading(t *testing.T) {
	t.Parallel()
	var r Reading[string]
	r.Start(start, reads("x"))
	if _, next := r.Update(tickMsg{gen: r.gen}); next == nil {
		t.Error("the clock must go on while it reads")
	}
	if _, next := r.Update(tickMsg{gen: r.gen - 1}); next != nil {
		t.Error("an earlier reading's clock goes on")
	}
	if got := r.Waited(start.Add(2900 * time.Millisecond)); got != 2*time.Second {
		t.Errorf("waited %v, want the 2 seconds that are full", got)
	}
	r.Stop()
}

// What comes at once is never said to be under way; the screen is drawn again when patience has an end.
func TestOnlyWhatTakesLongIsSlow(t *testing.T) {
	t.Parallel()
	var r Reading[string]
	defer r.Stop()
	if cmd := r.Start(start, reads("x")); len(cmd().(tea.BatchMsg)) != 3 {
		t.Error("a reading answers, ends patience and keeps a clock")
	}
	for after, slow := range map[time.Duration]bool{0: false, Patience - 1: false, Patience: true, time.Minute: true} {
		if r.Slow(start.Add(after)) != slow {
			t.Errorf("after %v: slow is %v", after, !slow)
		}
	}
}

// plans starts a planning that does what fn does, and returns its run.
func plans(t *testing.T, p *Planning[string], fn func(context.Context, event.Stage) (string, error)) *run.Run {
	t.Helper()
	reg := run.NewRegistry(t.Context(), run.Options{})
	p.Start(start, reg.For("x#1"), "look", fn)
	return reg.All()[0]
}

func TestPlanning(t *testing.T) {
	t.Parallel()
	var p Planning[string]
	if p.Take(feed.BatchMsg{Run: "", Last: true}) {
		t.Error("nothing was asked for")
	}
	r := plans(t, &p, func(_ context.Context, st event.Stage) (string, error) {
		if st.Gate != nil {
			return "", errors.New("looking waits for no reader")
		}
		return "plan", nil
	})
	<-r.Done()
	progress := []event.Event{{Kind: event.Progress, Done: 250}, {Kind: event.Item, Done: 900}, {Kind: event.Progress, Done: 100}}
	if p.Take(feed.BatchMsg{Run: r.ID, Events: progress}) || p.Seen().Done != 250 {
		t.Errorf("progress %d, want the 250 that it had come to", p.Seen().Done)
	}
	if p.Take(feed.BatchMsg{Run: "another", Last: true}) {
		t.Error("the end of another run was taken")
	}
	if !p.Take(feed.BatchMsg{Run: r.ID, Last: true}) || p.Take(feed.BatchMsg{Run: r.ID, Last: true}) {
		t.Error("the end must be told once")
	}
	if plan, err := p.Result(); plan != "plan" || err != nil {
		t.Errorf("result %q, %v", plan, err)
	}
}

func TestStoppedAndLeftPlanning(t *testing.T) {
	t.Parallel()
	untilStopped := func(ctx context.Context, _ event.Stage) (string, error) {
		<-ctx.Done()
		return "", context.Cause(ctx)
	}
	var p Planning[string]
	r := plans(t, &p, untilStopped)
	p.Stop()
	<-r.Done()
	if !p.Take(feed.BatchMsg{Run: r.ID, Last: true}) {
		t.Fatal("stopping is an end, too")
	}
	if _, err := p.Result(); !Stopped(err) {
		t.Errorf("error %v", err)
	}
	r = plans(t, &p, untilStopped)
	p.Leave()
	<-r.Done()
	if p.Take(feed.BatchMsg{Run: r.ID, Last: true}) {
		t.Error("nobody wants to know of what was left")
	}
	if Stopped(nil) || Stopped(errors.New("disk full")) {
		t.Error("other ends are no stop")
	}
}
