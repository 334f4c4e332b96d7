package createjob

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"fleetlab/workflows/fleet"
)

// Schedule is when a job begins and ends. Times are texts: "2026-11-24 09:00" in UTC, or "+45m" from when the job is
// planned; an end like that counts from the start if there is one.
type Schedule struct {
	Start       string   `json:"start"`
	End         string   `json:"end"`
	EndBehavior string   `json:"end_behavior"` // what becomes of the executions at the end; for jobs with one
	Windows     []Window `json:"windows"`      // maintenance windows, for continuous jobs
}

// What becomes of executions that are not over when a job ends (AWS IoT API reference, SchedulingConfig).
const (
	StopRollout = "stop_rollout" // nobody new is notified; all else goes on
	CancelEnd   = "cancel"       // what is queued is cancelled
	ForceCancel = "force_cancel" // what is in progress as well
)

// EndBehaviors lists them in the order of the form.
var EndBehaviors = []string{StopRollout, CancelEnd, ForceCancel}

// Bounds of a schedule (AWS IoT developer guide, scheduling jobs).
const (
	MinLead   = 30 * time.Minute // from now to the start, and from the start to the end
	MaxWindow = 1430             // minutes
)

// timeForm is how AWS writes the times of a schedule; timeExample shows a person both forms.
const (
	timeForm    = "2006-01-02 15:04"
	timeExample = "2026-11-24 09:00 | +45m"
)

// setTime reads a time of the schedule.
func setTime(name string, at func(*Input) *string) func(*Input, string) error {
	return func(in *Input, text string) error {
		text = strings.TrimSpace(text)
		if text == "" {
			*at(in) = ""
			return nil
		}
		normal, ok := readTime(text)
		if !ok {
			return badForm(name, text, text, timeExample)
		}
		now := time.Now()
		t := when(normal, now)
		last := now.AddDate(1, 0, 0)
		if name == FieldEnd {
			last = now.AddDate(2, 0, 0)
		}
		if t.Before(now.Add(MinLead)) || t.After(last) {
			return outOfRange(name, text, when("+30m", now).Format(timeForm), last.UTC().Format(timeForm))
		}
		*at(in) = normal
		return nil
	}
}

// readTime gives a time one spelling.
func readTime(text string) (string, bool) {
	if after, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(strings.ToLower(after))
		return "+" + strings.ToLower(after), err == nil && d >= 0
	}
	for _, form := range []string{timeForm, "2006-01-02T15:04"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.Format(timeForm), true
		}
	}
	return text, false
}

// when is the time that a text stands for, to the minute; zero for none. A relative one is rounded up: AWS wants at least
// half an hour.
func when(text string, from time.Time) time.Time {
	if after, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(after)
		if err != nil {
			return time.Time{}
		}
		return from.Add(d + time.Minute - time.Nanosecond).Truncate(time.Minute).UTC()
	}
	t, err := time.Parse(timeForm, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// times are the start and the end of a schedule that is planned at now; zero for none.
func (s Schedule) times(now time.Time) (start, end time.Time) {
	start = when(s.Start, now)
	from := now
	if !start.IsZero() {
		from = start
	}
	return start, when(s.End, from)
}

// Window is a maintenance window: only in it a continuous job brings its executions to devices.
type Window struct {
	Cron    string `json:"cron"`    // when it opens: cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR), UTC
	Minutes int    `json:"minutes"` // how long it stays open
}

// String is cron(0 2 * * ? *)/60.
func (w Window) String() string { return fmt.Sprintf("%s/%d", w.Cron, w.Minutes) }

const windowForm = "cron(0 2 * * ? *)/60"

var (
	windowItem = regexp.MustCompile(`(?i)^\s*(cron\([^()]*\))\s*/\s*([0-9]+)\s*$`)
	windowEnd  = regexp.MustCompile(`\)\s*/[^,]*,`) // commas also separate values within an expression
)

func setWindows(in *Input, text string) error {
	var out []Window
	for _, item := range splitWindows(text) {
		parts := windowItem.FindStringSubmatch(item)
		if parts == nil {
			return badForm(FieldWindows, text, strings.TrimSpace(item), windowForm)
		}
		cron, ok := readCron(parts[1])
		if !ok {
			return badForm(FieldWindows, text, parts[1], windowForm)
		}
		n, err := fleet.Number(FieldWindows, parts[2], 1, MaxWindow)
		if err != nil {
			return whole(err, item)
		}
		out = append(out, Window{cron, int(n)})
	}
	in.Schedule.Windows = out
	return nil
}

func splitWindows(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var items []string
	for {
		at := windowEnd.FindStringIndex(text)
		if at == nil {
			return append(items, text)
		}
		items = append(items, text[:at[1]-1])
		text = text[at[1]:]
	}
}
