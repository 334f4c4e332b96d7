package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Names in the state directory.
const (
	lockFile = "sandbox.lock" // locked by the owner; its contents mean nothing
	infoFile = "sandbox.json" // where the owner serves
)

// info is what the owner tells those who join.
type info struct {
	Addr    string    `json:"addr"`
	PID     int       `json:"pid"`
	Region  string    `json:"region"`
	Speed   float64   `json:"speed"`
	Quotas  bool      `json:"quotas"`
	Lag     bool      `json:"lag"`
	Started time.Time `json:"started"`
}

func newInfo(addr string, o Options) info {
	return info{Addr: addr, PID: os.Getpid(), Region: o.Region, Speed: o.Speed, Quotas: o.Quotas, Lag: o.Lag, Started: time.Now().UTC()}
}

// lock makes this process the owner of a state directory.
type lock struct {
	dir  string
	file *flock.Flock
}

// Waiting for an owner that is just starting or stopping.
const (
	joinPatience = 10 * time.Second
	joinPause    = 50 * time.Millisecond
)

// acquire makes this process the owner of dir, or returns what the owner tells.
func acquire(ctx context.Context, dir string) (*lock, *info, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("make the state directory: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, joinPatience)
	defer cancel()
	for {
		held, err := tryLock(dir)
		if held != nil || err != nil {
			return held, nil, err
		}
		if found := reachable(ctx, dir); found != nil {
			return nil, found, nil
		}
		select {
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("the state directory %s is %w: %w; stop it or use another --state", dir, errBusy, ctx.Err())
		case <-time.After(joinPause):
		}
	}
}

// tryLock returns nil without an error when another process, or another sandbox of this one, has the lock. What the
// last owner told is then no longer true, and it is removed at once.
func tryLock(dir string) (*lock, error) {
	l := &lock{dir: dir, file: flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))}
	ok, err := l.file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the state directory: %w", err)
	}
	if !ok {
		return nil, l.file.Close()
	}
	if err := l.retract(); err != nil {
		return nil, errors.Join(err, l.file.Unlock())
	}
	return l, nil
}

// publish tells others where the sandbox is. They see all of it or nothing.
func (l *lock) publish(i info) error {
	b, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(l.dir, infoFile), append(b, '\n'))
}

func (l *lock) retract() error {
	if err := os.Remove(filepath.Join(l.dir, infoFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the address of the last sandbox: %w", err)
	}
	return nil
}

func (l *lock) release() error { return errors.Join(l.retract(), l.file.Unlock()) }

// reachable returns what the owner tells, provided that it answers there.
func reachable(ctx context.Context, dir string) *info {
	b, err := os.ReadFile(filepath.Join(dir, infoFile))
	if err != nil {
		return nil
	}
	var i info
	if json.Unmarshal(b, &i) != nil {
		return nil
	}
	if !answers(ctx, i.Addr) {
		return nil
	}
	return &i
}

// answerTime is how long an owner that is alive takes to answer at most. One that was stopped takes connections, and no more.
const answerTime = 2 * time.Second

// answers tells whether an owner answers, whatever it says.
func answers(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, "http://"+addr, http.NoBody)
	if err != nil {
		return false
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil
}

// running returns what the owner of dir tells; nil when there is none.
func running(dir string) (*info, error) {
	if _, err := os.Stat(filepath.Join(dir, lockFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	held, err := tryLock(dir)
	if err != nil {
		return nil, err
	}
	if held != nil {
		return nil, held.release()
	}
	return reachable(context.Background(), dir), nil
}

// writeFile replaces a file in one step, readable by its owner only.
func writeFile(name string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"-") // CreateTemp gives mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
