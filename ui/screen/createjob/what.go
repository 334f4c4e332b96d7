package createjob

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"fleetlab/ui/component/editor"
	"fleetlab/ui/component/form"
	"fleetlab/ui/fieldform"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
)

// Fields of the first step beside the input's.
const (
	fromTemplate = "from-template" // starts from a job template
	versionOf    = "version/"      // in front of a package: its version
)

// own is the preset of a document that starts from nothing.
const own = ""

// whatFields ask what devices get: versions of packages, or a document.
func (s *Screen) whatFields() []form.Field {
	var fields []form.Field
	if n := len(s.choices.Templates); n > 0 {
		fields = append(fields, form.Field{ID: fromTemplate, Kind: form.Button, Always: true, Label: s.templateLabel(),
			Help: s.d.T("createjob.template-help")})
	}
	kind := s.field(createjob.FieldType)
	kind.Kind, kind.Options, kind.Help = form.Choice, s.options("createjob.type", createjob.Types), ""
	pkg := s.field(createjob.FieldPackage)
	pkg.Kind, pkg.Options, pkg.Check = form.Multi, s.packageOptions(), s.checkPackages
	fields = append(fields, kind, pkg)
	for _, p := range s.choices.Packages {
		fields = append(fields, s.versionField(p))
	}
	preset := s.field(createjob.FieldPreset)
	preset.Kind, preset.Help = form.Choice, ""
	preset.Options = []form.Option{{ID: own, Label: s.d.T("createjob.preset.own"), Note: s.d.T("createjob.preset-note.own")}}
	for _, name := range createjob.Presets {
		preset.Options = append(preset.Options, form.Option{ID: name, Label: name, Note: s.d.T("createjob.preset." + name)})
	}
	preset.Check = nil
	return append(fields, preset, s.documentField())
}

// field is a field of the input as a line of text.
func (s *Screen) field(name string) form.Field {
	f := fieldform.Text(s.d, createjob.Workflow, name, s.in.Get(name), s.check(name))
	f.Placeholder = ""
	return f
}

// options are words to choose from, with what the catalogue calls them and says about them under id.
func (s *Screen) options(id string, words []string) []form.Option {
	var out []form.Option
	for _, w := range words {
		out = append(out, form.Option{ID: w, Label: s.d.T(id + "." + w), Note: s.d.T(id + "-note." + w)})
	}
	return out
}

// documentField is the editor of a custom job's document.
func (s *Screen) documentField() form.Field {
	e := editor.New(s.d.Theme, s.d.Printer)
	e.Limit, e.Placeholder = createjob.MaxDocument, s.d.T("createjob.document-empty")
	e.Check = s.checkDocument
	return form.Field{ID: createjob.FieldDocument, Kind: form.Area, Label: s.d.T("createjob.document"), Help: s.d.T("createjob.document-help"),
		Editor: e, Value: s.in.Document}
}

// checkDocument says why a text can be no job document, and where.
func (s *Screen) checkDocument(text string) (line, col int, err error) {
	if strings.TrimSpace(text) == "" {
		return 0, 0, fleet.Refuse(createjob.FieldDocument, "", fleet.Empty)
	}
	if err = createjob.CheckDocument(text); err == nil {
		probe := s.job()
		probe.Document = text
		return 0, 0, problem(probe, createjob.FieldDocument)
	}
	fe, ok := fleet.AsFieldError(err)
	if !ok {
		return 0, 0, err
	}
	line, _ = fe.Args["line"].(int)
	col, _ = fe.Args["column"].(int)
	if id := "createjob.wrong." + string(fe.Reason); line > 0 && s.d.Printer.Has(id) { // the editor says where
		return line, col, errors.New(s.d.T(id, "Item", fe.Args["item"]))
	}
	return line, col, fe
}

// changeType brings the packages chosen for the other type of job back: a custom job starts without one.
func (s *Screen) changeType() {
	s.packages[s.in.Type] = s.in.Packages
	s.keep(createjob.FieldType, s.value(createjob.FieldType))
	s.in.Packages = s.packages[s.in.Type]
	var names []string
	for _, item := range s.in.Packages {
		name, version := createjob.PackageVersion(item)
		names = append(names, name)
		s.set(versionOf+name, version)
	}
	s.set(createjob.FieldPackage, strings.Join(names, ","))
}

// changePreset brings another preset into the editor. What was typed over a preset is there again when it is chosen again.
func (s *Screen) changePreset() {
	s.in.Preset = s.value(createjob.FieldPreset)
	text, typed := s.docs[s.in.Preset]
	if !typed {
		text = createjob.PresetDocument(s.in.Preset, s.d.Cloud.Region, s.bucket())
	}
	s.in.Document = text
	s.set(createjob.FieldDocument, text)
}

