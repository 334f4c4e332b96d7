package rollbackview

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/rollback"
)

// Spec is what is taken back, and what differs from screen to screen.
type Spec struct {
	Job    string
	Failed string       // catalogue id of what to do when there is no plan
	Retry  keys.Binding // makes the plan again when that has failed
	// Plan finds out what the devices had before, see Planner.
	Plan func(context.Context, event.Stage) (rollback.Plan, error)
	// Actions are what can be done once the jobs are there.
	Actions func(runview.Outcome) []runview.Action
	// Leave goes back to where this was asked for. ran: there may be other jobs now.
	Leave func(ran bool) tea.Cmd
}

// keyRun creates the jobs of the plan.
var keyRun = keys.New("enter", "simulate.keys.back-run", "enter").InBar()

// Reversal takes the devices back that a job has updated: it plans, shows the plan as a question, and shows the run. It draws its own
// frames.
type Reversal struct {
	d    *screen.Deps
	spec Spec
	w, h int

	prepare lookup.Planning[rollback.Plan]
	plan    rollback.Plan
	problem error // why there is no plan
	page    *pager.Model
	view    *runview.View // nil until it runs
}

// New begins to make the plan. The command has the screen drawn again once that is slow.
func New(d *screen.Deps, s Spec) (*Reversal, tea.Cmd) {
	r := &Reversal{d: d, spec: s, page: pager.New(d.Printer)}
	return r, r.start()
}

func (r *Reversal) start() tea.Cmd {
	r.plan, r.problem = rollback.Plan{}, nil
	r.page.SetText("")
	return r.prepare.Start(r.d.Now(), r.d.Runs, planRun, r.spec.Plan)
}

// Job is the job whose devices are taken back.
func (r *Reversal) Job() string { return r.spec.Job }

// Plan is the jobs to create, or why there are none; ok is false while that is found out.
func (r *Reversal) Plan() (p rollback.Plan, problem error, ok bool) {
	return r.plan, r.problem, !r.prepare.On()
}

// Run is the view of the run, nil before there is one.
func (r *Reversal) Run() *runview.View { return r.view }

// Capturing reports that letters are text now.
func (r *Reversal) Capturing() bool { return r.view != nil && r.view.Capturing() }

// Take takes the events of the reversal's runs; batches of other runs are passed over.
func (r *Reversal) Take(b feed.BatchMsg) tea.Cmd {
	var cmd tea.Cmd
	if r.view != nil {
		cmd = r.view.Take(b)
	}
	if !r.prepare.Take(b) {
		return cmd
	}
	r.plan, r.problem = r.prepare.Result()
	if lookup.Stopped(r.problem) {
		return tea.Batch(cmd, r.spec.Leave(false))
	}
	r.page.SetContent(r.rows)
	return cmd
}

// rows are the plan, or why there is none.
func (r *Reversal) rows(w int) []string {
	if r.problem != nil {
		return problemRows(r.d, r.problem, r.d.T(r.spec.Failed), w)
	}
	return planRows(r.d, r.plan, w)
}

// Update takes keys.
func (r *Reversal) Update(msg tea.Msg) tea.Cmd {
	switch {
	case r.view != nil:
		return r.view.Update(msg)
	case r.prepare.On():
		if runview.Stop.Matches(msg) {
			r.prepare.Stop()
		}
		return nil
	case r.problem != nil && r.spec.Retry.Matches(msg):
		return r.start()
	case r.ready() && keyRun.Matches(msg):
		r.view = create(r.d, r.plan, r.spec.Actions)
		r.SetSize(r.w, r.h)
		return nil
	}
	return r.page.Update(msg)
}

// ready reports that there are jobs to create.
func (r *Reversal) ready() bool { return r.problem == nil && len(r.plan.Moves) > 0 }

// Back goes one step back: what is open over the run closes first. The run itself goes on when it is left.
func (r *Reversal) Back() tea.Cmd {
	if r.view != nil && r.view.Back() {
		return nil
	}
	r.prepare.Leave()
	return r.spec.Leave(r.view != nil)
}

// Keys is what the keys do now.
func (r *Reversal) Keys() []keys.Group {
	own := keys.Group{Title: "keys.group.screen"}
	switch {
	case r.view != nil:
		return r.view.Keys()
	case r.prepare.On():
		own.Bindings = []keys.Binding{runview.Stop}
	case r.problem != nil:
		own.Bindings = []keys.Binding{r.spec.Retry}
	case r.ready():
		own.Bindings = []keys.Binding{keyRun}
	}
	return []keys.Group{own, r.page.Keys()}
}

// SetSize sets the size that View draws.
func (r *Reversal) SetSize(w, h int) {
	r.w, r.h = w, h
	r.page.SetSize(panel.Inner(w, h))
	if r.view != nil {
		r.view.SetSize(w, h)
	}
}

// View is exactly the size that SetSize said.
func (r *Reversal) View() string {
	t := r.d.Theme
	f := panel.Frame{Title: r.d.T("simulate.back-title")}
	switch {
	case r.view != nil:
		return r.view.View()
	case !r.prepare.On():
		f.Info, f.Body, f.Focused = t.Style.Muted.Render(r.page.Position()), r.page.View(), true
		return panel.Render(t, f, r.w, r.h)
	}
	if !r.prepare.Slow(r.d.Now()) {
		return panel.Render(t, f, r.w, r.h)
	}
	n := panel.Notice{Symbol: t.Symbol.Running, Title: r.d.T("simulate.back-planning"), Next: r.d.T("simulate.back-planning-next")}
	if r.prepare.Stopping() {
		n.Title = r.d.T("runview.stopping")
	}
	iw, ih := panel.Inner(r.w, r.h)
	f.Body = panel.Note(t, n, iw, ih)
	return panel.Render(t, f, r.w, r.h)
}
