package jobs

import (
	"testing"
	"time"
)

func TestCron(t *testing.T) {
	t.Parallel()
	const form = "2006-01-02 15:04 Mon"
	from := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // a Monday
	for text, want := range map[string]string{
		"cron(0 10 * * ? *)":               "2026-11-24 10:00 Tue",
		"cron(15 12 * * ? *)":              "2026-11-23 12:15 Mon",
		"cron(0 18 ? * MON-FRI *)":         "2026-11-23 18:00 Mon",
		"cron(0 8 1 * ? *)":                "2026-12-01 08:00 Tue",
		"cron(0/15 * * * ? *)":             "2026-11-23 10:15 Mon",
		"cron(0/10 * ? * mon-fri *)":       "2026-11-23 10:10 Mon",
		"cron(5 8-17/3 ? * 7 *)":           "2026-11-28 08:05 Sat",
		"cron(0 0 L 2 ? 2028)":             "2028-02-29 00:00 Tue",
		"cron(0 0 LW * ? *)":               "2026-11-30 00:00 Mon",
		"cron(0 0 1W 8 ? 2026,2027)":       "2027-08-02 00:00 Mon", // the first is a Sunday
		"cron(0 0 1W 5 ? *)":               "2027-05-03 00:00 Mon", // the first is a Saturday
		"cron(0 0 31W 1 ? 2027)":           "2027-01-29 00:00 Fri", // the last is a Sunday
		"cron(0 9 ? * 2#1 *)":              "2026-12-07 09:00 Mon",
		"cron(0 9 ? * FRIL *)":             "2026-11-27 09:00 Fri",
		"cron(0 9 ? * L *)":                "2026-11-28 09:00 Sat",
		"cron(30 0,23 31 JAN,FEB ? 2030-)": "",
		"cron(30 0,23 31 JAN,FEB ? 2030)":  "2030-01-31 00:30 Thu",
		"cron(0 0 30 2 ? *)":               "never",
		"cron(0 0 1 1 ? 2020)":             "never",
		"cron(* * * * * *)":                "",
		"cron(* * ? * ? *)":                "",
		"cron(0 10 * * ?)":                 "",
		"0 10 * * ? *":                     "",
		"cron(60 10 * * ? *)":              "",
		"cron(0 24 * * ? *)":               "",
		"cron(0 10 0 * ? *)":               "",
		"cron(0 10 ? * 8 *)":               "",
		"cron(0 10 ? * MON#6 *)":           "",
		"cron(9-5 10 ? * MON *)":           "",
		"cron(0/0 10 ? * MON *)":           "",
		"cron(+5 10 ? * MON *)":            "",
		"cron(0, 10 ? * MON *)":            "",
		"rate(5 minutes)":                  "",
	} {
		c, err := parseCron(text)
		if err != nil {
			if want != "" {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		got := "never"
		if at, ok := c.next(from); ok {
			got = at.Format(form)
		}
		if got != want {
			t.Errorf("%s after %s is %s, want %q", text, from.Format(form), got, want)
		}
	}
}

// FuzzCron wants of whatever parses that its times are whole minutes, later each time, and none is left out.
func FuzzCron(f *testing.F) {
	for _, text := range []string{"cron(0 18 ? * MON-FRI *)", "cron(0/7 1,3 LW * ? 2026-2028)", "cron(* * ? 2 3#5 2199)", "cron(", "cron(5 4 3W 2 ? *)"} {
		f.Add(text, int64(1_795_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		c, err := parseCron(text)
		if err != nil {
			return
		}
		from := time.Unix(seconds%5_000_000_000, 0).UTC()
		first, ok := c.next(from)
		if !ok {
			return
		}
		if !first.After(from) || first.Second() != 0 {
			t.Fatalf("%s after %v is %v", text, from, first)
		}
		for _, back := range []time.Duration{time.Minute, 3 * time.Hour, 26 * time.Hour} {
			earlier := first.Add(-back)
			if earlier.Before(from) {
				continue
			}
			if again, ok := c.next(earlier); !ok || !again.Equal(first) {
				t.Fatalf("%s after %v is %v, after %v it is %v", text, from, first, earlier, again)
			}
		}
	})
}
