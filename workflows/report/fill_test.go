package report

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"fleetlab/workflows/fleet"
)

// A report that cannot be written as a whole leaves nothing behind, and is refused with the system's own reason.
func TestHalfAReportIsRemoved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "r.json")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path) // writing to it fails
	if err != nil {
		t.Fatal(err)
	}
	err = fill(f, JSON, nil, Report{})
	if err == nil {
		t.Fatal("it was written")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	refused, ok := fleet.AsFieldError(At(path).refuse(err))
	if !ok || refused.Reason != NotWritable || refused.Args["cause"] == err.Error() {
		t.Errorf("refused with %+v", refused)
	}
}
