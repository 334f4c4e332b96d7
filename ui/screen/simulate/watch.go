package simulate

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/execution"
	"fleetlab/ui/component/grid"
	"fleetlab/ui/component/spark"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

// part is what has the keys while devices are played.
type part int

const (
	onDevices part = iota // the grid
	onLines               // the log
	onResult              // what became of the run, once it has ended
)

// Keys of the run.
var (
	keyPart       = keys.Next.Named("simulate.keys.part").Briefly("simulate.keys.part-brief").InBar()
	keyPartBefore = keys.Prev.Named("simulate.keys.part-before")
	keyAlone      = keys.New("o", "simulate.keys.alone", "o").Briefly("simulate.keys.alone-brief").InBar()
	keyStory      = keys.New("enter", "simulate.keys.story", "enter").Briefly("simulate.keys.story-brief").InBar()
)

// look is how often the devices' states are looked at when no event comes: four times a second seem to flow.
const look = 250 * time.Millisecond

// lookMsg says that it is time for it.
type lookMsg struct{ run string }

// watch shows a simulation at work: the executions by status, updates a second, the grid of devices and the log. It reads
// the simulation's state once a batch of events and never once an event.
type watch struct {
	d     *screen.Deps
	sim   *simulate.Simulation
	plan  simulate.Plan
	view  *runview.View // the log, and what became of the run
	grid  *grid.Model
	spark *spark.Model
	w, h  int

	states  []simulate.State  // of the devices, as the simulation has them
	cells   []theme.Execution // the same as the grid draws them
	counts  execution.Counts  // the cloud's own, over all jobs
	sampled float64           // seconds of the latest sample drawn

	part  part
	alone bool // only the part that has the keys is drawn
	story *story

	record *record
}

func newWatch(d *screen.Deps, sim *simulate.Simulation, plan simulate.Plan, view *runview.View) *watch {
	w := &watch{d: d, sim: sim, plan: plan, view: view, grid: grid.New(d.Theme, d.Printer), spark: spark.New(d.Theme, d.Printer, 0)}
	w.grid.OnEnter = w.open
	w.counts = w.planned()
	w.refresh()
	w.focus(onDevices)
	return w
}

// planned is what the cloud counted when the plan was made.
func (w *watch) planned() execution.Counts {
	var c execution.Counts
	for _, j := range w.plan.Jobs {
		add(&c, j)
	}
	return c
}

// add adds a job's executions.
func add(c *execution.Counts, j job) {
	n := j.Counts
	for s, count := range map[theme.Execution]int{
		theme.Queued: n.Queued, theme.InProgress: n.InProgress, theme.Succeeded: n.Succeeded, theme.Failed: n.Failed,
		theme.Rejected: n.Rejected, theme.TimedOut: n.TimedOut, theme.Canceled: n.Canceled, theme.Removed: n.Removed,
	} {
		c[s] += count
	}
}

// refresh takes over where the devices are.
func (w *watch) refresh() {
	w.take(w.sim.States(w.states), w.sim.Timeline())
}

// take shows states and samples of the run.
func (w *watch) take(states []simulate.State, samples []simulate.Sample) {
	w.states = states
	w.cells = drawn(w.cells, states)
	w.grid.SetDevices(w.cells, w.name)
	if len(samples) > 0 {
		for name, n := range samples[len(samples)-1].Counts {
			if s, ok := execution.Parse(name); ok {
				w.counts[s] = n
			}
		}
	}
	for _, x := range samples {
		if x.Seconds > w.sampled || w.spark.Len() == 0 {
			w.spark.Push(x.Rate)
			w.sampled = x.Seconds
		}
	}
	w.counts[theme.Waiting] = 0
	for _, s := range states {
		if s == simulate.NotReached {
			w.counts[theme.Waiting]++
		}
	}
}

// name is what a device is called.
func (w *watch) name(i int) string {
	d, _ := w.sim.Device(i)
	if len(w.plan.Jobs) > 1 {
		return d.Thing + " (" + d.Job + ")"
	}
	return d.Thing
}

// start begins to look.
func (w *watch) start() tea.Cmd {
	id := w.view.Run().ID
	return tea.Tick(look, func(time.Time) tea.Msg { return lookMsg{id} })
}

// batch brings everything up to date with a batch of the run's events.
func (w *watch) batch(b feed.BatchMsg) tea.Cmd {
	if b.Run != w.view.Run().ID {
		return nil
	}
	b.Events = slices.DeleteFunc(b.Events, func(e event.Event) bool { return e.Kind == event.Progress }) // the bars show it
	cmd := w.view.Take(b)
	w.refresh()
	if w.view.Ended() {
		w.finish()
	}
	return tea.Batch(cmd, w.updateStory())
}

// finish shows what became of the run, with the counts that the cloud holds after it.
func (w *watch) finish() {
	if r, ok := w.view.Outcome().Result.(simulate.Report); ok && r.Checked {
		w.counts = execution.Counts{theme.Waiting: w.counts[theme.Waiting]}
		for _, j := range r.Jobs {
			add(&w.counts, j)
		}
		w.settle(r)
	}
	w.focus(onResult)
}

// settle takes those out of the devices not reached whose executions the cloud made and ended at once, as it does when a job is cancelled.
func (w *watch) settle(r simulate.Report) {
	total := 0
	for _, n := range w.counts {
		total += n
	}
	known := w.plan.Pending + r.Retried + r.Late
	for _, j := range w.plan.Jobs {
		known += j.Counts.Total() - j.Counts.Pending()
	}
	w.counts[theme.Waiting] -= max(0, min(w.counts[theme.Waiting], total-known))
}

