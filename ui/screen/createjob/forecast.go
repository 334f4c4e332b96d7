package createjob

import (
	"cmp"
	"math"
	"slices"
	"time"

	"fleetlab/ui/component/chart"
	"fleetlab/ui/runview"
	"fleetlab/workflows/createjob"
)

// forecast is how the job would go with the choices so far.
func (s *Screen) forecast() createjob.Forecast {
	return createjob.ForecastOf(s.job(), s.reached().n, createjob.DefaultModel)
}

// chart draws devices over time in w columns and h rows, with the moment where the job would be aborted.
func (s *Screen) chart(f createjob.Forecast, w, h int) string {
	t := s.d.Theme
	notified := chart.Series{Label: s.d.T("createjob.chart.notified"), Style: t.Style.Muted, Area: true}
	ended := chart.Series{Label: s.d.T("createjob.chart.ended"), Style: t.Style.OK}
	for _, m := range f.Minutes {
		at := time.Duration(m.Minute) * time.Minute
		notified.Points = append(notified.Points, chart.Point{At: at, Value: float64(m.Notified)})
		ended.Points = append(ended.Points, chart.Point{At: at, Value: float64(m.Ended)})
	}
	// A short job is over between two minutes, and a line from one to the next would tell of a slow one.
	notified.Points = until(notified.Points, seconds(f.Notified), float64(f.Members))
	ended.Points = until(ended.Points, seconds(f.Model.Seconds), 0)
	ended.Points = until(ended.Points, seconds(f.Finished), float64(f.Members))
	c := chart.Chart{Series: []chart.Series{notified, ended}, Most: float64(f.Members)}
	if strike, ok := f.First(); ok {
		c.Marks = []chart.Mark{{At: seconds(strike.Seconds), Label: s.d.T("createjob.chart.abort"), Style: t.Style.Failed}}
	}
	return chart.View(t, s.d.Printer, c, w, h)
}

// until adds the moment at which a value is reached to points by time.
func until(points []chart.Point, at time.Duration, value float64) []chart.Point {
	i, there := slices.BinarySearchFunc(points, at, func(p chart.Point, at time.Duration) int { return cmp.Compare(p.At, at) })
	if there || i == 0 || i == len(points) {
		return points
	}
	return slices.Insert(points, i, chart.Point{At: at, Value: value})
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// forecastRows say in sentences what the choices would do to this fleet: how long it takes, and what would end it.
func (s *Screen) forecastRows(f createjob.Forecast, w int) []string {
	t := s.d.Theme
	rows := runview.Wrapped(s.paceWords(f), w, t.Style.Text)
	for _, strike := range f.Strikes {
		rows = append(rows, runview.Wrapped(s.strikeWords(f, strike), w, t.Style.Warning)...)
	}
	return rows
}

// paceWords say how long the rollout takes.
func (s *Screen) paceWords(f createjob.Forecast) string {
	took := s.d.Printer.Seconds(math.Ceil(f.Notified))
	if f.Members == 0 {
		return s.d.T("createjob.pace.none")
	}
	args := []any{"Count", f.Members, "Duration", took, "Rate", s.in.Rollout.PerMinute, "Base", s.in.Rollout.Base, "Fastest", int(math.Round(f.Fastest)),
		"All", s.d.Printer.Seconds(math.Ceil(f.Finished))}
	switch s.in.Rollout.Kind {
	case createjob.RolloutConstant:
		return s.d.T("createjob.pace.constant", args...)
	case createjob.RolloutExponential:
		if f.Fastest <= float64(s.in.Rollout.Base) { // there are too few devices for it to grow
			args[5] = s.in.Rollout.Base
			return s.d.T("createjob.pace.constant", args...)
		}
		return s.d.T("createjob.pace.exponential", args...)
	}
	return s.d.T("createjob.pace.default", args...)
}

// strikeWords say what a criterion means, and when it would be met by the devices that are assumed.
func (s *Screen) strikeWords(f createjob.Forecast, strike createjob.Strike) string {
	a := strike.Abort
	least := int(math.Max(1, math.Ceil(float64(a.Min)*a.Percent/100)))
	means := s.d.T("createjob.strike.means", "Failures", s.d.T("createjob.failure."+a.Kind, "Count", least), "Least", a.Min)
	if strike.Never {
		if a.Min > f.Members {
			return means + s.d.T("createjob.strike.too-few", "Members", f.Members)
		}
		return means + s.d.T("createjob.strike.never", "Percent", int(f.Model.Failing))
	}
	return means + s.d.T("createjob.strike.at", "Percent", int(f.Model.Failing), "Time", s.d.Printer.Seconds(math.Ceil(strike.Seconds)),
		"Notified", strike.Notified, "Left", f.Members-strike.Notified)
}
