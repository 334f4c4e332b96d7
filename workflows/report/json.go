package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func writeJSON(w io.Writer, r Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write the report as JSON: %w", err)
	}
	return nil
}

// ErrNoReport is the error of reading what is no report in JSON.
var ErrNoReport = errors.New("no report of a simulation in JSON")

// Read reads a report that was saved as JSON.
func Read(r io.Reader) (Report, error) {
	var rep Report
	if err := json.NewDecoder(r).Decode(&rep); err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrNoReport, err)
	}
	if len(rep.Jobs) == 0 || rep.Account == "" {
		return Report{}, ErrNoReport
	}
	return rep, nil
}

// ReadFile reads a report that was saved as JSON.
func ReadFile(path string) (Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = f.Close() }()
	return Read(f)
}

// Find reads the reports in a folder that are about a job, the oldest first. What cannot be read is left out: it may be
// somebody else's. A folder that does not exist has none.
func Find(dir, job string) []Report {
	files, err := filepath.Glob(filepath.Join(literally(dir), "*."+string(JSON)))
	if err != nil {
		return nil
	}
	var found []Report
	for _, path := range files {
		if r, err := ReadFile(path); err == nil && r.About(job) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b Report) int { return a.Made.Compare(b.Made) })
	return found
}

// literally makes a folder's name a pattern that matches it alone.
func literally(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// About tells whether a job was played in the run.
func (r Report) About(job string) bool {
	_, ok := r.Job(job)
	return ok
}
