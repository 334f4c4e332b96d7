package simulate

import (
	"context"
	"slices"
	"sync"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
)

// Simulation is a run that can be looked into while it goes on. It is made of a plan, runs once, and is safe for
// concurrent use.
type Simulation struct {
	plan  Plan
	board *board
}

// New makes a simulation of a plan, which is not started by it.
func New(p Plan) *Simulation { return &Simulation{plan: p, board: newBoard(p)} }

// Run plays the devices of the plan; see the function Run.
func (s *Simulation) Run(ctx context.Context, c *cloud.Cloud, st event.Stage) (Report, error) {
	return run(ctx, c, s.plan, s.board, st)
}

// Run plays the devices of the plan. What was running when ctx ended stays IN_PROGRESS in the cloud; planning and running
// again completes it. The error says why the run could not go on; a run that was stopped is INTERRUPTED and no error.
func Run(ctx context.Context, c *cloud.Cloud, p Plan, st event.Stage) (Report, error) {
	return New(p).Run(ctx, c, st)
}

// States appends the devices' states to dst[:0] and returns it: those of the plan in its order, then those that came during
// the run. A retried execution takes the place of the one before. It costs a copy of one byte a device.
func (s *Simulation) States(dst []State) []State { return s.board.copy(dst) }

// Device is the i-th device of States; false when there is none.
func (s *Simulation) Device(i int) (Device, bool) { return s.board.device(i) }

// Tally counts the devices by state.
func (s *Simulation) Tally() [NumStates]int { return s.board.tally() }

// Timeline is the run's samples so far, about one a second; of a long run fewer, evenly.
func (s *Simulation) Timeline() []Sample { return s.board.timeline() }

// Mark is a moment in a device's story.
type Mark struct {
	Seconds float64 `json:"seconds"` // since the start of the run
	State   State   `json:"state"`
	Percent int     `json:"percent,omitempty"` // of the download
	Attempt int     `json:"attempt,omitempty"` // how many retries went before
}

// Marks is what the i-th device of States has gone through so far, the latest of it when it was much.
func (s *Simulation) Marks(i int) []Mark { return s.board.marks(i) }

// board is where every device is. It is filled in by the workers.
type board struct {
	mu      sync.Mutex
	began   time.Time
	devices []Device
	states  []State
	counts  [NumStates]int
	trail   [][]step
	samples samples
	shadows map[int]string // what devices reported when they started, by place
}

// step is a Mark in eight bytes: a run may have a million of them.
type step struct {
	seconds float32
	state   State
	percent uint8
	attempt uint8
}

// keepSteps is how many steps of a device are kept.
const keepSteps = 48

func newBoard(p Plan) *board {
	b := &board{devices: slices.Clone(p.Devices), states: make([]State, len(p.Devices)), trail: make([][]step, len(p.Devices))}
	for i, d := range b.devices {
		b.states[i] = firstState(d)
		b.counts[b.states[i]]++
	}
	return b
}

func firstState(d Device) State {
	switch {
	case d.Number == 0:
		return NotReached
	case d.Later > 0:
		return Offline
	}
	return Queued
}

func (b *board) start(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.began = now
}

// add takes in a device that was not in the plan, and returns its place.
func (b *board) add(d Device) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.devices, b.states, b.trail = append(b.devices, d), append(b.states, firstState(d)), append(b.trail, nil)
	b.counts[firstState(d)]++
	return len(b.devices) - 1
}

// replace puts another execution into a device's place: the first one that the job makes, or a retry.
func (b *board) replace(i int, d Device) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.devices[i] = d
}

// leave marks what has not ended as unfinished, and counts the devices that the jobs did not reach.
func (b *board) leave() (notReached int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, s := range b.states {
		switch {
		case s == NotReached:
			notReached++
		case !s.Ended():
			b.counts[s]--
			b.counts[Unfinished]++
			b.states[i] = Unfinished
		}
	}
	return notReached
}

func (b *board) set(i int, s State, percent int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts[b.states[i]]--
	b.counts[s]++
	b.states[i] = s
	if len(b.trail[i]) == keepSteps {
		b.trail[i] = slices.Delete(b.trail[i], 0, keepSteps/2)
	}
	b.trail[i] = append(b.trail[i], step{float32(time.Since(b.began).Seconds()), s, uint8(percent), uint8(min(b.devices[i].Attempt, 255))})
}

func (b *board) copy(dst []State) []State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append(dst[:0], b.states...)
}

func (b *board) device(i int) (Device, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i < 0 || i >= len(b.devices) {
		return Device{}, false
	}
	return b.devices[i], true
}

func (b *board) tally() [NumStates]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts
}

func (b *board) marks(i int) []Mark {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i < 0 || i >= len(b.trail) {
		return nil
	}
	var out []Mark
	for _, x := range b.trail[i] {
		out = append(out, Mark{Seconds: float64(x.seconds), State: x.state, Percent: int(x.percent), Attempt: int(x.attempt)})
	}
	return out
}

// keepShadows is of how many devices it is kept what they reported when they started. It takes a call each: nobody looks at
// more of them one by one.
const keepShadows = 500

// wants tells whether it is kept what a device reports before it does anything.
func (b *board) wants(i int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, has := b.shadows[i]
	return i < keepShadows && !has
}

func (b *board) keep(i int, shadow string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shadows == nil {
		b.shadows = map[int]string{}
	}
	b.shadows[i] = shadow
}

func (b *board) before(i int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shadows[i]
}

func (b *board) timeline() []Sample {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.samples.list)
}

// samples are kept evenly over the run: when there are too many, every other one goes and they come half as often.
type samples struct {
	list  []Sample
	every int // of the ones offered, how many make one kept
	since int
}

// keepSamples is how many samples of a run are kept: ten minutes at one a second.
const keepSamples = 600

func (s *samples) add(x Sample) {
	if s.every == 0 {
		s.every = 1
	}
	if s.since++; s.since < s.every && len(s.list) > 0 {
		return
	}
	s.since = 0
	s.list = append(s.list, x)
	if len(s.list) < keepSamples {
		return
	}
	for i := range keepSamples / 2 {
		s.list[i] = s.list[2*i]
	}
	s.list = s.list[:keepSamples/2]
	s.every *= 2
}

func (b *board) sample(x Sample) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.samples.add(x)
}
