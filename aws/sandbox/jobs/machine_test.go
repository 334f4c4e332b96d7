package jobs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	datatypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"
	"pgregory.net/rapid"

	"fleetlab/aws/sandbox/store"
)

// modelExecution is what the property test knows of an execution: enough to tell every transition.
type modelExecution struct {
	job, thing    string
	status        string
	number        int64
	version       int64
	queued        time.Time
	timeout, step time.Time // zero: no timer runs
}

func (x *modelExecution) live() bool { return x.status == queued || x.status == inProgress }

func (x *modelExecution) end(status string) {
	x.status, x.timeout, x.step = status, time.Time{}, time.Time{}
	x.version++
}

func (x *modelExecution) setStep(now time.Time, minutes *int64) {
	if minutes == nil {
		return
	}
	if *minutes < 0 {
		x.step = time.Time{}
		return
	}
	x.step = now.Add(time.Duration(*minutes) * time.Minute)
	if !x.timeout.IsZero() && x.timeout.Before(x.step) {
		x.step = x.timeout
	}
}

const modelTimeout = 3 // minutes, of the snapshot job

func (x *modelExecution) begin(now time.Time, snapshot string, step *int64) {
	x.status = inProgress
	if x.job == snapshot {
		x.timeout = now.Add(modelTimeout * time.Minute)
	}
	x.setStep(now, step)
	x.version++
}

// machine runs the same actions against the sandbox and against the model.
type machine struct {
	w          *world
	snap, cont string
	group      string
	things     []string
	member     map[string]bool
	jobs       map[string]string            // status by id
	all        map[string][]*modelExecution // by job and thing, the newest last
}

func TestStateMachine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		m := newMachine(t, w, fmt.Sprintf("r%d-", run))
		t.Repeat(map[string]func(*rapid.T){
			"":                m.compare,
			"update":          m.update,
			"startNext":       m.startNext,
			"advance":         m.advance,
			"cancelExecution": m.cancelExecution,
			"deleteExecution": m.deleteExecution,
			"cancelJob":       m.cancelJob,
			"join or leave":   m.joinOrLeave,
		})
	})
}

func newMachine(t *rapid.T, w *world, prefix string) *machine {
	m := &machine{w: w, snap: prefix + "snap", cont: prefix + "cont", group: prefix + "group",
		member: map[string]bool{}, jobs: map[string]string{}, all: map[string][]*modelExecution{}}
	for _, n := range []string{"a", "b", "c"} {
		m.things = append(m.things, prefix+n)
		m.member[prefix+n] = true
	}
	w.things(t, m.things...)
	w.group(t, m.group, "", m.things...)
	w.job(t, m.snap, []string{"thinggroup/" + m.group}, timeout(modelTimeout))
	w.job(t, m.cont, []string{"thinggroup/" + m.group}, continuous)
	for _, id := range []string{m.snap, m.cont} {
		m.jobs[id] = inProgress
		for _, thing := range m.things {
			m.enqueue(id, thing)
		}
	}
	return m
}

func (m *machine) enqueue(id, thing string) {
	x := &modelExecution{job: id, thing: thing, status: queued, number: 1, version: 1, queued: m.w.clock.Now()}
	if last := m.latest(id, thing); last != nil {
		x.number = last.number + 1
	}
	m.all[id+thing] = append(m.all[id+thing], x)
}

