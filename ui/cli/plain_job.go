package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"fleetlab/ui/plain"
	"fleetlab/workflows/createjob"
)

// jobTalk asks for a job.
type jobTalk struct {
	*talk
	in      *createjob.Input
	choices createjob.Choices
	members map[string]int // by group, as far as they were counted
}

// createJob asks what a job brings, whom it reaches and, if that is wanted, how, and creates it.
func (t *talk) createJob(ctx context.Context, out *output) error {
	in := createjob.Defaults()
	j := &jobTalk{talk: t, in: &in}
	var err error
	if j.choices, err = createjob.Options(ctx, t.s.Cloud); err != nil {
		return err
	}
	if len(j.choices.Groups) == 0 {
		return errors.New(t.line.T("plain.no-fleet"))
	}
	if err := t.before(ctx, createjob.Workflow); err != nil {
		return err
	}
	j.count(ctx)
	j.suggest()
	fields := j.whatFields()
	if err := t.line.Form(ctx, createjob.Workflow, &in, fields); err != nil {
		return err
	}
	change, err := t.line.Confirm(ctx, t.line.T("plain.change-delivery"))
	if err != nil {
		return err
	}
	delivery := j.deliveryFields()
	if change {
		if err := t.line.Form(ctx, createjob.Workflow, &in, delivery); err != nil {
			return err
		}
	}
	return t.insist(ctx, createjob.Workflow, &in, append(fields, delivery...), func() error {
		_, err := t.a.createJob(ctx, t.s, out, in, false, true)
		return err
	})
}

// countFor is how long groups are counted before the question comes without the rest of the numbers.
const countFor = 3 * time.Second

func (j *jobTalk) count(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, countFor)
	defer stop()
	var names []string
	for _, g := range j.choices.Groups {
		names = append(names, g.Name)
	}
	var mu sync.Mutex
	j.members = map[string]int{}
	// Without its number a group can be chosen all the same.
	_ = createjob.CountMembers(ctx, j.s.Cloud, names, func(group string, members int, all bool) {
		mu.Lock()
		defer mu.Unlock()
		if all {
			j.members[group] = members
		}
	})
}

// suggest fills in what the form starts with: all country groups, and the first package that has a version to install.
func (j *jobTalk) suggest() {
	for _, g := range j.choices.Groups[:min(len(j.choices.Groups), createjob.MaxTargets)] {
		if g.Ours {
			j.in.Groups = append(j.in.Groups, g.Name)
		}
	}
	for _, p := range j.choices.Packages {
		for _, v := range p.Versions {
			if v.Published() {
				j.in.Packages = []string{p.Name + "/" + v.Name}
				return
			}
		}
	}
	j.in.Type, j.in.Preset = createjob.Custom, createjob.Presets[0]
}

// whatFields ask what the job brings and whom it reaches.
func (j *jobTalk) whatFields() []plain.Field {
	custom := func() bool { return j.in.Type != createjob.OTA }
	return []plain.Field{
		{Name: createjob.FieldTemplate, Choices: j.templates, Listed: true, Skip: func() bool { return len(j.choices.Templates) == 0 }, Then: j.fromTemplate},
		{Name: createjob.FieldType, Choices: func() []plain.Choice { return j.described("createjob.type-note.", createjob.Types) }, Then: j.changeType},
		{Name: createjob.FieldGroups, Choices: j.groups, Many: true, Listed: true},
		{Name: createjob.FieldThings},
		{Name: createjob.FieldPackage, Choices: j.packages, Many: true, Listed: true, Skip: custom},
		{Name: createjob.FieldNarrow, Choices: j.answers, Skip: custom},
		{Name: createjob.FieldPreset, Choices: j.presets, Listed: true, Set: j.preset, Skip: j.without(createjob.FieldPreset)},
		{Name: createjob.FieldDocument, About: j.line.T("plain.document"), Set: j.document,
			Skip: func() bool { return !j.in.Applies(createjob.FieldDocument) || j.in.Preset != "" }},
	}
}

