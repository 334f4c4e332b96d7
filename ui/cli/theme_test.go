package cli

import (
	"strings"
	"testing"
)

// The environment chooses a theme where the command line does not, and is told when it cannot.
func TestThemeOfTheEnvironment(t *testing.T) {
	t.Setenv(themeVariable, "neon")
	state := t.TempDir() + "/none"
	r := fleetlab(t, "cleanup", "--state="+state)
	for _, want := range []string{themeVariable, "neon", "auto, dark, light, contrast, colorblind"} {
		if r.code != exitUsage || !strings.Contains(r.err, want) {
			t.Errorf("code %d, %q is not in: %s", r.code, want, r.err)
		}
	}
	if r := fleetlab(t, "cleanup", "--theme=dark", "--state="+state); strings.Contains(r.err, themeVariable) {
		t.Errorf("the command line does not go first: %s", r.err)
	}
}
