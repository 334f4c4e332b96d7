package simulate

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"pgregory.net/rapid"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// What can be looked into while a run goes on agrees with its plan and its report.
func TestSimulationIsSeenFromOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	w.ota("job", continuous)
	p := w.prepare(all("job", 50))
	s := New(p)
	for i, x := range s.States(nil) {
		expect(t, "state of "+p.Devices[i].Thing, x, Queued)
	}
	var mu sync.Mutex
	var seen []State
	st, _ := stage(sinkFunc(func(event.Event) {
		mu.Lock()
		defer mu.Unlock()
		seen = s.States(seen)
	}))
	rep, err := s.Run(t.Context(), w.Cloud, st)
	w.must(err)
	for i, x := range s.States(nil) {
		d, ok := s.Device(i)
		want := endState(statusOf(d.Reason))
		if !ok || x != want || seen[i] == Unfinished {
			t.Errorf("%s is %s, want %s", d.Thing, x, want)
		}
		marks := s.Marks(i)
		if len(marks) < 2 || marks[0].State != Checking || marks[len(marks)-1].State != want {
			t.Errorf("%s went through %v", d.Thing, marks)
		}
	}
	tally := s.Tally()
	expect(t, "succeeded", tally[Succeeded], rep.Counts[Execution][event.Succeeded])
	expect(t, "failed", tally[Failed], rep.Counts[Execution][event.Failed])
	if _, ok := s.Device(12); ok || s.Marks(-1) != nil {
		t.Error("there are devices beyond the last")
	}
	if line := s.Timeline(); len(line) == 0 || line[len(line)-1].Counts["SUCCEEDED"] != tally[Succeeded] {
		t.Errorf("the timeline ends with %v", line)
	}
}

func TestStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.ota("job", continuous)
	in := all("job", 75)
	in.Failures = only(ChecksumMismatch)
	p := w.prepare(in)
	s := New(p)
	before, err := s.Story(t.Context(), w.Cloud, 0)
	w.must(err)
	if before.Status != "QUEUED" || !strings.Contains(before.Document, "?…") || strings.Contains(before.Document, "Signature") {
		t.Errorf("%s, document %s", before.Status, before.Document)
	}
	st, _ := stage()
	_, err = s.Run(t.Context(), w.Cloud, st)
	w.must(err)
	for i, d := range p.Devices {
		story, err := s.Story(t.Context(), w.Cloud, i)
		w.must(err)
		expect(t, "status", story.Status, statusOf(d.Reason))
		expect(t, "reason", story.Details["reason"], d.Reason)
		if story.Started.IsZero() || story.Updated.IsZero() || len(story.Marks) == 0 || len(story.Steps) == 0 || story.Version != 3 {
			t.Errorf("%+v", story)
		}
	}
	if _, err := s.Story(t.Context(), w.Cloud, 99); err == nil {
		t.Error("a story of nobody")
	}
}

// A thing that joins while the run goes on is played as well.
func TestThingsThatJoinArePlayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	w.custom("job", continuous)
	var once sync.Once
	in := all("job", 100)
	in.Offline, in.OfflineFor = 100, 4 // so that the run is still there when the job reaches the other
	rep, _ := w.run(t.Context(), w.prepare(in), sinkFunc(func(e event.Event) {
		if e.Kind == event.Progress {
			once.Do(func() {
				name := aws.String("Newcomer")
				_, err := w.IoT.CreateThing(t.Context(), &iot.CreateThingInput{ThingName: name})
				_, err2 := w.IoT.AddThingToThingGroup(t.Context(), &iot.AddThingToThingGroupInput{ThingGroupName: aws.String(group), ThingName: name})
				if err != nil || err2 != nil {
					t.Error(err, err2)
				}
			})
		}
	}))
	expect(t, "succeeded", rep.Counts[Execution][event.Succeeded], 4)
	expect(t, "late", rep.Late, 1)
	expect(t, "differences", len(rep.Differences), 0)
}

func TestQueueGivesOutInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q, now := newQueue(), time.Unix(1000, 0)
		var want []*lane
		for range rapid.IntRange(0, 30).Draw(t, "lanes") {
			l := &lane{}
			if rapid.Bool().Draw(t, "at work") {
				l.current = &session{}
			}
			q.push(l, now.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "due"))*time.Second))
			if !l.at.After(now) {
				want = append(want, l)
			}
		}
		slices.SortStableFunc(want, func(a, b *lane) int {
			if (a.current != nil) != (b.current != nil) {
				if a.current != nil {
					return -1
				}
				return 1
			}
			return a.at.Compare(b.at)
		})
		for _, l := range want {
			if got, _, _ := q.pop(now); got != l {
				t.Fatalf("%+v comes before %+v", got, l)
			}
		}
		if l, wait, _ := q.pop(now); l != nil || wait == 0 {
			t.Fatalf("%+v is given out before its time, or nothing is waited for: %s", l, wait)
		}
		q.close()
		if _, _, over := q.pop(now); !over {
			t.Fatal("a closed queue goes on")
		}
	})
}

