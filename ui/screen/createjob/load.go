package createjob

import (
	"context"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/lookup"
	"fleetlab/workflows/createjob"
)

// load reads what there is to choose from.
func (s *Screen) load() tea.Cmd {
	if s.counter != nil {
		s.counter.end()
		s.counter = nil
	}
	c := s.d.Cloud
	s.before, s.phase = s.phase, loading
	return s.reading.Start(s.d.Now(), func(ctx context.Context) (createjob.Choices, error) { return createjob.Options(ctx, c) })
}

func (s *Screen) takeChoices(choices createjob.Choices, err error) tea.Cmd {
	s.choices, s.problem = choices, err
	switch {
	case err != nil:
		s.phase = failed
		return nil
	case len(choices.Groups) == 0 && len(s.in.Things) == 0:
		s.phase = lacking
		return nil
	}
	s.phase = asking
	s.members, s.countErr, s.reach = map[string]count{}, nil, survey{}
	before := s.forms
	s.dropGone()
	s.choose()
	s.makeForms()
	if before[what] != nil {
		s.restore(before)
	} else {
		s.step = what
		s.form().Focus(createjob.FieldType)
	}
	return tea.Batch(s.greet(), s.look())
}

// another starts over with the choices made; what is the name of one job or template only is left out.
func (s *Screen) another() tea.Cmd {
	s.in.ID, s.in.SaveTemplate, s.touched = "", "", false
	s.forms = [steps]*form.Form{}
	return s.load()
}

// choose fills in what the form starts with where nothing was chosen yet: all country groups, and the newest version of the first
// package that has one. Without packages a custom job is all that can be made.
func (s *Screen) choose() {
	if len(s.in.Groups)+len(s.in.Things) == 0 {
		for _, g := range s.choices.Groups[:min(len(s.choices.Groups), createjob.MaxTargets)] {
			if g.Ours {
				s.in.Groups = append(s.in.Groups, g.Name)
			}
		}
	}
	if s.in.Type == createjob.Custom || len(s.in.Packages) > 0 {
		return
	}
	if len(s.lacks()) > 0 {
		s.in.Type, s.in.Preset = createjob.Custom, createjob.Presets[0]
		s.in.Document = createjob.PresetDocument(s.in.Preset, s.d.Cloud.Region, s.bucket())
		return
	}
	for _, p := range s.choices.Packages {
		if slices.ContainsFunc(p.Versions, createjob.Version.Published) {
			s.in.Packages = []string{p.Name}
			s.in.Packages[0] += "/" + s.versionAtFirst(p.Name)
			return
		}
	}
}

// lacks names what an over-the-air job cannot do without and what there is none of, as ids of messages.
func (s *Screen) lacks() []string {
	var out []string
	if len(s.choices.Groups) == 0 {
		out = append(out, "createjob.lacks.groups")
	}
	if len(s.choices.Packages) == 0 {
		out = append(out, "createjob.lacks.packages")
	} else if !slices.ContainsFunc(s.choices.Packages, func(p createjob.Package) bool { return slices.ContainsFunc(p.Versions, createjob.Version.Published) }) {
		out = append(out, "createjob.lacks.versions")
	}
	if !s.choices.RoleExists {
		out = append(out, "createjob.lacks.role")
	}
	return out
}

// lackWords are what an over-the-air job cannot do without and what there is none of.
func (s *Screen) lackWords() string {
	var lacks []string
	for _, id := range s.lacks() {
		lacks = append(lacks, s.d.T(id, "Role", s.choices.Role))
	}
	return strings.Join(lacks, "\n")
}

// look starts what there is to look up for the choices as they are now.
func (s *Screen) look() tea.Cmd {
	if s.phase != asking {
		return nil
	}
	return tea.Batch(s.count(), s.lookFor(), s.survey(), s.lookAtArtifacts())
}

// stopLooking gives up what is being looked up: the screen is left.
func (s *Screen) stopLooking() {
	if s.find.reading.On() {
		s.find.reading.Stop()
		s.find.text = "" // to be looked for again
	}
	s.reach.reading.Stop()
	s.template.Stop()
	s.artifacts.reading.Stop()
}

// answers takes the messages of what is being looked up.
func (s *Screen) answers(msg tea.Msg) tea.Cmd {
	find, a := s.find.reading.Update(msg)
	reach, b := s.reach.reading.Update(msg)
	from, c := s.template.Update(msg)
	at, d := s.artifacts.reading.Update(msg)
	cmds := []tea.Cmd{a, b, c, d}
	switch {
	case find != nil:
		s.takeFinding(find)
	case reach != nil:
		s.takeSurvey(reach)
	case from != nil:
		cmds = append(cmds, s.takeTemplate(from))
	case at != nil:
		s.takeArtifact(at)
	}
	if find != nil || reach != nil || from != nil || at != nil {
		cmds = append(cmds, s.look())
	}
	return tea.Batch(cmds...)
}

// artifacts is where the files of versions are, as far as that was looked up, by package and version.
type artifacts struct {
	reading lookup.Reading[string]
	of      string // what is being looked up
	known   map[string]lookup.Answer[string]
}

// lookAtArtifacts looks where the files of the versions chosen are, one after the other.
func (s *Screen) lookAtArtifacts() tea.Cmd {
	if s.artifacts.reading.On() {
		return nil
	}
	for _, item := range s.in.Packages {
		name, version := createjob.PackageVersion(item)
		if _, known := s.artifacts.known[item]; known || version == "" {
			continue
		}
		c := s.d.Cloud
		s.artifacts.of = item
		return s.artifacts.reading.Start(s.d.Now(), func(ctx context.Context) (string, error) {
			return createjob.ArtifactOf(ctx, c, name, version)
		})
	}
	return nil
}

func (s *Screen) takeArtifact(a *lookup.Answer[string]) {
	s.artifacts.known[s.artifacts.of] = *a
	s.refresh()
}

// artifactWords say where a version's file is.
func (s *Screen) artifactWords(pkg, version string) string {
	a, known := s.artifacts.known[pkg+"/"+version]
	switch {
	case version == "" || !known:
		return s.d.T("createjob.version-help")
	case a.Err != nil:
		return s.d.Theme.Symbol.Failed + " " + s.d.Problem(a.Err)
	case a.Value == "":
		return s.d.T("createjob.no-artifact")
	}
	return s.d.T("createjob.artifact", "Artifact", a.Value)
}
