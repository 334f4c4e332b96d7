package locale

import (
	"strconv"
	"time"
)

// Number is n with commas between the thousands: 12,345.
func (p *Printer) Number(n int) string { return string(appendInt(nil, int64(n))) }

// Size is a number of bytes with one decimal in the largest unit that fits: 186B, 2.1KB, 4.0MB. A KB is
// 1024 bytes.
func (p *Printer) Size(bytes int64) string { return string(appendSize(nil, bytes)) }

func appendSize(buf []byte, bytes int64) []byte {
	if bytes < 1024 {
		return append(strconv.AppendInt(buf, bytes, 10), 'B')
	}
	v, unit := float64(bytes)/1024, byte('K')
	for _, next := range []byte("MGT") {
		if v < 1024 {
			break
		}
		v, unit = v/1024, next
	}
	return append(strconv.AppendFloat(buf, v, 'f', 1, 64), unit, 'B')
}

// Duration is d as people read it: 350ms, 4s, 1m20s, 2h05m.
func (p *Printer) Duration(d time.Duration) string {
	switch {
	case d <= 0:
		return "0s"
	case d < time.Second:
		return strconv.Itoa(max(1, int(d.Milliseconds()))) + "ms"
	}
	s := int(d.Round(time.Second).Seconds())
	switch {
	case s < 60:
		return strconv.Itoa(s) + "s"
	case s < 3600:
		return strconv.Itoa(s/60) + "m" + two(s%60) + "s"
	}
	return strconv.Itoa(s/3600) + "h" + two(s%3600/60) + "m"
}

// Seconds is Duration for a number of seconds.
func (p *Printer) Seconds(s float64) string {
	return p.Duration(time.Duration(s * float64(time.Second)))
}

// Rate is a number of items a second: 79.8/s.
func (p *Printer) Rate(perSecond float64) string {
	return strconv.FormatFloat(perSecond, 'f', 1, 64) + "/s"
}

// Dollars is an amount of US dollars; what is less than a cent is told as that: < $0.01.
func (p *Printer) Dollars(usd float64) string {
	if usd > 0 && usd < 0.01 {
		return "< $0.01"
	}
	return "$" + strconv.FormatFloat(usd, 'f', 2, 64)
}

// Percent is the share of done in total, rounded down so that 100 % means all: 64 %.
func (p *Printer) Percent(done, total int) string {
	if total <= 0 {
		return "0 %"
	}
	return strconv.Itoa(min(100, done*100/total)) + " %"
}

// Clock is the time of day to the second.
func (p *Printer) Clock(t time.Time) string { return t.Format("15:04:05") }

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
