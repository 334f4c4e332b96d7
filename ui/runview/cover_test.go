package runview

import (
	"strings"
	"testing"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/internal/uitest"
	"fleetlab/workflows/event"
)

// TestALongWaitIsOneLine: a wait of minutes must not push what was done out of the log.
func TestALongWaitIsOneLine(t *testing.T) {
	t.Parallel()
	s := newStage(t, learn.Express, untilStopped)
	wait := event.Event{Kind: event.Waiting, Step: "things", Status: "JOBS_GONE", Seconds: 90}
	other := wait
	other.Status = "TYPES_DELETABLE"
	s.give(wait, wait)
	s.give(wait, other, other, event.Event{Kind: event.Item, Step: "things", Subject: "a"}, other)
	s.shows("5 lines", false)
	s.shows("4 lines", true)
	s.Run().Stop()
	s.end()
}

// TestLessonOverTheLogTakesItsKeys: on a narrow screen the lesson stands over the log, so the keys to move are the lesson's and nothing
// happens to the log that nobody could see. Beside the log, the log has them.
func TestLessonOverTheLogTakesItsKeys(t *testing.T) {
	t.Parallel()
	long := func(spec *Spec) {
		spec.Lesson = func(step string) (learn.Lesson, bool) {
			return learn.Lesson{ID: step, Title: step, Text: "The first row.\n\n" + strings.Repeat("More of it.\n\n", 40)}, true
		}
	}
	for w, over := range map[int]bool{80: true, 120: false} {
		s := newStage(t, learn.Express, untilStopped, long)
		s.SetSize(w, 22)
		s.shows("The first row.", true)
		s.Update(uitest.Key("down"))
		s.shows("The first row.", !over)
		s.Update(uitest.Key("/"))
		if s.Capturing() == over || len(s.Keys()) == 2 == over {
			t.Errorf("%d columns: a search in the log begins: %v, groups of keys: %d", w, s.Capturing(), len(s.Keys()))
		}
		s.Update(uitest.Key("esc"))
		s.Update(uitest.Key("l"))
		s.Update(uitest.Key("/"))
		if !s.Capturing() {
			t.Errorf("%d columns: no search without the lesson", w)
		}
		s.Run().Stop()
		s.end()
	}
}
