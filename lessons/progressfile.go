package lessons

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"
)

// formatVersion is the file's format. A program that knows only an older one leaves the file alone.
const formatVersion = 1

// progressFile is what the file holds.
type progressFile struct {
	Version int              `json:"version"`
	Lessons map[string]State `json:"lessons"`
}

// DamagedError says that the progress file could not be understood and was put aside. Progress goes on with an empty one.
type DamagedError struct {
	File  string // what could not be read
	Aside string // where it is now
	Cause error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the learning progress in %s cannot be read (%v); it was moved to %s and a new one begins: "+
		"mend that file and move it back, or delete it", e.File, e.Cause, e.Aside)
}

// Unwrap gives what is wrong with the file.
func (e *DamagedError) Unwrap() error { return e.Cause }

// NewerError says that a later version of this program has written the progress file. It is left as it is.
type NewerError struct {
	File    string
	Version int // its format, as against formatVersion
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("the learning progress in %s has format %d and this program knows %d; it is left as it is, and nothing new is kept: "+
		"update the program, or move the file away", e.File, e.Version, formatVersion)
}

// KeepError says that the progress cannot be read or written just now. What was done meanwhile is kept in memory and written
// with the next change.
type KeepError struct {
	File  string
	Cause error
}

func (e *KeepError) Error() string {
	return fmt.Sprintf("the learning progress cannot be kept in %s: %v; make room there and allow writing, or choose another --state", e.File, e.Cause)
}

// Unwrap gives what was in the way.
func (e *KeepError) Unwrap() error { return e.Cause }

// readStates reads the file; one that does not exist is empty. A damaged one is put aside under the lock, so that nobody
// writes it meanwhile.
func readStates(file string) (map[string]State, error) {
	states, err := parseFile(file)
	if !errors.As(err, new(*DamagedError)) {
		return states, err
	}
	unlock, lockErr := lockFile(file)
	if lockErr != nil {
		return nil, lockErr
	}
	states, err = salvage(file)
	return states, errors.Join(err, unlock())
}

// updateStates makes a change to what the file holds now. It returns what the file holds then, nil if it could not be
// written; a *DamagedError comes with states: the file was put aside, and a new one was written that begins with what is
// known.
func updateStates(file string, known map[string]State, change func(map[string]State)) (states map[string]State, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, &KeepError{file, err}
	}
	unlock, err := lockFile(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	states, damage := salvage(file)
	if states == nil {
		return nil, damage
	}
	before := maps.Clone(states)
	if damage != nil {
		states = known
	}
	change(states)
	if maps.Equal(states, before) {
		return states, damage
	}
	if err := writeFile(file, progressFile{formatVersion, states}); err != nil {
		return nil, errors.Join(damage, &KeepError{file, err})
	}
	return states, damage
}

// salvage reads the file, and if it is damaged puts it aside and returns empty states with a *DamagedError. The states are nil
// when the file cannot be used.
func salvage(file string) (map[string]State, error) {
	states, err := parseFile(file)
	var damaged *DamagedError
	if !errors.As(err, &damaged) {
		return states, err
	}
	aside, asideErr := moveAside(file)
	if asideErr != nil {
		return nil, &KeepError{file, errors.Join(damaged.Cause, asideErr)}
	}
	damaged.Aside = aside
	return map[string]State{}, damaged
}

// parseFile reads the file. Its *DamagedError has not put it aside yet.
func parseFile(file string) (map[string]State, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]State{}, nil
	}
	if err != nil {
		return nil, &KeepError{file, err}
	}
	var head struct {
		Version int `json:"version"`
	}
	var content progressFile
	switch err := json.Unmarshal(data, &head); {
	case err == nil && head.Version > formatVersion:
		return nil, &NewerError{file, head.Version}
	case err == nil && head.Version < 1:
		return nil, &DamagedError{File: file, Cause: errors.New("it names no format")}
	}
	if err := json.Unmarshal(data, &content); err != nil {
		return nil, &DamagedError{File: file, Cause: err}
	}
	if content.Lessons == nil {
		content.Lessons = map[string]State{}
	}
	return content.Lessons, nil
}

// moveAside gives the file a name that is not taken, and returns it.
func moveAside(file string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".damaged-*")
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(f.Close(), os.Rename(file, f.Name()))
}

// writeFile replaces the file in one step: readers see the old one or the new one.
func writeFile(file string, content progressFile) error {
	data, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".new-*") // CreateTemp gives mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// The lock is a file that exists while somebody writes, which works on every system. Writing takes milliseconds, so a lock
// that is much older was left by a process that was killed.
const (
	lockSuffix   = ".lock"
	lockStale    = 2 * time.Second
	lockPatience = 2 * lockStale
	lockPause    = 2 * time.Millisecond
)

// lockFile waits until nobody else holds the lock of a file, and takes it. What it returns gives it back.
func lockFile(file string) (unlock func() error, err error) {
	name := file + lockSuffix
	for deadline := time.Now().Add(lockPatience); ; time.Sleep(lockPause) {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			return func() error { return os.Remove(name) }, f.Close()
		}
		if !errors.Is(err, fs.ErrExist) || time.Now().After(deadline) {
			return nil, &KeepError{file, err}
		}
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > lockStale {
			_ = os.Remove(name) // if somebody was quicker, the next attempt says so
		}
	}
}
