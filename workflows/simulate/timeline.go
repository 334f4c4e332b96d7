package simulate

import (
	"math/rand/v2"
	"slices"
	"time"

	"fleetlab/workflows/fleet"
)

// An execution takes two updates at least, one that starts it and one that ends it. Further ones tell how it is going.
const (
	fewestUpdates = 2
	mostUpdates   = 7
)

// told are the steps that the cloud is told of besides the start and the end, the most telling first.
var told = []struct {
	state   State
	portion int // of the download, counted from 0
}{{Installing, 0}, {Downloading, 1}, {Verifying, 0}, {Rebooting, 0}, {Downloading, 2}}

// progressUpdates is how many updates the progress of all devices together may take: one minute of them at AWS's limit on
// devices that take a minute, some seconds on quick ones.
func progressUpdates(s Speed) int {
	switch s {
	case Instant:
		return 0
	case Fast:
		return 300
	}
	return 9000
}

// perDevice is how many updates an execution takes at most in a fleet of that size.
func perDevice(devices int, s Speed) int {
	if devices == 0 || s == Instant {
		return fewestUpdates
	}
	return min(max(progressUpdates(s)/devices, fewestUpdates), mostUpdates)
}

// tells reports whether the cloud is told of a step.
func (p Plan) tells(s State, portion int) bool {
	for _, x := range told[:max(0, min(p.Estimate.PerDevice-fewestUpdates, len(told)))] {
		if x.state == s && x.portion == portion {
			return true
		}
	}
	return false
}

// timeline is what a device does, step by step, and how long each takes it. All follows from the seed and the device's name.
func (p Plan) timeline(d Device) []Step {
	r := fleet.Rand(p.Input.Seed, drawn(d, "times"))
	step := func(s State) Step {
		return Step{State: s, Seconds: p.Input.DeviceSpeed.draw(r, s).Seconds(), Told: p.tells(s, 0)}
	}
	steps := []Step{step(Checking)}
	steps[0].Told = true
	if d.Reason == Rejected || d.Reason == NoSpace || d.Reason == LowBattery {
		return steps
	}
	if p.downloads(d.Job) {
		steps = append(steps, p.portions(d, step(Downloading), r)...)
		if d.Reason == DownloadInterrupted {
			return steps
		}
		if steps = append(steps, step(Verifying)); d.Reason == ChecksumMismatch {
			return steps
		}
	}
	steps = append(steps, step(Installing))
	switch d.Reason {
	case InstallError:
		return steps
	case Silent:
		steps[len(steps)-1].Seconds /= 2
		return append(steps, Step{State: Quiet})
	}
	return append(steps, step(Rebooting))
}

// interruptedAt is how many per cent of the firmware have arrived when a download is interrupted as planned.
const interruptedAt = 50

// portions is a download in as many steps as the cloud is told of.
func (p Plan) portions(d Device, all Step, r *rand.Rand) []Step {
	first, second := 25+r.IntN(20), 60+r.IntN(30)
	end := 100
	if d.Reason == DownloadInterrupted {
		end = interruptedAt
	}
	starts := []int{0}
	for i, at := range []int{first, second} {
		if at < end && p.tells(Downloading, i+1) {
			starts = append(starts, at)
		}
	}
	var steps []Step
	for i, from := range starts {
		to := end
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		steps = append(steps, Step{State: Downloading, Percent: from, Seconds: all.Seconds * float64(to-from) / 100, Told: i > 0})
	}
	return steps
}

// until is how many per cent of the firmware are there at the end of the i-th step.
func until(steps []Step, i int, reason string) int {
	switch {
	case i+1 < len(steps) && steps[i+1].State == Downloading:
		return steps[i+1].Percent
	case reason == DownloadInterrupted:
		return interruptedAt
	}
	return 100
}

func (p Plan) downloads(job string) bool {
	j, _ := p.job(job)
	return j.Download
}

func (p Plan) job(id string) (JobSummary, bool) {
	if i := slices.IndexFunc(p.Jobs, func(j JobSummary) bool { return j.ID == id }); i >= 0 {
		return p.Jobs[i], true
	}
	return JobSummary{}, false
}

// fetches tells whether a device with a planned outcome downloads anything.
func fetches(reason string) bool {
	return reason != Rejected && reason != NoSpace && reason != LowBattery
}

func (s Step) wait() time.Duration { return time.Duration(s.Seconds * float64(time.Second)) }
