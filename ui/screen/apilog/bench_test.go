package apilog

import (
	"testing"

	"fleetlab/ui/internal/uitest"
)

// One frame while 2,000 calls a second come: those of a thirtieth of a second, and the view, with all that is kept behind them.
func BenchmarkFrame(b *testing.B) {
	s := newStage(b, uitest.Printer(b, "en"), uitest.ColorTheme())
	s.SetSize(120, 38)
	msg := aFleet(b)
	s.take(msg)
	for range 150 {
		msg = later(msg, 66, 1)
		s.take(msg)
	}
	b.ReportAllocs()
	for b.Loop() {
		newest := msg.calls[len(msg.calls)-1].Seq
		msg = later(msg, 66, newest-9_900)
		s.take(msg)
		_ = s.View()
	}
}
