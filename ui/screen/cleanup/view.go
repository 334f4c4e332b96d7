package cleanup

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/form"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/fieldform"
	"fleetlab/ui/lessonview"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/event"
)

// Fields and the button of the form.
const (
	scopeField = "scope"
	lookButton = "look"
)

func (s *Screen) newForm() *form.Form {
	var fields []form.Field
	for _, name := range s.in.Names() {
		f := fieldform.Text(s.d, cleanup.Workflow, name, s.in.Get(name), fieldform.Check(&s.in, name))
		if name == scopeField {
			f.Kind, f.Help = form.Choice, "" // each choice says itself what it does
			for _, id := range cleanup.Scopes {
				f.Options = append(f.Options, form.Option{ID: id, Label: s.d.T("cleanup.scope." + id), Note: s.d.T("cleanup.scope-note." + id)})
			}
		}
		fields = append(fields, f)
	}
	fields = append(fields, form.Field{ID: lookButton, Kind: form.Button, Label: s.d.T("cleanup.look")})
	f := form.New(s.d.Theme, s.d.Printer, fields...)
	f.OnChange = func(id string) { _ = s.in.Set(id, f.Value(id)) } // a value that cannot be used is told under its field
	f.OnSubmit = func(string) tea.Cmd { return s.startLook() }
	return f
}

// layout gives every part its size.
func (s *Screen) layout() {
	w, h := panel.Inner(s.w, s.h)
	s.form.SetSize(w, h)
	s.preview.SetSize(w, h)
	if s.view != nil {
		s.view.SetSize(s.w, s.h)
	}
}

// drawn is the phase that is shown: the one before as long as it has only just begun to look.
func (s *Screen) drawn() phase {
	if s.phase == looking && !s.look.Slow(s.d.Now()) {
		return s.before
	}
	return s.phase
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	f := panel.Frame{Title: s.d.T("cleanup.form"), Focused: true}
	w, h := panel.Inner(s.w, s.h)
	switch s.drawn() {
	case asking:
		f.Body = s.form.View()
	case looking:
		f.Title, f.Body = s.d.T("cleanup.looking"), s.lookingNote(w, h)
	case reviewing:
		f.Title, f.Info, f.Body = s.d.T("cleanup.preview"), s.d.Theme.Style.Muted.Render(s.preview.Position()), s.reviewBody(w, h)
	default:
		return s.view.View()
	}
	return panel.Render(s.d.Theme, f, s.w, s.h)
}

// lookingNote says how far the listing has come.
func (s *Screen) lookingNote(w, h int) string {
	n := panel.Notice{Symbol: s.d.Theme.Symbol.Running, Title: s.d.T("cleanup.looking-note"), Next: s.d.T("cleanup.looking-next")}
	if s.look.Stopping() {
		n.Title = s.d.T("runview.stopping")
	} else if done := s.look.Seen().Done; done > 0 {
		n.Title = s.d.T("cleanup.looking-count", "Count", done)
	}
	return panel.Note(s.d.Theme, n, w, h)
}

func (s *Screen) reviewBody(w, h int) string {
	t := s.d.Theme
	switch {
	case s.problem != nil:
		return panel.Note(t, panel.Notice{Symbol: t.Symbol.Failed, Title: text.Line(s.d.Problem(s.problem)), Next: s.d.T("cleanup.again"), Error: true}, w, h)
	case s.plan.Total() == 0 && len(s.plan.Errors) == 0 && len(s.plan.Foreign) == 0:
		return panel.Note(t, panel.Notice{Symbol: t.Symbol.OK, Title: s.d.T("cleanup.nothing"), Next: s.d.T("cleanup.nothing-next")}, w, h)
	}
	return s.preview.View()
}

// kinds are the kinds of resources in the order in which they go.
var kinds = []string{
	cleanup.Job, cleanup.JobTemplate, cleanup.Thing, cleanup.Group, cleanup.DynamicGroup, cleanup.Version, cleanup.Package, cleanup.Bucket, cleanup.Role,
	cleanup.ThingType, cleanup.Configuration, cleanup.Indexing,
}

// namesShown is how many names of a kind the preview lists; a large fleet is shown by its number.
const namesShown = 12

// previewRows is what goes and how it was recognised, what is put back, what stays, and what could not be seen.
func (s *Screen) previewRows(w int) []string {
	t, p := s.d.Theme, s.plan
	head := s.d.T("cleanup.goes", "Count", p.Total())
	if p.Total() == 0 {
		head = s.d.T("cleanup.nothing")
	}
	rows := runview.Wrapped(head, w, t.Style.Heading)
	if s.d.Cloud.Kind == cloud.AWS {
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+s.d.T("cleanup.real", "Account", p.Account, "Region", p.Region), w, t.Style.Warning)...)
	}
	rows = append(rows, "")
	for _, k := range kinds {
		rows = append(rows, s.kindRows(k, w)...)
	}
	for _, set := range p.Settings {
		rows = append(rows, text.Edges(s.d.Printer.Resource(set.Resource), s.d.T("cleanup.restored"), w))
		rows = append(rows, runview.Indented(s.d.T("cleanup.setting", "Now", set.Now, "Then", set.Then), w, t.Style.Muted)...)
	}
	if foreign := s.foreignRows(p.Foreign, w); len(foreign) > 0 {
		rows = append(append(rows, ""), foreign...)
	}
	for _, e := range p.Errors {
		words := s.d.T("cleanup.unseen", "What", s.d.Printer.Resource(e.Resource), "Cause", text.Line(s.d.Printer.Fault(e.Fault)))
		rows = append(rows, runview.Wrapped(t.Symbol.Failed+" "+words, w, t.Style.Failed)...)
	}
	return rows
}

