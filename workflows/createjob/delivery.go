package createjob

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fleetlab/workflows/fleet"
)

// Kinds of rollout.
const (
	RolloutDefault     = ""            // AWS's own: as fast as it can, 1000 a minute at most
	RolloutConstant    = "constant"    // Rollout.PerMinute
	RolloutExponential = "exponential" // from Rollout.Base on, faster and faster
)

// What makes an exponential rollout faster.
const (
	Notified  = "notified"
	Succeeded = "succeeded"
)

// Increases lists them in the order of the form.
var Increases = []string{Notified, Succeeded}

// Ranges of a rollout (AWS IoT API reference, JobExecutionsRolloutConfig and ExponentialRolloutRate).
const (
	MaxRate   = 1000 // things notified a minute
	MinFactor = 1.1
	MaxFactor = 5.0
)

// maxThings bounds counts of things that AWS does not bound: no fleet has more.
const maxThings = 10_000_000

// Rollout is how fast a job is brought to its things. Base to Maximum count for an exponential one only.
type Rollout struct {
	Kind      string  `json:"kind"`
	PerMinute int     `json:"per_minute,omitempty"` // of a constant one
	Base      int     `json:"base"`                 // things a minute at first
	Factor    float64 `json:"factor"`               // by which the rate grows
	By        string  `json:"by"`                   // Notified or Succeeded
	Every     int     `json:"every"`                // as many of these make it grow once
	Maximum   int     `json:"maximum"`              // things a minute at last
}

var defaultRollout = Rollout{Base: 10, Factor: 2, By: Notified, Every: 50, Maximum: MaxRate}

// String is the text of FieldRollout.
func (r Rollout) String() string {
	if r.Kind == RolloutConstant {
		return strconv.Itoa(r.PerMinute)
	}
	return r.Kind
}

func (r Rollout) increase() string { return r.By + ":" + digits(r.Every) }

func setRollout(in *Input, text string) error {
	word := strings.ToLower(strings.TrimSpace(text))
	if word == "" || word == RolloutExponential {
		in.Rollout.Kind, in.Rollout.PerMinute = word, 0
		return nil
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return badForm(FieldRollout, text, strings.TrimSpace(text), "1-1000 | exponential")
	}
	if n < 1 || n > MaxRate {
		return outOfRange(FieldRollout, text, 1, MaxRate)
	}
	in.Rollout.Kind, in.Rollout.PerMinute = RolloutConstant, n
	return nil
}

var oneDecimal = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9])?$`)

func setFactor(in *Input, text string) error {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return fleet.Refuse(FieldFactor, text, fleet.Empty)
	case !oneDecimal.MatchString(trimmed):
		return badForm(FieldFactor, text, trimmed, "1.1-5.0")
	}
	f, err := strconv.ParseFloat(trimmed, 64)
	if err != nil || f < MinFactor || f > MaxFactor {
		return outOfRange(FieldFactor, text, MinFactor, MaxFactor)
	}
	in.Rollout.Factor = f
	return nil
}

func setIncrease(in *Input, text string) error {
	const form = "notified:50 | succeeded:50"
	by, count, ok := strings.Cut(strings.ToLower(strings.TrimSpace(text)), ":")
	if !ok || !slices.Contains(Increases, by) {
		return badForm(FieldIncrease, text, strings.TrimSpace(text), form)
	}
	n, err := fleet.Number(FieldIncrease, count, 1, maxThings)
	if err != nil {
		return whole(err, text)
	}
	in.Rollout.By, in.Rollout.Every = by, int(n)
	return nil
}

// whole gives an error about a part of a value the whole value as it was typed.
func whole(err error, text string) error {
	if fe, ok := fleet.AsFieldError(err); ok {
		fe.Value = text
	}
	return err
}

// Kinds of failure: an abort criterion counts one of them, or all; a retry is for the first and the third.
const (
	KindFailed   = "FAILED"
	KindRejected = "REJECTED"
	KindTimedOut = "TIMED_OUT"
	KindAll      = "ALL"
)

// AbortKinds and RetryKinds list them in the order of the form.
var (
	AbortKinds = []string{KindFailed, KindRejected, KindTimedOut, KindAll}
	RetryKinds = []string{KindFailed, KindTimedOut, KindAll}
)

// Abort is a criterion that ends a job: when at least Min executions have ended and at least Percent of them as Kind
// says, AWS cancels the job.
type Abort struct {
	Kind    string  `json:"kind"`
	Percent float64 `json:"percent"` // 0.01 to 100, two decimals
	Min     int     `json:"min"`
}

// String is FAILED:10:100.
func (a Abort) String() string {
	return fmt.Sprintf("%s:%s:%d", a.Kind, decimals(a.Percent, 2), a.Min)
}

const abortForm = "FAILED|REJECTED|TIMED_OUT|ALL:PERCENT:MINIMUM, FAILED:10:100"

var twoDecimals = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,2})?$`)

