package createjob

import (
	"testing"

	"fleetlab/ui/internal/uitest"
	"fleetlab/workflows/createjob"
)

// Every place of the form has the lesson that explains it.
func TestLessonsOfTheForm(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	s := newStage(t, p, nil)
	s.offer(choices())
	want := map[string]string{
		createjob.FieldSelection: lessonTargets, rolloutKind: lessonRollout, createjob.FieldAbort: lessonAbort,
		failureSection: lessonAbort, createjob.FieldTimeout: lessonTimeouts, createjob.FieldRetry: lessonTimeouts,
		createjob.FieldStart: lessonRollout,
	}
	if got := s.Lesson(); got != lessonCatalog {
		t.Errorf("what: lesson %s", got)
	}
	if s.step = targets; s.Lesson() != lessonTargets {
		t.Errorf("targets: lesson %s", s.Lesson())
	}
	s.step = delivery
	for field, lesson := range want {
		s.form().Focus(field)
		if got := s.Lesson(); s.form().Focused() != field || got != lesson {
			t.Errorf("%s: lesson %s, want %s (the cursor is on %s)", field, got, lesson, s.form().Focused())
		}
	}
	known := map[string]bool{}
	for _, l := range uitest.Lessons(t, p) {
		known[l.ID] = true
	}
	for _, id := range []string{lessonCatalog, lessonTargets, lessonRollout, lessonAbort, lessonTimeouts, lessonExecutions} {
		if !known[id] {
			t.Errorf("there is no lesson %s", id)
		}
	}
}
