package keys

import "testing"

// The palette presses keys: each must be one that the binding itself takes.
func TestAPressedKeyMatches(t *testing.T) {
	t.Parallel()
	for _, g := range []Group{Global, List, Log, Form, Text, Learn} {
		for _, b := range g.Bindings {
			if !b.Matches(b.Press()) {
				t.Errorf("%s: %q is not its key", b.Show, b.Press())
			}
		}
	}
	if got := Suspend.Press().String(); got != "ctrl+z" {
		t.Errorf("suspend is %s", got)
	}
}
