// Package runview shows a run: its steps, the learning moment of the step that runs, its log as it comes, how far it is, and in the
// end what became of it and what to do next. Every screen that starts a workflow shows it with this.
package runview

import (
	"slices"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/dialog"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/logview"
	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/steps"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lessonview"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
)

// Spec is what differs between the workflows.
type Spec struct {
	// Words is how the ids of the workflow's own messages begin: WORDS.done, .partial, .interrupted, .failed, .stop-title and .stop.
	Words string
	Steps []string // ids; fewer than two are not shown
	Kinds []string // of resources, in the order of the result; others follow by name
	// Lesson is the learning moment of a step; nil when the workflow has none.
	Lesson func(step string) (learn.Lesson, bool)
	// Free says that the run waits for nobody to read: there is no pace to choose, and the lesson does not cover anything uninvited.
	Free bool
	// Report takes the numbers out of what the workflow returned.
	Report func(result any) (event.Report, bool)
	// Faults is how many items to speak of when a run was done in part; nil: all that have failed.
	Faults func(result any) int
	// Ending is the headline of a run that went as it should and still did not end as planned, because of what others did meanwhile; ""
	// or nil: the usual one.
	Ending func(o Outcome) string
	// Facts are parts of the result beside the counts, in rows of w columns; the first stands before what to do next. nil: none.
	Facts func(result any, w int) [][]string
	// Actions are what can be done once the run has ended, the likeliest first.
	Actions func(o Outcome) []Action
}

// Action is something to do after a run.
type Action struct {
	Key keys.Binding
	Do  func() tea.Cmd
}

// Outcome is what became of a run: its numbers, or why there are none.
type Outcome struct {
	event.Report
	Result any
	Err    error
}

// Complete reports that nothing is missing.
func (o Outcome) Complete() bool { return o.Status == event.Done }

// View shows one run. It is no screen, but has a screen's methods for the time that the screen shows a run.
type View struct {
	d    *screen.Deps
	spec Spec
	run  *run.Run
	w, h int

	steps  *steps.List
	panel  *learn.Panel
	log    *logview.Model
	result *pager.Model
	wait   waiting
	ended  bool
	out    Outcome
	onLog  bool // the log has the keys, not what stands beside it: the lesson while the run goes on, then the result
	away   bool // something else on the screen has the focus
}

// New shows a run that was just started.
func New(d *screen.Deps, spec Spec, r *run.Run) *View {
	v := &View{d: d, spec: spec, run: r, panel: learn.New(d.Theme, d.Printer, lessonview.Hooks(d)), log: logview.New(d.Theme, d.Printer), result: pager.New(d.Printer)}
	var list []steps.Step
	for _, id := range spec.Steps {
		list = append(list, steps.Step{ID: id, Name: d.Printer.Step(r.Name, id)})
	}
	v.steps = steps.New(d.Theme, list...)
	counter := lessonview.Counter(d)
	v.panel.SetCounter(counter)
	if !spec.Free {
		r.Gate.Count(counter)
		v.panel.SetGate(r.Gate)
	}
	v.log.Copy, v.log.Toast = screen.Copy, screen.Toast
	v.onLog = spec.Free || r.Gate.Mode() == learn.Express // otherwise reading comes first
	v.log.SetPath(r.LogPath)
	v.log.SetDir(d.LogDir)
	if len(spec.Steps) > 0 {
		v.lesson(spec.Steps[0])
	}
	return v
}

// paced reports that the run waits for its reader, so that its time says something only without the reading.
func (v *View) paced() bool { return v.spec.Lesson != nil && !v.spec.Free }

// Run is the run that is shown.
func (v *View) Run() *run.Run { return v.run }

// Ended reports that the run has ended and its result is shown.
func (v *View) Ended() bool { return v.ended }

// Blur tells the view that something else on the screen has the focus, or that the view has it again, which its frame shows then.
func (v *View) Blur(away bool) { v.away = away }

