package simulate

import (
	"time"

	"fleetlab/aws/cloud"
)

// count fills in the plan's numbers.
func (p *Plan) count() {
	p.Reasons = map[string]int{}
	p.Estimate.PerDevice = perDevice(len(p.Devices), p.Input.DeviceSpeed)
	for _, d := range p.Devices {
		if d.Started {
			p.Started++
		}
		if d.Number == 0 {
			p.NotReached++
		}
		if d.Later > 0 {
			p.Offline++
		}
		if d.Reason == "" {
			p.Successes++
			continue
		}
		p.Failures++
		p.Reasons[d.Reason]++
	}
}

// estimate adds up what the devices take, with their retries as the seed has them. How many a job aborts is not foreseen.
func (p *Plan) estimate(c *cloud.Cloud, rates map[string]rollout) {
	e := &p.Estimate
	for _, d := range p.Devices {
		var took float64
		for i, x := range p.chain(d) {
			if i > 0 {
				p.Retries++
			}
			took += x.Later
			if p.downloads(x.Job) && fetches(x.Reason) {
				e.Downloads++
			}
			took += p.work(x)
		}
		e.DeviceSeconds = max(e.DeviceSeconds, took)
	}
	e.Calls = e.Updates + 2*len(p.Jobs) // the jobs are read before and after
	for id, x := range rates {
		e.Rollout = max(e.Rollout, x.rate.takes(x.reached, p.notReached(id)).Seconds())
	}
	const fastest = 1e6 // JSON knows no infinity
	var calls float64
	if r := c.Pace.Rate("iot-jobs-data", "UpdateJobExecution"); r < fastest {
		calls = float64(e.Updates) / r
		e.DevicesSecond = r * float64(len(p.Devices)) / float64(max(1, e.Updates))
	}
	e.Seconds = max(calls, e.Rollout+e.DeviceSeconds)
}

// work is what one execution takes by itself, and counts its updates.
func (p *Plan) work(d Device) float64 {
	var took float64
	for _, s := range p.timeline(d) {
		took += s.Seconds
		if s.Told {
			p.Estimate.Updates++
		}
	}
	if d.Reason == Silent {
		j, _ := p.job(d.Job)
		return took + (time.Duration(j.Timeout) * time.Minute).Seconds()
	}
	p.Estimate.Updates++
	return took
}

func (p *Plan) notReached(job string) int {
	n := 0
	for _, d := range p.Devices {
		if d.Job == job && d.Number == 0 {
			n++
		}
	}
	return n
}
