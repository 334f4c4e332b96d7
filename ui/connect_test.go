package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go"
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/screen"
)

// errRefused is what a call meets when nobody listens.
var errRefused = fmt.Errorf("ask who is calling: %w", &url.Error{Op: "Post", URL: "http://127.0.0.1:4566/",
	Err: &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4566}, Err: syscall.ECONNREFUSED}})

// expired is what a call meets with credentials of yesterday.
var expired = &smithy.OperationError{ServiceID: "STS", OperationName: "GetCallerIdentity",
	Err: &smithy.GenericAPIError{Code: "ExpiredToken", Message: "The security token included in the request is expired"}}

// connectModel is the program before it has its cloud.
func connectModel(t *testing.T, p *locale.Printer, w, h int) *model {
	t.Helper()
	o := Options{Deps: screen.Deps{Printer: p, Theme: uitest.Theme()}, Output: io.Discard, Connecting: &Connecting{
		Doing: p.T("connect.sandbox", "State", "/home/u/.local/state/fleetlab"), Profile: "lab", Hold: cloud.NewHold(-1),
		Connect: func(context.Context) (*cloud.Cloud, []string, error) { return sandbox, nil, nil },
	}}
	m, err := newModel(t.Context(), o, pages(&page{name: "Home"}))
	if err != nil {
		t.Fatal(err)
	}
	m.Init()
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return m
}

// stuck has calls held by err, after a second try, with four seconds to the next, until they are answered. It is for tests in a
// bubble, whose clock stands still.
func stuck(t *testing.T, m *model, err error) (answer func()) {
	t.Helper()
	var answered atomic.Bool
	h := m.hold()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = h.Do(ctx, "sts", func() error {
			if answered.Load() {
				return nil
			}
			return err
		})
	}()
	t.Cleanup(func() { stop(); <-done })
	synctest.Wait()
	h.TryNow()
	synctest.Wait()
	s, is := h.State()
	if !is || s.Tries != 2 {
		t.Fatalf("calls are not held after a second try: %+v", s)
	}
	m.deps.Now = func() time.Time { return s.Next.Add(-3500 * time.Millisecond) }
	return func() { answered.Store(true) }
}

// connectScenes are the states of the page.
var connectScenes = map[string]func(t *testing.T, m *model){
	"start":   func(*testing.T, *model) {},
	"slow":    func(_ *testing.T, m *model) { m.Update(slowMsg{}) },
	"network": func(t *testing.T, m *model) { stuck(t, m, errRefused) },
	"profile": func(t *testing.T, m *model) { stuck(t, m, config.SharedConfigProfileNotExistError{Profile: "lab"}) },
	"expired": func(t *testing.T, m *model) { stuck(t, m, expired) },
	"failed": func(_ *testing.T, m *model) {
		m.Update(connectedMsg{err: fmt.Errorf("connect: %w", cloud.ErrNoRegion)})
	},
	"started-bad": func(_ *testing.T, m *model) {
		m.Update(connectedMsg{err: errors.New(m.t("start.addr", "Addr", "127.0.0.1:4566"))})
	},
}

func TestConnectGolden(t *testing.T) {
	t.Parallel()
	for name, scene := range connectScenes {
		t.Run(name, func(t *testing.T) {
			uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
				view := ""
				synctest.Test(t, func(t *testing.T) {
					m := connectModel(t, p, s.W, s.H)
					scene(t, m)
					view = m.View()
				})
				uitest.Golden(t, view, s.W, s.H)
			})
		})
	}
}

func TestConnectedOpensTheHomeScreen(t *testing.T) {
	t.Parallel()
	m := connectModel(t, uitest.Printer(t, "en"), 80, 24)
	if m.top() != nil {
		t.Fatal("a screen is open without a cloud")
	}
	m.Update(connectedMsg{cloud: sandbox, notices: []string{"the speed stays"}})
	if top := m.top(); top == nil || top.name != screen.Home || m.deps.Cloud != sandbox {
		t.Fatal("the home screen is not open, or has no cloud")
	}
	if view := m.View(); !strings.Contains(view, "the speed stays") {
		t.Errorf("the notice is not shown:\n%s", view)
	}
}

func TestConnectingIsLeftAndTriedAgain(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"q", "esc", "ctrl+c"} {
		m := connectModel(t, uitest.Printer(t, "en"), 80, 24)
		if cmd := press(m, key); cmd == nil || cmd() != tea.Quit() {
			t.Errorf("%s does not leave", key)
		}
	}
	m := connectModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(connectedMsg{err: cloud.ErrNoRegion})
	if press(m, "r"); m.connecting.err != nil {
		t.Error("r does not try again")
	}
}

func TestFrameSaysThatCallsAreHeld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
		how  string
	}{{errRefused, "no answer from 127.0.0.1:4566, next try in 4 s", "check the network"}, {expired, "credentials expired, next try in 4 s", "in another terminal: aws"}} {
		synctest.Test(t, func(t *testing.T) {
			m := connectModel(t, uitest.Printer(t, "en"), 120, 40)
			m.Update(connectedMsg{cloud: sandbox})
			answer := stuck(t, m, c.err)
			if view := m.View(); !strings.Contains(view, c.want) || !strings.Contains(view, "try again now") {
				t.Errorf("the frame does not say %q:\n%s", c.want, view)
			}
			m.Update(heldMsg{})
			if view := m.View(); !strings.Contains(view, c.how) {
				t.Errorf("it does not say %q:\n%s", c.how, view)
			}
			press(m, "r")
			synctest.Wait()
			if s, _ := m.hold().State(); s.Tries != 3 {
				t.Errorf("%d tries, want one more after r", s.Tries)
			}
			said := len(m.said)
			if m.Update(heldMsg{}); len(m.said) != said {
				t.Error("it is said again while nothing has changed")
			}
			answer()
			m.hold().TryNow()
			synctest.Wait()
			if m.Update(heldMsg{}); !strings.Contains(m.View(), "answered again") {
				t.Errorf("it does not say that it is over:\n%s", m.View())
			}
		})
	}
}

func TestPaletteOffersToTryNowOnlyWhileCallsAreHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := connectModel(t, uitest.Printer(t, "en"), 80, 24)
		m.Update(connectedMsg{cloud: sandbox})
		offered := func() (do func() tea.Cmd) {
			for _, a := range m.actions() {
				if a.Words == "try again now" {
					do = a.do
				}
			}
			return do
		}
		if offered() != nil {
			t.Error("it offers to try again what is not held")
		}
		stuck(t, m, errRefused)
		do := offered()
		if do == nil {
			t.Fatal("it does not offer to try again")
		}
		do()
		synctest.Wait()
		if s, _ := m.hold().State(); s.Tries != 3 {
			t.Errorf("%d tries, want one more", s.Tries)
		}
	})
}
