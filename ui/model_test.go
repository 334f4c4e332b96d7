package ui

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/dialog"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
)

// page is a screen that records what it gets.
type page struct {
	deps      *screen.Deps
	name      string
	args      any
	w, h      int
	got       []tea.Msg
	capturing bool
	bar       []keys.Binding // instead of the usual ones
	steps     int            // steps of its own that esc goes back through
	resumed   int
	typed     bool // something that is not carried out
	work      run.Func
}

type startMsg struct{}
type noteMsg struct{ text string }

func (p *page) Init() tea.Cmd    { return nil }
func (p *page) SetSize(w, h int) { p.w, p.h = w, h }
func (p *page) Title() string    { return p.name }
func (p *page) Capturing() bool  { return p.capturing }
func (p *page) Unfinished() bool { return p.typed }
func (p *page) Resume() tea.Cmd  { p.resumed++; return nil }
func (p *page) Keys() []keys.Group {
	if p.bar != nil {
		return []keys.Group{{Title: "keys.group.screen", Bindings: p.bar}}
	}
	return []keys.Group{{Title: "keys.group.screen", Bindings: []keys.Binding{keys.Enter.Named("keys.run").InBar(), keys.Next.InBar(), keys.Mark.Because("log.empty")}}}
}

func (p *page) Back() (tea.Cmd, bool) {
	if p.steps == 0 {
		return nil, false
	}
	p.steps--
	return nil, true
}

func (p *page) Update(msg tea.Msg) tea.Cmd {
	p.got = append(p.got, msg)
	switch msg := msg.(type) {
	case startMsg:
		p.deps.Runs.Start("provision", p.work)
	case tea.KeyMsg:
		if msg.String() == "x" {
			return tea.Batch(func() tea.Msg { return noteMsg{"one"} }, tea.Sequence(func() tea.Msg { return noteMsg{"two"} }))
		}
	}
	return nil
}

func (p *page) View() string {
	return text.Block([]string{p.name, "車両 Vehicle-VIN-001"}, p.w, p.h)
}

func pages(home *page) map[string]screen.Factory {
	make := func(name string) screen.Factory {
		return func(d *screen.Deps, args any) screen.Screen {
			return &page{deps: d, name: name, args: args, work: home.work}
		}
	}
	return map[string]screen.Factory{
		screen.Home:      func(d *screen.Deps, _ any) screen.Screen { home.deps = d; return home },
		screen.Provision: make("Provision"),
		screen.Simulate:  make("Simulate"),
	}
}

var sandbox = &cloud.Cloud{Kind: cloud.Sandbox, Region: "us-east-1", Account: "000000000000"}

func testModel(t *testing.T, p *locale.Printer, w, h int) (*model, *page) {
	t.Helper()
	home := &page{name: "Home"}
	m, err := newModel(t.Context(), Options{Deps: screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: sandbox}, Output: io.Discard}, pages(home))
	if err != nil {
		t.Fatal(err)
	}
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.Init()
	return m, home
}

func press(m *model, names ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, n := range names {
		_, cmd = m.Update(uitest.Key(n))
	}
	return cmd
}

// answers runs a command and everything it leads to, except waiting ones, and feeds it back.
func answer(m *model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			answer(m, c)
		}
	default:
		_, next := m.Update(msg)
		answer(m, next)
	}
}

// play lets a run emit, and shows its events up to the first batch that holds them.
func play(t *testing.T, m *model, home *page, events ...event.Event) (*run.Run, func()) {
	t.Helper()
	ready, end := make(chan struct{}), make(chan struct{})
	home.work = func(ctx context.Context, s event.Stage) (any, error) {
		for _, e := range events {
			s.Sink.Emit(e)
		}
		close(ready)
		select {
		case <-end:
			return nil, nil
		case <-ctx.Done():
			<-end
			return nil, context.Cause(ctx)
		}
	}
	return begin(t, m, m.top(), ready), func() { close(end) }
}

