package createjob

import (
	"slices"
	"strconv"
	"strings"
)

// cronField is what a field of a cron expression may hold (Amazon EventBridge user guide, cron expressions).
type cronField struct {
	least, most int
	names       []string // of least and the values after it
	special     func(text string) bool
}

var cronFields = []cronField{
	{least: 0, most: 59},
	{least: 0, most: 23},
	{least: 1, most: 31, special: specialDay},
	{least: 1, most: 12, names: []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{least: 1, most: 7, names: weekdays, special: specialWeekday},
	{least: 1970, most: 2199},
}

var weekdays = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}

// readCron gives an expression one spelling; false when AWS would not take it. Exactly one of the two day fields is a
// question mark.
func readCron(text string) (string, bool) {
	upper := strings.ToUpper(text)
	inner, ok := strings.CutPrefix(upper, "CRON(")
	inner, closed := strings.CutSuffix(inner, ")")
	parts := strings.Fields(inner)
	if !ok || !closed || len(parts) != len(cronFields) || (parts[2] == "?") == (parts[4] == "?") {
		return "", false
	}
	for i, part := range parts {
		if !cronFields[i].takes(part) {
			return "", false
		}
	}
	return "cron(" + strings.Join(parts, " ") + ")", true
}

// takes tells whether a text is a list of values, ranges and steps, or what else the field knows.
func (f cronField) takes(text string) bool {
	if f.special != nil && f.special(text) {
		return true
	}
	for part := range strings.SplitSeq(text, ",") {
		if !f.takesPart(part) {
			return false
		}
	}
	return true
}

func (f cronField) takesPart(part string) bool {
	span, step, stepped := strings.Cut(part, "/")
	if stepped {
		if n, err := strconv.Atoi(step); err != nil || n < 1 || n > f.most {
			return false
		}
	}
	if span == "*" {
		return true
	}
	first, last, ranged := strings.Cut(span, "-")
	from, ok := f.value(first)
	if !ok || !ranged {
		return ok
	}
	to, ok := f.value(last)
	return ok && from <= to
}

func (f cronField) value(text string) (int, bool) {
	if i := slices.Index(f.names, text); i >= 0 {
		return f.least + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= f.least && n <= f.most
}

// specialDay takes L, LW and 15W.
func specialDay(text string) bool {
	day, near := strings.CutSuffix(text, "W")
	if near && day != "L" {
		_, ok := cronField{least: 1, most: 31}.value(day)
		return ok
	}
	return text == "?" || text == "L" || text == "LW"
}

// specialWeekday takes L, FRIL and FRI#2.
func specialWeekday(text string) bool {
	if text == "?" || text == "L" {
		return true
	}
	week := cronField{least: 1, most: 7, names: weekdays}
	if day, nth, ok := strings.Cut(text, "#"); ok {
		_, isDay := week.value(day)
		_, isNth := cronField{least: 1, most: 5}.value(nth)
		return isDay && isNth
	}
	day, last := strings.CutSuffix(text, "L")
	_, ok := week.value(day)
	return last && ok
}