// deliveryFields ask how the job gets to its targets.
func (j *jobTalk) deliveryFields() []plain.Field {
	var fields []plain.Field
	names := j.in.Names()
	for _, name := range names[slices.Index(names, createjob.FieldSelection):] {
		f := plain.Field{Name: name, Skip: j.without(name)}
		switch name {
		case createjob.FieldSelection:
			f.Choices = func() []plain.Choice { return j.described("createjob.selection-note.", createjob.Selections) }
		case createjob.FieldEndBehavior:
			f.Choices = func() []plain.Choice { return words(createjob.EndBehaviors) }
		}
		fields = append(fields, f)
	}
	return append(fields, plain.Field{Name: createjob.FieldSaveTemplate})
}

// without tells whether a field does not apply to the job.
func (j *jobTalk) without(field string) func() bool {
	return func() bool { return !j.in.Applies(field) }
}

// described are choices with what the catalogue says about them.
func (j *jobTalk) described(id string, values []string) []plain.Choice {
	out := words(values)
	for i := range out {
		if j.a.p.Has(id + out[i].Value) {
			out[i].About = j.line.T(id + out[i].Value)
		}
	}
	return out
}

func (j *jobTalk) answers() []plain.Choice {
	return []plain.Choice{{Value: createjob.No, Name: j.line.Word(plain.No)}, {Value: createjob.Yes, Name: j.line.Word(plain.Yes)}}
}

func (j *jobTalk) groups() []plain.Choice {
	var out []plain.Choice
	for _, g := range j.choices.Groups {
		c := plain.Choice{Value: g.Name}
		if n, counted := j.members[g.Name]; counted {
			c.About = j.line.T("plain.members", "Count", n)
		}
		out = append(out, c)
	}
	return out
}

func (j *jobTalk) packages() []plain.Choice {
	var out []plain.Choice
	for _, p := range j.choices.Packages {
		for _, v := range p.Versions {
			if v.Installable() {
				out = append(out, plain.Choice{Value: p.Name + "/" + v.Name, About: v.Status})
			}
		}
	}
	return out
}

func (j *jobTalk) templates() []plain.Choice {
	var out []plain.Choice
	for _, t := range j.choices.Templates {
		out = append(out, plain.Choice{Value: t.ID, About: t.Description})
	}
	return out
}

// ownDocument stands for no preset among the presets.
const ownDocument = "own"

func (j *jobTalk) presets() []plain.Choice {
	own := plain.Choice{Value: ownDocument, About: j.line.T("createjob.preset.own")}
	return append(j.described("createjob.preset.", createjob.Presets), own)
}

func (j *jobTalk) preset(text string) error {
	if text == ownDocument {
		text = ""
	}
	return j.in.Set(createjob.FieldPreset, text)
}

// fromTemplate takes the choices of a template; the groups suggested stay.
func (j *jobTalk) fromTemplate(ctx context.Context) error {
	if j.in.Template == "" {
		return nil
	}
	in, err := createjob.FromTemplate(ctx, j.s.Cloud, *j.in, j.in.Template)
	if err != nil {
		return err
	}
	*j.in = in
	return nil
}

// changeType drops what belongs to the other type.
func (j *jobTalk) changeType(context.Context) error {
	switch {
	case j.in.Type == createjob.OTA:
		j.in.Preset, j.in.Document = "", ""
		if len(j.in.Packages) == 0 {
			if all := j.packages(); len(all) > 0 {
				j.in.Packages = []string{all[0].Value}
			}
		}
	case j.in.Preset == "" && j.in.Document == "":
		j.in.Packages, j.in.Preset = nil, createjob.Presets[0]
	}
	return nil
}

// document takes the name of a file, or a document itself.
func (j *jobTalk) document(text string) error {
	if strings.HasPrefix(text, "{") {
		return j.in.Set(createjob.FieldDocument, text)
	}
	read, err := readDocument(text)
	if err != nil {
		return errors.New(j.line.T("cli.no-file", "Flag", j.a.p.FieldName(createjob.FieldDocument), "Value", text, "Cause", err.Error()))
	}
	return j.in.Set(createjob.FieldDocument, read)
}
