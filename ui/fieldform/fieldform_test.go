package fieldform

import (
	"testing"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/provision"
	"fleetlab/workflows/simulate"
)

func TestEveryInputHasWordsForItsFields(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		d := &screen.Deps{Printer: uitest.Printer(t, lang)}
		for workflow, fields := range map[string][]string{
			provision.Workflow: names(provision.Defaults()), createjob.Workflow: names(createjob.Defaults()),
			simulate.Workflow: names(simulate.Defaults()), cleanup.Workflow: names(cleanup.Defaults()),
		} {
			for _, name := range fields {
				if f := Text(d, workflow, name, "", nil); f.Help[0] == '!' || f.Label == name {
					t.Errorf("%s %s %s: label %q, help %q", lang, workflow, name, f.Label, f.Help)
				}
			}
		}
	}
}

func TestCheckLeavesTheInputAlone(t *testing.T) {
	t.Parallel()
	in := simulate.Defaults()
	check := Check(&in, simulate.FieldSuccessRate)
	if check("55") != nil || check("many") == nil || in != simulate.Defaults() {
		t.Errorf("checking has changed the input to %+v", in)
	}
	in.Seed = 7
	if check("56") != nil || in.Seed != 7 {
		t.Error("the input as it is now must be checked")
	}
}

// names are the names of an input's fields.
func names[T any, P interface {
	*T
	Names() []string
}](in T) []string {
	return P(&in).Names()
}
