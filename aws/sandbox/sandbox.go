// Package sandbox is an AWS of one's own: sts, iam, s3 and the three IoT services for one account and Region, on one
// loopback address, with their state in one file. One process owns the state and serves it; others that ask for
// the same state directory join it over HTTP.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// Options say what sandbox to start. The zero value with a Dir is a working choice.
type Options struct {
	Dir         string  // state directory; made when missing
	Ephemeral   bool    // keep nothing and share with nobody; Dir is not used
	Addr        string  // host:port to listen on; "" means 127.0.0.1 and a free port
	Quotas      bool    // hold callers to AWS's default request rates
	Lag         bool    // do late what AWS does late (realm.AWSLag), not before the answer
	Speed       float64 // sandbox seconds in a second of the wall clock; 0 means 1
	AccessKey   string  // "" means the directory's own, made at random once
	SecretKey   string  // goes with AccessKey
	Region      string  // "" means us-east-1
	AllowRemote bool    // let Addr be one that other machines reach
}

// Notice says in which way a sandbox that was joined is not the one that was asked for.
type Notice string

// The notices.
const (
	NoticeSpeed       Notice = "speed"       // the owner's clock runs at another speed
	NoticeQuotas      Notice = "quotas"      // the owner holds callers to quotas and should not, or the reverse
	NoticeLag         Notice = "lag"         // the owner does late what AWS does late and should not, or the reverse
	NoticeRegion      Notice = "region"      // the owner plays another Region
	NoticeCredentials Notice = "credentials" // the owner has other keys
	NoticeAddr        Notice = "addr"        // the owner listens on another address
)

// Sandbox is a sandbox that this process serves or has joined. It is safe for concurrent use. When the owner of a
// joined sandbox stops, calls to it end with "connection refused"; starting anew takes the state over.
type Sandbox struct {
	info    info
	keys    keys
	notices []Notice
	own     *owned // nil for a joined one
}

// Endpoint is the address that clients use, like http://127.0.0.1:4566.
func (s *Sandbox) Endpoint() string { return "http://" + s.info.Addr }

// Region is the Region that the sandbox plays.
func (s *Sandbox) Region() string { return s.info.Region }

// AccessKey is the access key id of the one identity that the sandbox knows.
func (s *Sandbox) AccessKey() string { return s.keys.AccessKey }

// SecretKey is the secret that goes with AccessKey.
func (s *Sandbox) SecretKey() string { return s.keys.SecretKey }

// Speed is how many sandbox seconds pass in one second of the wall clock.
func (s *Sandbox) Speed() float64 { return s.info.Speed }

// Quotas tells whether callers are held to AWS's default request rates.
func (s *Sandbox) Quotas() bool { return s.info.Quotas }

// Lag tells whether the sandbox does late what AWS does late.
func (s *Sandbox) Lag() bool { return s.info.Lag }

// Joined tells whether another process serves the sandbox.
func (s *Sandbox) Joined() bool { return s.own == nil }

// Notices say how a joined sandbox differs from what was asked for; empty when it does not.
func (s *Sandbox) Notices() []Notice { return s.notices }

// owned is what only the process that serves has.
type owned struct {
	store  *store.Store
	clock  *clock.Fast
	server *http.Server
	lock   *lock // nil for an ephemeral sandbox
	stop   context.CancelFunc
	done   chan struct{} // closed when nothing serves any more
	work   sync.WaitGroup
	once   sync.Once
	err    error
}

// Start starts a sandbox, or joins the one that another process serves from the same directory. ctx bounds the
// start only; Close ends the sandbox. Errors say what to do about them.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if o.Ephemeral {
		return serve(ctx, o, nil)
	}
	held, found, err := acquire(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	if found != nil {
		return join(o, found)
	}
	s, err := serve(ctx, o, held)
	if err != nil {
		return nil, errors.Join(err, held.release())
	}
	return s, nil
}

// Find joins the sandbox that a process serves from dir now. ErrNotRunning means that none does.
func Find(dir string) (*Sandbox, error) {
	found, err := running(dir)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, fmt.Errorf("find the sandbox of %s: %w", dir, ErrNotRunning)
	}
	k, err := readKeys(dir)
	return &Sandbox{info: *found, keys: k}, err
}

// ErrNotRunning means that no process serves a sandbox from the directory.
var ErrNotRunning = errors.New("no sandbox is running; start one with: fleetlab sandbox")

