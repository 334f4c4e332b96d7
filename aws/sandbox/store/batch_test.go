package store

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
)

var errRefused = errors.New("refused")

// TestSharedTransactionsKeepWritersApart has many writers at once, of which some fail, panic, or end their goroutine after they
// wrote. Whatever shared a transaction with what, exactly the others' writes are there, and each had its own answer.
func TestSharedTransactionsKeepWritersApart(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	const writers, rounds = 40, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range rounds {
				oneWrite(t, s, fmt.Sprintf("%02d-%02d", w, i), (w+i)%5)
			}
		})
	}
	wg.Wait()
	var kept, wrong int
	err := s.View(func(tx *Tx) error {
		return tx.Row("SELECT count(*), count(*) FILTER (WHERE value<>'kept') FROM settings", nil, &kept, &wrong)
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := writers * rounds / 5 * 2; kept != want || wrong != 0 {
		t.Errorf("%d settings are there, %d of them of failed writers; want %d and 0", kept, wrong, want)
	}
}

// oneWrite writes in one of five ways; the first two succeed.
func oneWrite(t *testing.T, s *Store, name string, way int) {
	defer func() {
		if p := recover(); (p != nil) != (way == 3) {
			t.Errorf("writer %s (way %d): panic %v", name, way, p)
		}
	}()
	err := s.Update(func(tx *Tx) error {
		if way == 4 { // looks only
			_, err := tx.Setting(name)
			return errors.Join(err, errRefused)
		}
		value := "kept"
		if way > 1 {
			value = "lost"
		}
		if err := tx.SetSetting(name, value); err != nil {
			return err
		}
		switch way {
		case 2:
			return errRefused
		case 3:
			panic("boom")
		}
		return nil
	})
	if errors.Is(err, errRefused) != (way == 2 || way == 4) || err != nil && !errors.Is(err, errRefused) {
		t.Errorf("writer %s (way %d): %v", name, way, err)
	}
}

// TestBatchGoesOnAfterABrokenTransaction: a statement can make SQLite undo the whole transaction, as a full disk does. Those
// before it learn that theirs is gone, and those behind it are not touched.
func TestBatchGoesOnAfterABrokenTransaction(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	set := func(name string) func(*Tx) error { return func(tx *Tx) error { return tx.SetSetting(name, "v") } }
	batch := []*write{{fn: set("before")}, {fn: func(tx *Tx) error { _, err := tx.Exec("ROLLBACK"); return err }}, {fn: set("behind")}}
	s.mu.Lock()
	s.writer.runBatch(batch)
	s.mu.Unlock()
	if !errors.Is(batch[0].err, errNeighbour) || batch[1].err == nil || batch[2].err != nil {
		t.Errorf("answers are %v, %v, %v", batch[0].err, batch[1].err, batch[2].err)
	}
	var there string
	err := s.View(func(tx *Tx) error { return tx.Row("SELECT group_concat(name) FROM settings", nil, &there) })
	if err != nil || there != "behind" {
		t.Errorf("there is %q, %v; want behind", there, err)
	}
}

// TestWriterThatExits: a function that ends its goroutine, as a failing test does, takes the lead with it.
func TestWriterThatExits(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = s.Update(func(tx *Tx) error {
			defer runtime.Goexit()
			return tx.SetSetting("k", "lost")
		})
	}()
	<-gone
	if err := s.Update(func(tx *Tx) error {
		v, err := tx.Setting("k")
		if v != "" {
			t.Errorf("setting = %q, want it undone", v)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkSharedUpdates has 32 writers at once.
func BenchmarkSharedUpdates(b *testing.B) {
	s := open(b, b.TempDir())
	b.SetParallelism(16)
	b.RunParallel(func(p *testing.PB) {
		for i := 0; p.Next(); i++ {
			if err := s.Update(func(tx *Tx) error { return tx.SetSetting(fmt.Sprint(i), "v") }); err != nil {
				b.Error(err)
			}
		}
	})
}
