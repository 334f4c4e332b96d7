package createjob

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"fleetlab/aws/cloud"
	"fleetlab/ui/keys"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
)

// tab is a view of the job as it would be created.
type tab int

const (
	summaryTab tab = iota
	documentTab
	requestTab
	commandTab
	tabs
)

// tabNames are the ids of the views' names, and of what they are called when they are copied.
var (
	tabNames  = [tabs]string{"createjob.tab.summary", "createjob.tab.document", "createjob.tab.request", "createjob.tab.command"}
	copyNames = [tabs]string{"createjob.copied.summary", "createjob.copied.document", "createjob.copied.request", "createjob.copied.command"}
)

// Keys of the review.
var (
	keyCreate = keys.New("enter", "createjob.keys.create", "enter").Briefly("createjob.keys.create-brief").InBar()
	keyTab    = keys.New("tab", "createjob.keys.tab", "tab", "right", "l").Briefly("createjob.keys.tab-brief").InBar()
	keyTabBut = keys.New("shift+tab", "createjob.keys.tab-back", "shift+tab", "left", "h")
	keyCopy   = keys.New("y", "createjob.keys.copy", "y").Briefly("createjob.keys.copy-brief").InBar()
	keyNarrow = keys.New("t", "createjob.keys.narrow", "t").Briefly("createjob.keys.narrow-brief").InBar()
	keyWiden  = keyNarrow.Named("createjob.keys.widen").Briefly("createjob.keys.widen-brief")
)

// reviewKeys are the keys of the review that scroll nothing.
func (s *Screen) reviewKeys() []keys.Binding {
	out := []keys.Binding{keyCreate, keyTab, keyCopy}
	switch {
	case s.plan.Input.Narrow:
		out = append(out, keyWiden)
	case s.plan.Narrow != nil:
		out = append(out, keyNarrow)
	}
	return append(out, keyTabBut)
}

func (s *Screen) reviewKey(msg tea.Msg) tea.Cmd {
	switch {
	case keyCreate.Matches(msg):
		return s.confirm()
	case keyTab.Matches(msg):
		s.showTab((s.tab + 1) % tabs)
	case keyTabBut.Matches(msg):
		s.showTab((s.tab + tabs - 1) % tabs)
	case keyCopy.Matches(msg):
		return screen.Copy(s.shown(), s.d.T(copyNames[s.tab]))
	case keyNarrow.Matches(msg) && (s.plan.Narrow != nil || s.plan.Input.Narrow):
		return s.narrowTo(!s.plan.Input.Narrow)
	default:
		return s.review.Update(msg)
	}
	return nil
}

// narrowTo leaves out the things of other types, or takes them in again, and checks the job anew.
func (s *Screen) narrowTo(on bool) tea.Cmd {
	answer := createjob.No
	if on {
		answer = createjob.Yes
	}
	s.set(createjob.FieldNarrow, answer)
	s.changed(createjob.FieldNarrow)
	return s.prepareJob()
}

func (s *Screen) showTab(t tab) {
	s.tab = t
	s.review.SetContent(s.tabRows)
}

// shown is what is on show as it goes to the clipboard: a command as it can be pasted.
func (s *Screen) shown() string {
	switch s.tab {
	case documentTab:
		return s.plan.Document
	case requestTab:
		return requestJSON(s.plan.Request)
	case commandTab:
		return s.commands()
	}
	const wide = 100
	var rows []string
	for _, row := range s.summaryRows(wide) {
		rows = append(rows, strings.TrimRight(text.Clean(row, false), " "))
	}
	return strings.Join(rows, "\n")
}

// commands are the AWS CLI commands that do the same, one after the other.
func (s *Screen) commands() string {
	var all []string
	for _, c := range append(slices.Clone(s.plan.Before), s.plan.Command) {
		all = append(all, options(c))
	}
	return strings.Join(all, "\n")
}

// tabRows is what is on show, laid out for w columns.
func (s *Screen) tabRows(w int) []string {
	if s.tab == summaryTab {
		return s.summaryRows(w)
	}
	return code(s.shown(), w, s.d.Theme.Style.Code)
}

// tabStrip is the names of the views, that of the one on show in brackets.
func (s *Screen) tabStrip() string {
	t := s.d.Theme
	var parts []string
	for i, id := range tabNames {
		name := s.d.T(id)
		if tab(i) == s.tab {
			parts = append(parts, t.Style.FocusTitle.Render("["+name+"]"))
		} else {
			parts = append(parts, t.Style.Muted.Render(" "+name+" "))
		}
	}
	return strings.Join(parts, " ")
}

// tabRow is the names of the views with where the one on show is scrolled to, in few words where there is no room for more.
func (s *Screen) tabRow(w int) string {
	strip, at := s.tabStrip(), s.review.Position()
	if text.Width(strip)+1+text.Width(at) > w {
		at = s.review.Brief()
	}
	return text.Edges(strip, s.d.Theme.Style.Muted.Render(at), w)
}