func TestSamplesAreBounded(t *testing.T) {
	t.Parallel()
	var s samples
	for i := range 10 * keepSamples {
		s.add(Sample{Seconds: float64(i)})
		if len(s.list) >= keepSamples {
			t.Fatalf("%d kept", len(s.list))
		}
	}
	gap := s.list[1].Seconds - s.list[0].Seconds
	for i := 1; i < len(s.list); i++ {
		if d := s.list[i].Seconds - s.list[i-1].Seconds; d > 2*gap || d <= 0 {
			t.Fatalf("uneven: %v after %v", s.list[i].Seconds, s.list[i-1].Seconds)
		}
	}
}

func TestWeightsAreDrawnInProportion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var w Weights
		for i := range w {
			w[i] = rapid.IntRange(0, 5).Draw(t, "weight")
		}
		if w.total() == 0 {
			w[0] = 1
		}
		var again Weights
		if err := again.set(w.String()); err != nil || again != w {
			t.Fatalf("%s reads as %s: %v", w, again, err)
		}
		const n = 4000
		r, got := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)), map[string]int{}
		for range n {
			got[w.draw(r)]++
		}
		for i, kind := range kinds {
			want := float64(n*w[i]) / float64(w.total())
			if diff := float64(got[kind]) - want; diff*diff > 49*(want+1) { // seven standard deviations
				t.Fatalf("%s %d times, want about %.0f of %d by %s", kind, got[kind], want, n, w)
			}
		}
	})
}

// A device's steps follow from the seed and its name, end where its failure says, and take as long as the plan says.
func TestTimelinesFollowTheSeed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := with(50, rapid.Int64().Draw(t, "seed"))
		in.DeviceSpeed = Speed(rapid.SampledFrom(Speeds()).Draw(t, "speed"))
		p := Plan{Input: in, Jobs: []JobSummary{{ID: "job", Download: rapid.Bool().Draw(t, "download")}}, Devices: fleetOf(3)}
		p.Estimate.PerDevice = rapid.IntRange(fewestUpdates, mostUpdates).Draw(t, "updates")
		for i := range p.Devices {
			p.Devices[i].Reason = in.Failures.fitting(p.Jobs[0].Download).draw(rand.New(rand.NewPCG(uint64(i), 7)))
			steps := p.Steps(i)
			if !slices.Equal(steps, p.Steps(i)) {
				t.Fatal("the same seed gives other steps")
			}
			told, last := 1, -1
			for _, s := range steps {
				if s.Seconds < 0 || in.DeviceSpeed == Instant && s.Seconds != 0 || s.State == Downloading && s.Percent <= last {
					t.Fatalf("steps %+v", steps)
				}
				if s.State == Downloading {
					last = s.Percent
				}
				if s.Told {
					told++
				}
			}
			if steps[0].State != Checking || told > p.Estimate.PerDevice {
				t.Fatalf("%d updates, %d allowed: %+v", told, p.Estimate.PerDevice, steps)
			}
		}
	})
}

func TestRolloutIsForetold(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		rate       rate
		reached, n int
		want       time.Duration
	}{
		{rate{}, 0, 1000, time.Minute},
		{rate{perMinute: 10, most: 10, factor: 1}, 5, 30, 3 * time.Minute},
		{rate{perMinute: 10, most: 1000, factor: 2, every: 10}, 0, 30, 105 * time.Second}, // 10 at 10, 10 at 20, 10 at 40 a minute
		{rate{perMinute: 10, most: 20, factor: 2, every: 10}, 0, 40, 150 * time.Second},
		{rate{perMinute: 10, most: 10, factor: 1}, 0, 0, 0},
	} {
		expect(t, "takes", x.rate.takes(x.reached, x.n), x.want)
	}
}

// The job's retries are counted by kind of end, as AWS does.
func TestRetriesAreCounted(t *testing.T) {
	t.Parallel()
	var u used
	r := Retries{Failed: 1, TimedOut: 1}
	got := []bool{r.again("FAILED", &u), r.again("TIMED_OUT", &u), r.again("FAILED", &u), r.again("REJECTED", &u), r.again("SUCCEEDED", &u)}
	if !slices.Equal(got, []bool{true, true, false, false, false}) {
		t.Errorf("%v", got)
	}
	p := Plan{Input: with(0, 1), Jobs: []JobSummary{{ID: "job", Retries: Retries{All: 3}}}}
	p.Input.Failures = only(InstallError)
	d := fleetOf(1)[0]
	d.Reason = InstallError
	expect(t, "attempts", len(p.chain(d)), 4)
}

// Every call that tells the cloud how a device is doing passes the one bucket of AWS's shared limit, and is counted there.
func TestUpdatesPassTheSharedBucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 40)
	w.custom("job")
	p := w.prepare(all("job", 100))
	rep, _ := w.run(t.Context(), p)
	expect(t, "updates", rep.Updates, 80)
	for _, s := range w.Pace.Stats() {
		if strings.HasPrefix(s.Bucket, "iot-jobs-data:job-execution-updates") {
			expect(t, "calls", s.Calls, rep.Updates)
			return
		}
	}
	t.Errorf("no such bucket: %+v", w.Pace.Stats())
}

func TestNamesOfStates(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for i := range NumStates {
		names[State(i).String()] = true
	}
	if len(names) != NumStates || Unfinished != State(NumStates-1) || State(200).String() != "?" || Quiet.Ended() || !Succeeded.Ended() {
		t.Errorf("%v", names)
	}
	expect(t, "counts", byStatus(fleet.JobCounts{Queued: 1, TimedOut: 2})["TIMED_OUT"], 2)
}
