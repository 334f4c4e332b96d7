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
		if !strings.Contains(c.raw(), mode) {
			t.Errorf("%q was not sent", mode)
		}
	}
}

// words are what the loop is followed by on the screen, in each language.
type words struct {
	lang                                                  string
	empty, waits, fleet, jobForm, review, job, rate, plan string
	devices, scope, preview, confirm, gone                string
	delivery, agree                                       string
}

// The whole loop with keys only, in English on a small terminal and in Japanese on a large one.
func TestE2ELoop(t *testing.T) {
	for _, c := range []struct {
		w, h int
		words
	}{
		{80, 24, words{"en", "No fleet yet", "enter continue", "the fleet is ready", "Next: Targets", "enter create the job", "the job is created", "Make the plan (nothing is run yet)", "Plan",
			"every device has come to its end", "What to remove", "Preview", "Remove all this?", "what was ours is gone", "What this would do", "Create this job?"}},
		{120, 40, words{"ja", "フリートはまだありません", "enter 続ける", "フリートの準備ができました", "次へ: 対象", "enter ジョブを作成", "ジョブを作成しました", "計画を作成（まだ実行しません）", "計画",
			"すべてのデバイス", "削除する範囲", "プレビュー", "すべて削除しますか", "作成したものはすべて削除されました", "この設定での見通し", "作成しますか"}},
	} {
		t.Run(c.lang, func(t *testing.T) {
			t.Parallel()
			loop(t, start(t, c.w, c.h, t.TempDir(), "--lang="+c.lang, "--speed=600"), c.words)
		})
	}
}

func loop(t *testing.T, c *console, w words) {
	t.Helper()
	c.see(w.empty)
	c.keys("1")
	c.see("Vehicle-VIN-")
	c.keys("tab", "tab", "tab", "tab", "ctrl+u")
	c.keys("1", "2")
	c.keys("tab", "tab", "tab", "enter")
	c.see(w.waits)
	c.keys("p", "p") // from guided over presenter to express
	c.see(w.fleet)
	c.keys("c")
	c.see(w.jobForm)
	c.keys("tab", "tab", "tab", "enter") // what it is, who gets it, how it gets to them
	c.see("US_Fleet")
	c.keys("tab", "tab", "tab", "tab", "enter")
	c.see(w.delivery)
	c.keys("tab", "tab", "tab", "tab", "tab", "tab", "enter")
	c.see("fleetlab-ota-", w.review)
	c.keys("enter")
	c.see(w.agree)
	c.keys("y")
	c.see(w.job)
	c.keys("s")
	c.see(w.rate)
	c.keys("tab", "tab", "tab", "tab", "tab", "tab", "enter") // rate, scope, speed, kinds, offline, seed
	c.see(w.plan, "[1/12] Vehicle-VIN-001 -> ")
	c.keys("enter")
	c.see(w.devices)
	c.keys("u")
	c.see(w.scope)
	c.keys("tab", "tab", "enter")
	c.see(w.preview, "Vehicle-VIN-001")
	c.keys("enter")
	c.see(w.confirm)
	c.keys("D", "E", "L", "E", "T", "E", "enter")
	c.see(w.gone)
	c.keys("ctrl+c")
	if code := c.end(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}
