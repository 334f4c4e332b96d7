package createjob

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
)

// keyHolders shows what AWS IoT fills into a document. It works while the document is typed.
var keyHolders = keys.New("ctrl+o", "createjob.keys.holders", "ctrl+o").Briefly("createjob.keys.holders-brief").InBar()

// holderMsg types a placeholder into the document.
type holderMsg struct{ text string }

// holderText is a placeholder with what is known of what a person puts in.
func (s *Screen) holderText(p createjob.Placeholder) string {
	known := []string{"REGION", s.d.Cloud.Region, "BUCKET", s.bucket()}
	if len(s.in.Packages) > 0 {
		if name, version := createjob.PackageVersion(s.in.Packages[0]); version != "" {
			known = append(known, "NAME", name, "VERSION", version)
		}
	}
	return strings.NewReplacer(known...).Replace(p.Text)
}

// pickHolder shows the placeholders to type one.
func (s *Screen) pickHolder() tea.Cmd {
	var items []item
	for _, p := range createjob.Placeholders {
		words := s.holderText(p)
		items = append(items, item{label: words, note: s.d.T("createjob.placeholder." + p.ID), msg: holderMsg{words}})
	}
	return screen.Open(newPicker(s.d, "createjob.placeholders", items))
}

// typeHolder types a placeholder where the cursor is.
func (s *Screen) typeHolder(words string) tea.Cmd {
	s.form().Focus(createjob.FieldDocument)
	return s.form().Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(words), Paste: true})
}

// holderRows explain the placeholders.
func (s *Screen) holderRows(w int) []string {
	t := s.d.Theme
	rows := runview.Wrapped(s.d.T("createjob.placeholders-note", "Max", createjob.MaxPlaceholders), w, t.Style.Muted)
	for _, p := range createjob.Placeholders {
		rows = append(rows, "")
		for _, line := range chop(p.Text, w) {
			rows = append(rows, t.Style.Code.Render(line))
		}
		rows = append(rows, runview.Indented(s.d.T("createjob.placeholder."+p.ID), w, t.Style.Text)...)
	}
	return rows
}

// chop parts a name where a row ends: it has no blanks to part it at, and signs in it are no places to stop.
func chop(name string, w int) []string {
	var rows []string
	row, used := "", 0
	for name != "" {
		n := text.First(name)
		if width := text.Width(name[:n]); used > 0 && used+width > w {
			rows, row, used = append(rows, row), "", 0
		}
		row, used, name = row+name[:n], used+text.Width(name[:n]), name[n:]
	}
	return append(rows, row)
}
