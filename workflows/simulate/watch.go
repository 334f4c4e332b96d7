package simulate

import (
	"context"
	"maps"
	"slices"
	"time"

	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// What the watcher tells.
const (
	JobRollingOut event.Status = "JOB_ROLLING_OUT" // nothing is left to do until the job reaches more things
	JobCanceled   event.Status = "JOB_CANCELED"    // by somebody, or by the job's own abort criteria
	JobPaused     event.Status = "JOB_PAUSED"      // its maintenance window is over
)

// lookEvery is how often the jobs are read; lookSlowly when there are more of them than AWS lets read in that time.
const lookEvery = time.Second

// patience is how long a retry is waited for that the job should make.
const patience = 90 * time.Second

// jobState is a job as the watcher last saw it.
type jobState struct {
	JobSummary
	listed int // executions that there were when they were listed last
	timed  int // that had timed out, when those were listed last
	told   bool
	gone   bool
}

func (j jobState) active() bool { return !j.gone && j.Status == string(iottypes.JobStatusInProgress) }

// meet reads the jobs as they are before the first device moves.
func (r *runner) meet(ctx context.Context) {
	for _, j := range r.plan.Jobs {
		now, err := readJob(ctx, r.cloud, j.ID)
		if err != nil {
			r.abort(ctx, err)
			return
		}
		r.jobs[j.ID] = jobState{JobSummary: now, listed: j.Counts.Total(), timed: j.Counts.TimedOut}
	}
}

// watch reads the jobs once a second, tells how they stand and finds executions that appear. It returns when nothing is
// left to do and nothing more is to come.
func (r *runner) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	last, updates, waits := r.began, 0, false
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.calm:
		case <-tick.C:
			if r.st.Sequential && !r.isCalm() {
				continue // one call after the other
			}
		}
		if !r.look(ctx) {
			return
		}
		now := time.Now()
		if since := now.Sub(last); since >= lookEvery/2 || r.isCalm() {
			n := r.ledger.updated()
			r.tell(float64(n-updates)/max(since.Seconds(), 0.001), now)
			last, updates = now, n
		}
		if !r.isCalm() {
			continue
		}
		if !r.moreToCome() {
			return
		}
		if !waits {
			waits = r.tellRollout()
		}
	}
}

func (r *runner) isCalm() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open == len(r.quiet)
}

// look reads the jobs, and their executions where something has changed. false: the run is over.
func (r *runner) look(ctx context.Context) bool {
	for _, j := range r.plan.Jobs {
		r.mu.Lock()
		old := r.jobs[j.ID]
		r.mu.Unlock()
		now, err := readJob(ctx, r.cloud, j.ID)
		switch {
		case cloud.Is(err, cloud.NotFound):
			old.gone = true
		case err != nil && r.halted(ctx, err):
			return false
		case err == nil:
			old.JobSummary = now
			r.tellChange(&old)
		}
		if err == nil || old.gone {
			r.examine(ctx, &old)
		}
		r.mu.Lock()
		r.jobs[j.ID] = old
		r.mu.Unlock()
	}
	return ctx.Err() == nil
}

// examine lists the executions of a job that may tell something new: those that wait, and those that silent devices had.
func (r *runner) examine(ctx context.Context, j *jobState) {
	if ended := j.Counts.TimedOut + j.Counts.Canceled + j.Counts.Removed; j.gone || ended != j.timed || r.hushed(j.ID) {
		if r.hear(ctx, j.ID) {
			j.timed = ended
		}
	}
	if total := j.Counts.Total(); j.active() && total != j.listed {
		err := eachExecution(ctx, r.cloud, j.ID, iottypes.JobExecutionStatusQueued, func(page []Device) {
			for _, d := range page {
				r.found(d)
			}
		})
		if err == nil {
			j.listed = total
		} else {
			r.halted(ctx, err)
		}
	}
}

// hushed tells whether only silent devices are left and some of them fell silent since they were asked for last: the cloud may
// have ended their executions before that.
func (r *runner) hushed(job string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open == len(r.quiet) && r.hush[job]
}

// hear ends the silent devices of a job whose executions the cloud has ended.
func (r *runner) hear(ctx context.Context, job string) bool {
	r.mu.Lock()
	waiting := slices.Collect(maps.Keys(r.quiet))
	r.hush[job] = false
	r.mu.Unlock()
	waiting = slices.DeleteFunc(waiting, func(s *session) bool { return s.device.Job != job })
	if len(waiting) == 0 {
		return true
	}
	all, err := listStates(ctx, r.cloud, job)
	if err != nil {
		return r.halted(ctx, err)
	}
	for _, s := range waiting {
		status, known := all[numbered{s.device.Thing, s.device.Number}]
		if known && status == iottypes.JobExecutionStatusInProgress {
			continue
		}
		s.heard(string(status))
		r.wake(s)
	}
	return true
}

