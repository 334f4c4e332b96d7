package lessons

import (
	"errors"
	"maps"
	"path/filepath"
	"sync"
	"time"
)

// State is what a person has done with one lesson. The zero State is a lesson that is still open.
type State struct {
	Read     time.Time `json:"read,omitzero"`     // when it was first read
	Answered time.Time `json:"answered,omitzero"` // when its question was last answered; a right answer is the last one that counts
	Right    bool      `json:"right,omitempty"`   // whether it was ever answered rightly: a later slip takes nothing away
}

// Progress keeps what has been read and answered, in a file or in memory. It is safe for concurrent use, by several processes
// as well: each change is made to what the file holds at that moment. A nil Progress keeps nothing and never fails.
//
// The methods that change something read and write the file, so a screen calls them from a command. Those that only tell
// answer from memory: they know what other processes did as of the last change.
//
// A change that could not be written is an error, holds in memory all the same, and is written with the next one.
type Progress struct {
	now func() time.Time

	saving sync.Mutex // held while the file is written, before mu and never within it

	mu      sync.Mutex // held for moments only: a screen asks while it is drawn
	file    string     // "" in memory
	states  map[string]State
	pending []change // made, and not yet in the file
}

// change is something that happened to the states of all lessons.
type change func(map[string]State)

// OpenProgress reads the progress that is kept in a file; "" keeps it in memory only. A file that does not exist yet is made
// with the first change.
//
// The Progress can be used even when there is an error, which a person should be told: a *DamagedError says where a file that
// could not be understood was put, and any other error says why the progress will not be kept.
func OpenProgress(path string) (*Progress, error) {
	p := &Progress{now: time.Now, file: path, states: map[string]State{}}
	if path == "" {
		return p, nil
	}
	if abs, err := filepath.Abs(path); err == nil {
		p.file = abs // a later change of the working directory must not make a second file
	}
	states, err := readStates(p.file)
	switch {
	case err == nil:
		p.states = states
	case errors.As(err, new(*NewerError)):
		p.file = "" // to say it once is enough
	}
	return p, err
}

// Read notes that a lesson was read.
func (p *Progress) Read(id string) error {
	return p.change(id, func(s State, now time.Time) State {
		if s.Read.IsZero() {
			s.Read = now
		}
		return s
	})
}

// Answer notes that a lesson's question was answered, rightly or not.
func (p *Progress) Answer(id string, right bool) error {
	return p.change(id, func(s State, now time.Time) State {
		if !s.Right {
			s.Answered, s.Right = now, right
		}
		return s
	})
}

// State is what was done with a lesson.
func (p *Progress) State(id string) State {
	if p == nil {
		return State{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.states[id]
}

// Done tells whether a lesson is finished: it was read, and its question was answered rightly. Reading alone is not enough,
// since scrolling past looks the same; nor is an answer, which may be a guess.
func (p *Progress) Done(id string) bool {
	s := p.State(id)
	return !s.Read.IsZero() && s.Right
}

// Count says how many of the lessons are done, and how many minutes those that are not take to read.
func (p *Progress) Count(all []Lesson) (done, minutesLeft int) {
	for _, l := range all {
		if p.Done(l.ID) {
			done++
			continue
		}
		minutesLeft += l.Minutes
	}
	return done, minutesLeft
}

// Reset forgets everything: all lessons are open again.
func (p *Progress) Reset() error {
	if p == nil {
		return nil
	}
	p.apply(func(states map[string]State) { clear(states) })
	return p.save()
}

// change makes a change to one lesson.
func (p *Progress) change(id string, f func(s State, now time.Time) State) error {
	if p == nil {
		return nil
	}
	now := p.now().UTC().Truncate(time.Second) // as JSON gives it back, and as much as anybody wants to know
	p.apply(func(states map[string]State) { states[id] = f(states[id], now) })
	return p.save()
}

// apply makes a change in memory.
func (p *Progress) apply(c change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c(p.states)
	if p.file != "" {
		p.pending = append(p.pending, c)
	}
}

// save makes in the file what changed in memory, and takes over what others have written.
func (p *Progress) save() error {
	p.saving.Lock()
	defer p.saving.Unlock()
	p.mu.Lock()
	file, todo, known := p.file, p.pending, maps.Clone(p.states)
	p.mu.Unlock()
	if file == "" || len(todo) == 0 {
		return nil
	}
	states, err := updateStates(file, known, func(states map[string]State) { do(todo, states) })
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case states != nil:
		p.states, p.pending = states, p.pending[len(todo):]
		do(p.pending, p.states)
	case errors.As(err, new(*NewerError)):
		p.file, p.pending = "", nil // to say it once is enough
	}
	return err
}

func do(all []change, states map[string]State) {
	for _, c := range all {
		c(states)
	}
}
