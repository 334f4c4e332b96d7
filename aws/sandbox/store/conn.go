package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// conn is one connection with its own prepared statements, used by one goroutine at a time. Parsing SQL
// costs more than running these small statements. It runs without a context on purpose: the driver starts a
// goroutine for each call that can be cancelled, and no statement here is long.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
}

// maxStmts bounds the cache; queries put together at run time (fleet index searches) start it afresh.
const maxStmts = 400

func newConn(db *sql.DB) (*conn, error) {
	c, err := db.Conn(context.Background())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &conn{c: c, stmts: map[string]*sql.Stmt{}}, nil
}

func (c *conn) prepare(query string) (*sql.Stmt, error) {
	if st := c.stmts[query]; st != nil {
		return st, nil
	}
	if len(c.stmts) >= maxStmts {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	st, err := c.c.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", firstLine(query), err)
	}
	c.stmts[query] = st
	return st, nil
}

func (c *conn) forget() error {
	var errs []error
	for _, st := range c.stmts {
		errs = append(errs, st.Close())
	}
	clear(c.stmts)
	return errors.Join(errs...)
}

func (c *conn) close() error { return errors.Join(c.forget(), c.c.Close()) }

// run runs fn between begin and COMMIT, or undoes what it did.
func (c *conn) run(begin string, fn func(*Tx) error) (err error) {
	tx := &Tx{conn: c}
	if _, err := tx.Exec(begin); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // fn failed or panicked; what led here is what to tell
			_, _ = tx.Exec("ROLLBACK")
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if _, err := tx.Exec("COMMIT"); err != nil {
		return err
	}
	done = true
	return nil
}