func (s *Screen) bucket() string { return fleet.BucketName(s.d.Cloud.Region, s.d.Cloud.Account) }

// presigns reports that the document asks for URLs.
func (s *Screen) presigns() bool {
	return s.in.Type == createjob.OTA || strings.Contains(s.in.Document, "s3-presigned-url")
}

// packageItems are packages with the versions chosen for them.
func (s *Screen) packageItems(names string) []string {
	var items []string
	for name := range strings.SplitSeq(names, ",") {
		if name == "" {
			continue
		}
		if v := cmp.Or(s.value(versionOf+name), s.versionAtFirst(name)); v != "" {
			name += "/" + v
		}
		items = append(items, name)
	}
	return items
}

// versionAtFirst is the version that the input gives for a package, or the newest published one.
func (s *Screen) versionAtFirst(name string) string {
	p := s.chosen(name)
	for _, item := range s.in.Packages {
		pkg, version := createjob.PackageVersion(item)
		if pkg != name {
			continue
		}
		if version == createjob.DefaultVersion {
			version = p.Default
		}
		if version = cmp.Or(version, s.in.Version); version != "" {
			return version
		}
	}
	for _, v := range p.Versions {
		if v.Published() {
			return v.Name
		}
	}
	return ""
}

// checkPackages says why packages cannot be taken.
func (s *Screen) checkPackages(names string) error {
	if names == "" && s.in.Type == createjob.OTA {
		return fleet.Refuse(createjob.FieldPackage, "", fleet.Empty)
	}
	return s.check(createjob.FieldPackage)(strings.Join(s.packageItems(names), ","))
}

// chosen is the package of that name.
func (s *Screen) chosen(name string) createjob.Package {
	i := slices.IndexFunc(s.choices.Packages, func(p createjob.Package) bool { return p.Name == name })
	if i < 0 {
		return createjob.Package{}
	}
	return s.choices.Packages[i]
}

// installable are the versions that a job may install, the newest first.
func installable(p createjob.Package) []createjob.Version {
	return slices.DeleteFunc(slices.Clone(p.Versions), func(v createjob.Version) bool { return !v.Installable() })
}

func (s *Screen) packageOptions() []form.Option {
	var out []form.Option
	for _, p := range s.choices.Packages {
		note := s.d.T("createjob.no-version")
		if v := installable(p); len(v) > 0 {
			note = s.d.T("createjob.versions-count", "Count", len(v))
		}
		on := slices.ContainsFunc(s.in.Packages, func(item string) bool { return strings.HasPrefix(item+"/", p.Name+"/") })
		out = append(out, form.Option{ID: p.Name, Label: p.Name, Note: note, On: on})
	}
	return out
}

// versionField chooses the version of a package that is marked.
func (s *Screen) versionField(p createjob.Package) form.Field {
	f := form.Field{ID: versionOf + p.Name, Kind: form.Choice, Label: p.Name, Value: s.versionAtFirst(p.Name)}
	for _, v := range installable(p) {
		f.Options = append(f.Options, form.Option{ID: v.Name, Label: v.Name + "  " + v.Status})
	}
	f.Check = func(version string) error {
		switch {
		case version != "":
			return nil
		case len(p.Versions) == 0:
			return fleet.Refuse(createjob.FieldVersion, "", fleet.Empty)
		}
		return fleet.Refuse(createjob.FieldVersion, p.Versions[0].Name, fleet.NotPublished, "item", p.Versions[0].Name, "status", p.Versions[0].Status)
	}
	return f
}

// refreshWhat shows the fields of the first step that apply.
func (s *Screen) refreshWhat() {
	custom := s.in.Type == createjob.Custom
	help := "createjob.package-help"
	if custom {
		help = "createjob.package-help-custom"
	}
	f := s.forms[what]
	f.SetHelp(createjob.FieldPackage, s.d.T(help))
	marked := f.Values(createjob.FieldPackage)
	for _, p := range s.choices.Packages {
		f.Show(versionOf+p.Name, slices.Contains(marked, p.Name))
		f.SetHelp(versionOf+p.Name, s.versionHelp(p))
	}
	s.show(createjob.FieldPreset, custom)
	s.show(createjob.FieldDocument, custom)
}

// versionHelp says where the version's file is, and names the versions that cannot be chosen.
func (s *Screen) versionHelp(p createjob.Package) string {
	words := s.artifactWords(p.Name, s.forms[what].Value(versionOf+p.Name))
	var others []string
	for _, v := range p.Versions {
		if !v.Installable() {
			others = append(others, v.Name+" "+v.Status)
		}
	}
	if len(others) == 0 {
		return words
	}
	const few = 5
	if len(others) > few {
		others = append(others[:few], "…")
	}
	return words + " " + s.d.T("createjob.version-others", "Versions", strings.Join(others, ", "))
}
