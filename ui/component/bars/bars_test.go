package bars

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
)

var vehicles = []Row{{Label: "SedanVehicle", Count: 33_400}, {Label: "SUVVehicle", Count: 33_300}, {Label: "TruckVehicle", Count: 20}, {Label: "日本の車両"}}

func TestGolden(t *testing.T) {
	sizes := []uitest.Size{{W: 20, H: 3}, {W: 40, H: 4}, {W: 60, H: 9}, {W: 70, H: 18}}
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		uitest.Golden(t, View(uitest.Theme(), p, vehicles, 66_720, s.W, s.H), s.W, s.H)
	})
}

func lines(t *testing.T, rows []Row, total, w, h int) []string {
	t.Helper()
	out := strings.Split(View(uitest.ASCIITheme(), uitest.Printer(t, "en"), rows, total, w, h), "\n")
	for i := range out {
		out[i] = strings.TrimRight(out[i], " ")
	}
	return out
}

func TestWhatDoesNotFitIsCounted(t *testing.T) {
	t.Parallel()
	rows := []Row{{Label: "US", Count: 50}, {Label: "CA", Count: 30}, {Label: "MX", Count: 15}, {Label: "GT", Count: 5, More: true}}
	want := []string{"US       ###########  50  50 %", "CA       ######       30  30 %", "2 others             20+  20 %"}
	if d := cmp.Diff(want, lines(t, rows, 100, 30, 3)); d != "" {
		t.Error(d)
	}
	if rows[2].Label != "MX" {
		t.Error("the caller's rows were changed")
	}
}

// A value that few have is seen all the same, and one that nobody has is not.
func TestNothingIsNotALittle(t *testing.T) {
	t.Parallel()
	got := lines(t, []Row{{Label: "a", Count: 1_000_000}, {Label: "b", Count: 1}, {Label: "c"}}, 0, 24, 3)
	if d := cmp.Diff([]string{"a ############ 1,000,000", "b #                    1", "c                      0"}, got); d != "" {
		t.Error(d)
	}
}

func TestAlwaysExact(t *testing.T) {
	t.Parallel()
	th, p := uitest.ColorTheme(), uitest.Printer(t, "ja")
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Row {
			return Row{Label: rapid.SampledFrom([]string{"", "US", "車両", strings.Repeat("長い名前", 9)}).Draw(t, "label"), Count: rapid.IntRange(0, 1e9).Draw(t, "count"), More: rapid.Bool().Draw(t, "more")}
		})).Draw(rt, "rows")
		w, h := rapid.IntRange(1, 90).Draw(rt, "w"), rapid.IntRange(1, 40).Draw(rt, "h")
		uitest.Exact(t, View(th, p, rows, rapid.IntRange(0, 1e9).Draw(rt, "total"), w, h), w, h)
		if t.Failed() {
			rt.Fatalf("%d rows on %dx%d", len(rows), w, h)
		}
	})
}
