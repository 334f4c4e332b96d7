package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestUpdateCommitsAndUndoes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b#c?d")
	s := open(t, dir)
	if err := s.Update(func(tx *Tx) error { return tx.SetSetting("k", "v") }); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := s.Update(func(tx *Tx) error {
		if err := tx.SetSetting("k", "lost"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v, want the function's own error", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	var got string
	if err := s.View(func(tx *Tx) (err error) { got, err = tx.Setting("k"); return err }); err != nil {
		t.Fatal(err)
	}
	if got != "v" {
		t.Errorf("setting = %q after reopening, want v", got)
	}
}

func TestPanicInUpdateLeavesStoreUsable(t *testing.T) {
	s := open(t, "")
	func() {
		defer func() { _ = recover() }()
		_ = s.Update(func(tx *Tx) error {
			_ = tx.SetSetting("k", "lost")
			panic("boom")
		})
	}()
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

func TestViewCannotWrite(t *testing.T) {
	s := open(t, "")
	if err := s.View(func(tx *Tx) error { return tx.SetSetting("k", "v") }); err == nil {
		t.Fatal("a view wrote")
	}
}

func TestOtherVersionIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.Update(func(tx *Tx) error { _, err := tx.Exec("PRAGMA user_version=99"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, ErrVersion) {
		t.Fatalf("got %v, want ErrVersion", err)
	}
}

func TestConcurrentReadersAndWriters(t *testing.T) {
	s := open(t, "")
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 50 {
				if err := s.Update(func(tx *Tx) error { return tx.SetSetting(fmt.Sprint(w, "-", i), "v") }); err != nil {
					t.Error(err)
				}
				if err := s.View(func(tx *Tx) error { _, err := tx.Setting(fmt.Sprint(w, "-", i)); return err }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	n := 0
	if err := s.View(func(tx *Tx) error { return tx.Row("SELECT count(*) FROM settings", nil, &n) }); err != nil {
		t.Fatal(err)
	}
	if n != 400 {
		t.Errorf("%d settings, want 400", n)
	}
}

func BenchmarkUpdate(b *testing.B) {
	s := open(b, b.TempDir())
	for i := 0; b.Loop(); i++ {
		if err := s.Update(func(tx *Tx) error { return tx.SetSetting(fmt.Sprint(i), "v") }); err != nil {
			b.Fatal(err)
		}
	}
}
