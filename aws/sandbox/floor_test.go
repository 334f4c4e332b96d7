package sandbox

import (
	"testing"
	"time"
)

func TestClockNeverGoesBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func(speed float64) *Sandbox {
		s, err := Start(t.Context(), Options{Dir: dir, Speed: speed})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	fast := open(maxSpeed)
	seen := fast.own.clock.Now()
	for seen.Before(time.Now().Add(time.Minute)) { // some milliseconds of the wall clock
		seen = fast.own.clock.Now()
	}
	if err := fast.Close(); err != nil {
		t.Fatal(err)
	}
	slow := open(1)
	defer slow.Close()
	if now := slow.own.clock.Now(); now.Before(seen) {
		t.Errorf("the clock went from %s back to %s", seen, now)
	}
	// What a killed sandbox leaves behind is at least as late as anything that it can have shown by then.
	if err := slow.own.saveClock(2 * clockInterval); err != nil {
		t.Fatal(err)
	}
	floor, err := readFloor(slow.own.store)
	if err != nil {
		t.Fatal(err)
	}
	if floor.Before(slow.own.clock.Now().Add(clockInterval)) {
		t.Errorf("floor %s is no margin", floor)
	}
}
