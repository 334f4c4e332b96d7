package uitest

import (
	"strings"
	"testing"
	"time"
)

// Patience is a screen that reads something, for PatientReading.
type Patience struct {
	Words  string              // what it says once reading has become slow
	After  time.Duration       // when that is
	Clock  func(time.Duration) // sets the screen's clock to so long after its start
	View   func() string
	Start  func() // begins to read
	Answer func() // the first reading has failed
	Again  func() // begins to read again
}

// PatientReading holds a screen to not flash: what was on it stays there until reading has become slow, and at first there is an empty frame.
func PatientReading(t *testing.T, p Patience) {
	t.Helper()
	says := func(yes bool) {
		t.Helper()
		if view := p.View(); strings.Contains(view, p.Words) != yes {
			t.Errorf("%q shown: want %v\n%s", p.Words, yes, view)
		}
	}
	p.Start()
	says(false)
	p.Clock(p.After)
	says(true)
	p.Answer()
	before := p.View()
	p.Clock(0)
	p.Again()
	if view := p.View(); view != before {
		t.Errorf("it flashes:\n%s", view)
	}
	p.Clock(p.After)
	says(true)
}
