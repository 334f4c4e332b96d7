package apilog

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"pgregory.net/rapid"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/aws/trace"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/internal/drive"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
)

func english(t testing.TB) *Screen { return newStage(t, uitest.Printer(t, "en"), uitest.Theme()) }

func names(s *Screen) string {
	var out []string
	for _, seq := range s.list.shown {
		out = append(out, s.list.at(seq).Operation)
	}
	return strings.Join(out, " ")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := english(t)
	s.take(aFleet(t))
	for _, c := range []struct{ key, typed, want string }{
		{"f", "", "DescribeThing ListThings"},
		{"t", "", "CreateThing"},
		{"/", "STS", "GetCallerIdentity"},
		{"/", "notfound", "DescribeThing"},
		{"/", "iot:  thing ok", "CreateThing CreateThing CreateThing CreateThing"},
		{"/", "nothing of the kind", ""},
	} {
		uitest.Press(s.Update, c.key)
		if c.typed != "" {
			if !s.Capturing() {
				t.Fatal("while a filter is typed, letters are text")
			}
			uitest.Press(s.Update, c.typed, "enter")
		}
		if got := names(s); got != c.want {
			t.Errorf("%s%s shows %q, want %q", c.key, c.typed, got, c.want)
		}
		if _, taken := s.Back(); !taken || len(s.list.shown) != 10 {
			t.Errorf("esc shows %d calls", len(s.list.shown))
		}
	}
	if _, taken := s.Back(); taken {
		t.Error("with all calls shown esc leaves")
	}
	uitest.Press(s.Update, "f", "f")
	if len(s.list.shown) != 10 {
		t.Error("f once more shows all calls")
	}
}

// A filter holds for the calls that come as well.
func TestNewCallsAreFiltered(t *testing.T) {
	t.Parallel()
	s := english(t)
	msg := aFleet(t)
	s.take(callsMsg{calls: msg.calls[:5], first: 1})
	uitest.Press(s.Update, "f")
	s.take(callsMsg{calls: msg.calls[5:], first: 1})
	if got := names(s); got != "DescribeThing ListThings" {
		t.Errorf("shows %q", got)
	}
}

func TestFollowsUntilScrolledAndReadsOn(t *testing.T) {
	t.Parallel()
	s := english(t)
	msg := aFleet(t)
	s.take(msg)
	if c, _ := s.list.selected(); c.Seq != 10 || !strings.Contains(s.View(), "following") {
		t.Errorf("a new log follows its end:\n%s", s.View())
	}
	uitest.Press(s.Update, "enter")
	before := s.View()
	s.take(later(msg, 100, 1))
	if s.View() != before {
		t.Error("new calls must not change the details that are read")
	}
	uitest.Press(s.Update, "left")
	if c, _ := s.list.selected(); c.Seq != 9 || !strings.Contains(s.View(), "does not exist") {
		t.Errorf("left shows the call before:\n%s", s.View())
	}
	s.Back()
	if !strings.Contains(s.View(), "100 new") {
		t.Errorf("it is not said how many are new:\n%s", s.View())
	}
	uitest.Press(s.Update, "G")
	if c, _ := s.list.selected(); c.Seq != 110 || !s.list.follow {
		t.Error("G follows again")
	}
}

// A view that was scrolled stays where it is when old calls go, and says how many are gone.
func TestOldCallsGo(t *testing.T) {
	t.Parallel()
	s := english(t)
	msg := aFleet(t)
	s.take(msg)
	s.take(later(msg, 500, 100))
	uitest.Press(s.Update, "up", "up", "up")
	c, _ := s.list.selected()
	s.take(callsMsg{first: 300})
	if now, _ := s.list.selected(); now.Seq != c.Seq || s.list.calls[0].Seq != 300 || s.list.shown[0] != 300 {
		t.Errorf("from call %d to %d, kept from %d", c.Seq, now.Seq, s.list.calls[0].Seq)
	}
	if !strings.Contains(s.View(), "299 older calls") {
		t.Errorf("it is not said what is gone:\n%s", s.View())
	}
}

func TestSummaryLeadsToTheCalls(t *testing.T) {
	t.Parallel()
	s := english(t)
	s.take(aFleet(t))
	uitest.Press(s.Update, "tab")
	if c, _ := s.counts.Selected(); c.name != "iot:CreateThing" || c.Calls != 4 || c.Throttles != 3 {
		t.Errorf("first is %+v", c)
	}
	uitest.Press(s.Update, "enter")
	if got := names(s); s.phase != listing || got != "CreateThing CreateThing CreateThing CreateThing" {
		t.Errorf("shows %q in phase %v", got, s.phase)
	}
	uitest.Press(s.Update, "tab", "/", "t")
	if !s.Capturing() || s.phase != summing {
		t.Error("in the summary's filter letters are text")
	}
	s.Back()
	s.Back()
	if s.phase != listing {
		t.Error("esc leaves the summary")
	}
}

