package locale

import (
	"maps"
	"slices"
	"strings"

	"fleetlab/ui/text"
	"fleetlab/workflows/event"
)

// Event is one plain line about e, for the log view and the command line alike. Statuses stay the upper
// case words that AWS uses in every language; the sentence around them is translated.
func (p *Printer) Event(e event.Event) string {
	// Values come from a service or a person and are cleaned one by one, which costs next to nothing when
	// they are plain; the words around them are ours.
	e.Subject = text.Line(e.Subject)
	switch e.Kind {
	case event.Item:
		return p.item(e)
	case event.Plan:
		return string(p.outcome(nil, e))
	case event.RunStarted:
		return p.T("event.run-started", "Workflow", p.Workflow(e.Workflow), "Count", e.Total)
	case event.StepStarted:
		return p.T("event.step-started", "Step", p.Step(e.Workflow, e.Step))
	case event.StepEnded:
		return p.T("event.step-ended", "Step", p.Step(e.Workflow, e.Step), "Status", string(e.Status)) + p.tail(e)
	case event.RunEnded:
		return p.T("event.run-ended", "Workflow", p.Workflow(e.Workflow), "Status", string(e.Status), "Duration", p.Seconds(e.Seconds)) + p.tail(e)
	case event.Progress:
		return p.progress(e)
	case event.Waiting:
		return p.waiting(e)
	case event.Warning:
		return p.T("event.warning", "What", p.named("warning.", string(e.Status), e)) + p.tail(e)
	}
	return text.Line(string(e.Kind)) + " " + e.Subject
}

// progress leaves out what is not known: the end of a count, or its rate.
func (p *Printer) progress(e event.Event) string {
	step := p.Step(e.Workflow, e.Step)
	if e.Step == "" { // a preview is counted before there are steps
		step = p.Resource(e.Resource)
	}
	switch {
	case e.Total == 0:
		return p.T("event.so-far", "Step", step, "Done", e.Done)
	case e.Rate == 0:
		return p.T("event.counted", "Step", step, "Done", e.Done, "Total", e.Total)
	}
	return p.T("event.progress", "Step", step, "Done", e.Done, "Total", e.Total, "Rate", p.Rate(e.Rate))
}

// Executions tell a story in sentences; all other items have one format.
var itemMessages = map[event.Status]string{
	event.Downloading: "event.downloading",
	event.Downloaded:  "event.downloaded",
	event.InProgress:  "event.execution",
	event.Succeeded:   "event.execution",
	event.Rejected:    "event.execution",
	event.TimedOut:    "event.execution",
	event.Superseded:  "event.execution",
}

func (p *Printer) item(e event.Event) string {
	id, told := itemMessages[e.Status]
	if !told && e.Status == event.Failed && strings.Contains(e.Resource, "execution") {
		id, told = "event.execution", true
	}
	if !told {
		return string(p.outcome(nil, e)) + p.faultTail(e)
	}
	line := p.T(id, "Subject", e.Subject, "Status", string(e.Status), "Size", p.Size(e.Bytes))
	return string(p.details([]byte(line), e)) + p.faultTail(e)
}

// outcome is "[640/1000] Vehicle-VIN-0640 -> CREATED  SedanVehicle  US".
func (p *Printer) outcome(buf []byte, e event.Event) []byte {
	if e.Total > 0 {
		buf = append(buf, '[')
		buf = appendPlainInt(buf, e.Done)
		buf = append(buf, '/')
		buf = appendPlainInt(buf, e.Total)
		buf = append(buf, "] "...)
	}
	if e.Resource != "" && e.Resource != "thing" && !strings.Contains(e.Resource, "execution") {
		buf = append(buf, p.Resource(e.Resource)...)
		buf = append(buf, ' ')
	}
	buf = append(buf, e.Subject...)
	buf = append(buf, " -> "...)
	buf = append(buf, e.Status...)
	return p.details(buf, e)
}

// firstDetails come first and in this order; other details follow by name.
var firstDetails = []string{"type", "country", "group", "package", "version", "reason"}

