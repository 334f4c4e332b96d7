package ui

import (
	"context"
	"testing"
	"testing/synctest"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/internal/uitest"
)

// A program that ends at once may never run the command that connects: leaving must neither wait for it nor let it begin afterwards.
func TestLeavingBeforeConnectingHasBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := connectModel(t, uitest.Printer(t, "en"), 80, 24)
		m.opts.Connecting.Connect = func(context.Context) (*cloud.Cloud, []string, error) {
			t.Error("it connects after it was left")
			return nil, nil, nil
		}
		batch := m.connect()().(tea.BatchMsg)
		m.leave()
		if msg := batch[len(batch)-1](); msg != nil {
			t.Errorf("%v came of connecting", msg)
		}
	})
}

// What Connect opened is its caller's to close, so that leaving waits for it.
func TestLeavingWaitsForConnect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := connectModel(t, uitest.Printer(t, "en"), 80, 24)
		over := false
		m.opts.Connecting.Connect = func(ctx context.Context) (*cloud.Cloud, []string, error) {
			<-ctx.Done()
			over = true
			return nil, nil, context.Cause(ctx)
		}
		batch := m.connect()().(tea.BatchMsg)
		go batch[len(batch)-1]()
		synctest.Wait()
		m.leave()
		if !over {
			t.Error("it was left before Connect had returned")
		}
	})
}