func begin(t *testing.T, m *model, e *entry, ready chan struct{}) *run.Run {
	t.Helper()
	p := e.screen.(*page)
	p.work = m.find(m.stack[0].id).screen.(*page).work
	p.Update(startMsg{})
	feeds := m.reg.Take()
	<-ready
	m.Update(feed.Listen(t.Context(), feeds[0], 0)())
	return m.reg.All()[0]
}

func ended(t *testing.T, m *model, r *run.Run) {
	t.Helper()
	<-r.Done()
	m.Update(feed.BatchMsg{Run: r.ID, Last: true})
}

var halfway = []event.Event{
	{Workflow: "provision", Kind: event.RunStarted, Total: 1000},
	{Workflow: "provision", Kind: event.Item, Resource: "thing", Subject: "Vehicle-VIN-0640", Status: event.Created, Done: 640, Total: 1000},
}

func TestFrameGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m, home := testModel(t, p, s.W, s.H)
		m.Update(screen.GoMsg{ID: screen.Provision})
		_, end := play(t, m, home, halfway...)
		defer end()
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestHelpGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m, _ := testModel(t, p, s.W, s.H)
		press(m, "?")
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestQuitDialogGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m, home := testModel(t, p, s.W, s.H)
		_, end := play(t, m, home, halfway...)
		defer end()
		press(m, "q")
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestRealAccountAndErrorGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m, _ := testModel(t, p, s.W, s.H)
		m.deps.Cloud = &cloud.Cloud{Kind: cloud.AWS, Region: "ap-northeast-1", Account: "123456789012"}
		m.Update(screen.ToastMsg{Text: m.deps.Problem(errors.New("dial tcp: connection refused, and a long explanation of what that means")), Error: true})
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestTooSmallSaysSo(t *testing.T) {
	uitest.Each(t, []uitest.Size{{W: 59, H: 15}, {W: 60, H: 14}, {W: 20, H: 5}, {W: 1, H: 1}, {W: 200, H: 3}}, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m, home := testModel(t, p, s.W, s.H)
		uitest.Exact(t, m.View(), s.W, s.H)
		if press(m, "x"); len(home.got) != 0 {
			t.Error("keys must not reach a screen that is not seen")
		}
	})
}

func TestEveryResizeIsExact(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "ja"), 80, 24)
	_, end := play(t, m, home, halfway...)
	defer end()
	m.Update(screen.ToastMsg{Text: strings.Repeat("長いお知らせ ", 30)})
	for i := range 300 {
		w, h := 1+(i*37)%200, 1+(i*23)%70
		m.Update(tea.WindowSizeMsg{Width: w, Height: h})
		if i%3 == 0 {
			press(m, "?")
		}
		uitest.Exact(t, m.View(), w, h)
	}
}

func TestEscGoesOneStepBack(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.GoMsg{ID: screen.Provision})
	top := m.top().screen.(*page)
	top.steps, top.capturing = 1, true
	press(m, "esc")
	if top.steps != 0 || len(m.stack) != 2 {
		t.Fatalf("esc must first go back inside the screen: %d steps, %d screens", top.steps, len(m.stack))
	}
	press(m, "esc")
	if len(m.stack) != 1 || home.resumed != 1 {
		t.Errorf("%d screens, home resumed %d times", len(m.stack), home.resumed)
	}
	if cmd := press(m, "esc"); len(m.stack) != 1 || cmd != nil {
		t.Error("esc must not leave the program")
	}
}

// Keys that are typed faster than they are read come as one message: two escs as alt+esc, letters as a word.
func TestKeysInOneRead(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.GoMsg{ID: screen.Provision})
	m.top().screen.(*page).steps = 1
	m.Update(tea.KeyMsg{Type: tea.KeyEsc, Alt: true})
	if len(m.stack) != 1 {
		t.Errorf("two escs went back %d steps", 2-len(m.stack))
	}
	m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("vw")})
	if len(home.got) != 2 {
		t.Errorf("the screen got %v", home.got)
	}
	home.capturing = true
	m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("車両")})
	if len(home.got) != 3 {
		t.Errorf("composed text was taken apart: %v", home.got)
	}
}

