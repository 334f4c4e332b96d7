package createjob

import (
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/fieldform"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
)

const reviewButton = "review"

// asked are the fields of the form.
var asked = []string{createjob.FieldGroups, createjob.FieldPackage, createjob.FieldVersion, createjob.FieldSelection, createjob.FieldExpires,
	createjob.FieldID, createjob.FieldDescription}

// pkg is the package chosen.
func (s *Screen) pkg() string { return s.in.Get(createjob.FieldPackage) }

// choose fills in what the form starts with: all country groups, and the newest version of the first package that has one.
func (s *Screen) choose() {
	s.in.Groups = nil
	for _, g := range s.choices.Groups {
		if g.Ours {
			s.in.Groups = append(s.in.Groups, g.Name)
		}
	}
	for _, p := range s.choices.Packages {
		if v := published(p); len(v) > 0 {
			s.in.Packages, s.in.Version = []string{p.Name}, v[0].Name
			return
		}
	}
}

// published are the versions that a job may install, the newest first.
func published(p createjob.Package) []createjob.Version {
	return slices.DeleteFunc(slices.Clone(p.Versions), func(v createjob.Version) bool { return !v.Published() })
}

// chosen is the package of that name.
func (s *Screen) chosen(name string) createjob.Package {
	i := slices.IndexFunc(s.choices.Packages, func(p createjob.Package) bool { return p.Name == name })
	if i < 0 {
		return createjob.Package{}
	}
	return s.choices.Packages[i]
}

// newForm makes one field for each of the input's.
func (s *Screen) newForm() *form.Form {
	var fields []form.Field
	for _, name := range asked {
		f := fieldform.Text(s.d, createjob.Workflow, name, s.in.Get(name), s.checkField(name))
		switch name {
		case createjob.FieldGroups:
			f.Kind, f.Options, f.Help = form.Multi, s.groupOptions(), s.d.T("createjob.groups-help")
		case createjob.FieldPackage:
			f.Kind, f.Options, f.Help = form.Choice, s.packageOptions(), s.d.T("createjob.package-help")
		case createjob.FieldVersion:
			f.Kind, f.Options, f.Help = form.Choice, s.versionOptions(), s.versionHelp()
		case createjob.FieldSelection:
			f.Kind, f.Options, f.Help = form.Choice, s.selectionOptions(), ""
		case createjob.FieldID:
			f.Placeholder = s.d.T("createjob.id-made", "ID", fleet.JobID("ota", s.d.Now()))
		case createjob.FieldDescription:
			f.Placeholder, f.Limit = s.d.T("createjob.description-made"), createjob.MaxDescription
		}
		fields = append(fields, f)
	}
	fields = append(fields, form.Field{ID: reviewButton, Kind: form.Button, Label: s.d.T("createjob.to-review")})
	f := form.New(s.d.Theme, s.d.Printer, fields...)
	f.OnChange, f.OnSubmit = s.changed, s.submit
	return f
}

// checkField says why a field cannot take a text. What may be left empty on the command line has been filled in here, so that what
// is chosen can be seen.
func (s *Screen) checkField(field string) func(string) error {
	return func(text string) error {
		switch {
		case text == "" && (field == createjob.FieldGroups || field == createjob.FieldPackage):
			return fleet.Refuse(field, text, fleet.Empty)
		case text == "" && field == createjob.FieldVersion:
			return s.noVersion()
		case field == createjob.FieldGroups && strings.Count(text, ",") >= createjob.MaxTargets:
			return fleet.Refuse(field, strconv.Itoa(strings.Count(text, ",")+1), fleet.TooMany, "max", createjob.MaxTargets)
		}
		return fieldform.Check(&s.in, field)(text)
	}
}

// noVersion says why there is no version to choose.
func (s *Screen) noVersion() error {
	all := s.chosen(s.pkg()).Versions
	if len(all) == 0 {
		return fleet.Refuse(createjob.FieldVersion, "", fleet.Empty)
	}
	return fleet.Refuse(createjob.FieldVersion, all[0].Name, fleet.NotPublished, "item", all[0].Name, "status", all[0].Status)
}

// changed keeps a value that can be used; versions follow the package.
func (s *Screen) changed(field string) {
	if s.in.Set(field, s.form.Value(field)) != nil || field != createjob.FieldPackage {
		return
	}
	s.form.SetOptions(createjob.FieldVersion, s.versionOptions())
	s.form.Set(createjob.FieldVersion, "") // the newest
	s.form.SetHelp(createjob.FieldVersion, s.versionHelp())
	s.in.Version = s.form.Value(createjob.FieldVersion)
}

// submit checks the choice against the cloud; that ends in the review.
func (s *Screen) submit(string) tea.Cmd {
	s.check()
	return nil
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

func (s *Screen) packageOptions() []form.Option {
	var out []form.Option
	for _, p := range s.choices.Packages {
		out = append(out, form.Option{ID: p.Name, Label: p.Name})
	}
	return out
}

// versionOptions are the published versions of the package chosen.
func (s *Screen) versionOptions() []form.Option {
	var out []form.Option
	for _, v := range published(s.chosen(s.pkg())) {
		out = append(out, form.Option{ID: v.Name, Label: v.Name})
	}
	return out
}

// versionHelp names the versions that cannot be chosen, too.
func (s *Screen) versionHelp() string {
	var others []string
	for _, v := range s.chosen(s.pkg()).Versions {
		if !v.Published() {
			others = append(others, v.Name+" "+v.Status)
		}
	}
	if len(others) == 0 {
		return s.d.T("createjob.version-help")
	}
	const few = 5
	if len(others) > few {
		others = append(others[:few], "…")
	}
	return s.d.T("createjob.version-others", "Versions", strings.Join(others, ", "))
}

func (s *Screen) selectionOptions() []form.Option {
	var out []form.Option
	for _, id := range createjob.Selections {
		out = append(out, form.Option{ID: id, Label: s.d.T("createjob.selection." + id), Note: s.d.T("createjob.selection-note." + id)})
	}
	return out
}