func (m *machine) latest(id, thing string) *modelExecution {
	list := m.all[id+thing]
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

func (m *machine) each(fn func(*modelExecution)) {
	for _, list := range m.all {
		for _, x := range list {
			fn(x)
		}
	}
}

func (m *machine) draw(t *rapid.T) (string, string, *modelExecution) {
	id := rapid.SampledFrom([]string{m.snap, m.cont}).Draw(t, "job")
	thing := rapid.SampledFrom(m.things).Draw(t, "thing")
	return id, thing, m.latest(id, thing)
}

// settle does what follows by itself: timers run out, a snapshot job with nothing left is complete.
func (m *machine) settle() {
	now, left := m.w.clock.Now(), false
	m.each(func(x *modelExecution) {
		if !x.timeout.IsZero() && !x.timeout.After(now) || !x.step.IsZero() && !x.step.After(now) {
			x.end("TIMED_OUT")
		}
		left = left || x.job == m.snap && x.live()
	})
	if !left && m.jobs[m.snap] == inProgress {
		m.jobs[m.snap] = completed
	}
}

var allStatuses = []string{queued, inProgress, succeeded, failed, rejected, canceled, "TIMED_OUT", "REMOVED"}

func (m *machine) update(t *rapid.T) {
	id, thing, x := m.draw(t)
	status := rapid.SampledFrom(allStatuses).Draw(t, "status")
	step := rapid.SampledFrom([]*int64{nil, aws.Int64(1), aws.Int64(5), aws.Int64(-1)}).Draw(t, "step")
	var expected *int64
	if x != nil {
		expected = rapid.SampledFrom([]*int64{nil, aws.Int64(x.version), aws.Int64(x.version + 1)}).Draw(t, "expected")
	}
	out, err := m.w.update(id, thing, status, func(in *data.UpdateJobExecutionInput) {
		in.StepTimeoutInMinutes, in.ExpectedVersion, in.IncludeJobExecutionState = step, expected, aws.Bool(true)
	})
	switch {
	case !slices.Contains([]string{inProgress, succeeded, failed, rejected}, status):
		wantError[*datatypes.InvalidRequestException](t, err)
		return
	case x == nil:
		wantError[*datatypes.ResourceNotFoundException](t, err)
		return
	case !x.live() || expected != nil && *expected != x.version:
		wantError[*datatypes.InvalidStateTransitionException](t, err)
		return
	case err != nil:
		t.Fatalf("update %s on %s from %s to %s: %v", id, thing, x.status, status, err)
	case status != inProgress:
		x.end(status)
	case x.status == queued:
		x.begin(m.w.clock.Now(), m.snap, step)
	default:
		x.setStep(m.w.clock.Now(), step)
		x.version++
	}
	if string(out.ExecutionState.Status) != x.status || out.ExecutionState.VersionNumber != x.version {
		t.Fatalf("state is %+v, want %+v", out.ExecutionState, x)
	}
}

func (m *machine) startNext(t *rapid.T) {
	thing := rapid.SampledFrom(m.things).Draw(t, "thing")
	var next *modelExecution
	m.each(func(x *modelExecution) {
		if x.thing != thing || !x.live() {
			return
		}
		// IN_PROGRESS sorts before QUEUED
		if next == nil || cmp.Or(cmp.Compare(x.status, next.status), x.queued.Compare(next.queued), cmp.Compare(x.job, next.job)) < 0 {
			next = x
		}
	})
	got := m.w.startNext(t, thing)
	if next == nil || got == nil {
		if next != nil || got != nil {
			t.Fatalf("start next gave %+v, want %+v", got, next)
		}
		return
	}
	if next.status == queued {
		next.begin(m.w.clock.Now(), m.snap, nil)
	}
	if *got.JobId != next.job || got.VersionNumber != next.version {
		t.Fatalf("start next gave %s version %d, want %+v", *got.JobId, got.VersionNumber, next)
	}
}

func (m *machine) advance(t *rapid.T) {
	m.w.clock.Advance(time.Duration(rapid.IntRange(1, 150).Draw(t, "seconds")) * time.Second)
	m.settle()
}

func (m *machine) cancelExecution(t *rapid.T) {
	id, thing, x := m.draw(t)
	force := rapid.Bool().Draw(t, "force")
	_, err := m.w.control.cancelExecution(ctx, &iot.CancelJobExecutionInput{JobId: &id, ThingName: &thing, Force: force})
	switch {
	case x == nil:
		wantError[*iottypes.ResourceNotFoundException](t, err)
	case !x.live() || x.status == inProgress && !force:
		wantError[*iottypes.InvalidStateTransitionException](t, err)
	case err != nil:
		t.Fatal(err)
	default:
		x.end(canceled)
	}
}

func (m *machine) deleteExecution(t *rapid.T) {
	id, thing, _ := m.draw(t)
	force := rapid.Bool().Draw(t, "force")
	number := rapid.Int64Range(1, 3).Draw(t, "number")
	list := m.all[id+thing]
	at := slices.IndexFunc(list, func(x *modelExecution) bool { return x.number == number })
	_, err := m.w.control.deleteExecution(ctx, &iot.DeleteJobExecutionInput{JobId: &id, ThingName: &thing, ExecutionNumber: &number, Force: force})
	switch {
	case at < 0:
		wantError[*iottypes.ResourceNotFoundException](t, err)
	case list[at].status == inProgress && !force:
		wantError[*iottypes.InvalidStateTransitionException](t, err)
	case err != nil:
		t.Fatal(err)
	default:
		m.all[id+thing] = slices.Delete(list, at, at+1)
	}
}

func (m *machine) cancelJob(t *rapid.T) {
	id := rapid.SampledFrom([]string{m.snap, m.cont}).Draw(t, "job")
	force := rapid.Bool().Draw(t, "force")
	_, err := m.w.control.cancelJob(ctx, &iot.CancelJobInput{JobId: &id, Force: force})
	if m.jobs[id] != inProgress {
		wantError[*iottypes.InvalidRequestException](t, err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	m.jobs[id] = canceled
	m.each(func(x *modelExecution) {
		if x.job == id && (x.status == queued || force && x.status == inProgress) {
			x.end(canceled)
		}
	})
}

func (m *machine) joinOrLeave(t *rapid.T) {
	thing := rapid.SampledFrom(m.things).Draw(t, "thing")
	change, hook := `INSERT INTO group_members(group_name, thing_name) VALUES(?,?)`, m.w.MemberAdded
	if m.member[thing] {
		change, hook = `DELETE FROM group_members WHERE group_name=? AND thing_name=?`, m.w.MemberRemoved
	}
	m.w.tx(t, func(tx *store.Tx, now time.Time) error {
		_, err := tx.Exec(change, m.group, thing)
		return errors.Join(err, hook(tx, now, m.group, thing))
	})
	m.member[thing] = !m.member[thing]
	if m.jobs[m.cont] != inProgress {
		return
	}
	x := m.latest(m.cont, thing)
	switch {
	case !m.member[thing] && x != nil && x.live():
		x.end("REMOVED")
	case m.member[thing] && (x == nil || !x.live()):
		m.enqueue(m.cont, thing)
	}
}

// compare checks after every action that the sandbox and the model agree.
func (m *machine) compare(t *rapid.T) {
	m.settle()
	for id, status := range m.jobs {
		if got := m.w.describe(t, id); string(got.Status) != status || (got.CompletedAt == nil) != (status == inProgress) {
			t.Fatalf("job %s is %s (completed at %v), want %s", id, got.Status, got.CompletedAt, status)
		}
	}
	m.each(func(x *modelExecution) {
		out, err := m.w.control.describeExecution(ctx, &iot.DescribeJobExecutionInput{JobId: &x.job, ThingName: &x.thing, ExecutionNumber: &x.number})
		if err != nil {
			t.Fatal(err)
		}
		got := out.Execution
		if string(got.Status) != x.status || got.VersionNumber != x.version {
			t.Fatalf("execution %d of %s on %s is %s version %d, want %+v", x.number, x.job, x.thing, got.Status, got.VersionNumber, x)
		}
		if left := got.ApproximateSecondsBeforeTimedOut; (left != nil) != (!x.timeout.IsZero() || !x.step.IsZero()) {
			t.Fatalf("seconds left are %v, want those of %+v", left, x)
		}
	})
}