func TestTextFieldGetsLetters(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	home.capturing = true
	press(m, "q", "?", "m")
	if len(home.got) != 3 || len(m.overlays) != 0 || m.mouse {
		t.Errorf("the field got %d of 3 letters", len(home.got))
	}
	if strings.Contains(m.View(), "? help") {
		t.Error("the bottom line promises a key that is text now")
	}
}

func TestMessagesComeBackToTheirScreen(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	cmd := press(m, "x")
	m.Update(screen.GoMsg{ID: screen.Simulate})
	answer(m, cmd)
	got := ""
	for _, msg := range home.got {
		if n, ok := msg.(noteMsg); ok {
			got += n.text
		}
	}
	if got != "onetwo" {
		t.Errorf("home got %q; its batch must reach it though another screen is on top", got)
	}
	if n := len(m.top().screen.(*page).got); n != 0 {
		t.Errorf("the screen on top got %d messages that are not its own", n)
	}
}

func TestSequencesStayTagged(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	e := m.top()
	msg := m.own(e, tea.Sequence(func() tea.Msg { return noteMsg{"a"} }, func() tea.Msg { return screen.BackMsg{} })())
	if _, owned := msg.(ownedMsg); owned {
		t.Fatal("bubbletea would not understand a sequence in an envelope")
	}
	if _, owned := m.own(e, tea.Quit()).(ownedMsg); owned {
		t.Error("bubbletea must see its own messages")
	}
	if _, owned := m.own(e, screen.BackMsg{}).(ownedMsg); !owned {
		t.Error("a screen's request must come with its sender")
	}
}

func TestWorkGoesOnWhenItsScreenIsLeft(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.GoMsg{ID: screen.Provision})
	worker := m.top()
	r, end := play(t, m, home, halfway...)
	press(m, "esc")
	before := len(worker.screen.(*page).got)
	m.Update(feed.BatchMsg{Run: r.ID, Events: halfway})
	if len(worker.screen.(*page).got) != before+1 {
		t.Error("a batch must reach the screen that owns the run, though it was left")
	}
	if !strings.Contains(m.View(), "Provision 640/1000") {
		t.Error("the bottom line must show the work in the background")
	}
	m.Update(screen.GoMsg{ID: screen.Provision})
	if m.top() != worker {
		t.Error("the screen must come back as it was left")
	}
	press(m, "esc")
	end()
	ended(t, m, r)
	if !strings.Contains(m.View(), "has ended") {
		t.Error("the end of work in the background must be said")
	}
	m.Update(screen.GoMsg{ID: screen.Provision})
	if m.top() != worker {
		t.Error("what ended while the user was elsewhere must be there to be seen")
	}
	press(m, "esc")
	m.Update(screen.GoMsg{ID: screen.Provision})
	if m.top() == worker {
		t.Error("what was seen is over: the screen must start anew")
	}
}

func TestWhatWasTypedIsKept(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.GoMsg{ID: screen.Provision})
	first := m.top()
	first.screen.(*page).typed = true
	press(m, "esc")
	m.Update(screen.GoMsg{ID: screen.Provision})
	if m.top() != first {
		t.Error("a screen with something unfinished must come back as it was left")
	}
	first.screen.(*page).typed = false
	press(m, "esc")
	m.Update(screen.GoMsg{ID: screen.Provision})
	if m.top() == first {
		t.Error("a screen with nothing unfinished must start anew")
	}
}