func (o Options) complete() (Options, error) {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Speed == 0 {
		o.Speed = 1
	}
	switch {
	case !(o.Speed > 0 && o.Speed <= maxSpeed): // NaN, too
		return o, fmt.Errorf("sandbox speed %v: must be above 0 and at most %d", o.Speed, maxSpeed)
	case o.Dir == "" && !o.Ephemeral:
		return o, errors.New("sandbox: a state directory is needed; name one or ask for an ephemeral sandbox")
	case (o.AccessKey == "") != (o.SecretKey == ""):
		return o, errors.New("sandbox: access key and secret key go together; give both or neither")
	}
	return o, nil
}

// maxSpeed keeps the clock within what a time can hold: a day of the wall clock is then some 27 years.
const maxSpeed = 10_000

func join(o Options, found *info) (*Sandbox, error) {
	k, err := readKeys(o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{info: *found, keys: k}
	for _, n := range []struct {
		notice Notice
		differ bool
	}{
		{NoticeSpeed, o.Speed != found.Speed},
		{NoticeQuotas, o.Quotas != found.Quotas},
		{NoticeLag, o.Lag != found.Lag},
		{NoticeRegion, o.Region != found.Region},
		{NoticeCredentials, o.AccessKey != "" && (keys{o.AccessKey, o.SecretKey}) != k},
		{NoticeAddr, !sameAddr(o.Addr, found.Addr)},
	} {
		if n.differ {
			s.notices = append(s.notices, n.notice)
		}
	}
	return s, nil
}

// Times that the server gives its callers. Reading and writing are long enough for large firmware.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 10 * time.Minute
	idleTimeout   = 2 * time.Minute
	drainTimeout  = 2 * time.Second
)

// serve opens the state and serves it. held is the directory's lock; nil for an ephemeral sandbox.
func serve(ctx context.Context, o Options, held *lock) (_ *Sandbox, err error) {
	dir := o.Dir
	if o.Ephemeral {
		dir = ""
	}
	own := &owned{lock: held, done: make(chan struct{}), stop: func() {}}
	ln, err := listen(ctx, o.Addr, o.AllowRemote)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{own: own, info: newInfo(clientAddr(ln.Addr()), o)}
	if s.keys, err = loadKeys(dir, keys{o.AccessKey, o.SecretKey}); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	if own.store, err = store.Open(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("open the sandbox's state: %w", err), ln.Close())
	}
	if err = s.run(ln, o); err != nil {
		return nil, errors.Join(err, ln.Close(), own.store.Close())
	}
	return s, nil
}

func (s *Sandbox) run(ln net.Listener, o Options) error {
	own := s.own
	floor, err := readFloor(own.store)
	if err != nil {
		return err
	}
	own.clock = clock.New(o.Speed, floor)
	r := &realm.Realm{Store: own.store, Clock: own.clock, Account: realm.Account, Region: o.Region,
		AccessKey: s.keys.AccessKey, SecretKey: s.keys.SecretKey, Endpoint: s.Endpoint()}
	if o.Lag {
		r.Lag = realm.AWSLag()
	}
	handler, ticks, err := newHandler(r, o.Quotas)
	if err != nil {
		return err
	}
	if own.lock != nil {
		if err := own.lock.publish(s.info); err != nil {
			return err
		}
	}
	own.server = &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, WriteTimeout: bodyTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10, DisableGeneralOptionsHandler: true, ErrorLog: quiet()}
	background, stop := context.WithCancel(context.Background())
	own.stop = stop
	own.work.Go(func() { own.keepClock(background) })
	own.work.Go(func() { keepTicking(background, ticks) })
	own.work.Go(func() {
		defer close(own.done)
		if err := own.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("the sandbox stopped serving", "err", err)
		}
	})
	return nil
}

// quiet sends what net/http has to say about broken connections to the program's log as details.
func quiet() *log.Logger { return slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug) }

// Wait returns when the sandbox has stopped serving; at once for a joined one.
func (s *Sandbox) Wait() {
	if s.own != nil {
		<-s.own.done
	}
}

// Close stops serving: requests under way have two seconds to finish, then the state is closed and the directory
// is free for another process. Closing a joined sandbox, or closing twice, does nothing.
func (s *Sandbox) Close() error {
	if s.own == nil {
		return nil
	}
	s.own.once.Do(func() { s.own.err = s.own.close() })
	return s.own.err
}

func (w *owned) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	var errs []error
	if err := w.server.Shutdown(ctx); err != nil { // requests were still under way
		errs = append(errs, w.server.Close())
	}
	w.stop()
	w.work.Wait()
	errs = append(errs, w.saveClock(0), w.store.Close())
	if w.lock != nil {
		errs = append(errs, w.lock.release())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the sandbox: %w", err)
	}
	return nil
}
