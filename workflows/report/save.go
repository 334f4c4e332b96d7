package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fleetlab/workflows/fleet"
)

// Format is a kind of file; it is also how the file's name ends.
type Format string

// The formats.
const (
	Markdown Format = "md"
	JSON     Format = "json"
	HTML     Format = "html"
)

// Formats are all formats, in the order in which they are saved.
var Formats = []Format{Markdown, JSON, HTML}

// FieldReport is the flag that says where reports are saved, and where they are read.
const FieldReport = "report"

// Reasons why a path is refused, beside those of fleet.
const (
	NotWritable fleet.Reason = "not-writable" // cause
	FileExists  fleet.Reason = "file-exists"  // the file stands there already: nothing is overwritten
	NotReadable fleet.Reason = "not-readable" // cause
	NoReport    fleet.Reason = "no-report"    // the file is no report in JSON
	OtherJob    fleet.Reason = "other-job"    // the report is not about the job: item
)

// Write writes a report in a format.
func Write(w io.Writer, f Format, words Words, r Report) error {
	b := bufio.NewWriter(w)
	switch f {
	case JSON:
		if err := writeJSON(b, r); err != nil {
			return err
		}
	case HTML:
		writeHTML(b, words, r)
	default:
		writeMarkdown(b, words, r)
	}
	return b.Flush() // a bufio.Writer keeps its first error until then
}

// Save writes a report in all formats into a folder, which is made if need be, and returns the files. They are named after
// the job and the time; what is there already stays.
func Save(dir string, words Words, r Report) (paths []string, err error) {
	return Place{Dir: dir}.Save(words, r)
}

// Place is where a report goes: one file, or a folder for all formats.
type Place struct {
	Dir    string
	File   string // empty: files named after job and time
	Format Format // of File
}

// At is the place that a path means: a file if it ends in .md, .json or .html, otherwise a folder.
func At(path string) Place {
	for _, f := range Formats {
		if strings.EqualFold(filepath.Ext(path), "."+string(f)) {
			return Place{Dir: filepath.Dir(path), File: filepath.Base(path), Format: f}
		}
	}
	return Place{Dir: path}
}

// Path is the place as a person would type it.
func (p Place) Path() string { return filepath.Join(p.Dir, p.File) }

// Check tries whether a report can be saved there, so that a long run does not end in vain. It makes the folder, and leaves
// no file. The error is a *fleet.FieldError.
func (p Place) Check() error {
	if p.File != "" {
		switch _, err := os.Lstat(p.Path()); {
		case err == nil:
			return fleet.Refuse(FieldReport, p.Path(), FileExists)
		case !errors.Is(err, fs.ErrNotExist):
			return p.refuse(err)
		}
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return p.refuse(err)
	}
	probe, err := os.CreateTemp(p.Dir, ".fleetlab-*")
	if err != nil {
		return p.refuse(err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return p.refuse(err)
	}
	return nil
}

// refuse names the system's own reason, without the path, which is the value.
func (p Place) refuse(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fleet.Refuse(FieldReport, p.Path(), NotWritable, "cause", err.Error())
}

// Save writes the report and returns the files. The error is a *fleet.FieldError when it cannot be written there; formats
// that could be are returned.
func (p Place) Save(words Words, r Report) (paths []string, err error) {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, p.refuse(err)
	}
	if p.File != "" {
		f, err := create(p.Path())
		if errors.Is(err, fs.ErrExist) {
			return nil, fleet.Refuse(FieldReport, p.Path(), FileExists)
		}
		if err != nil {
			return nil, p.refuse(err)
		}
		if err := fill(f, p.Format, words, r); err != nil {
			return nil, p.refuse(err)
		}
		return []string{p.Path()}, nil
	}
	files, err := p.files(r)
	if err != nil {
		return nil, p.refuse(err)
	}
	for i, f := range files {
		if bad := fill(f, Formats[i], words, r); bad != nil {
			err = p.refuse(bad) // they have one disk, and most likely one reason
			continue
		}
		paths = append(paths, f.Name())
	}
	return paths, err
}

// files makes one new file a format, all of the same name: fleetlab-ota-20261123-101530_20261123-101702.md. A number makes the
// name a new one where need be.
func (p Place) files(r Report) ([]*os.File, error) {
	base := p.base(r)
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		var files []*os.File
		var err error
		for _, f := range Formats {
			var file *os.File
			if file, err = create(filepath.Join(p.Dir, name+"."+string(f))); err != nil {
				break
			}
			files = append(files, file)
		}
		if err == nil {
			return files, nil
		}
		for _, f := range files { // made just now and empty
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
}

// base is what the files of a report are called: the first job, how many more, and the time. Ids of jobs are letters, digits,
// - and _ (AWS IoT API model, JobId), but a report that was read from a file may say anything.
func (p Place) base(r Report) string {
	safe := func(c rune) rune {
		if c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '-'
	}
	id := "simulation"
	if len(r.Jobs) > 0 {
		id = strings.Map(safe, r.Jobs[0].ID)
		id = id[:min(len(id), maxName)]
	}
	if n := len(r.Jobs) - 1; n > 0 {
		id = fmt.Sprintf("%s-and-%d-more", id, n)
	}
	return id + "_" + r.Made.UTC().Format("20060102-150405")
}

const maxName = 64 // the longest id of a job

// create makes a new file that only its owner reads: thing names are an operator's own affair.
func create(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// fill writes the report to a file that was made for it, which goes again if that fails: half a report is none.
func fill(f *os.File, format Format, words Words, r Report) error {
	err := errors.Join(Write(f, format, words, r), f.Close())
	if err == nil {
		return nil
	}
	return fmt.Errorf("save the report as %s: %w", f.Name(), errors.Join(err, os.Remove(f.Name())))
}