// The screens of a loop through the fleet do not pile up: one whose work is over starts anew where it was.
func TestFinishedScreenOnTheStackStartsAnew(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.GoMsg{ID: screen.Provision})
	first := m.top()
	r, end := play(t, m, home, halfway...)
	m.Update(screen.GoMsg{ID: screen.Simulate})
	m.Update(screen.GoMsg{ID: screen.Provision, Args: "another"})
	if m.top() != first || !strings.Contains(m.View(), "still at work") {
		t.Errorf("work under way must be shown, and why nothing else is:\n%s", m.View())
	}
	end()
	ended(t, m, r)
	m.Update(screen.GoMsg{ID: screen.Simulate})
	m.Update(screen.GoMsg{ID: screen.Provision})
	if m.top() == first || len(m.stack) != 2 {
		t.Errorf("%d screens, the first one again: %v; want home and a new one", len(m.stack), m.top() == first)
	}
	press(m, "esc")
	if len(m.stack) != 1 || m.top().screen != screen.Screen(home) {
		t.Error("esc goes back to what is underneath")
	}
}

func TestCtrlCStopsThenForces(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	r, end := play(t, m, home, halfway...)
	press(m, "ctrl+c")
	if !r.Stopping() || m.forced || !strings.Contains(m.View(), "Stopping") {
		t.Fatalf("the first ctrl+c stops the work and says so: stopping %v", r.Stopping())
	}
	if cmd := press(m, "ctrl+c"); !m.forced || cmd == nil {
		t.Error("the second ctrl+c leaves at once")
	}
	end()
	ended(t, m, r)
	if m.toast.words != "" {
		t.Errorf("nothing is being stopped any more, yet it says %q", m.toast.words)
	}
	m.forced = false
	cmd := press(m, "ctrl+c")
	if m.forced || cmd == nil || !isQuit(cmd) {
		t.Error("without work, ctrl+c simply leaves")
	}
}

func isQuit(cmd tea.Cmd) bool {
	switch msg := cmd().(type) {
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		for _, c := range msg {
			if c != nil && isQuit(c) {
				return true
			}
		}
	}
	return false
}

func TestQuitAsksOnlyWhileWorkRuns(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	if cmd := press(m, "q"); cmd == nil || !isQuit(cmd) {
		t.Error("q on the home screen leaves when nothing runs")
	}
	_, end := play(t, m, home, halfway...)
	defer end()
	if cmd := press(m, "q"); cmd != nil || len(m.overlays) != 1 {
		t.Fatal("while work runs, q asks")
	}
	if cmd := press(m, "enter"); cmd != nil || len(m.overlays) != 0 {
		t.Error("enter takes the default, which is No")
	}
	press(m, "q")
	if cmd := press(m, "y"); cmd == nil || !isQuit(cmd) {
		t.Error("yes leaves")
	}
}

