//go:build !windows

package cli

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// ctrl+c stops a headless run cleanly: it says what exists, the exit code says interrupted, and the next run completes it.
func TestE2EStopAndResume(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	c := start(t, 120, 40, home, "provision", "--devices=400", "--yes", "--lang=en")
	c.see("[20/400] Vehicle-VIN-")
	c.keys("ctrl+c")
	c.see("INTERRUPTED", "Stopped. What was made stays")
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

// The full-screen program quits from the home screen and gives the terminal back.
func TestE2EQuit(t *testing.T) {
	t.Parallel()
	c := start(t, 80, 24, t.TempDir(), "--lang=en")
	c.see("1 Provision", "No fleet yet")
	c.keys("?")
	c.see("Everywhere", "esc close")
	c.keys("esc")
	c.see("q quit")
	c.keys("q")
	if code := c.end(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	// The alternate screen is left and the cursor shown, as ECMA-48 private modes 1049 and 25.
	for _, mode := range []string{"\x1b[?1049l", "\x1b[?25h"} {
		if !strings.Contains(c.out.String(), mode) {
			t.Errorf("%q was not sent", mode)
		}
	}
}
