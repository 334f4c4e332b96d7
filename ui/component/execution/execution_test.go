package execution

import (
	"strings"
	"testing"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/theme"
)

func TestEveryStateHasANameAndAWord(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		p, seen := uitest.Printer(t, lang), map[string]bool{}
		for s := range theme.Execution(theme.Executions) {
			if got, ok := Parse(names[s]); !ok || got != s {
				t.Errorf("%s is %d, want %d", names[s], got, s)
			}
			word := Label(p, s)
			if seen[word] || strings.Contains(word, "!") {
				t.Errorf("%s: %s is called %q", lang, names[s], word)
			}
			seen[word] = true
		}
	}
	if _, ok := Parse("DONE"); ok {
		t.Error("there is no state of that name")
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	if c := Count([]theme.Execution{theme.Failed, theme.Waiting, theme.Failed}); c != (Counts{theme.Failed: 2, theme.Waiting: 1}) {
		t.Errorf("got %v", c)
	}
}