// wake lets a silent device go on with what else it has to do.
func (r *runner) wake(s *session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.quiet, s)
	r.open--
	l := r.lanes[s.device.Thing]
	l.current = nil
	l.busy = len(l.rest) > 0
	if l.busy {
		r.queue.push(l, time.Now())
	}
	r.settle()
}

// found takes in an execution that the cloud has made since the plan: the first one of a thing that the job had not
// reached, a retry, or that of a thing that joined.
func (r *runner) found(d Device) {
	k := execKey{d.Thing, d.Job}
	r.mu.Lock()
	x, known := r.seen[k]
	j, ours := r.plan.job(d.Job)
	r.mu.Unlock()
	switch {
	case !ours || known && d.Number <= x.number || !known && !r.inScope(d.Thing):
		return
	case known && x.number == 0:
		planned := r.plan.Devices[x.place]
		planned.Number, planned.waiting = d.Number, d.waiting
		d = planned
	default:
		if known && d.Attempt == 0 { // not listed but given out
			d.Attempt = x.attempt + 1
		}
		d.Reason = redraw(d, r.plan.Input, j.Download)
		r.ledger.came(known)
	}
	if !known {
		x.place = r.board.add(d)
	} else {
		r.board.replace(x.place, d)
	}
	r.board.set(x.place, firstState(d), 0)
	r.admit(d, x.place)
}

// inScope tells whether a thing that the plan does not have is to be played as well.
func (r *runner) inScope(thing string) bool {
	if r.plan.Input.Scope == 0 && r.plan.Input.Group == "" {
		return true
	}
	_, planned := slices.BinarySearchFunc(r.plan.Devices, thing, func(d Device, thing string) int {
		switch {
		case d.Thing < thing:
			return -1
		case d.Thing > thing:
			return 1
		}
		return 0
	})
	return planned
}

// moreToCome tells whether executions that this run is about are still to appear, or silent devices to be timed out.
func (r *runner) moreToCome() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.quiet) > 0 || r.open > 0 {
		return true
	}
	for k, since := range r.expected {
		if j := r.jobs[k.job]; j.active() && (j.Reaching != "" || time.Since(since) < patience) {
			return true
		}
	}
	for _, j := range r.jobs {
		if j.active() && j.Reaching != "" && (r.plan.Input.Scope == 0 || r.unreached(j.ID)) {
			return true
		}
	}
	return false
}

// unreached tells whether planned devices of a job have no execution yet; the caller holds mu.
func (r *runner) unreached(job string) bool {
	return slices.ContainsFunc(r.plan.Devices, func(d Device) bool {
		return d.Job == job && d.Number == 0 && r.seen[execKey{d.Thing, job}].number == 0
	})
}

// tell emits how the jobs stand as the cloud counts, and how many updates a second there were.
func (r *runner) tell(rate float64, now time.Time) {
	sum := map[string]int{}
	for _, j := range r.plan.Jobs {
		r.mu.Lock()
		counts := r.jobs[j.ID].Counts
		r.mu.Unlock()
		c := event.Counts{Execution: {}}
		for status, n := range byStatus(counts) {
			sum[status] += n
			if n > 0 {
				c[Execution][event.Status(status)] = n
			}
		}
		done, total := r.ledger.progress()
		r.emit(event.Event{Kind: event.Progress, Step: StepExecutions, Resource: "job", Subject: j.ID, Counts: c, Done: done, Total: total, Rate: rate})
	}
	r.board.sample(Sample{Seconds: now.Sub(r.began).Seconds(), Rate: rate, Counts: sum})
}

// byStatus are a job's counts by AWS's words.
func byStatus(n fleet.JobCounts) map[string]int {
	return map[string]int{"QUEUED": n.Queued, "IN_PROGRESS": n.InProgress, "SUCCEEDED": n.Succeeded, "FAILED": n.Failed,
		"REJECTED": n.Rejected, "TIMED_OUT": n.TimedOut, "CANCELED": n.Canceled, "REMOVED": n.Removed}
}

// tellChange says once that a job was cancelled, or that its window is over: no error, but worth knowing.
func (r *runner) tellChange(j *jobState) {
	if j.told || j.active() {
		return
	}
	status := JobPaused
	switch {
	case j.Status == string(iottypes.JobStatusCanceled):
		status = JobCanceled
	case !j.Scheduled():
		return
	}
	j.told = true
	r.emit(event.Event{Kind: event.Warning, Step: StepExecutions, Resource: "job", Subject: j.ID, Status: status,
		Detail: map[string]string{"code": j.Reason, "comment": j.Comment, "starts": j.Starts}})
}

// tellRollout says once that the run waits for a job to reach its things.
func (r *runner) tellRollout() bool {
	for _, j := range r.plan.Jobs {
		r.mu.Lock()
		now := r.jobs[j.ID]
		r.mu.Unlock()
		if now.active() && now.Reaching != "" {
			r.emit(event.Event{Kind: event.Waiting, Step: StepExecutions, Resource: "job", Subject: j.ID, Status: JobRollingOut})
			return true
		}
	}
	return false
}
