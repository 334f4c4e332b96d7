package lessons

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// writeText puts a text where the progress is kept.
func writeText(t *testing.T, text string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "learning.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// damaged are texts that a program never writes.
var damaged = map[string]string{
	"empty":         "",
	"no JSON":       "lessons",
	"cut off":       `{"version":1,"lessons":{"a":{"rea`,
	"null":          "null",
	"list":          "[]",
	"no format":     `{"lessons":{}}`,
	"bad format":    `{"version":"one","lessons":{}}`,
	"format zero":   `{"version":0}`,
	"bad time":      `{"version":1,"lessons":{"a":{"read":"yesterday"}}}`,
	"two documents": `{"version":1}{"version":1}`,
}

func TestDamagedFileIsPutAside(t *testing.T) {
	t.Parallel()
	for name, text := range damaged {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := writeText(t, text)
			p, err := OpenProgress(file)
			checkAside(t, err, file, text)
			if err := p.Read("b"); err != nil {
				t.Fatalf("the progress cannot be used afterwards: %v", err)
			}
			if again := openProgress(t, file); again.State("b") != p.State("b") || again.State("b").Read.IsZero() {
				t.Errorf("what was read afterwards is kept as %+v", again.State("b"))
			}
		})
	}
}

// A file that is damaged while the program runs costs nothing that the program knows.
func TestDamageWhileRunning(t *testing.T) {
	t.Parallel()
	file := writeText(t, `{"version":1,"lessons":{}}`)
	p := openProgress(t, file)
	if err := p.Read("a"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	checkAside(t, p.Answer("a", true), file, "{")
	if again := openProgress(t, file); !again.Done("a") || !p.Done("a") {
		t.Errorf("of what was done %+v is kept", again.State("a"))
	}
}

// checkAside holds an error to naming where a damaged file is now, and that place to having its text.
func checkAside(t *testing.T, err error, file, text string) {
	t.Helper()
	var d *DamagedError
	if !errors.As(err, &d) {
		t.Fatalf("error %v, want a DamagedError", err)
	}
	got, readErr := os.ReadFile(d.Aside)
	if readErr != nil || string(got) != text {
		t.Errorf("aside is %q, %v; want %q", got, readErr, text)
	}
	for _, part := range []string{file, d.Aside, d.Cause.Error(), "move it back, or delete it"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

// A later version's file is left as it is, and told once.
func TestNewerFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	const text = `{"version":2,"learned":["a"]}`
	file := writeText(t, `{"version":1}`)
	running := openProgress(t, file)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	opened, openErr := OpenProgress(file)
	for p, err := range map[*Progress]error{opened: openErr, running: running.Read("a")} {
		var newer *NewerError
		if !errors.As(err, &newer) || newer.Version != 2 || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "update the program") {
			t.Errorf("error %v, want that the file is newer", err)
		}
		if err := errors.Join(p.Read("a"), p.Answer("a", true)); err != nil || !p.Done("a") {
			t.Errorf("it cannot go on in memory: %v", err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != text {
		t.Errorf("the file is now %q, %v", got, err)
	}
}

// What could not be written is known all the same, and written as soon as it can be.
func TestWhatCannotBeKeptIsKeptLater(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	file := filepath.Join(dir, "learning.json")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	p, err := OpenProgress(file)
	checkKept(t, err, file)
	checkKept(t, p.Read("a"), file)
	checkKept(t, p.Answer("a", true), file)
	if !p.Done("a") {
		t.Error("what could not be written is not known")
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := p.Read("a"); err != nil {
		t.Fatal(err)
	}
	if again := openProgress(t, file); !again.Done("a") {
		t.Errorf("kept is %+v", again.State("a"))
	}
}

func checkKept(t *testing.T, err error, file string) {
	t.Helper()
	var k *KeepError
	if !errors.As(err, &k) || k.File != file || errors.Unwrap(err) == nil || !strings.Contains(err.Error(), "choose another --state") {
		t.Errorf("error %v, want that %s cannot be kept", err, file)
	}
}

// A lock that a killed process has left does not lock others out for long; one that is in use is waited for.
func TestStaleLockIsBroken(t *testing.T) {
	t.Parallel()
	file := writeText(t, `{"version":1}`)
	lock := file + lockSuffix
	if err := os.WriteFile(lock, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * lockStale)
	if err := os.Chtimes(lock, long, long); err != nil {
		t.Fatal(err)
	}
	if err := openProgress(t, file).Read("a"); err != nil {
		t.Fatal(err)
	}
	if names := folderOf(t, file); !slices.Equal(names, []string{"learning.json"}) {
		t.Errorf("what is left is %v", names)
	}
}

// FuzzProgressFile looks for files that panic, that are lost, or that are read and do not come back the same.
func FuzzProgressFile(f *testing.F) {
	f.Add(`{"version":1,"lessons":{"a":{"read":"2026-01-02T02:04:05Z","answered":"2026-01-02T02:04:05Z","right":true}}}`)
	f.Add(`{"version":2}`)
	for _, text := range damaged {
		f.Add(text)
	}
	file := filepath.Join(f.TempDir(), "learning.json")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := OpenProgress(file)
		if d := new(DamagedError); errors.As(err, &d) {
			if got, err := os.ReadFile(d.Aside); err != nil || string(got) != text {
				t.Fatalf("aside is %q, %v", got, err)
			}
			_ = os.Remove(d.Aside)
		}
		_ = p.Read("new")
		if !errors.As(err, new(*NewerError)) && openProgress(t, file).State("new").Read.IsZero() {
			t.Fatalf("after %v nothing is kept", err)
		}
	})
}
