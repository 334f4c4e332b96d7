package report_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
)

func TestSaveWritesAllFormatsAndOverwritesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "reports")
	seen := map[string]bool{}
	for i, name := range []string{"ota-1-and-1-more_20261123-101702", "ota-1-and-1-more_20261123-101702-2"} {
		paths, err := report.Save(dir, words(t, "en"), sample())
		if err != nil || len(paths) != 3 {
			t.Fatal(paths, err)
		}
		for j, path := range paths {
			if want := filepath.Join(dir, name+"."+string(report.Formats[j])); path != want {
				t.Errorf("%d: saved %s, want %s", i, path, want)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 || seen[path] {
				t.Errorf("%s: %v, %v", path, info, err)
			}
			seen[path] = true
		}
	}
	found := report.Find(dir, "ota-2")
	if len(found) != 2 || len(report.Find(dir, "ota-3")) != 0 || len(report.Find(filepath.Join(dir, "none"), "ota-2")) != 0 {
		t.Errorf("found %d", len(found))
	}
	if got := found[0].Before.Of("SedanVehicle")["Vehicle-VIN-001"]; got != "1.0.0" {
		t.Errorf("the version before is %q", got)
	}
}

// A name half taken is not used for the other half.
func TestSaveKeepsTheFormatsTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	taken := filepath.Join(dir, "ota-1-and-1-more_20261123-101702.html")
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	paths, err := report.Save(dir, words(t, "en"), sample())
	if err != nil || !strings.HasSuffix(paths[0], "-2.md") {
		t.Fatal(paths, err)
	}
	all, err := os.ReadDir(dir)
	if err != nil || len(all) != 4 {
		t.Errorf("%v, %v", all, err)
	}
}

// What a person gave as a path is refused before the run, with the path and why.
func TestPlacesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file.md")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fleet.Reason{
		file:                                 report.FileExists,
		filepath.Join(file, "below"):         report.NotWritable,
		filepath.Join(file, "below", "x.md"): report.NotWritable,
	} {
		for what, err := range map[string]error{"check": report.At(path).Check(), "save": second(report.At(path).Save(words(t, "en"), sample()))} {
			refused, ok := fleet.AsFieldError(err)
			if !ok || refused.Reason != want || refused.Field != report.FieldReport || refused.Value != path {
				t.Errorf("%s %s: %v", what, path, err)
			}
		}
	}
	for _, path := range []string{filepath.Join(dir, "x.JSON"), filepath.Join(dir, "new"), dir} {
		if err := report.At(path).Check(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "x.JSON")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the check left a file: %v", err)
	}
	paths, err := report.At(filepath.Join(dir, "x.JSON")).Save(words(t, "en"), sample())
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	if _, err := report.ReadFile(paths[0]); err != nil {
		t.Error(err)
	}
}

func second(_ []string, err error) error { return err }
