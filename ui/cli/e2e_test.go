//go:build !windows

package cli

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"fleetlab/ui/locale"
)

// ctrl+c stops a headless run cleanly: it says what exists, the exit code says interrupted, and the next run completes it.
func TestE2EStopAndResume(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	c := start(t, 120, 40, home, "provision", "--devices=400", "--yes", "--lang=en")
	c.read("[20/400] Vehicle-VIN-")
	c.keys("ctrl+c")
	c.read("INTERRUPTED", "Stopped. What was made stays")
	if code := c.end(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	made := regexp.MustCompile(`thing CREATED (\d+)`).FindStringSubmatch(c.all())
	if made == nil || made[1] == "400" {
		t.Fatalf("the run was not stopped in the middle: %v", made)
	}
	again := fleetlab(t, "provision", "--devices=400", "--pace=off", "--quotas=off", "--lang=en", "--state="+home+"/.local/state/fleetlab")
	if again.code != exitDone {
		t.Fatalf("exit code %d: %s%s", again.code, again.out, again.err)
	}
	// What was told to exist does; what was under way may be complete or in need of repair.
	rest := regexp.MustCompile(`thing (?:CREATED (\d+))?(?:, )?(?:EXISTS (\d+))?(?:, )?(?:REPAIRED (\d+))?;`).FindStringSubmatch(lastLine(again.out))
	if rest == nil || number(rest[1])+number(rest[2])+number(rest[3]) != 400 || number(rest[2])+number(rest[3]) < number(made[1]) {
		t.Errorf("%s made at first, then %v in: %s", made[1], rest, lastLine(again.out))
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // "" counts as none
	return n
}

// The full-screen program follows the terminal's size, quits from the home screen and gives the terminal back: in tmux and in a bare
// pseudo-terminal.
func TestE2EQuit(t *testing.T) {
	t.Parallel()
	for _, open := range terminals() {
		c := startIn(t, open, 80, 24, t.TempDir(), "--lang=en")
		c.see("1 Provision", "No fleet yet", "q quit")
		c.keys("?")
		c.see("Everywhere", "esc close")
		c.resize(50, 12)
		c.see("50x12")
		c.whole()
		c.resize(90, 30)
		c.see("Everywhere", "esc close")
		c.whole()
		c.keys("esc")
		c.see("q quit")
		c.keys("q")
		if code := c.end(); code != exitDone {
			t.Errorf("exit code %d", code)
		}
		if !must(c, c.tty.back) {
			t.Error("the alternate screen was not left, or the cursor is not back")
		}
	}
}

// What y copies can be pasted in tmux, which passes sequences on to the terminal around it only when it is told to.
func TestE2ECopy(t *testing.T) {
	t.Parallel()
	c := start(t, 120, 40, t.TempDir(), "--lang=en")
	c.see("No fleet yet")
	c.keys("a")
	c.see("› API log", "aws iot")
	c.keys("y")
	c.see("Copied")
	if m, ok := c.tty.(*tmuxTerminal); ok {
		if got, err := m.tmux("show-buffer"); err != nil || !strings.HasPrefix(got, "aws ") {
			t.Errorf("to be pasted is %q, %v", got, err)
		}
	}
	c.keys("ctrl+c")
	if code := c.end(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// The whole loop with keys only, in English on a small terminal and in Japanese on a large one.
func TestE2ELoop(t *testing.T) {
	for lang, size := range map[string][2]int{"en": {80, 24}, "ja": {120, 40}} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p, err := locale.New(lang)
			if err != nil {
				t.Fatal(err)
			}
			c := start(t, size[0], size[1], t.TempDir(), "--lang="+lang, "--speed=600")
			c.play(loop(p, 12, false), func(act) { c.whole() })
			c.keys("ctrl+c")
			if code := c.end(); code != exitDone {
				t.Errorf("exit code %d", code)
			}
		})
	}
}
