package pace

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestCallsThatAreNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Config{})
		first := p.flight.begin()
		time.Sleep(3 * time.Second)
		second := p.flight.begin()
		time.Sleep(3 * time.Second)
		want := func(atLeast time.Duration, calls int, longest time.Duration) {
			t.Helper()
			if n, d := p.Unanswered(atLeast); n != calls || d != longest {
				t.Errorf("unanswered for %s: %d, the first for %s; want %d and %s", atLeast, n, d, calls, longest)
			}
		}
		want(0, 2, 6*time.Second)
		want(5*time.Second, 1, 6*time.Second)
		first()
		want(0, 1, 3*time.Second)
		second()
		want(0, 0, 0)
	})
}
