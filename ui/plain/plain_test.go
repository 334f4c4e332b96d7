package plain

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fleetlab/lessons"
	"fleetlab/ui/locale"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
)

// hearing is a prompt that is answered with the lines given.
func hearing(t *testing.T, lang string, answers ...string) (*Prompt, *strings.Builder) {
	t.Helper()
	p, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	c := New(p, strings.NewReader(strings.Join(answers, "\n")), &out)
	c.Echo = true
	return c, &out
}

// fields are two of a fleet's, the first with choices.
func fields(in *provision.Input) []Field {
	continents := []Choice{{Value: "1", Name: "North"}, {Value: "3", Name: "Europe"}}
	return []Field{
		{Name: "continent", Choices: func() []Choice { return continents }},
		{Name: "countries", Many: true, Free: true, Choices: func() []Choice { return []Choice{{Value: "DE"}} }},
		{Name: "devices"},
		{Name: "seed", Skip: func() bool { return in.Devices == 7 }},
	}
}

func TestFormTakesAnswersBackAndForth(t *testing.T) {
	t.Parallel()
	c, out := hearing(t, "en", "europe", "?", "ＤＥ、FR", "ten", "12", "back", "back", "", "7")
	in := provision.Defaults()
	if err := c.Form(t.Context(), provision.Workflow, &in, fields(&in)); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	if in.Continent != 3 || in.Countries != "DE,FR" || in.Devices != 7 {
		t.Errorf("the answers made %+v in\n%s", in, out)
	}
	for _, want := range []string{"Devices: ten is not a whole number; enter 1 to 100000\nDevices [100]:", "Countries [DE,FR]:", "Several may be given"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// What goes against another field is refused where it is asked for, and the former answer stays.
func TestFormChecksFieldsTogether(t *testing.T) {
	t.Parallel()
	c, out := hearing(t, "en", "", "DE", "US", "", "7")
	in := provision.Defaults()
	if err := c.Form(t.Context(), provision.Workflow, &in, fields(&in)); err != nil || in.Countries != "US" {
		t.Errorf("%v, countries %q in\n%s", err, in.Countries, out)
	}
	if !strings.Contains(out.String(), "Countries: DE is not one of") {
		t.Errorf("DE was not refused in\n%s", out)
	}
}

func TestFormEnds(t *testing.T) {
	t.Parallel()
	for want, answers := range map[error][]string{ErrCanceled: {"", "cancel"}, ErrEnd: {""}} {
		c, _ := hearing(t, "en", answers...)
		in := provision.Defaults()
		if err := c.Form(t.Context(), provision.Workflow, &in, fields(&in)); !errors.Is(err, want) {
			t.Errorf("%v ends with %v, want %v", answers, err, want)
		}
	}
}

func TestFormTakesWordsExactly(t *testing.T) {
	t.Parallel()
	c, _ := hearing(t, "en", "=back")
	in := provision.Defaults()
	if err := c.Form(t.Context(), provision.Workflow, &in, []Field{{Name: "prefix"}}); err != nil || in.Prefix != "back" {
		t.Errorf("%v, prefix %q", err, in.Prefix)
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for answers, want := range map[string]bool{"y": true, "YES": true, "ｙ": true, "はい": true, "": false, "no": false, "maybe\nyes": true, "cancel": false} {
		c, out := hearing(t, "ja", strings.Split(answers+"\n", "\n")...)
		if got, err := c.Confirm(t.Context(), "?"); err != nil || got != want {
			t.Errorf("%q means %v, %v in %s", answers, got, err, out)
		}
	}
	c, out := hearing(t, "en", "details", "no")
	if yes, err := c.Confirm(t.Context(), "Sure?", "all of it"); yes || err != nil || !strings.Contains(out.String(), "details\nall of it\nSure?") {
		t.Errorf("%v, %v in\n%s", yes, err, out)
	}
}

// What is typed after a question was interrupted answers the next one.
func TestInterruptedQuestion(t *testing.T) {
	t.Parallel()
	p, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	in, typed := io.Pipe()
	c := New(p, in, io.Discard)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := c.Ask(ctx, "first?"); !errors.Is(err, ErrStopped) {
		t.Fatalf("the question ended with %v", err)
	}
	go func() { _, _ = io.WriteString(typed, "later\n") }()
	if got, err := c.Ask(t.Context(), "second?"); err != nil || got != "later" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSpeech(t *testing.T) {
	t.Parallel()
	c, _ := hearing(t, "en")
	s := &Speech{Printer: c.p}
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	item := func(after time.Duration, status event.Status, done int) event.Event {
		return event.Event{Kind: event.Item, Time: at.Add(after), Resource: "thing", Subject: "V-1", Status: status, Done: done, Total: 1000,
			Detail: map[string]string{"type": "Sedan", "sha256": "0f"}}
	}
	for _, c := range []struct {
		e    event.Event
		want string
	}{
		{event.Event{Kind: event.StepStarted, Time: at, Workflow: "provision", Step: "thing-types"}, "Step: Thing types"},
		{item(0, event.Created, 1), ""},
		{item(time.Millisecond, event.Failed, 2), "FAILED: thing V-1, Sedan, 2 of 1,000"},
		{item(2*time.Second, event.Created, 3), "Progress: thing 3 of 1,000"},
		{item(2100*time.Millisecond, event.Created, 4), ""},
		{event.Event{Kind: event.Plan, Subject: "V-1", Status: event.Success}, ""},
		{event.Event{Kind: event.RunEnded, Workflow: "provision", Status: event.Done, Seconds: 2, Counts: event.Counts{"thing": {event.Created: 12}}},
			"Provision: DONE after 2s\nCREATED: 12 of thing"},
	} {
		if got := s.Line(c.e); got != c.want {
			t.Errorf("%s is told as %q, want %q", c.e.Kind, got, c.want)
		}
	}
	s.Every = true
	if got := s.Line(item(0, event.Created, 5)); got != "CREATED: thing V-1, Sedan, 5 of 1,000" {
		t.Errorf("each device is to be told, not %q", got)
	}
}

// A lesson is read without marks and drawings, and its question explains a wrong answer and takes another one.
func TestRead(t *testing.T) {
	t.Parallel()
	for _, lang := range lessons.Languages() {
		all, err := lessons.All(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			right := l.Right()
			answers := []string{string('1' + rune((right+1)%len(l.Answers))), string('1' + rune(right))}
			c, out := hearing(t, lang, answers...)
			var told []bool
			if ended, err := c.Read(t.Context(), l, func(right bool) { told = append(told, right) }); err != nil || ended != "" {
				t.Errorf("%s %s: %q, %v", lang, l.ID, ended, err)
			}
			if !slices.Equal(told, []bool{false, true}) || !strings.Contains(out.String(), inline(l.Answers[right].Why)) {
				t.Errorf("%s %s: the answers were %v in\n%s", lang, l.ID, told, out)
			}
			if i := strings.IndexFunc(out.String(), func(r rune) bool { return r >= 0x2500 && r <= 0x259F || r == '`' || r == '*' || r == '\x1b' }); i >= 0 {
				t.Errorf("%s %s: %q is no word", lang, l.ID, out.String()[i:min(i+20, out.Len())])
			}
		}
	}
}

func TestSpeakable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := speakable(rapid.String().Draw(t, "line") + rapid.SampledFrom([]string{"", "\x1b[31m", "│", "\r", "a\nb"}).Draw(t, "mark"))
		if i := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r >= 0x2500 && r <= 0x259F }); i >= 0 {
			t.Fatalf("%q is left in %q", line[i:], line)
		}
	})
}
