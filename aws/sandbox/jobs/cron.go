package jobs

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// cron is an AWS cron expression: cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR), in UTC. Either of the two day
// fields is a question mark. Source: Amazon EventBridge user guide, cron expressions; the AWS IoT API reference
// (MaintenanceWindow) points to the same form.
type cron struct {
	minutes, hours, months uint64 // bit n: value n
	years                  map[int]bool
	everyYear              bool
	days                   uint64 // of the month
	lastDay                bool   // L: the month's last day
	weekdayNear            int    // nW: the working day nearest to the nth; 0: none
	lastWorkday            bool   // LW
	weekdays               uint64 // 1 is Sunday
	nthWeekday             [2]int // d#n: the nth day d of the month; zeros: none
	lastWeekday            int    // dL: the month's last day d; 0: none
	byWeekday              bool   // the day of the month is a question mark
}

const lastYear = 2199

var (
	monthNames   = []string{"", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	weekdayNames = []string{"", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

// parseCron reads an expression. Its error says what is wrong with which field.
func parseCron(text string) (*cron, error) {
	inner, ok := strings.CutPrefix(text, "cron(")
	inner, closed := strings.CutSuffix(inner, ")")
	fields := strings.Fields(inner)
	if !ok || !closed || len(fields) != 6 {
		return nil, fmt.Errorf("%q is not a cron expression; it looks like cron(0 18 ? * MON-FRI *)", text)
	}
	c := &cron{byWeekday: fields[2] == "?"}
	if c.byWeekday == (fields[4] == "?") {
		return nil, fmt.Errorf("%q: exactly one of day-of-month and day-of-week has to be a question mark", text)
	}
	for i, read := range []func(string) error{
		func(f string) error { return bits(f, 0, 59, nil, &c.minutes) },
		func(f string) error { return bits(f, 0, 23, nil, &c.hours) },
		c.readDays,
		func(f string) error { return bits(f, 1, 12, monthNames, &c.months) },
		c.readWeekdays,
		c.readYears,
	} {
		if err := read(strings.ToUpper(fields[i])); err != nil {
			return nil, fmt.Errorf("%q: field %d: %w", text, i+1, err)
		}
	}
	return c, nil
}

func (c *cron) readDays(f string) error {
	switch day, near := strings.CutSuffix(f, "W"); {
	case f == "?":
		return nil
	case f == "L":
		c.lastDay = true
		return nil
	case f == "LW":
		c.lastWorkday = true
		return nil
	case near:
		n, err := number(day, 1, 31, nil)
		c.weekdayNear = n
		return err
	}
	return bits(f, 1, 31, nil, &c.days)
}

func (c *cron) readWeekdays(f string) error {
	if f == "?" {
		return nil
	}
	if day, nth, ok := strings.Cut(f, "#"); ok {
		d, err := number(day, 1, 7, weekdayNames)
		if err != nil {
			return err
		}
		n, err := number(nth, 1, 5, nil)
		c.nthWeekday = [2]int{d, n}
		return err
	}
	if f == "L" { // the last day of the week
		c.weekdays = 1 << 7
		return nil
	}
	if day, ok := strings.CutSuffix(f, "L"); ok {
		d, err := number(day, 1, 7, weekdayNames)
		c.lastWeekday = d
		return err
	}
	return bits(f, 1, 7, weekdayNames, &c.weekdays)
}

func (c *cron) readYears(f string) error {
	if c.everyYear = f == "*"; c.everyYear {
		return nil
	}
	c.years = map[int]bool{}
	return each(f, 1970, lastYear, nil, func(n int) { c.years[n] = true })
}

func bits(f string, low, high int, names []string, set *uint64) error {
	return each(f, low, high, names, func(n int) { *set |= 1 << n })
}

// each calls fn with every number that a field of lists, ranges and steps stands for.
func each(f string, low, high int, names []string, fn func(int)) error {
	for part := range strings.SplitSeq(f, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		from, to, step := low, high, 1
		var err error
		if stepped {
			if step, err = number(stepText, 1, high, nil); err != nil {
				return err
			}
		}
		if first, last, ranged := strings.Cut(span, "-"); span != "*" {
			if from, err = number(first, low, high, names); err != nil {
				return err
			}
			if ranged {
				if to, err = number(last, low, high, names); err != nil {
					return err
				}
			} else if !stepped {
				to = from
			}
		}
		if from > to {
			return fmt.Errorf("%s runs backwards", part)
		}
		for n := from; n <= to; n += step {
			fn(n)
		}
	}
	return nil
}

func number(text string, low, high int, names []string) (int, error) {
	for n, name := range names {
		if name != "" && name == text {
			return n, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high || text[0] == '+' {
		return 0, fmt.Errorf("%q is not a number from %d to %d", text, low, high)
	}
	return n, nil
}

// next is the first time after t that the expression means; false when there is none any more.
func (c *cron) next(t time.Time) (time.Time, bool) {
	t = t.UTC().Truncate(time.Minute).Add(time.Minute)
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	from := t.Hour()*60 + t.Minute()
	for day.Year() <= lastYear {
		switch {
		case !c.everyYear && !c.years[day.Year()]:
			day = time.Date(day.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC)
		case c.months&(1<<day.Month()) == 0:
			day = time.Date(day.Year(), day.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		default:
			if minute, ok := c.minuteFrom(from); ok && c.onDay(day) {
				return day.Add(time.Duration(minute) * time.Minute), true
			}
			day = day.AddDate(0, 0, 1)
		}
		from = 0
	}
	return time.Time{}, false
}

// minuteFrom is the first minute of a day, from that one on, at which it fires.
func (c *cron) minuteFrom(from int) (int, bool) {
	for m := from; m < 24*60; m++ {
		if c.hours&(1<<(m/60)) == 0 {
			m = (m/60+1)*60 - 1
			continue
		}
		if c.minutes&(1<<(m%60)) != 0 {
			return m, true
		}
	}
	return 0, false
}

func (c *cron) onDay(day time.Time) bool {
	last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	weekday := int(day.Weekday()) + 1
	switch {
	case !c.byWeekday && c.lastDay:
		return day.Day() == last
	case !c.byWeekday && c.lastWorkday:
		return day.Day() == workday(day, last, last)
	case !c.byWeekday && c.weekdayNear > 0:
		return c.weekdayNear <= last && day.Day() == workday(day, c.weekdayNear, last)
	case !c.byWeekday:
		return c.days&(1<<day.Day()) != 0
	case c.nthWeekday[0] > 0:
		return weekday == c.nthWeekday[0] && (day.Day()-1)/7+1 == c.nthWeekday[1]
	case c.lastWeekday > 0:
		return weekday == c.lastWeekday && day.Day()+7 > last
	}
	return c.weekdays&(1<<weekday) != 0
}

// workday is the day from Monday to Friday nearest to day n of the month, in that month.
func workday(month time.Time, n, last int) int {
	switch time.Date(month.Year(), month.Month(), n, 0, 0, 0, 0, time.UTC).Weekday() {
	case time.Saturday:
		if n == 1 {
			return 3
		}
		return n - 1
	case time.Sunday:
		if n == last {
			return n - 2
		}
		return n + 1
	}
	return n
}
