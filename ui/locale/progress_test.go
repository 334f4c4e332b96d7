package locale

import (
	"testing"

	"fleetlab/workflows/event"
)

func TestProgressLeavesOutWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	all := printers(t)
	counting := event.Event{Workflow: "job-create", Kind: event.Progress, Step: "targets", Done: 1250}
	listing := event.Event{Workflow: "simulate", Kind: event.Progress, Step: "find-executions", Done: 250, Total: 1000}
	running := event.Event{Workflow: "simulate", Kind: event.Progress, Step: "job-executions", Done: 250, Total: 1000, Rate: 79.8}
	for _, c := range []struct {
		lang, want string
		e          event.Event
	}{
		{"en", "Count the targets: 1,250 so far", counting},
		{"en", "Find the executions: 250 of 1,000", listing},
		{"en", "Job executions: 250 of 1,000, updates at 79.8/s", running},
		{"ja", "ターゲットの集計: 1,250 件", counting},
		{"ja", "ジョブ実行の検索: 1,000 件中 250 件", listing},
	} {
		if got := all[c.lang].Event(c.e); got != c.want {
			t.Errorf("%s: got %q, want %q", c.lang, got, c.want)
		}
	}
}

func TestOnlyWhatWasNotPlannedSaysWhatWas(t *testing.T) {
	t.Parallel()
	e := event.Event{Workflow: "simulate", Kind: event.Item, Resource: "execution", Subject: "Vehicle-VIN-007", Status: event.Failed,
		Detail: map[string]string{"reason": "low-battery", "planned": "FAILURE"}}
	p := printers(t)["en"]
	if got, want := p.Event(e), "Vehicle-VIN-007: Job execution FAILED  low battery"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	e.Detail = map[string]string{"reason": "download-failed", "planned": "SUCCESS"}
	if got, want := p.Event(e), "Vehicle-VIN-007: Job execution FAILED  download failed  planned=SUCCESS"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