// kindRows is how many of a kind go, how they were recognised, and their first names.
func (s *Screen) kindRows(kind string, w int) []string {
	items := s.plan.Items[kind]
	if len(items) == 0 {
		return nil
	}
	by := s.d.T("cleanup.by", "By", s.d.T("by."+items[0].By))
	rows := []string{text.Edges(s.d.Printer.Resource(kind), s.d.Theme.Style.Value.Render(s.d.Printer.Number(len(items)))+"  "+by, w)}
	var names []string
	for _, item := range items[:min(namesShown, len(items))] {
		names = append(names, item.Name)
	}
	list := strings.Join(names, ", ")
	if more := len(items) - len(names); more > 0 {
		list += " " + s.d.T("cleanup.more", "Count", more)
	}
	return append(rows, runview.Indented(text.Line(list), w, s.d.Theme.Style.Muted)...)
}

// foreignRows is what stays because it is not ours.
func (s *Screen) foreignRows(foreign map[string]cleanup.Foreign, w int) []string {
	var rows []string
	for _, k := range kinds {
		f := foreign[k]
		if f.Count == 0 {
			continue
		}
		if rows == nil {
			rows = []string{s.d.Theme.Style.Heading.Render(text.Cut(s.d.T("cleanup.stays"), w))}
		}
		rows = append(rows, text.Edges(s.d.Printer.Resource(k), s.d.Printer.Number(f.Count), w))
		rows = append(rows, runview.Indented(text.Line(strings.Join(f.Names, ", ")), w, s.d.Theme.Style.Muted)...)
	}
	return rows
}

// spec is how a clean-up is shown.
func (s *Screen) spec(plan cleanup.Plan) runview.Spec {
	ids := cleanup.Steps
	switch plan.Input.Scope {
	case cleanup.Things:
		ids = []string{cleanup.StepThings, cleanup.StepCheck}
	case cleanup.Groups:
		ids = []string{cleanup.StepGroups, cleanup.StepCheck}
	}
	return runview.Spec{
		Words: "cleanup.result", Steps: ids, Kinds: kinds, Facts: s.facts, Actions: s.actions,
		Lesson: func(string) (learn.Lesson, bool) { return lessonview.Find(s.d, safeDeletion) }, Free: true,
		Report: func(result any) (event.Report, bool) {
			r, ok := result.(cleanup.Report)
			return r.Report, ok
		},
	}
}

// facts is the last look: whether something of ours is left, what and why, and what stayed.
func (s *Screen) facts(result any, w int) [][]string {
	r, ok := result.(cleanup.Report)
	if !ok {
		return nil
	}
	t := s.d.Theme
	sign, style, words := t.Symbol.Warning, t.Style.Warning, s.d.T("cleanup.not-looked")
	switch {
	case len(r.Left) > 0:
		words = s.d.T("cleanup.left", "Count", len(r.Left))
	case r.Looked:
		sign, style, words = t.Symbol.OK, t.Style.OK, s.d.T("cleanup.left-nothing")
	}
	return [][]string{runview.Wrapped(sign+" "+words, w, style), s.leftRows(r.Left, w), s.foreignRows(r.Foreign, w)}
}

// leftRows is what of ours is left, with the reason.
func (s *Screen) leftRows(left []cleanup.Left, w int) []string {
	var rows []string
	for _, l := range left[:min(leftShown, len(left))] {
		line := s.d.Printer.Resource(l.Resource) + " " + l.Name + ": " + s.d.Printer.Reason(l.Reason)
		rows = append(rows, runview.Wrapped(text.Line(line), w, s.d.Theme.Style.Muted)...)
	}
	if more := len(left) - leftShown; more > 0 {
		rows = append(rows, s.d.T("cleanup.more", "Count", more))
	}
	return rows
}

// leftShown is how many things that are left the result lists.
const leftShown = 50

// actions are what can be done after a clean-up.
func (s *Screen) actions(o runview.Outcome) []runview.Action {
	again := runview.Action{Key: keyFresh.Named("cleanup.keys.again"), Do: s.startLook}
	list := []runview.Action{
		{Key: keyFleet, Do: func() tea.Cmd { return screen.Go(screen.Provision, nil) }},
		{Key: keyNew, Do: func() tea.Cmd { s.phase, s.form = asking, s.newForm(); s.layout(); return nil }},
		{Key: keyHome, Do: func() tea.Cmd { return screen.Go(screen.Home, nil) }},
	}
	if !o.Complete() {
		list = append([]runview.Action{again}, list...)
	}
	return list
}
