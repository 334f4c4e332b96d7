package run

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestPrune(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct{ old, young, left int }{{60, 0, keptLogs}, {60, 10, keptLogs}, {10, 60, 60}, {30, 10, 40}} {
		dir := t.TempDir()
		make := func(name string, age time.Duration) {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte("{}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range c.old {
			make(fmt.Sprintf("20260901-1015%02d-job-create-1.jsonl", i), 80*24*time.Hour)
		}
		for i := range c.young {
			make(fmt.Sprintf("20261120-1015%02d-provision-2.jsonl", i), 3*24*time.Hour)
		}
		others := []string{"fleetlab.log", "20200101-000000-api.jsonl", "20200101-000000-provision-1.txt"}
		for _, name := range others {
			make(name, 1000*24*time.Hour)
		}
		if err := Prune(dir, now); err != nil {
			t.Error(err)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left)-len(others) != c.left {
			t.Errorf("%d old and %d young logs: %d are left, want %d (%v)", c.old, c.young, len(left)-len(others), c.left, err)
		}
	}
	if err := Prune(filepath.Join(t.TempDir(), "none"), now); err != nil {
		t.Error(err)
	}
}
