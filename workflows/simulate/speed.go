package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"fleetlab/workflows/fleet"
)

// Speed is how long devices take for their steps.
type Speed string

// The speeds. The times of a step are drawn from a log-normal distribution, as times of jobs that are made of many small
// delays are: most near the median, a few much longer.
const (
	Instant   Speed = "instant"   // no time but the cloud's and the network's
	Fast      Speed = "fast"      // under two seconds for an update
	Realistic Speed = "realistic" // about a minute
	Slow      Speed = "slow"      // some minutes
)

var speeds = []string{string(Instant), string(Fast), string(Realistic), string(Slow)}

// Speeds lists the choices.
func Speeds() []string { return slices.Clone(speeds) }

func (s *Speed) set(text string) error {
	word := strings.ToLower(strings.TrimSpace(text))
	if word == "" {
		return fleet.Refuse(FieldDeviceSpeed, text, fleet.Empty)
	}
	if !slices.Contains(speeds, word) {
		return fleet.Refuse(FieldDeviceSpeed, text, fleet.NoSuch, "item", word, "choices", strings.Join(speeds, ", "))
	}
	*s = Speed(word)
	return nil
}

// factor is how many times longer than on a fast device a step takes.
func (s Speed) factor() float64 {
	switch s {
	case Fast:
		return 1
	case Realistic:
		return 40
	case Slow:
		return 160
	}
	return 0
}

// medians are what the steps take on a fast device, in seconds.
var medians = map[State]float64{Checking: 0.05, Downloading: 0.6, Verifying: 0.1, Installing: 0.5, Rebooting: 0.25}

// spread is the standard deviation of the logarithm of a step's time; longest is how many times the median it is at most.
const (
	spread  = 0.35
	longest = 3
)

// draw is the time of a step of a device.
func (s Speed) draw(r *rand.Rand, step State) time.Duration {
	f := min(math.Exp(spread*r.NormFloat64()), longest) // drawn in any case: the same numbers follow at every speed
	return time.Duration(medians[step] * s.factor() * f * float64(time.Second))
}
