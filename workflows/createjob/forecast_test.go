package createjob

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// naive is what comes of playing a rollout event by event, as a person would with a stopwatch and a list.
type naive struct {
	notified []float64 // seconds
	ended    []float64
}

func play(r Rollout, members int, m Model) naive {
	var n naive
	next := 0.0
	for len(n.ended) < members {
		if len(n.ended) < len(n.notified) {
			if end := n.notified[len(n.ended)] + m.Seconds; len(n.notified) == members || end <= next {
				n.ended = append(n.ended, end)
				continue
			}
		}
		n.notified = append(n.notified, next)
		count := len(n.notified)
		if r.By == Succeeded {
			count = len(n.ended) - int(float64(len(n.ended))*m.Failing/100+1e-9)
		}
		rate := float64(MaxRate)
		switch r.Kind {
		case RolloutConstant:
			rate = float64(r.PerMinute)
		case RolloutExponential:
			rate = float64(r.Base)
			for range count / r.Every {
				rate = min(rate*r.Factor, float64(r.Maximum))
			}
		}
		next += 60 / rate
	}
	return n
}

func drawRollout(t *rapid.T) Rollout {
	r := Rollout{Kind: rapid.SampledFrom([]string{RolloutDefault, RolloutConstant, RolloutExponential}).Draw(t, "kind"),
		PerMinute: rapid.IntRange(100, MaxRate).Draw(t, "per minute"), Base: rapid.IntRange(100, 400).Draw(t, "base"),
		Factor: float64(rapid.IntRange(11, 50).Draw(t, "factor")) / 10, By: rapid.SampledFrom(Increases).Draw(t, "by"),
		Every: rapid.IntRange(1, 60).Draw(t, "every"), Maximum: rapid.IntRange(400, MaxRate).Draw(t, "maximum")}
	return r
}

// A forecast is what comes of playing the rollout step by step: when devices are notified, when they end, and when a
// criterion would strike.
func TestForecastIsWhatPlayingGives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.IntRange(1, 150).Draw(t, "members")
		// An odd time a device keeps ends apart from notifications, so that no rounding decides which comes first.
		m := Model{Seconds: float64(rapid.IntRange(1, 40).Draw(t, "seconds")) + 0.01371, Failing: float64(rapid.IntRange(0, 100).Draw(t, "failing"))}
		a := Abort{KindFailed, float64(rapid.IntRange(1, 100).Draw(t, "percent")), rapid.IntRange(1, 60).Draw(t, "min")}
		in := Input{Rollout: drawRollout(t), Abort: []Abort{a}}
		f, n := ForecastOf(in, members, m), play(in.Rollout, members, m)
		near(t, "the last is notified", f.Notified, n.notified[members-1])
		near(t, "the last has ended", f.Finished, n.ended[members-1])
		last := f.Minutes[len(f.Minutes)-1]
		if last.Notified != members || last.Ended != members {
			t.Fatalf("in the end %+v of %d", last, members)
		}
		for i, row := range f.Minutes[:len(f.Minutes)-1] {
			if next := f.Minutes[i+1]; next.Notified < row.Notified || next.Ended < row.Ended || row.Ended > row.Notified {
				t.Fatalf("%+v, then %+v", row, next)
			}
		}
		checkStrike(t, f.Strikes[0], n, m)
	})
}

func near(t *rapid.T, what string, seconds, played float64) {
	if math.Abs(seconds-played) > 1e-6 {
		t.Fatalf("%s after %v s, played %v s", what, seconds, played)
	}
}

func checkStrike(t *rapid.T, s Strike, n naive, m Model) {
	for ended := 1; ended <= len(n.ended); ended++ {
		failed := int(float64(ended)*m.Failing/100 + 1e-9)
		if failed == 0 || ended < s.Abort.Min || float64(failed)/float64(ended)*100 < s.Abort.Percent-1e-9 {
			continue
		}
		if s.Never || s.Ended != ended || s.Failed != failed {
			t.Fatalf("%+v, played: %d ended, %d failed", s, ended, failed)
		}
		near(t, "the criterion strikes", s.Seconds, n.ended[ended-1])
		notified := 0
		for notified < len(n.notified) && n.notified[notified] <= s.Seconds {
			notified++
		}
		if s.Notified != notified {
			t.Fatalf("%+v, played: %d notified", s, notified)
		}
		return
	}
	if !s.Never {
		t.Fatalf("%+v, played: never", s)
	}
}

func TestForecastOfExamples(t *testing.T) {
	t.Parallel()
	m := Model{Seconds: 60, Failing: 50}
	f := ForecastOf(Input{Rollout: Rollout{Kind: RolloutConstant, PerMinute: 50}, Abort: []Abort{{KindAll, 50, 10}, {KindAll, 51, 10}, {KindAll, 1, 1001}}}, 1000, m)
	expect(t, "notified", math.Round(f.Notified), 1199) // the first at once, so 999 gaps of 1.2 s
	expect(t, "finished", math.Round(f.Finished), 1259)
	expect(t, "minutes", len(f.Minutes), 22)
	expect(t, "first minute", f.Minutes[1], Minute{Minute: 1, Notified: 51, Ended: 1, Rate: 50})
	expect(t, "strike", f.Strikes[0].Ended, 10)
	expect(t, "never by share", f.Strikes[1].Never, true)
	expect(t, "never by number", f.Strikes[2].Never, true)
	first, ok := f.First()
	if !ok || first.Abort.Percent != 50 || first.Notified < 50 || first.Notified > 62 {
		t.Errorf("first strike %+v", first)
	}
	// AWS's example: 50 a minute, twice as fast after each 1000.
	f = ForecastOf(Input{Rollout: Rollout{Kind: RolloutExponential, Base: 50, Factor: 2, By: Notified, Every: 1000, Maximum: 1000}}, 4000, m)
	expect(t, "exponential", math.Round(f.Notified/60), 37)
	expect(t, "fastest", f.Fastest, 400)
	if f = ForecastOf(Defaults(), 0, m); f.Finished != 0 || len(f.Minutes) != 0 {
		t.Errorf("nobody: %+v", f)
	}
	if f = ForecastOf(with(func(in *Input) { in.Rollout = Rollout{Kind: RolloutConstant, PerMinute: 1} }), 100_000, m); len(f.Minutes) > maxMinutes+2 || f.Step < 60 {
		t.Errorf("%d minutes in steps of %d", len(f.Minutes), f.Step)
	}
	if f.Minutes[len(f.Minutes)-1].Ended != 100_000 {
		t.Error("the last step is not the end")
	}
}