// OnLog reports that the log has the keys. While the run goes on it has them unless a lesson is shown that does.
func (v *View) OnLog() bool {
	if v.ended || v.parted() {
		return v.onLog
	}
	return !v.covered()
}

// LessonShown is the id of the lesson that belongs to where the run is; "" when there is none.
func (v *View) LessonShown() string { return v.panel.Lesson().ID }

// ShowLog gives the keys to the log, or back to the result, once the run has ended.
func (v *View) ShowLog(on bool) {
	if v.ended {
		v.onLog = on
	}
}

// ShowFailures gives the keys to the log, which shows only what went wrong.
func (v *View) ShowFailures() {
	v.ShowLog(true)
	v.log.ShowFailures()
}

// Selected is the event in the row of the log under the cursor; false without one.
func (v *View) Selected() (event.Event, bool) { return v.log.Selected() }

// Outcome is what became of the run, once it has ended.
func (v *View) Outcome() Outcome { return v.out }

// Take brings the view up to date with a batch of a run's events; batches of other runs are passed over. The command it
// returns keeps a countdown going.
func (v *View) Take(b feed.BatchMsg) tea.Cmd {
	if b.Run != v.run.ID {
		return nil
	}
	for _, e := range b.Events {
		v.mark(e)
	}
	v.log.Append(v.wait.news(b.Events))
	step, _, waits := v.run.Gate.Waiting()
	if waits {
		v.lesson(step)
	}
	v.panel.Refresh(v.d.Now(), waits || slices.ContainsFunc(b.Events, func(e event.Event) bool { return e.Kind == event.StepEnded }))
	if b.Last {
		v.finish()
	}
	return v.tick()
}

// mark keeps the steps up to date with an event.
func (v *View) mark(e event.Event) {
	v.wait.mark(e, v.d.Now())
	switch e.Kind {
	case event.StepStarted:
		v.steps.Mark(e.Step, steps.Running)
		v.steps.Note(e.Step, "")
		v.lesson(e.Step)
	case event.Item:
		if e.Total > 1 {
			v.steps.Note(e.Step, v.d.T("progress.count", "Done", strconv.Itoa(e.Done), "Total", strconv.Itoa(e.Total)))
		}
	case event.StepEnded:
		v.steps.Mark(e.Step, stateOf(e.Status))
		v.steps.Note(e.Step, v.stepNote(e))
	}
}

// stateOf is the sign that an outcome gets.
func stateOf(outcome event.Status) steps.State {
	switch outcome {
	case event.Done:
		return steps.Done
	case event.Partial:
		return steps.Partial
	case event.RunFailed:
		return steps.Failed
	}
	return steps.Interrupted
}

// stepNote is the outcome of a step in a word.
func (v *View) stepNote(e event.Event) string {
	failed := e.Counts.Of(event.Failed)
	switch {
	case e.Status == event.Skipped:
		return v.d.T("runview.step.skipped")
	case failed > 0:
		return v.d.T("runview.step.failed", "Count", failed)
	case e.Status == event.Interrupted:
		return v.d.T("runview.step.stopped")
	}
	return v.d.Printer.Seconds(e.Seconds)
}

// lesson shows the learning moment of a step, if it has one.
func (v *View) lesson(step string) {
	if v.spec.Lesson == nil {
		return
	}
	if l, ok := v.spec.Lesson(step); ok {
		if v.spec.Free {
			l.Step = "" // the lesson is about all of the run
		}
		v.panel.Show(l)
	}
}

func (v *View) finish() {
	result, err := v.run.Result()
	v.ended, v.onLog, v.out = true, false, Outcome{Result: result, Err: err}
	if rep, ok := v.spec.Report(result); ok {
		v.out.Report = rep
	}
	if v.out.Status == "" {
		v.out.Status = event.RunFailed
	}
	v.result.SetContent(v.resultRows)
	v.layout()
}

