// Package drive plays a screen in a test as the program does: it runs the commands that the screen returns, brings their messages
// back to it and listens to the runs that it starts.
package drive

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/feed"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
)

// Driver plays one screen.
type Driver struct {
	t      testing.TB
	reg    *run.Registry
	update func(tea.Msg) tea.Cmd
	msgs   chan tea.Msg

	// Asked are the messages with which the screen has asked the program for something, oldest first.
	Asked []tea.Msg
	// After, unless nil, is called after every message.
	After func()
}

// New drives a screen whose runs are in reg.
func New(t testing.TB, reg *run.Registry, update func(tea.Msg) tea.Cmd) *Driver {
	return &Driver{t: t, reg: reg, update: update, msgs: make(chan tea.Msg, 1024)}
}

// Do runs a command in the background; its message comes with the next Until.
func (d *Driver) Do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		if msg := cmd(); msg != nil {
			select {
			case d.msgs <- msg:
			case <-d.t.Context().Done():
			}
		}
	}()
}

// Send gives the screen a message and runs what it returns.
func (d *Driver) Send(msg tea.Msg) {
	d.Do(d.update(msg))
	if d.After != nil {
		d.After()
	}
}

// Until brings messages to the screen until done says so; the test fails when that never happens.
func (d *Driver) Until(done func() bool) {
	d.t.Helper()
	for !done() {
		for _, f := range d.reg.Take() {
			d.Do(feed.Listen(d.t.Context(), f, feed.Frame))
		}
		select {
		case msg := <-d.msgs:
			d.take(msg)
		case <-d.t.Context().Done():
			d.t.Fatal("the test ended before the screen came to where it was waited for")
		}
	}
}

func (d *Driver) take(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.Do(cmd)
		}
		return
	case feed.BatchMsg:
		d.reg.Observe(msg)
		if !msg.Last {
			d.Do(feed.Listen(d.t.Context(), msg.Feed, feed.Frame))
		}
	case screen.GoMsg, screen.OpenMsg, screen.ToastMsg, screen.CopyMsg, screen.BackMsg, screen.QuitMsg:
		d.Asked = append(d.Asked, msg)
		return
	}
	d.Send(msg)
}
