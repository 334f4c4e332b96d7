package createjob

import (
	"strings"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/lessonview"
	"fleetlab/workflows/createjob"
)

// Lessons that belong to parts of the form.
const (
	lessonCatalog    = "package-catalog"
	lessonTargets    = "target-selection"
	lessonRollout    = "rollout"
	lessonAbort      = "abort"
	lessonTimeouts   = "timeouts"
	lessonExecutions = "job-executions"
)

// ofDelivery is the lessons of the fields of the third step, by how their names begin; those of other fields are about the rollout.
var ofDelivery = []struct{ prefix, lesson string }{
	{createjob.FieldSelection, lessonTargets},
	{createjob.FieldAbort, lessonAbort}, {failureSection, lessonAbort},
	{createjob.FieldTimeout, lessonTimeouts}, {createjob.FieldRetry, lessonTimeouts},
}

// Lesson is the id of the lesson of the field under the cursor, or of what the screen does.
func (s *Screen) Lesson() string {
	switch {
	case s.phase == asking:
		return s.fieldLesson()
	case s.phase == creating && s.view.LessonShown() != "":
		return s.view.LessonShown()
	}
	return lessonRollout
}

func (s *Screen) fieldLesson() string {
	switch {
	case s.step == targets:
		return lessonTargets
	case s.step == what && s.in.Type == createjob.Custom:
		return lessonExecutions
	case s.step == what:
		return lessonCatalog
	}
	field := s.form().Focused()
	for _, f := range ofDelivery {
		if strings.HasPrefix(field, f.prefix) {
			return f.lesson
		}
	}
	return lessonRollout
}

// stepLesson is the lesson of a step of the creation.
func (s *Screen) stepLesson(step string) (learn.Lesson, bool) {
	l, ok := s.d.StepLesson(step)
	if !ok {
		return learn.Lesson{}, false
	}
	return lessonview.Lesson(s.d, l), true
}
