package createjob

import (
	"context"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/lookup"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
)

// Fields of the second step beside the input's.
const (
	findThings  = "find-things"  // the beginning of a name, or a query
	foundThings = "found-things" // what that finds, to be marked
)

// finding looks for single things.
type finding struct {
	reading lookup.Reading[found]
	text    string // what was looked for last
	found   found
	err     error
}

// found is the things that were found.
type found struct {
	names []string
	more  bool // there are others
}

// targetFields ask who gets the job.
func (s *Screen) targetFields() []form.Field {
	groups := s.field(createjob.FieldGroups)
	groups.Kind, groups.Options, groups.Help, groups.Check = form.Multi, s.groupOptions(), s.d.T("createjob.groups-help"), s.checkGroups
	things := s.field(createjob.FieldThings)
	things.Help = s.d.T("createjob.things-help")
	find := form.Field{ID: findThings, Kind: form.Text, Label: s.d.T("createjob.find"), Value: s.find.text, Help: s.d.T("createjob.find-help"),
		Placeholder: s.d.T("createjob.find-example")}
	list := form.Field{ID: foundThings, Kind: form.Multi, Label: s.d.T("createjob.found"), Options: s.foundOptions()}
	narrow := s.field(createjob.FieldNarrow)
	narrow.Kind, narrow.Help, narrow.Options = form.Choice, "", s.options("createjob.narrow", createjob.Answers)
	return []form.Field{groups, things, find, list, narrow}
}

// checkGroups says why groups cannot be taken. What may be left empty on the command line has been filled in here, so that what is
// chosen can be seen.
func (s *Screen) checkGroups(text string) error {
	if text == "" && len(s.in.Things) == 0 {
		return fleet.Refuse(createjob.FieldGroups, text, fleet.Empty)
	}
	return s.check(createjob.FieldGroups)(text)
}

// refreshTargets shows the fields of the second step that apply.
func (s *Screen) refreshTargets() {
	f := s.forms[targets]
	f.Show(foundThings, len(s.find.found.names) > 0)
	f.Show(createjob.FieldNarrow, len(s.in.Packages) == 1)
	f.SetOptions(foundThings, s.foundOptions())
	f.Set(foundThings, strings.Join(s.in.Things, ","))
	f.SetHelp(findThings, s.findHelp())
}

// foundOptions are the things found, those marked that are targets.
func (s *Screen) foundOptions() []form.Option {
	var out []form.Option
	for _, name := range s.find.found.names {
		out = append(out, form.Option{ID: name, Label: name, On: slices.Contains(s.in.Things, name)})
	}
	return out
}

// takeFound makes the things that are marked targets, beside those that were typed.
func (s *Screen) takeFound() {
	marked := s.forms[targets].Values(foundThings)
	things := slices.DeleteFunc(slices.Clone(s.in.Things), func(name string) bool { return slices.Contains(s.find.found.names, name) })
	things = append(things, marked...)
	s.set(createjob.FieldThings, strings.Join(things, ","))
	if s.in.Set(createjob.FieldThings, strings.Join(things, ",")) != nil {
		s.in.Things = things // too many: the field says so
	}
}

// findHelp is how to look for things, or what became of it.
func (s *Screen) findHelp() string {
	switch {
	case s.find.err != nil:
		return s.d.Theme.Symbol.Failed + " " + s.d.Problem(s.find.err)
	case s.find.reading.On():
		return s.d.T("createjob.finding")
	case s.find.text != "" && len(s.find.found.names) == 0:
		return s.d.T("createjob.found-none", "Text", s.find.text)
	case s.find.found.more:
		return s.d.T("createjob.found-more", "Count", len(s.find.found.names))
	}
	return s.d.T("createjob.find-help")
}

// lookFor looks for things when another text stands there than the last time.
func (s *Screen) lookFor() tea.Cmd {
	text := strings.TrimSpace(s.forms[targets].Value(findThings))
	if text == s.find.text {
		return nil
	}
	s.find.reading.Stop()
	s.find.text, s.find.err = text, nil
	if text == "" {
		s.find.found = found{}
		s.refresh()
		return nil
	}
	c := s.d.Cloud
	cmd := s.find.reading.Start(s.d.Now(), func(ctx context.Context) (found, error) {
		if err := fleet.Pause(ctx, settle); err != nil {
			return found{}, err
		}
		names, more, err := createjob.FindThings(ctx, c, text)
		return found{names, more}, err
	})
	s.refresh()
	return cmd
}

// takeFinding shows what was found.
func (s *Screen) takeFinding(a *lookup.Answer[found]) {
	s.find.found, s.find.err = a.Value, a.Err
	s.refresh()
}

func (s *Screen) groupOptions() []form.Option {
	var out []form.Option
	for _, g := range s.choices.Groups {
		label := g.Name
		if g.Dynamic {
			label = s.d.T("createjob.dynamic", "Group", g.Name)
		}
		out = append(out, form.Option{ID: g.Name, Label: label, Note: s.membersNote(g.Name), On: slices.Contains(s.in.Groups, g.Name)})
	}
	return out
}

// membersNote is how many things a group has, as far as that is known.
func (s *Screen) membersNote(group string) string {
	c, known := s.members[group]
	switch {
	case c.all:
		return s.d.T("createjob.members", "Count", c.n)
	case s.countErr != nil:
		return s.d.T("createjob.not-counted")
	case known:
		return s.d.T("createjob.members-so-far", "Count", c.n)
	}
	return s.d.T("createjob.counting")
}
