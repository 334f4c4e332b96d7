package createjob

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"fleetlab/ui/component/form"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
)

// Fields of the third step beside the input's: where the input has a list or a word with a number, the form has a field for each part.
const (
	rolloutKind   = "rollout-kind"
	increaseBy    = "increase-by"
	retryFailed   = "retry-failed"
	retryTimedOut = "retry-timed-out"
	retryAll      = "retry-all"
	abortPercent  = "abort-percent-" // with the criterion's number
	abortLeast    = "abort-least-"
)

// Sections of the third step.
const (
	rolloutSection  = "section-rollout"
	failureSection  = "section-failures"
	scheduleSection = "section-schedule"
	nameSection     = "section-name"
)

// noCriterion is a criterion that does not count.
const noCriterion = "none"

// Ways to try again.
const (
	retryNone = "none"
	retryEach = "each"
	retryAny  = "all"
)

// What a constant rollout and a criterion start with.
const (
	rateAtFirst    = "50"
	percentAtFirst = "10"
	leastAtFirst   = "20"
)

// part stands in front of the name of a field that belongs to the one above.
const part = "  "

// list joins words as one does in the language.
func (s *Screen) list(words []string) string {
	if len(words) == 0 {
		return ""
	}
	all := words[0]
	for _, next := range words[1:] {
		all = s.d.T("createjob.list", "Before", all, "Next", next)
	}
	return all
}

// criteria is how many abort criteria the form has room for.
func (s *Screen) criteria() int {
	const most = 6
	return max(most, len(s.in.Abort)+1)
}

// criterion is the id of the field that has the kind of a criterion; the first goes by the input's name.
func criterion(i int) string {
	if i == 0 {
		return createjob.FieldAbort
	}
	return fmt.Sprintf("%s-%d", createjob.FieldAbort, i)
}

// deliveryFields ask how the job gets to its devices.
func (s *Screen) deliveryFields() []form.Field {
	selection := s.field(createjob.FieldSelection)
	selection.Kind, selection.Options, selection.Help = form.Choice, s.options("createjob.selection", createjob.Selections), ""
	fields := append([]form.Field{selection, s.section(rolloutSection, false)}, s.rolloutFields()...)
	fields = append(fields, s.section(failureSection, true))
	fields = append(fields, s.abortFields()...)
	timeout := s.field(createjob.FieldTimeout)
	timeout.Placeholder = s.d.T("createjob.any-time")
	fields = append(append(fields, timeout), s.retryFields()...)
	fields = append(fields, s.section(scheduleSection, true))
	fields = append(fields, s.scheduleFields()...)
	return append(append(fields, s.section(nameSection, true)), s.nameFields()...)
}

func (s *Screen) section(id string, folded bool) form.Field {
	return form.Field{ID: id, Kind: form.Section, Folded: folded, Label: s.d.T("createjob." + id)}
}

func (s *Screen) rolloutFields() []form.Field {
	in := s.in.Rollout
	kind := form.Field{ID: rolloutKind, Kind: form.Choice, Label: s.d.T("createjob.rollout"), Value: cmp.Or(in.Kind, "default"),
		Options: s.options("createjob.rollout", []string{"default", createjob.RolloutConstant, createjob.RolloutExponential})}
	rate := s.field(createjob.FieldRollout)
	rate.Help, rate.Value = s.d.T("createjob.rate-help"), rateAtFirst
	if in.Kind == createjob.RolloutConstant {
		rate.Value = strconv.Itoa(in.PerMinute)
	}
	rate.Check = func(text string) error {
		n, err := fleet.Number(createjob.FieldRollout, text, 1, createjob.MaxRate)
		if err != nil {
			return err
		}
		return s.check(createjob.FieldRollout)(strconv.FormatInt(n, 10))
	}
	by := form.Field{ID: increaseBy, Kind: form.Choice, Label: s.d.T("createjob.increase-by"), Value: in.By,
		Options: s.options("createjob.increase", createjob.Increases)}
	every := s.field(createjob.FieldIncrease)
	every.Help, every.Value = s.d.T("createjob.increase-help"), strconv.Itoa(in.Every)
	every.Check = func(text string) error {
		return portion(s.check(createjob.FieldIncrease)(createjob.Notified+":"+text), text, "50")
	}
	return []form.Field{kind, rate, s.field(createjob.FieldBase), s.field(createjob.FieldFactor), by, every, s.field(createjob.FieldMaximum)}
}