func setAbort(in *Input, text string) error {
	var out []Abort
	err := eachItem(FieldAbort, text, func(item string) error {
		parts := strings.Split(strings.ToUpper(item), ":")
		if len(parts) != 3 || !slices.Contains(AbortKinds, parts[0]) || !twoDecimals.MatchString(parts[1]) {
			return badForm(FieldAbort, text, item, abortForm)
		}
		percent, err := strconv.ParseFloat(parts[1], 64)
		if err != nil || percent <= 0 || percent > 100 {
			return outOfRange(FieldAbort, item, "0.01", "100")
		}
		least, err := fleet.Number(FieldAbort, parts[2], 1, maxThings)
		if err != nil {
			return whole(err, item)
		}
		a := Abort{parts[0], percent, int(least)}
		if slices.Contains(out, a) {
			return fleet.Refuse(FieldAbort, text, fleet.Twice, "item", item)
		}
		out = append(out, a)
		return nil
	})
	if err == nil {
		in.Abort = out
	}
	return err
}

// Retry is how often an execution that ended as Kind says is tried again.
type Retry struct {
	Kind    string `json:"kind"`
	Retries int    `json:"retries"`
}

// String is FAILED:3.
func (r Retry) String() string { return fmt.Sprintf("%s:%d", r.Kind, r.Retries) }

// MaxRetries is for all kinds together (AWS IoT developer guide, job execution retry configuration).
const MaxRetries = 10

func setRetry(in *Input, text string) error {
	var out []Retry
	err := eachItem(FieldRetry, text, func(item string) error {
		kind, count, ok := strings.Cut(strings.ToUpper(item), ":")
		if !ok || !slices.Contains(RetryKinds, kind) {
			return badForm(FieldRetry, text, item, "FAILED|TIMED_OUT|ALL:RETRIES, FAILED:3")
		}
		n, err := fleet.Number(FieldRetry, count, 0, MaxRetries)
		if err != nil {
			return whole(err, item)
		}
		if slices.ContainsFunc(out, func(r Retry) bool { return r.Kind == kind || r.Kind == KindAll || kind == KindAll }) {
			return fleet.Refuse(FieldRetry, text, fleet.Twice, "item", kind)
		}
		out = append(out, Retry{kind, int(n)})
		return nil
	})
	if err != nil {
		return err
	}
	total := 0
	for _, r := range out {
		total += r.Retries
	}
	if total > MaxRetries {
		return outOfRange(FieldRetry, strconv.Itoa(total), 0, MaxRetries)
	}
	in.Retry = out
	return nil
}

// eachItem calls fn with the items of a list separated by commas; an empty text has none.
func eachItem(field, text string, fn func(item string) error) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			return fleet.Refuse(field, text, fleet.Empty)
		}
		if err := fn(item); err != nil {
			return err
		}
	}
	return nil
}
