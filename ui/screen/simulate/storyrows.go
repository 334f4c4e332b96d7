package simulate

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fleetlab/ui/component/execution"
	"fleetlab/ui/locale"
	"fleetlab/ui/runview"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

// stateWord is what a device does, in words.
func stateWord(p *locale.Printer, s simulate.State) string {
	return p.T("simulate.device." + s.String())
}

// stepWord is a step in words, with how far a download is.
func stepWord(p *locale.Printer, s simulate.State, percent int) string {
	words := stateWord(p, s)
	if s == simulate.Downloading {
		words += " " + strconv.Itoa(percent) + " %"
	}
	return words
}

// rows is the story, laid out for w columns: who and what, what it went through, what the cloud holds of it, what it reports, and the
// document it was given.
func (s *story) rows(w int) []string {
	rows := s.factRows(w)
	for _, part := range []struct {
		title string
		rows  []string
	}{
		{"simulate.story.steps", s.stepRows(w)},
		{"simulate.story.cloud", s.cloudRows(w)},
		{"simulate.story.before", jsonRows(s.cloud.Before, w)},
		{"simulate.story.now", jsonRows(s.cloud.Shadow, w)},
		{"simulate.story.document", jsonRows(s.cloud.Document, w)},
	} {
		if len(part.rows) > 0 {
			rows = append(append(rows, "", s.d.Theme.Style.Heading.Render(text.Cut(s.d.T(part.title), w))), part.rows...)
		}
	}
	return rows
}

// factRows are the device and its job, what is planned for it and where it is.
func (s *story) factRows(w int) []string {
	t, p := s.d.Theme, s.d.Printer
	state := shown[s.state]
	rows := []string{
		text.Edges(s.d.T("simulate.story.state"), t.Style.Execution[state].Render(t.Symbol.Execution[state]+" "+stateWord(p, s.state)), w),
		s.d.Fact("simulate.column.job", text.Line(s.device.Job), w),
	}
	planned := string(event.Success)
	if s.device.Reason != "" {
		planned = string(event.Failure) + "  " + p.Reason(s.device.Reason)
	}
	rows = append(rows, s.d.Fact("simulate.story.planned", planned, w))
	if s.device.Later > 0 {
		rows = append(rows, s.d.Fact("simulate.story.later", p.Seconds(s.device.Later), w))
	}
	if s.device.Attempt > 0 {
		rows = append(rows, s.d.Fact("simulate.story.attempt", p.Number(s.device.Attempt), w))
	}
	return rows
}

// stepRows are what the device went through, each with its time since the start of the run, and then what is still planned.
func (s *story) stepRows(w int) []string {
	t := s.d.Theme
	var rows []string
	for i, m := range s.marks {
		sign := t.Symbol.OK
		if i == len(s.marks)-1 {
			sign = t.Symbol.Running
			if m.State.Ended() {
				sign = t.Symbol.Execution[shown[m.State]]
			}
		}
		line := "  " + sign + " " + s.clock(m.Seconds) + "  " + stepWord(s.d.Printer, m.State, m.Percent)
		if m.Attempt > 0 {
			line += "  " + s.d.T("simulate.story.again", "Count", m.Attempt)
		}
		rows = append(rows, t.Style.Execution[shown[m.State]].Render(text.Cut(line, w)))
	}
	for _, x := range s.ahead() {
		line := "  " + t.Symbol.Pending + " " + text.Spaces(clockColumns) + "  " + stepWord(s.d.Printer, x.State, x.Percent)
		if x.Seconds > 0 {
			line += "  " + s.d.T("simulate.story.takes", "Duration", seconds(x.Seconds))
		}
		rows = append(rows, t.Style.Muted.Render(text.Cut(line, w)))
	}
	return rows
}

// ahead is the planned steps that the device has not come to.
func (s *story) ahead() []simulate.Step {
	if s.state.Ended() || s.device.Attempt > 0 {
		return nil
	}
	begun := 0
	for _, m := range s.marks {
		if m.State >= simulate.Checking && m.State <= simulate.Quiet {
			begun++
		}
	}
	return s.steps[min(begun, len(s.steps)):]
}

// clockColumns is how wide the time of a step is.
const clockColumns = 9

// clock is a time since the start of the run, in columns.
func (s *story) clock(at float64) string { return text.PadLeft("+"+seconds(at), clockColumns) }

// seconds is a short time to the hundredth of a second and a long one to the second.
func seconds(x float64) string {
	if x < time.Minute.Seconds() {
		return strconv.FormatFloat(x, 'f', 2, 64) + "s"
	}
	return time.Duration(x * float64(time.Second)).Round(time.Second).String()
}

// cloudRows is the execution as the cloud holds it.
func (s *story) cloudRows(w int) []string {
	t, c := s.d.Theme, s.cloud
	var rows []string
	if s.problem != nil {
		rows = runview.Wrapped(t.Symbol.Failed+" "+text.Line(s.d.Problem(s.problem)), w, t.Style.Error)
	}
	switch {
	case s.problem != nil && c.Status == "":
		return rows
	case !s.read && !s.reading.Slow(s.d.Now()):
		return nil
	case !s.read:
		return runview.Wrapped(t.Symbol.Running+" "+s.d.T("simulate.story.reading"), w, t.Style.Muted)
	case c.Status == "":
		return runview.Wrapped(s.d.T("simulate.story.none"), w, t.Style.Muted)
	}
	status := text.Line(c.Status)
	if state, ok := execution.Parse(c.Status); ok {
		status = t.Style.Execution[state].Render(t.Symbol.Execution[state] + " " + status)
	}
	rows = append(rows, text.Edges(s.d.T("simulate.story.status"), status, w))
	if n := c.Device.Number; n > 0 {
		rows = append(rows, s.d.Fact("simulate.story.number", strconv.FormatInt(n, 10), w))
	}
	for _, x := range []struct {
		id string
		at time.Time
	}{{"simulate.story.queued", c.Queued}, {"simulate.story.started", c.Started}, {"simulate.story.updated", c.Updated}} {
		if !x.at.IsZero() {
			rows = append(rows, s.d.Fact(x.id, x.at.Local().Format(time.DateTime), w))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Details)) {
		rows = append(rows, text.Edges("  "+text.Line(name), t.Style.Value.Render(text.Line(c.Details[name])), w))
	}
	return rows
}

// jsonRows is JSON with its levels indented, on rows of w columns; text that is none stays as it is.
func jsonRows(document string, w int) []string {
	if document == "" {
		return nil
	}
	var out bytes.Buffer
	if json.Indent(&out, []byte(document), "", "  ") == nil {
		document = out.String()
	}
	var rows []string
	for _, line := range strings.Split(document, "\n") {
		body := strings.TrimLeft(line, " ")
		indent := text.Spaces(2 + min(len(line)-len(body), w/4))
		for _, part := range text.Wrap(text.Line(body), max(2, w-text.Width(indent))) {
			rows = append(rows, indent+part)
		}
	}
	return rows
}
