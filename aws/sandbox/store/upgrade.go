package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// upgrade brings a state file of an earlier version to this one: a new file is made beside it, the columns that both know are
// copied, and the new file takes the old one's place. Columns and tables that are new begin with their defaults or with
// what the copying triggers. A process that is killed on the way leaves the old file as it was.
func upgrade(file string, open func(file string) (*sql.DB, error)) error {
	next := file + "-upgrade"
	if err := removeDatabase(next); err != nil { // of an upgrade that was broken off
		return err
	}
	if err := copyInto(next, file, open); err != nil {
		return errors.Join(fmt.Errorf("bring %s to version %d: %w", file, Version, err), removeDatabase(next))
	}
	for _, f := range []string{file + "-wal", file + "-shm"} { // all of it is in the file: it was closed
		if err := remove(f); err != nil {
			return err
		}
	}
	if err := os.Rename(next, file); err != nil {
		return fmt.Errorf("replace the state file of an earlier version: %w", err)
	}
	return nil
}

func copyInto(next, file string, open func(file string) (*sql.DB, error)) (err error) {
	db, err := open(next)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // what is attached is attached to one connection
	if err := create(db, next); err != nil {
		return err
	}
	if _, err := db.Exec("ATTACH ? AS old", file); err != nil {
		return err
	}
	var from int
	if err := db.QueryRow("PRAGMA old.user_version").Scan(&from); err != nil {
		return err
	}
	if from == 1 { // the triggers that count executions want a row to count in
		if _, err := db.Exec("INSERT INTO main.job_progress(job_id) SELECT id FROM old.jobs"); err != nil {
			return err
		}
	}
	tables, err := texts(db, "SELECT name FROM old.sqlite_schema WHERE type='table' AND name IN (SELECT name FROM main.sqlite_schema WHERE type='table')")
	if err != nil {
		return err
	}
	for _, t := range tables {
		columns, err := texts(db, "SELECT name FROM pragma_table_info(?1,'main') WHERE name IN (SELECT name FROM pragma_table_info(?1,'old'))", t)
		if err != nil {
			return err
		}
		list := `"` + strings.Join(columns, `","`) + `"`
		if _, err := db.Exec(`INSERT OR REPLACE INTO main."` + t + `"(` + list + `) SELECT ` + list + ` FROM old."` + t + `"`); err != nil {
			return fmt.Errorf("copy %s: %w", t, err)
		}
	}
	if from == 1 { // which let a step timer outlive the in-progress timer
		if _, err := db.Exec("UPDATE executions SET step_at=timeout_at WHERE step_at>timeout_at"); err != nil {
			return err
		}
	}
	_, err = db.Exec("DETACH old; PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func texts(db *sql.DB, query string, args ...any) (list []string, err error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// removeDatabase removes a file with what SQLite keeps beside it.
func removeDatabase(file string) error {
	return errors.Join(remove(file), remove(file+"-wal"), remove(file+"-shm"))
}

func remove(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
