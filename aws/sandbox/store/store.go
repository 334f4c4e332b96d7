// Package store keeps the sandbox's state in one SQLite file. One process owns the file; inside it one
// transaction writes at a time and any number read. What was committed survives the process being killed.
package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver, in Go alone
)

//go:embed schema.sql
var schema string

// Version is the layout of the state file. A file of an earlier version is brought to this one when it is opened; one of a
// later version is refused and not changed.
const Version = 2

// ErrVersion means that the state file was written by a newer fleetlab.
var ErrVersion = errors.New("state file has another version")

// FileName is the name of the state file in the state directory.
const FileName = "sandbox.db"

// readers is how many transactions may read at once.
const readers = 4

// Store is safe for concurrent use.
type Store struct {
	db     *sql.DB
	mu     sync.Mutex // who writes holds it; writers take turns here, not in SQLite's busy handler
	writer *conn

	queue   sync.Mutex
	waiting []*write // in the order in which they came
	led     bool     // somebody runs what waits, or has been told to

	idle chan *conn // readers that nobody uses
	temp string     // directory to remove on Close
}

// Open opens or creates the state file in dir. An empty dir means a store that is gone when it is closed.
func Open(dir string) (*Store, error) {
	s := &Store{}
	sync := "NORMAL"
	if dir == "" {
		t, err := os.MkdirTemp("", "fleetlab-")
		if err != nil {
			return nil, fmt.Errorf("make a directory for the state: %w", err)
		}
		dir, s.temp, sync = t, t, "OFF"
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the state directory: %w", err)
	}
	if err := s.open(filepath.Join(dir, FileName), sync); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(file, synchronous string) (err error) {
	connect := func(file string) (*sql.DB, error) { return connect(file, synchronous) }
	if s.db, err = ready(file, connect); err != nil {
		return err
	}
	if s.writer, err = newConn(s.db); err != nil {
		return err
	}
	s.idle = make(chan *conn, readers)
	for range readers {
		r, err := newConn(s.db)
		if err != nil {
			return err
		}
		if _, err := r.c.ExecContext(context.Background(), "PRAGMA query_only=1"); err != nil {
			return fmt.Errorf("open %s: %w", file, err)
		}
		s.idle <- r
	}
	return nil
}

func connect(file, synchronous string) (*sql.DB, error) {
	// WAL with synchronous=NORMAL: a killed process loses nothing committed; only a power cut could. The log is moved into
	// the file every 16000 pages (64 MiB), which waits for the disk: less often than by default.
	dsn := "file:" + (&url.URL{Path: file}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(" + synchronous + ")&_pragma=temp_store(MEMORY)&_pragma=cache_size(-16000)&_pragma=wal_autocheckpoint(16000)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	return db, nil
}

// ready opens a state file in this version's layout. It makes one that is not there.
func ready(file string, connect func(file string) (*sql.DB, error)) (*sql.DB, error) {
	db, err := connect(file)
	if err != nil {
		return nil, err
	}
	var v int
	if err := db.QueryRow("PRAGMA user_version").Scan(&v); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", file, err), db.Close())
	}
	switch {
	case v == Version:
		return db, nil
	case v == 0:
		err = create(db, file)
	case v < Version:
		if err := errors.Join(db.Close(), upgrade(file, connect)); err != nil {
			return nil, err
		}
		return connect(file)
	default:
		err = fmt.Errorf("%s has version %d, this program knows %d: %w", file, v, Version, ErrVersion)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func create(db *sql.DB, file string) error {
	if _, err := db.Exec("BEGIN;" + schema + fmt.Sprintf("PRAGMA user_version=%d;COMMIT;", Version)); err != nil {
		return fmt.Errorf("create tables in %s: %w", file, err)
	}
	return nil
}

// Close waits for transactions under way and closes the file; a temporary store is removed.
func (s *Store) Close() error {
	var errs []error
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	for range cap(s.idle) {
		select {
		case r := <-s.idle:
			errs = append(errs, r.close())
		case <-time.After(time.Second): // open failed half-way, or a reader is stuck
		}
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.temp != "" {
		errs = append(errs, os.RemoveAll(s.temp))
	}
	s.writer, s.idle, s.db, s.temp = nil, nil, nil, "" // closing twice does nothing
	return errors.Join(errs...)
}

// View runs fn in a transaction that sees one consistent state and cannot write.
func (s *Store) View(fn func(*Tx) error) error {
	r := <-s.idle
	defer func() { s.idle <- r }()
	return r.run("BEGIN", fn)
}

// Tx is a transaction. It prepares each statement once for the life of the store, so query texts must be
// constants or few; values always go through arguments.
type Tx struct {
	conn  *conn
	part  bool // it is one of several in a transaction and has to be undone by itself
	saved bool // its savepoint is set
}

// ErrNoRow is what Row.Scan returns when there is no row.
var ErrNoRow = sql.ErrNoRows

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	if t.part && !t.saved {
		t.saved = true
		if _, err := t.Exec("SAVEPOINT part"); err != nil {
			return 0, err
		}
	}
	st, err := t.conn.prepare(query)
	if err != nil {
		return 0, err
	}
	res, err := st.Exec(args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", firstLine(query), err)
	}
	return res.RowsAffected()
}

// Row runs a query for at most one row and scans it into dest; ErrNoRow means there is none.
func (t *Tx) Row(query string, args []any, dest ...any) error {
	st, err := t.conn.prepare(query)
	if err != nil {
		return err
	}
	err = st.QueryRow(args...).Scan(dest...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", firstLine(query), err)
	}
	return err
}

// Each runs a query and calls fn for each row with the row's scan function; fn's error ends it.
func (t *Tx) Each(query string, args []any, fn func(scan func(...any) error) error) error {
	st, err := t.conn.prepare(query)
	if err != nil {
		return err
	}
	rows, err := st.Query(args...)
	if err != nil {
		return fmt.Errorf("%s: %w", firstLine(query), err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Setting reads an account-wide setting; "" when it was never set.
func (t *Tx) Setting(name string) (string, error) {
	var v string
	err := t.Row("SELECT value FROM settings WHERE name=?", []any{name}, &v)
	if errors.Is(err, ErrNoRow) {
		return "", nil
	}
	return v, err
}

// SetSetting writes an account-wide setting.
func (t *Tx) SetSetting(name, value string) error {
	_, err := t.Exec("INSERT INTO settings(name,value) VALUES(?,?) ON CONFLICT(name) DO UPDATE SET value=excluded.value", name, value)
	return err
}

// Millis is how times are kept.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// Time is the inverse of Millis.
func Time(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func firstLine(q string) string {
	q, _, _ = strings.Cut(strings.TrimSpace(q), "\n")
	return q
}