// The summary stands in two columns from a width on at which both can be read: in one of that width a fact is far from its name.
const (
	columnsFrom = 104
	columnGap   = 4
	chartRows   = 10
)

// summaryRows is the job as it would be created: what it is, what to think about first, how it would go and whom it reaches.
func (s *Screen) summaryRows(w int) []string {
	if w < columnsFrom {
		rows := slices.Concat(s.headRows(w), s.thoughtRows(w), s.deliveryRows(w), s.outlookRows(w))
		return append(append(rows, ""), s.targetRows(w)...)
	}
	left := (w - columnGap) / 2
	right := w - columnGap - left
	what := slices.Concat(s.headRows(left), s.deliveryRows(left), []string{""}, s.targetRows(left))
	how := append(s.thoughtRows(right), s.outlookRows(right)...)
	if s.plan.Forecast.Members > 0 {
		how = append(append(how, ""), strings.Split(s.chart(s.plan.Forecast, right, chartRows), "\n")...)
	}
	h := max(len(what), len(how))
	return strings.Split(text.Beside(text.Block(what, left, h), text.Block(nil, columnGap, h), text.Block(how, right, h)), "\n")
}

// thoughtRows are what to think about first.
func (s *Screen) thoughtRows(w int) []string {
	var rows []string
	for _, warning := range s.plan.Warnings {
		rows = append(rows, s.warningRows(warning, w)...)
	}
	return append(rows, s.narrowRows(w)...)
}

// outlookRows say how the job would go, below a blank row.
func (s *Screen) outlookRows(w int) []string {
	rows := []string{"", s.d.Theme.Style.Heading.Render(text.Cut(s.d.T("createjob.forecast"), w))}
	return append(rows, s.forecastRows(s.plan.Forecast, w)...)
}

// narrowRows say what narrowing would leave out, or leaves out.
func (s *Screen) narrowRows(w int) []string {
	n, t := s.plan.Narrow, s.d.Theme
	if n == nil {
		return nil
	}
	if !s.plan.Input.Narrow {
		return runview.Wrapped(t.Symbol.Arrow+" "+s.d.T("createjob.narrow-offer", "Type", n.Type, "Count", n.Members, "Left", n.LeftOut), w, t.Style.Key)
	}
	rows := s.narrowed(s.plan, w)
	for _, g := range n.Groups {
		rows = append(rows, runview.Indented(s.d.T("createjob.narrow-group", "Group", g.Name, "Query", g.Query), w, t.Style.Muted)...)
	}
	return rows
}

// headRows say what the job brings to how many.
func (s *Screen) headRows(w int) []string {
	p := s.plan
	rows := []string{
		s.d.Fact("createjob.fact.job", p.Request.JobID, w),
		s.d.Fact("createjob.fact.reach", s.d.T("createjob.members", "Count", p.Members), w),
	}
	for _, i := range p.Packages {
		rows = append(rows, s.d.Fact("createjob.fact.install", i.Package+" "+i.Version+"  "+i.Status, w))
		if i.Artifact != "" {
			rows = append(rows, below(i.Artifact, w, s.d.Theme.Style.Muted)...)
		}
	}
	if len(p.Packages) == 0 {
		rows = append(rows, s.d.Fact("createjob.fact.install", p.Installs(), w))
	}
	return rows
}

// deliveryRows are the facts of how it goes.
func (s *Screen) deliveryRows(w int) []string {
	p := s.plan
	rows := []string{
		s.d.Fact("createjob.fact.selection", s.d.T("createjob.selection."+p.Input.Selection), w),
		s.d.Fact("createjob.rollout", s.rolloutNote(), w),
		s.d.Fact("createjob.section-failures", s.failureNote(), w),
		s.d.Fact("createjob.section-schedule", s.scheduleNote(), w),
	}
	if url := p.Request.PresignedURL; url != nil {
		rows = append(rows, s.d.Fact("createjob.fact.expires", s.d.Printer.Seconds(float64(url.Expires)), w))
	}
	if p.Request.Description != "" {
		rows = append(rows, s.descriptionRows(text.Line(p.Request.Description), w)...)
	}
	if p.Template != nil {
		rows = append(rows, s.d.Fact("createjob.fact.template", p.Template.ID, w))
	}
	return append(rows, s.d.Fact("createjob.fact.cost", s.cost(p.Cost), w))
}

// descriptionRows are the description beside its name, or below it where it is long.
func (s *Screen) descriptionRows(words string, w int) []string {
	const id = "createjob.fact.description"
	if text.Width(s.d.T(id))+columnGap+text.Width(words) <= w {
		return []string{s.d.Fact(id, words, w)}
	}
	return append([]string{s.d.Fact(id, "", w)}, below(words, w, s.d.Theme.Style.Value)...)
}

// below is a value in full, at the right edge under what it belongs to.
func below(value string, w int, style lipgloss.Style) []string {
	const in = 2
	rows := runview.Wrapped(value, max(1, w-in), style)
	for i, row := range rows {
		rows[i] = text.PadLeft(row, w)
	}
	return rows
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
