package createjob

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"fleetlab/aws/cloud"
	"fleetlab/ui/runview"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
)

// reviewRows is the job as it would be created, laid out for w columns: what it is, whom it reaches, what to think about first, and
// the same as a document, as a request and as a command.
func (s *Screen) reviewRows(w int) []string {
	t, p := s.d.Theme, s.plan
	rows := s.jobRows(w)
	for _, warning := range p.Warnings {
		rows = append(rows, s.warningRows(warning, w)...)
	}
	rows = append(rows, "")
	rows = append(rows, s.targetRows(w)...)
	sections := []struct{ title, body string }{
		{"createjob.document", p.Document}, {"createjob.request", requestJSON(p.Request)}, {"createjob.command", options(p.Command)},
	}
	for _, section := range sections {
		rows = append(rows, "", t.Style.Heading.Render(text.Cut(s.d.T(section.title), w)))
		rows = append(rows, code(section.body, w, t.Style.Code)...)
	}
	return rows
}

// jobRows are the facts of the job.
func (s *Screen) jobRows(w int) []string {
	p := s.plan
	rows := []string{
		s.d.Fact("createjob.fact.job", p.Request.JobID, w),
		s.d.Fact("createjob.fact.install", p.Installs(), w),
		s.d.Fact("createjob.fact.selection", s.d.T("createjob.selection."+p.Input.Selection), w),
	}
	if url := p.Request.PresignedURL; url != nil {
		rows = append(rows, s.d.Fact("createjob.fact.expires", s.d.Printer.Seconds(float64(url.Expires)), w))
	}
	if p.Request.Description != "" {
		rows = append(rows, s.d.Fact("createjob.fact.description", text.Line(p.Request.Description), w))
	}
	return append(rows, s.d.Fact("createjob.fact.cost", s.cost(p.Cost), w))
}

// cost says that the sandbox costs nothing.
func (s *Screen) cost(usd float64) string {
	if s.d.Cloud.Kind == cloud.Sandbox {
		return s.d.T("createjob.cost-sandbox", "Cost", s.d.Printer.Dollars(usd))
	}
	return s.d.Printer.Dollars(usd)
}

func (s *Screen) warningRows(warning createjob.Warning, w int) []string {
	words := s.d.T("job.warning-"+warning.What, "Group", warning.Group, "Type", warning.Type, "Count", warning.Count, "Item", warning.Item)
	return runview.Wrapped(s.d.Theme.Symbol.Warning+" "+words, w, s.d.Theme.Style.Warning)
}

// targetRows are the groups with their members.
func (s *Screen) targetRows(w int) []string {
	t, p := s.d.Theme, s.plan
	head := s.d.T("createjob.targets", "Count", len(p.Targets))
	all := t.Style.Value.Render(s.d.T("createjob.members", "Count", p.Members))
	rows := []string{text.Edges(t.Style.Heading.Render(head), all, w)}
	for _, target := range p.Targets {
		name := target.Name
		if target.Dynamic {
			name = s.d.T("createjob.dynamic", "Group", name)
		}
		rows = append(rows, text.Edges("  "+name, s.d.T("createjob.members", "Count", target.Members), w))
	}
	return rows
}

// requestJSON is what CreateJob is sent.
func requestJSON(r createjob.Request) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil { // strings and numbers only
		panic(err)
	}
	return strings.TrimRight(b.String(), "\n")
}

// options puts every option of a shell command on a line of its own, as a shell reads it too. What stands in quotes stays as it is.
func options(command string) string {
	var b strings.Builder
	quoted, escaped := false, false
	for i := range len(command) {
		switch {
		case escaped:
			escaped = false
		case command[i] == '\'':
			quoted = !quoted
		case !quoted && command[i] == '\\':
			escaped = true
		case !quoted && strings.HasPrefix(command[i:], " --"):
			b.WriteString(" \\\n ")
		}
		b.WriteByte(command[i])
	}
	return b.String()
}

// code is a text whose lines are kept; what a line is too long for goes on below it, further in.
func code(s string, w int, style lipgloss.Style) []string {
	const in = 4
	var rows []string
	for line := range strings.Lines(text.Clean(s, false)) {
		line = strings.TrimRight(line, "\n")
		parts := text.Wrap(line, w)
		if len(parts) > 1 {
			rest := strings.TrimLeft(line[len(parts[0]):], " ")
			parts = append(parts[:1], text.Wrap(rest, max(2, w-in))...)
		}
		for i, part := range parts {
			if i > 0 {
				part = text.Spaces(min(in, w-2)) + part
			}
			rows = append(rows, style.Render(part))
		}
	}
	return rows
}
