package chart

import (
	"math"
	"strconv"
	"time"
)

// scale is an axis of whole numbers from 0 to top with a label every step.
type scale struct{ top, step int }

// newScale makes a scale up to most at least, with at most so many steps, in numbers that people count in.
func newScale(most float64, steps int) scale {
	least := int(math.Ceil(min(max(1, most), math.MaxInt32)))
	for unit := 1; ; unit *= 10 {
		for _, n := range []int{1, 2, 5} {
			if step := n * unit; (least+step-1)/step <= steps {
				return scale{top: (least + step - 1) / step * step, step: step}
			}
		}
	}
}

// clock is an axis of time from 0 to end with a label every step, counted in a unit.
type clock struct {
	end, step, unit time.Duration
}

const day = 24 * time.Hour

// beats are the steps that people count time in.
var beats = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day,
}

// newClock makes a clock to end with at most so many steps.
func newClock(end time.Duration, steps int) clock {
	c := clock{end: end, unit: unit(end)}
	for _, b := range beats {
		if b >= c.unit && end/b <= time.Duration(steps) {
			c.step = b
			return c
		}
	}
	days := newScale(float64(end)/float64(day), steps)
	c.step = time.Duration(days.step) * day
	return c
}

// unit is what a span of time is counted in.
func unit(end time.Duration) time.Duration {
	switch {
	case end <= 2*time.Minute:
		return time.Second
	case end <= 3*time.Hour:
		return time.Minute
	case end <= 3*day:
		return time.Hour
	}
	return day
}

// label is a moment in the unit.
func (c clock) label(at time.Duration) string { return strconv.Itoa(int(at / c.unit)) }

// unitID is the catalogue's id of the unit.
func (c clock) unitID() string {
	switch c.unit {
	case time.Second:
		return "chart.seconds"
	case time.Minute:
		return "chart.minutes"
	case time.Hour:
		return "chart.hours"
	}
	return "chart.days"
}