// focus gives a part the keys.
func (w *watch) focus(p part) {
	w.part = p
	w.grid.Blur(p != onDevices)
	w.view.Blur(p == onDevices)
	w.view.ShowLog(p == onLines)
}

// parts are what can have the keys, in the order in which they stand beside each other where there is room.
func (w *watch) parts() []part {
	if w.view.Ended() {
		return []part{onDevices, onResult, onLines}
	}
	return []part{onDevices, onLines}
}

// step gives the keys to the part that is so many places on.
func (w *watch) step(by int) {
	all := w.parts()
	w.focus(all[(slices.Index(all, w.part)+by+len(all))%len(all)])
}

// back closes what is open over the run.
func (w *watch) back() bool {
	switch {
	case w.story != nil:
		w.closeStory()
		return true
	case w.part == onDevices && w.grid.Back():
		return true
	case w.part != onDevices && w.part != onResult && w.view.Back():
		w.focus(w.partShown())
		return true
	case w.view.Ended() && w.part != onResult:
		w.focus(onResult)
		return true
	}
	return false
}

// partShown is which of the run view's parts has its keys.
func (w *watch) partShown() part {
	if w.view.OnLog() {
		return onLines
	}
	return onResult
}

func (w *watch) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case lookMsg:
		return w.looked(msg)
	case tea.MouseMsg:
		if w.story == nil {
			return w.mouse(msg)
		}
		return w.storyKey(msg)
	case tea.KeyMsg:
		if w.story != nil {
			return w.storyKey(msg)
		}
		return w.key(msg)
	}
	return tea.Batch(w.readStory(msg), w.view.Update(msg))
}

// mouse goes to the part that the pointer is on; a click gives it the keys.
func (w *watch) mouse(msg tea.MouseMsg) tea.Cmd {
	gw, gh, vw, _ := w.shares()
	msg.Y -= w.numbersRows()
	switch {
	case msg.Y < 0:
		return nil
	case vw == 0 || gw > 0 && w.narrow() && msg.Y < gh || gw > 0 && !w.narrow() && msg.X < gw:
		if msg.Button == tea.MouseButtonLeft {
			w.focus(onDevices)
		}
		return w.grid.Update(msg)
	case w.narrow():
		msg.Y -= gh
	default:
		msg.X -= gw
	}
	if msg.Button == tea.MouseButtonLeft {
		w.focus(w.partShown())
	}
	return w.view.Update(msg)
}

// looked takes over where the devices are, as long as the run goes on.
func (w *watch) looked(msg lookMsg) tea.Cmd {
	if msg.run != w.view.Run().ID || w.view.Ended() {
		return nil
	}
	w.refresh()
	return tea.Batch(w.start(), w.updateStory())
}

func (w *watch) key(msg tea.Msg) tea.Cmd {
	switch {
	case w.view.Capturing():
		return w.view.Update(msg)
	case keyPart.Matches(msg):
		w.step(1)
		return nil
	case keyPartBefore.Matches(msg):
		w.step(-1)
		return nil
	case keyAlone.Matches(msg):
		w.alone = !w.alone
		return nil
	case keys.Failures.Matches(msg) && w.part != onLines:
		w.focus(onLines)
		w.view.ShowFailures()
		return nil
	case keyStory.Matches(msg) && w.part == onLines:
		return w.openLine()
	case w.part == onDevices && w.gridTakes(msg):
		return w.grid.Update(msg)
	}
	cmd := w.view.Update(msg)
	if w.view.Capturing() { // a search has begun
		w.focus(onLines)
	}
	return cmd
}

// gridTakes reports that a key means something to the grid.
func (w *watch) gridTakes(msg tea.Msg) bool {
	for _, b := range w.grid.Keys().Bindings {
		if b.Matches(msg) {
			return true
		}
	}
	return false
}

// openLine opens the story of the device that the line under the cursor is about, or all of a line that is about none.
func (w *watch) openLine() tea.Cmd {
	e, ok := w.view.Selected()
	for i := range w.states {
		if !ok || e.Kind != event.Item && e.Kind != event.Warning {
			break
		}
		if d, _ := w.sim.Device(i); d.Thing == e.Subject && (e.Detail["job"] == "" || e.Detail["job"] == d.Job) {
			return w.open(i)
		}
	}
	return w.view.Update(keys.Details.Press())
}

// keys is what the keys do now.
func (w *watch) keys() []keys.Group {
	if w.story != nil {
		return w.story.keys()
	}
	own := []keys.Binding{keyPart, keyPartBefore, keyAlone}
	if w.part == onLines {
		own = append(own, keyStory)
	}
	groups := w.view.Keys()
	groups[0].Bindings = append(without(groups[0].Bindings, keyPart), own...)
	if w.part != onDevices {
		for i := range groups[1:] {
			groups[i+1].Bindings = without(groups[i+1].Bindings, own...)
		}
		return groups
	}
	g := w.grid.Keys()
	g.Bindings = append([]keys.Binding{keys.Failures.InBar(), keys.Search}, without(g.Bindings, groups[0].Bindings...)...)
	return []keys.Group{groups[0], g}
}

// without leaves out the bindings whose keys others have.
func without(list []keys.Binding, others ...keys.Binding) []keys.Binding {
	var out []keys.Binding
	for _, b := range list {
		taken := false
		for _, o := range others {
			taken = taken || o.Show == b.Show && o.Off == ""
		}
		if !taken {
			out = append(out, b)
		}
	}
	return out
}

// title is the device whose story is open, "" when none is.
func (w *watch) title() string {
	if w.story == nil {
		return ""
	}
	return text.Line(w.story.device.Thing)
}