// abortFields are three fields for each criterion. One more is offered once the last is used.
func (s *Screen) abortFields() []form.Field {
	var fields []form.Field
	kinds := append([]string{noCriterion}, createjob.AbortKinds...)
	for i := range s.criteria() {
		kind, percent, least := noCriterion, percentAtFirst, leastAtFirst
		label := s.d.T("createjob.abort-first")
		if i > 0 {
			label = s.d.T("createjob.abort-other")
		}
		if i < len(s.in.Abort) {
			a := s.in.Abort[i]
			kind, percent, least = a.Kind, strconv.FormatFloat(a.Percent, 'f', -1, 64), strconv.Itoa(a.Min)
		}
		share, n := abortPercent+strconv.Itoa(i), abortLeast+strconv.Itoa(i)
		fields = append(fields,
			form.Field{ID: criterion(i), Kind: form.Choice, Label: label, Value: kind, Options: s.options("createjob.abort", kinds), Check: s.checkTwice(i)},
			form.Field{ID: share, Kind: form.Text, Label: part + s.d.T("createjob.abort-percent"), Value: percent, Help: s.d.T("createjob.abort-percent-help"),
				Check: func(text string) error {
					return portion(s.check(createjob.FieldAbort)(createjob.KindAll+":"+text+":1"), text, "12.5")
				}},
			form.Field{ID: n, Kind: form.Text, Label: part + s.d.T("createjob.abort-least"), Value: least, Help: s.d.T("createjob.abort-least-help"),
				Check: func(text string) error {
					return portion(s.check(createjob.FieldAbort)(createjob.KindAll+":1:"+text), text, "20")
				}},
		)
	}
	return fields
}

// checkTwice refuses a criterion that stands above already.
func (s *Screen) checkTwice(i int) func(string) error {
	return func(string) error {
		for j := range i {
			if c := s.criterionText(i); c != "" && c == s.criterionText(j) {
				return fleet.Refuse(createjob.FieldAbort, c, fleet.Twice, "item", c)
			}
		}
		return nil
	}
}

// criterionText is a criterion as the input has it; "" when it does not count.
func (s *Screen) criterionText(i int) string {
	kind, n := s.value(criterion(i)), strconv.Itoa(i)
	if kind == "" || kind == noCriterion {
		return ""
	}
	return kind + ":" + s.value(abortPercent+n) + ":" + s.value(abortLeast+n)
}

func (s *Screen) retryFields() []form.Field {
	mode, counts := retryNone, map[string]string{}
	for _, r := range s.in.Retry {
		mode = retryEach
		if r.Kind == createjob.KindAll {
			mode = retryAny
		}
		counts[r.Kind] = strconv.Itoa(r.Retries)
	}
	number := func(id, kind, atFirst string) form.Field {
		return form.Field{ID: id, Kind: form.Text, Label: part + s.d.T("createjob."+id), Value: cmp.Or(counts[kind], atFirst), Help: s.d.T("createjob.retry-help"),
			Check: s.checkRetry(kind)}
	}
	choice := form.Field{ID: createjob.FieldRetry, Kind: form.Choice, Label: s.d.Printer.FieldName(createjob.FieldRetry), Value: mode,
		Options: s.options("createjob.retry", []string{retryNone, retryEach, retryAny})}
	return []form.Field{choice, number(retryFailed, createjob.KindFailed, "2"), number(retryTimedOut, createjob.KindTimedOut, "0"),
		number(retryAll, createjob.KindAll, "2")}
}

// checkRetry says why a number of retries cannot be taken, alone or with the other.
func (s *Screen) checkRetry(kind string) func(string) error {
	return func(text string) error {
		n, err := fleet.Number(createjob.FieldRetry, text, 0, createjob.MaxRetries)
		if err != nil || n == 0 {
			return err
		}
		probe := s.job()
		if err := probe.Set(createjob.FieldRetry, s.retryText()); err != nil || kind != createjob.KindTimedOut {
			return err
		}
		return problem(probe, createjob.FieldRetry)
	}
}

// retryText is the retries as the input has them: none that is tried again no times.
func (s *Screen) retryText() string {
	var out []string
	add := func(kind, id string) {
		if n := strings.TrimSpace(s.value(id)); n != "" && n != "0" {
			out = append(out, kind+":"+n)
		}
	}
	switch s.value(createjob.FieldRetry) {
	case retryEach:
		add(createjob.KindFailed, retryFailed)
		add(createjob.KindTimedOut, retryTimedOut)
	case retryAny:
		add(createjob.KindAll, retryAll)
	}
	return strings.Join(out, ",")
}

func (s *Screen) scheduleFields() []form.Field {
	start, end := s.field(createjob.FieldStart), s.field(createjob.FieldEnd)
	start.Placeholder, end.Placeholder = s.d.T("createjob.at-once"), s.d.T("createjob.no-end")
	behavior := s.field(createjob.FieldEndBehavior)
	behavior.Kind, behavior.Help, behavior.Options = form.Choice, "", s.options("createjob.end", createjob.EndBehaviors)
	windows := s.field(createjob.FieldWindows)
	windows.Placeholder = s.d.T("createjob.any-time")
	return []form.Field{start, end, behavior, windows}
}

func (s *Screen) nameFields() []form.Field {
	id, description, save, tags := s.field(createjob.FieldID), s.field(createjob.FieldDescription), s.field(createjob.FieldSaveTemplate), s.field(createjob.FieldTags)
	id.Placeholder = s.d.T("createjob.id-made", "ID", fleet.JobID(s.in.Type, s.d.Now()))
	description.Placeholder, description.Limit = s.d.T("createjob.description-made"), createjob.MaxDescription
	save.Placeholder = s.d.T("createjob.not-saved")
	tags.Placeholder = s.d.T("createjob.tags-none")
	return []form.Field{id, description, s.field(createjob.FieldExpires), tags, save}
}

