package run

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// What is kept of the complete logs: the newest of them, and all that are young, whichever is more.
const (
	keptLogs = 50
	keptFor  = 30 * 24 * time.Hour
)

// logName is how openLog names a log: when the run began, which workflow it is, and a number. What users save has other names.
var logName = regexp.MustCompile(`^\d{8}-\d{6}-[a-z-]+-\d+\.jsonl$`)

// Prune deletes the old logs of runs in a folder, and nothing else there. A folder that is not there holds none.
func Prune(dir string, now time.Time) error {
	entries, err := os.ReadDir(dir) // by name, and so by time
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var logs []os.DirEntry
	for _, e := range entries {
		if e.Type().IsRegular() && logName.MatchString(e.Name()) {
			logs = append(logs, e)
		}
	}
	errs := []error{err}
	for _, e := range slices.Backward(logs[:max(0, len(logs)-keptLogs)]) {
		info, err := e.Info()
		if err == nil && now.Sub(info.ModTime()) > keptFor {
			err = os.Remove(filepath.Join(dir, e.Name()))
		}
		if !errors.Is(err, os.ErrNotExist) { // another process prunes as well
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
