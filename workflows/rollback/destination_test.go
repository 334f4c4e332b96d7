package rollback

import (
	"slices"
	"testing"
	"time"

	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
)

// Where a device goes follows from what it had and from what it reports now, if that is younger than its update.
func TestDestination(t *testing.T) {
	t.Parallel()
	at := time.Unix(1000, 0)
	stale, fresh := at, at.Add(time.Second)
	one := map[string]string{"A": "2"}
	two := map[string]string{"A": "2", "B": "5"}
	for name, c := range map[string]struct {
		installs map[string]string
		had      map[string]former
		now      map[string]report.Reported
		to       []string
		reason   Reason
		item     string
	}{
		"back":                    {one, map[string]former{"A": {version: "1"}}, map[string]report.Reported{"A": {Version: "2", At: fresh}}, []string{"A/1"}, "", ""},
		"report is on its way":    {one, map[string]former{"A": {version: "1"}}, map[string]report.Reported{"A": {Version: "1", At: stale}}, []string{"A/1"}, "", ""},
		"nothing is reported":     {one, map[string]former{"A": {version: "1"}}, nil, []string{"A/1"}, "", ""},
		"already back":            {one, map[string]former{"A": {version: "1"}}, map[string]report.Reported{"A": {Version: "1", At: fresh}}, nil, AlreadyBack, ""},
		"moved on":                {one, map[string]former{"A": {version: "1"}}, map[string]report.Reported{"A": {Version: "3", At: fresh}}, nil, MovedOn, "A/3"},
		"moved on from unknown":   {one, nil, map[string]report.Reported{"A": {Version: "3", At: fresh}}, nil, MovedOn, "A/3"},
		"unknown":                 {one, nil, map[string]report.Reported{"A": {Version: "2", At: fresh}}, nil, Unknown, "A"},
		"had none":                {one, map[string]former{"A": {version: report.Absent}}, nil, nil, HadNone, "A"},
		"had the same":            {one, map[string]former{"A": {version: "2"}}, nil, nil, Unchanged, ""},
		"one of two changed":      {two, map[string]former{"A": {version: "2"}, "B": {version: "4"}}, nil, []string{"B/4"}, "", ""},
		"one of two is not known": {two, map[string]former{"A": {version: "1"}}, nil, nil, Unknown, "B"},
		"one of two is back":      {two, map[string]former{"A": {version: "1"}, "B": {version: "4"}}, map[string]report.Reported{"A": {Version: "1", At: fresh}}, []string{"A/1", "B/4"}, "", ""},
	} {
		pr := &preparer{installed: c.installs, updated: map[string]time.Time{"v": at}, former: map[string]map[string]former{"v": c.had},
			present: map[string]map[string]report.Reported{"v": c.now}}
		for pkg := range c.installs {
			pr.packages = append(pr.packages, pkg)
		}
		slices.Sort(pr.packages)
		to, _, reason, item := pr.destination("v")
		if !slices.Equal(to, c.to) || reason != c.reason || item != c.item {
			t.Errorf("%s: to %v, %s %s", name, to, reason, item)
		}
	}
}

func TestInput(t *testing.T) {
	t.Parallel()
	in := Input{Job: "ota-1"}
	for text, want := range map[string]fleet.Reason{"A": fleet.BadVersion, "A/": fleet.BadVersion, "A/1.0.0,A/2.0.0": fleet.Twice, "A b/1.0.0": fleet.BadName} {
		err, ok := fleet.AsFieldError(in.Set(FieldFormer, text))
		if !ok || err.Reason != want || err.Field != FieldFormer || err.Value != text || in.Former != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := in.Set(FieldFormer, "A/1.0.0, B/2.0.0"); err != nil || in.Get(FieldFormer) != "A/1.0.0,B/2.0.0" || in.former("B") != "2.0.0" || in.former("C") != "" {
		t.Errorf("%v: %+v", err, in)
	}
	if err := (&Input{}).Validate(); err == nil {
		t.Error("no job is no input")
	}
}
