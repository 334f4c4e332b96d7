package lessons

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// openProgress opens a file that must be sound.
func openProgress(t interface{ Fatal(...any) }, file string) *Progress {
	p, err := OpenProgress(file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// learner is what Progress should do, told simply.
type learner map[string]State

func (m learner) read(id string, at time.Time) {
	if s := m[id]; s.Read.IsZero() {
		m[id] = State{at, s.Answered, s.Right}
	}
}

func (m learner) answer(id string, at time.Time, right bool) {
	if s := m[id]; !s.Right {
		m[id] = State{s.Read, at, right}
	}
}

// TestProgressIsWhatWasDone does one thing after the other by two programs on one file, which are opened anew now and then, and
// by one that keeps nothing on disk. A program knows all that was done before its own last change.
func TestProgressIsWhatWasDone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		file := filepath.Join(dir, fmt.Sprint(round), "learning.json")
		at := time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC)
		clock := func() time.Time { return at }
		programs := []*Progress{openProgress(t, file), openProgress(t, file), openProgress(t, "")}
		for _, p := range programs {
			p.now = clock
		}
		onDisk, inMemory := learner{}, learner{}
		for range rapid.IntRange(1, 15).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
			id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "lesson")
			act := rapid.SampledFrom([]string{"read", "right", "wrong", "reset", "reopen"}).Draw(t, "act")
			which := rapid.IntRange(0, 2).Draw(t, "program")
			m := onDisk
			if which == 2 {
				m = inMemory
			}
			if act != "reopen" {
				perform(t, programs[which], m, act, id, at.Truncate(time.Second))
			} else if which != 2 { // what is in memory is gone with its program
				programs[which] = openProgress(t, file)
				programs[which].now = clock
			}
			same(t, programs[which], m)
		}
	})
}

// perform does something by the program and in the model.
func perform(t *rapid.T, p *Progress, m learner, act, id string, at time.Time) {
	var err error
	switch act {
	case "read":
		err = p.Read(id)
		m.read(id, at)
	case "reset":
		err = p.Reset()
		clear(m)
	default:
		err = p.Answer(id, act == "right")
		m.answer(id, at, act == "right")
	}
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *rapid.T, p *Progress, want learner) {
	done := 0
	var all []Lesson
	for _, id := range []string{"a", "b", "c"} {
		all = append(all, Lesson{ID: id, Minutes: 2})
		if got := p.State(id); !reflect.DeepEqual(got, want[id]) {
			t.Fatalf("State(%s) = %+v, want %+v", id, got, want[id])
		}
		finished := !want[id].Read.IsZero() && want[id].Right
		if p.Done(id) != finished {
			t.Fatalf("Done(%s) = %t with %+v", id, !finished, want[id])
		}
		if finished {
			done++
		}
	}
	if n, minutes := p.Count(all); n != done || minutes != 2*(3-done) {
		t.Fatalf("Count = %d, %d; want %d, %d", n, minutes, done, 2*(3-done))
	}
}

// TestManyWritersLoseNothing has programs that write one file at the same time, each from several goroutines.
func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "learning.json")
	const programs, lessons = 4, 8
	var wg sync.WaitGroup
	for n := range programs {
		p := openProgress(t, file)
		for i := range lessons {
			wg.Go(func() {
				id := fmt.Sprintf("lesson-%d-%d", n, i)
				if err := errors.Join(p.Read(id), p.Answer(id, true), p.Read("shared")); err != nil {
					t.Error(err)
				}
				if !p.Done(id) {
					t.Errorf("%s is not done for the program that did it", id)
				}
			})
		}
	}
	wg.Wait()
	p := openProgress(t, file)
	if n := len(p.states); n != programs*lessons+1 {
		t.Errorf("%d lessons are kept, want %d", n, programs*lessons+1)
	}
	for id, s := range p.states {
		if s.Read.IsZero() || s.Right != (id != "shared") {
			t.Errorf("%s is kept as %+v", id, s)
		}
	}
	if names := folderOf(t, file); !reflect.DeepEqual(names, []string{"learning.json"}) {
		t.Errorf("what is left is %v", names)
	}
}

// folderOf lists the folder of a file.
func folderOf(t *testing.T, file string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestNilProgressKeepsNothing(t *testing.T) {
	t.Parallel()
	var p *Progress
	if err := errors.Join(p.Read("a"), p.Answer("a", true), p.Reset()); err != nil || p.Done("a") || p.State("a") != (State{}) {
		t.Errorf("a nil Progress says %+v, %v", p.State("a"), err)
	}
	if done, minutes := p.Count([]Lesson{{ID: "a", Minutes: 3}, {ID: "b", Minutes: 2}}); done != 0 || minutes != 5 {
		t.Errorf("Count = %d, %d; want 0, 5", done, minutes)
	}
}

func TestTheFileIsForItsOwnerAndForPeople(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state", "learning.json")
	p := openProgress(t, file)
	p.now = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)) }
	if err := errors.Join(p.Read("a"), p.Answer("b", false)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	want := `{"version":1,"lessons":{"a":{"read":"2026-01-02T02:04:05Z"},"b":{"answered":"2026-01-02T02:04:05Z"}}}`
	if flat := strings.NewReplacer(" ", "", "\n", "").Replace(string(got)); err != nil || flat != want {
		t.Errorf("the file holds %s, %v; want %s", flat, err, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}