func TestQuitDoesNotAskAboutWhatOnlyLooks(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	r := home.deps.Runs.Look("cleanup-look", func(ctx context.Context, _ event.Stage) (any, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	if cmd := press(m, "q"); cmd == nil || !isQuit(cmd) {
		t.Error("nothing would be lost")
	}
	r.Stop()
	<-r.Done()
	m.Update(feed.BatchMsg{Run: r.ID, Last: true})
	if m.toast.words != "" {
		t.Errorf("it says %q", m.toast.words)
	}
}

func TestOverlayAnswersGoToItsScreen(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	yes := func() tea.Msg { return noteMsg{"deleted"} }
	d := dialog.New(m.deps.Theme, m.deps.Printer, dialog.Question{Title: "T", Body: "B", Yes: yes})
	m.Update(ownedMsg{owner: m.top().id, msg: screen.OpenMsg{Overlay: d}})
	m.Update(screen.GoMsg{ID: screen.Simulate})
	answer(m, press(m, "y"))
	if len(home.got) != 1 || home.got[0] != (noteMsg{"deleted"}) {
		t.Errorf("home got %v", home.got)
	}
}

func TestToastsExpireAndErrorsStay(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.ToastMsg{Text: "first"})
	first := m.toast.serial
	m.Update(screen.ToastMsg{Text: "second"})
	m.Update(toastDoneMsg{serial: first})
	if m.toast.words != "second" {
		t.Error("an old timer must not take a new message away")
	}
	m.Update(toastDoneMsg{serial: m.toast.serial})
	if m.toast.words != "" {
		t.Error("a message must go when its time is over")
	}
	if _, cmd := m.Update(screen.ToastMsg{Text: "bad", Error: true}); cmd != nil {
		t.Error("an error must have no timer")
	}
	if press(m, "x"); m.toast.words != "" {
		t.Error("a key takes an error away")
	}
}

func TestCopySaysWhatWasCopied(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	copied := ""
	m.copy = func(s string) error { copied = s; return nil }
	_, cmd := m.Update(screen.CopyMsg{Text: "aws iot create-job", What: "the command"})
	m.Update(cmd())
	if copied != "aws iot create-job" || !strings.Contains(m.View(), "Copied the command") {
		t.Errorf("copied %q, message %q", copied, m.toast.words)
	}
	m.copy = func(string) error { return errors.New("broken pipe") }
	_, cmd = m.Update(screen.CopyMsg{Text: "x", What: "the command"})
	if m.Update(cmd()); !m.toast.err || !strings.Contains(m.toast.words, "broken pipe") {
		t.Errorf("message %q", m.toast.words)
	}
}

func TestMouseIsOffUntilAskedFor(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	wheel := tea.MouseMsg{Button: tea.MouseButtonWheelDown}
	m.Update(wheel)
	press(m, "m")
	m.Update(wheel)
	if len(home.got) != 1 {
		t.Errorf("%d mouse messages, want the one after m", len(home.got))
	}
}

func TestDropMouseNoise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		k    tea.KeyMsg
		drop bool
	}{
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("["), Alt: true}, true},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("<65;10;10M")}, true},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("5;10;10m")}, true},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("<65;10;10M"), Paste: true}, false},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("M")}, false},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("車両")}, false},
		{tea.KeyMsg{Type: tea.KeyEnter}, false},
	} {
		if got := dropMouseNoise(nil, c.k) == nil; got != c.drop {
			t.Errorf("%q dropped %v, want %v", c.k, got, c.drop)
		}
	}
}

func TestBottomLineShortensBeforeItDrops(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	list := []keys.Binding{keys.Continue, keys.Panel.Briefly("keys.panel-show-brief"), keys.Pace, keys.Back, keys.Help}
	for _, c := range []struct {
		w    int
		want string
	}{
		{95, "enter continue · l show the lesson · p pace: guided, presenter, express · esc back · ? help"},
		{80, "enter continue · l show the lesson · p pace · esc back · ? help"},
		{60, "enter continue · l lesson · p pace · esc back · ? help"},
		{50, "enter continue · l lesson · esc back · ? help"},
		{30, "esc back · ? help"},
		{10, "? help"},
	} {
		if got := m.keyWords(list, c.w); got != c.want {
			t.Errorf("%d columns hold %q, want %q", c.w, got, c.want)
		}
	}
}

func TestGuidedRunShowsThatItWaits(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	home.work = func(ctx context.Context, s event.Stage) (any, error) { return nil, s.Pass(ctx, "thing-types") }
	home.Update(startMsg{})
	r := m.reg.All()[0]
	f := m.reg.Take()[0]
	m.Update(feed.Listen(t.Context(), f, 0)()) // the gate rings the feed when it closes
	bottom := func() string { return strings.Split(m.View(), "\n")[23] }
	if r.Gate.Mode() != learn.Guided || strings.Contains(bottom(), "waits at") {
		t.Errorf("bottom line %q: the screen on top says itself what it waits for", bottom())
	}
	m.Update(screen.GoMsg{ID: screen.Simulate})
	if !strings.Contains(bottom(), "Provision waits at") {
		t.Errorf("bottom line %q", bottom())
	}
	r.Gate.Release()
	ended(t, m, r)
}