func (p *Printer) details(buf []byte, e event.Event) []byte {
	if len(e.Detail) == 0 {
		return buf
	}
	left := len(e.Detail)
	for _, k := range firstDetails {
		if v, ok := e.Detail[k]; ok {
			buf = p.detail(buf, k, v)
			left--
		}
	}
	if left == 0 {
		return buf
	}
	for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
		if !slices.Contains(firstDetails, k) && !asPlanned(e, k) {
			buf = append(buf, "  "...)
			buf = append(buf, k...)
			buf = append(buf, '=')
			buf = append(buf, text.Line(e.Detail[k])...)
		}
	}
	return buf
}

// asPlanned reports that a detail only says that what was to fail has failed.
func asPlanned(e event.Event, name string) bool {
	return name == "planned" && e.Status != event.Succeeded && e.Status != event.Superseded && e.Detail[name] == string(event.Failure)
}

func (p *Printer) detail(buf []byte, name, value string) []byte {
	if value == "" {
		return buf
	}
	buf = append(buf, "  "...)
	if name == "reason" {
		value = p.Reason(value)
	}
	return append(buf, text.Line(value)...)
}

// WaitingFor is what a run waits for, in words.
func (p *Printer) WaitingFor(e event.Event) string { return p.named("waiting.", string(e.Status), e) }

func (p *Printer) waiting(e event.Event) string {
	what := p.WaitingFor(e)
	if e.Seconds <= 0 {
		return p.T("event.waiting", "What", what)
	}
	return p.T("event.waiting-for", "What", what, "Duration", p.Seconds(e.Seconds))
}

// named is the message prefix+name in small letters, with the event's subject and details as values, or
// the name itself where the catalogue has nothing to say about it.
func (p *Printer) named(prefix, name string, e event.Event) string {
	id := prefix + strings.ReplaceAll(strings.ToLower(name), "_", "-")
	if !p.Has(id) {
		return strings.TrimSpace(text.Line(name) + " " + e.Subject)
	}
	kv := []any{"Subject", e.Subject, "Count", e.Total, "Done", e.Done, "Total", e.Total}
	for k, v := range e.Detail {
		kv = append(kv, k, text.Line(v))
	}
	return p.T(id, kv...)
}

// tail is the counts and the fault of an event, for the end of its line.
func (p *Printer) tail(e event.Event) string {
	counts := p.Counts(e.Counts)
	if counts != "" {
		counts = "  " + counts
	}
	return counts + p.faultTail(e)
}

func (p *Printer) faultTail(e event.Event) string {
	if e.Fault == nil {
		return ""
	}
	return "  " + p.Fault(e.Fault)
}

// Counts is how many items of each resource ended how: "thing CREATED 1000, FAILED 2; thing group CREATED 12".
func (p *Printer) Counts(c event.Counts) string {
	var b []byte
	for _, r := range c.Resources() {
		if len(b) > 0 {
			b = append(b, "; "...)
		}
		b = append(b, p.Resource(r)...)
		for i, s := range slices.Sorted(maps.Keys(c[r])) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, ' ')
			b = append(b, s...)
			b = append(b, ' ')
			b = appendInt(b, int64(c[r][s]))
		}
	}
	return string(b)
}

// Step is the name of a workflow's step.
func (p *Printer) Step(workflow, step string) string {
	return p.known("step."+workflow+".", step, p.known("step.", step, step))
}

// Workflow is the name of a workflow.
func (p *Printer) Workflow(id string) string { return p.known("workflow.", id, id) }

// Resource is the name of a kind of resource.
func (p *Printer) Resource(id string) string { return p.known("resource.", id, id) }

// Reason is why an item failed or was left alone; reasons that are not in the catalogue are a service's
// own words and stay as they are.
func (p *Printer) Reason(id string) string { return p.known("reason.", id, id) }

// known is the message prefix+name if there is one, otherwise the given words.
func (p *Printer) known(prefix, name, otherwise string) string {
	if m, ok := p.messages[prefix+name]; ok {
		return m.other.texts[0]
	}
	return otherwise
}
