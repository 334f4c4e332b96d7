package ui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
)

// The top line always says where the user is; of a real account it says which.
func TestTheTopLineGivesWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind       cloud.Kind
		w          int
		want, gone string
	}{
		{cloud.Sandbox, 120, "us-east-1 · 000000000000", "nothing"},
		{cloud.Sandbox, 70, "us-east-1", "000000000000"},
		{cloud.Sandbox, 60, "sandbox", "us-east-1"},
		{cloud.AWS, 80, "000000000000", "us-east-1"},
	} {
		m, _ := testModel(t, uitest.Printer(t, "ja"), c.w, 24)
		m.deps.Cloud = &cloud.Cloud{Kind: c.kind, Region: "us-east-1", Account: "000000000000"}
		m.Update(screen.GoMsg{ID: screen.Provision})
		m.top().screen.(*page).name = "フリートを用意する長い画面の名"
		m.Update(tea.WindowSizeMsg{Width: c.w, Height: 24})
		line, _, _ := strings.Cut(m.View(), "\n")
		if !strings.Contains(line, "fleetlab › フリートを用意する長い画面の名") || !strings.Contains(line, c.want) || strings.Contains(line, c.gone) {
			t.Errorf("%s at %d columns: %q", c.kind, c.w, line)
		}
	}
}