// isDelivery reports that a field is a part of one of the input's.
func isDelivery(id string) bool {
	for _, prefix := range []string{createjob.FieldRollout, "increase-by", createjob.FieldAbort, createjob.FieldRetry} {
		if id == prefix || strings.HasPrefix(id, prefix+"-") {
			return id != createjob.FieldBase && id != createjob.FieldFactor && id != createjob.FieldMaximum
		}
	}
	return false
}

// takeDelivery puts the parts of the input's fields together. A part that cannot be used is told under its field.
func (s *Screen) takeDelivery() {
	rollout := ""
	switch s.value(rolloutKind) {
	case createjob.RolloutConstant:
		rollout = s.value(createjob.FieldRollout)
	case createjob.RolloutExponential:
		rollout = createjob.RolloutExponential
	}
	s.keep(createjob.FieldRollout, rollout)
	s.keep(createjob.FieldIncrease, s.value(increaseBy)+":"+s.value(createjob.FieldIncrease))
	var abort []string
	for i := range s.criteria() {
		c := s.criterionText(i)
		if c == "" { // those below are out of sight
			break
		}
		abort = append(abort, c)
	}
	s.keep(createjob.FieldAbort, strings.Join(abort, ","))
	s.keep(createjob.FieldRetry, s.retryText())
}

// keep takes a value over if it can be used; what cannot be is told under its field.
func (s *Screen) keep(field, text string) { _ = s.in.Set(field, text) }

// refreshDelivery shows the fields of the third step that apply.
func (s *Screen) refreshDelivery() {
	f := s.forms[delivery]
	f.Show(createjob.FieldRollout, s.value(rolloutKind) == createjob.RolloutConstant)
	for _, name := range []string{createjob.FieldBase, createjob.FieldFactor, increaseBy, createjob.FieldIncrease, createjob.FieldMaximum} {
		f.Show(name, s.value(rolloutKind) == createjob.RolloutExponential)
	}
	open := true // whether a criterion is offered: all above it are used
	for i := range s.criteria() {
		if !f.Known(criterion(i)) {
			break
		}
		used := f.Value(criterion(i)) != noCriterion
		f.Show(criterion(i), open)
		f.Show(abortPercent+strconv.Itoa(i), open && used)
		f.Show(abortLeast+strconv.Itoa(i), open && used)
		open = open && used
	}
	mode := f.Value(createjob.FieldRetry)
	f.Show(retryFailed, mode == retryEach)
	f.Show(retryTimedOut, mode == retryEach)
	f.Show(retryAll, mode == retryAny)
	f.Show(createjob.FieldEndBehavior, s.in.Applies(createjob.FieldEndBehavior))
	f.Show(createjob.FieldWindows, s.in.Applies(createjob.FieldWindows))
	f.Show(createjob.FieldExpires, s.presigns())
	f.SetNote(rolloutSection, s.rolloutNote())
	f.SetNote(failureSection, s.failureNote())
	f.SetNote(scheduleSection, s.scheduleNote())
	f.SetNote(nameSection, s.nameNote())
}

func (s *Screen) rolloutNote() string {
	r := s.in.Rollout
	switch r.Kind {
	case createjob.RolloutConstant:
		return s.d.T("createjob.note.constant", "Rate", r.PerMinute)
	case createjob.RolloutExponential:
		return s.d.T("createjob.note.exponential", "Base", r.Base, "Max", r.Maximum)
	}
	return s.d.T("createjob.note.default", "Max", createjob.MaxRate)
}

func (s *Screen) failureNote() string {
	var parts []string
	if n := len(s.in.Abort); n > 0 {
		parts = append(parts, s.d.T("createjob.note.abort", "Count", n))
	}
	if n := s.in.Timeout; n > 0 {
		parts = append(parts, s.d.T("createjob.note.timeout", "Count", n))
	}
	n := 0
	for _, r := range s.in.Retry {
		n += r.Retries
	}
	if n > 0 {
		parts = append(parts, s.d.T("createjob.note.retries", "Count", n))
	}
	if len(parts) == 0 {
		return s.d.T("createjob.note.failures-none")
	}
	return s.list(parts)
}

func (s *Screen) scheduleNote() string {
	parts := []string{cmp.Or(s.in.Schedule.Start, s.d.T("createjob.at-once"))}
	if end := s.in.Schedule.End; end != "" {
		parts = append(parts, s.d.T("createjob.note.end", "Time", end))
	}
	if n := len(s.job().Schedule.Windows); n > 0 {
		parts = append(parts, s.d.T("createjob.note.windows", "Count", n))
	}
	return s.list(parts)
}

func (s *Screen) nameNote() string {
	parts := []string{cmp.Or(s.in.ID, s.d.T("createjob.note.made"))}
	if n := len(s.in.Tags); n > 0 {
		parts = append(parts, s.d.T("createjob.note.tags", "Count", n))
	}
	if s.in.SaveTemplate != "" {
		parts = append(parts, s.d.T("createjob.note.template", "Template", s.in.SaveTemplate))
	}
	return s.list(parts)
}