// What was copied is the call under the cursor: the command for a shell, or all of it as JSON.
func TestCopies(t *testing.T) {
	t.Parallel()
	s := english(t)
	s.take(aFleet(t))
	uitest.Press(s.Update, "up")
	command := s.Update(uitest.Key("y"))().(screen.CopyMsg)
	if command.Text != "aws iot describe-thing --thing-name Vehicle-VIN-005" || !strings.HasPrefix(command.What, "the AWS CLI command of iot:DescribeThing; before it, run eval") {
		t.Errorf("copied %+v", command)
	}
	whole := s.Update(uitest.Key("Y"))().(screen.CopyMsg)
	var c struct{ Operation, Code string }
	if err := json.Unmarshal([]byte(whole.Text), &c); err != nil || c.Operation != "DescribeThing" || c.Code != "ResourceNotFoundException" || !strings.Contains(whole.Text, "\n  ") {
		t.Errorf("copied %s (%v)", whole.Text, err)
	}
}

// live is the screen over the sandbox, with some calls made.
func live(t *testing.T) (*Screen, *drive.Driver) {
	t.Helper()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(),
		AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(), Pace: pace.Config{Off: true}, Trace: trace.New(nil, nil)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	s := english(t)
	s.d.Cloud, s.d.LogDir = c, t.TempDir()
	reg := run.NewRegistry(t.Context(), run.Options{Mode: learn.Express})
	d := drive.New(t, reg, s.Update)
	d.After = func() { uitest.Exact(t, s.View(), s.w, s.h) }
	return s, d
}

// Calls show as they are made, and all of them can be kept.
func TestCallsShowLive(t *testing.T) {
	t.Parallel()
	s, d := live(t)
	d.Do(s.Init())
	if got := names(s); got != "GetCallerIdentity" {
		t.Errorf("at first it shows %q", got)
	}
	for _, name := range []string{"V-1", "V-2"} {
		if _, err := s.d.Cloud.IoT.CreateThing(t.Context(), &iot.CreateThingInput{ThingName: aws.String(name)}); err != nil {
			t.Fatal(err)
		}
	}
	d.Until(func() bool { return s.list.newest() == 3 })
	if c, ok := s.list.selected(); !ok || c.CLI() != "aws iot create-thing --thing-name V-2" {
		t.Errorf("the newest is %s", c.CLI())
	}
	d.Send(uitest.Key("w"))
	d.Until(func() bool { return len(d.Asked) > 0 })
	toast := d.Asked[0].(screen.ToastMsg)
	f, err := os.Open(s.d.LogDir + "/20261123-101530-api.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := 0
	for in := bufio.NewScanner(f); in.Scan(); lines++ {
		if !json.Valid(in.Bytes()) {
			t.Errorf("line %s", in.Text())
		}
	}
	if lines != 3 || !strings.Contains(toast.Text, "3 calls written") {
		t.Errorf("%d lines, and %q", lines, toast.Text)
	}
}

func TestWithoutAFolderNothingIsWritten(t *testing.T) {
	t.Parallel()
	s := english(t)
	s.take(aFleet(t))
	if toast := s.Update(uitest.Key("w"))().(screen.ToastMsg); !strings.Contains(toast.Text, "--state") {
		t.Errorf("said %q", toast.Text)
	}
}

// Long lists and strings are cut, and strings of JSON laid out.
func TestDocumentsAreCut(t *testing.T) {
	t.Parallel()
	s := english(t)
	list := make([]string, 100)
	raw, err := json.Marshal(map[string]any{"list": list, "long": strings.Repeat("長い", 1000), "text": `{"a":[1,{"b":12345678901234567890}]}`, "no": "{broken"})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(s.document(raw, 60), "\n")
	for _, want := range []string{"and 50 more", "2,000 characters", `"b": 12345678901234567890`, `"no": "{broken"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n > 90 {
		t.Errorf("%d rows", n)
	}
}

// Whatever comes and is pressed, the view is exact and the cursor on a call that is shown.
func TestAnyKeysKeepTheViewExact(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	fleet := aFleet(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := newStage(t, p, uitest.ColorTheme())
		msg := fleet
		s.take(msg)
		key := rapid.SampledFrom([]string{"up", "down", "pgup", "pgdown", "g", "G", "/", "t", "z", "backspace", "enter", "f", "left", "right", "tab", "esc"})
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			s.SetSize(rapid.IntRange(60, 140).Draw(rt, "w"), rapid.IntRange(13, 40).Draw(rt, "h"))
			if n := rapid.IntRange(0, 40).Draw(rt, "calls"); n > 0 && n < 20 {
				newest := msg.calls[len(msg.calls)-1].Seq
				msg = later(msg, n, newest-min(newest-1, uint64(n)))
				s.take(msg)
			}
			if k := key.Draw(rt, "key"); k == "esc" {
				s.Back()
			} else {
				s.Update(uitest.Key(k))
			}
			uitest.Exact(t, s.View(), s.w, s.h)
			if c, ok := s.list.selected(); ok && (c.Seq != s.list.cursor || s.list.index(c.Seq) < s.list.index(s.list.top)) {
				rt.Fatalf("the cursor is at %d, the view from %d", c.Seq, s.list.top)
			}
		}
	})
}