// Back closes what is open over the run, and reports whether there was something.
func (v *View) Back() bool {
	if !v.ended {
		return v.log.Back() || v.narrow() && v.panel.Back()
	}
	if v.log.Back() {
		return true
	}
	back := v.onLog
	v.onLog = false
	return back
}

// Capturing reports that letters are text now: a search is typed.
func (v *View) Capturing() bool { return v.log.Capturing() }

// Update takes the keys.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case stopMsg:
		msg.run.Stop()
		return nil
	case tickMsg:
		v.wait.ticking = false
		return v.tick()
	case tea.MouseMsg:
		return v.mouse(msg)
	}
	if v.log.Capturing() {
		return v.log.Update(msg)
	}
	if v.ended {
		return v.endedKey(msg)
	}
	if Stop.Matches(msg) {
		return v.askStop()
	}
	if v.parted() && keyLog.Matches(msg) {
		v.onLog = !v.onLog
		return nil
	}
	return v.runningKey(msg)
}

// runningKey takes the keys of the lesson and of the log. Those that only the log knows are the log's wherever the focus is, as long as it
// can be seen.
func (v *View) runningKey(msg tea.Msg) tea.Cmd {
	released, hidden := keys.Continue.Matches(msg) && v.panel.Waiting(), !v.panel.Visible()
	v.panel.Focus(!v.OnLog())
	if cmd, taken := v.panel.Update(msg); taken {
		switch {
		case released && v.narrow():
			v.panel.Back() // it has been read, and the log is under it
		case hidden && v.panel.Visible():
			v.onLog = false
		}
		return cmd
	}
	if v.covered() {
		return nil // what the log would do nobody could see
	}
	cmd := v.log.Update(msg)
	v.onLog = v.onLog || v.log.Capturing() // a search has begun
	return cmd
}

// parted reports that a lesson and the log stand beside each other while the run goes on.
func (v *View) parted() bool { return !v.ended && !v.narrow() && v.panel.Visible() }

// covered reports that the lesson stands over the log.
func (v *View) covered() bool { return !v.ended && v.narrow() && v.panel.Visible() }

// mouse scrolls the part that the pointer is on. A click gives the keys to a part where there are two.
func (v *View) mouse(msg tea.MouseMsg) tea.Cmd {
	lw, _ := v.logSize()
	onLog := msg.X >= v.w-lw
	switch {
	case msg.Y < v.stepsAbove():
		return nil
	case v.narrow() && v.ended:
		onLog = v.onLog
	case v.narrow():
		onLog = !v.panel.Visible()
	case (v.ended || v.parted()) && msg.Action == tea.MouseActionPress && msg.Button == tea.MouseButtonLeft:
		v.onLog = onLog
	}
	switch {
	case onLog:
		return v.log.Update(msg)
	case v.ended:
		return v.result.Update(msg)
	}
	cmd, _ := v.panel.Update(msg)
	return cmd
}

func (v *View) endedKey(msg tea.Msg) tea.Cmd {
	if keyLog.Matches(msg) {
		v.onLog = !v.onLog
		return nil
	}
	for _, a := range v.actions() {
		if a.Key.Matches(msg) {
			return a.Do()
		}
	}
	if v.onLog {
		return v.log.Update(msg)
	}
	return v.result.Update(msg)
}

// stopMsg stops a run once the user has agreed.
type stopMsg struct{ run *run.Run }

// askStop asks before the run is stopped.
func (v *View) askStop() tea.Cmd {
	r := v.run
	if r.Stopping() {
		return nil
	}
	p := r.Progress()
	where := v.d.Printer.Workflow(r.Name)
	if p.Step != "" {
		where = v.d.Printer.Step(r.Name, p.Step)
	}
	body := v.d.T(v.spec.Words+".stop", "Step", where, "Done", p.Done, "Total", p.Total)
	return screen.Open(dialog.New(v.d.Theme, v.d.Printer, dialog.Question{
		Title: v.d.T(v.spec.Words + ".stop-title"), Body: body,
		Yes: func() tea.Msg { return stopMsg{run: r} },
	}))
}
