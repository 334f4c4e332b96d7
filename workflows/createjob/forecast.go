package createjob

import "math"

// Model is what a forecast assumes of the devices.
type Model struct {
	Seconds float64 `json:"seconds"` // from when a device is notified until its execution ends
	Failing float64 `json:"failing"` // percent of the executions that fail, spread evenly, in the way that a criterion counts
}

// DefaultModel is a device that takes two minutes, one of ten failing: what a plan is forecast with.
var DefaultModel = Model{Seconds: 120, Failing: 10}

// Forecast is how a job would go if nothing came in between: no retries, no device that is offline, and no end of its
// schedule or of a maintenance window.
type Forecast struct {
	Model    Model    `json:"model"`
	Members  int      `json:"members"`
	Minutes  []Minute `json:"minutes,omitempty"` // state at the end of each minute, the first of them 0; at most maxMinutes
	Step     int      `json:"step"`              // minutes from one to the next
	Notified float64  `json:"notified"`          // seconds until the last device is notified
	Finished float64  `json:"finished"`          // seconds until the last execution has ended
	Fastest  float64  `json:"fastest"`           // the highest rate reached, devices a minute
	Strikes  []Strike `json:"strikes,omitempty"` // of the abort criteria, in their order
}

// Minute is how far a job is at a minute, as if no criterion struck.
type Minute struct {
	Minute   int     `json:"minute"`
	Notified int     `json:"notified"`
	Ended    int     `json:"ended"`
	Failed   int     `json:"failed"` // of those that ended
	Rate     float64 `json:"rate"`   // devices a minute at that time; 0 when all are notified
}

// Strike is when an abort criterion would end the job.
type Strike struct {
	Abort    Abort   `json:"abort"`
	Never    bool    `json:"never"`              // it would not: too few executions, or too few that fail
	Seconds  float64 `json:"seconds,omitempty"`  // since the job began
	Ended    int     `json:"ended,omitempty"`    // executions that have ended by then
	Failed   int     `json:"failed,omitempty"`   // of these
	Notified int     `json:"notified,omitempty"` // devices that have been notified by then; the others never are
}

// First is the criterion that strikes first; false when none does.
func (f Forecast) First() (Strike, bool) {
	var first Strike
	found := false
	for _, s := range f.Strikes {
		if !s.Never && (!found || s.Seconds < first.Seconds) {
			first, found = s, true
		}
	}
	return first, found
}

// maxMinutes bounds Forecast.Minutes: a longer job is told in larger steps.
const maxMinutes = 1440

// ForecastOf tells how a job for that many things would go. It asks nobody and takes some milliseconds for a hundred
// thousand things, so that a form can call it at every key.
func ForecastOf(in Input, members int, m Model) Forecast {
	c := newCourse(in.Rollout, members, m)
	f := Forecast{Model: m, Members: members, Fastest: c.fastest}
	if members > 0 {
		f.Notified = c.notified[members-1]
		f.Finished = f.Notified + m.Seconds
	}
	f.Minutes, f.Step = c.minutes(f.Finished)
	for _, a := range in.Abort {
		f.Strikes = append(f.Strikes, c.strike(a))
	}
	return f
}

// epsilon is more than what sums of fractions of a second are wrong by, in seconds.
const epsilon = 1e-6

// course is when each device is notified.
type course struct {
	rollout  Rollout
	model    Model
	notified []float64 // seconds, one for each device in their order
	rates    []float64 // a minute, after each
	fastest  float64
}

func newCourse(r Rollout, members int, m Model) *course {
	c := &course{rollout: r, model: m, notified: make([]float64, members), rates: make([]float64, members)}
	at, ended := 0.0, 0
	for i := range members {
		for ended < i && c.notified[ended]+m.Seconds <= at+epsilon {
			ended++
		}
		c.notified[i] = at
		rate := r.rate(i+1, ended-m.failed(ended))
		c.rates[i] = rate
		if i == 0 || i < members-1 { // after the last nobody is notified
			c.fastest = max(c.fastest, rate)
		}
		at += 60 / rate
	}
	return c
}

// rate is how many devices are notified a minute once so many were notified and have succeeded. The rate of an exponential
// rollout is multiplied each time that its counter passes another multiple of the threshold (AWS IoT developer guide, job
// rollout rate).
func (r Rollout) rate(notified, succeeded int) float64 {
	switch r.Kind {
	case RolloutConstant:
		return float64(r.PerMinute)
	case RolloutExponential:
		count := notified
		if r.By == Succeeded {
			count = succeeded
		}
		return min(float64(r.Maximum), float64(r.Base)*math.Pow(r.Factor, float64(count/r.Every)))
	}
	return MaxRate
}

// failed is how many of the first executions that ended have failed.
func (m Model) failed(ended int) int { return int(math.Floor(float64(ended)*m.Failing/100 + 1e-9)) }

// minutes is the state at the end of each minute until all is over.
func (c *course) minutes(finished float64) ([]Minute, int) {
	last := int(math.Ceil(finished / 60))
	step := max(1, (last+maxMinutes-1)/maxMinutes)
	var out []Minute
	notified, ended := 0, 0
	for minute := 0; minute < last+step && len(c.notified) > 0; minute += step {
		at := float64(minute) * 60
		for notified < len(c.notified) && c.notified[notified] <= at+epsilon {
			notified++
		}
		for ended < notified && c.notified[ended]+c.model.Seconds <= at+epsilon {
			ended++
		}
		row := Minute{Minute: minute, Notified: notified, Ended: ended, Failed: c.model.failed(ended)}
		if notified < len(c.notified) {
			row.Rate = c.rates[notified-1]
		}
		out = append(out, row)
	}
	return out, step
}

// strike is when a criterion is met: its minimum of executions has ended, and its share of them has failed.
func (c *course) strike(a Abort) Strike {
	for ended := max(a.Min, 1); ended <= len(c.notified); ended++ {
		failed := c.model.failed(ended)
		if float64(failed)*100 < a.Percent*float64(ended)-1e-9 {
			continue
		}
		at := c.notified[ended-1] + c.model.Seconds
		notified := ended
		for notified < len(c.notified) && c.notified[notified] <= at+epsilon {
			notified++
		}
		return Strike{Abort: a, Seconds: at, Ended: ended, Failed: failed, Notified: notified}
	}
	return Strike{Abort: a, Never: true}
}
