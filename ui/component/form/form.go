// Package form asks for values: lines of text, choices, lists to mark, texts of several lines and a button at the end, in
// sections that fold. Every value is checked as it is typed and the reason stands under its field.
package form

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/editor"
	"fleetlab/ui/component/input"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
)

// Kind is what sort of field it is.
type Kind int

// The kinds.
const (
	Text    Kind = iota // a line typed
	Choice              // one of Options, by left and right
	Multi               // any of Options, marked with space in a list
	Button              // enter submits the form
	Section             // the heading of the fields up to the next one, which it folds and unfolds
	Area                // a text of several lines, typed in Editor
)

// Field describes one field. ID and Kind must be set; the rest may be left out.
type Field struct {
	ID          string
	Kind        Kind
	Label       string // in the user's language; of a Button: what it does
	Help        string // one line, shown while the field has the focus
	Value       string // Text: what stands there at first; Choice: id of the option chosen at first
	Placeholder string // Text: what could be entered
	Limit       int    // Text: the most characters; 0 means input.Limit
	Options     []Option
	Folded      bool          // Section: its fields are out of sight at first
	Note        string        // Section: what its fields say, in a few words
	Editor      *editor.Model // Area: it checks its text itself
	Always      bool          // Button: may be pressed while fields are wrong
	// Check says why a value cannot be used, nil when it can. For Multi it gets the ids with commas between.
	Check func(value string) error
}

// Option is one of several.
type Option struct {
	ID    string
	Label string
	Note  string // shown with it: what it does here, how many members
	On    bool   // Multi: marked at first
}

// field is a Field at work.
type field struct {
	Field
	line   *input.Line // Text
	at     int         // Choice: the one chosen; Multi: the one under the cursor
	top    int         // Multi: the first in view
	hidden bool
	fold   *field // the section it belongs to; nil before the first
	dirty  bool   // was changed or left, so that its error may show
	err    error
	told   bool   // err is one that the field's own check does not know
	remedy string // a value that would do instead
}

// shown reports that a field can be seen and reached.
func (fl *field) shown() bool { return !fl.hidden && (fl.fold == nil || !fl.fold.Folded) }

// Form is a list of fields, one of which has the focus.
type Form struct {
	// OnChange is called after a value has changed.
	OnChange func(id string)
	// OnSubmit is called when enter is pressed on a button and every field is right, or need not be.
	OnSubmit func(button string) tea.Cmd

	theme   *theme.Theme
	printer *locale.Printer
	fields  []*field
	focus   int
	blurred bool
	w, h    int
	scroll  int
}

// New makes a form; the first field has the focus.
func New(t *theme.Theme, p *locale.Printer, fields ...Field) *Form {
	f := &Form{theme: t, printer: p}
	var section *field
	for _, d := range fields {
		fl := newField(d)
		switch d.Kind {
		case Section:
			section = fl
		case Button:
			section = nil
		}
		if fl != section {
			fl.fold = section
		}
		f.fields = append(f.fields, fl)
	}
	f.Recheck()
	return f
}

func newField(d Field) *field {
	fl := &field{Field: d}
	switch d.Kind {
	case Text:
		fl.line = input.New(d.Limit)
		fl.line.Placeholder = d.Placeholder
		fl.line.Set(d.Value)
	case Choice:
		fl.at = max(0, fl.index(d.Value))
	case Area:
		fl.Editor.Set(d.Value)
	}
	fl.Options = slices.Clone(d.Options)
	return fl
}

func (fl *field) index(id string) int {
	return slices.IndexFunc(fl.Options, func(o Option) bool { return o.ID == id })
}

// SetSize sets the size that View draws.
func (f *Form) SetSize(w, h int) { f.w, f.h = w, h }

// Value is a field's text or the id of its choice; "" when there is none.
func (f *Form) Value(id string) string {
	fl := f.find(id)
	if fl == nil {
		return ""
	}
	return fl.value()
}

// Values are the ids marked in a Multi field.
func (f *Form) Values(id string) []string {
	if fl := f.find(id); fl != nil {
		return fl.marked()
	}
	return nil
}

// Set replaces a field's text or choice, or, with ids with commas between, what is marked.
func (f *Form) Set(id, value string) {
	if fl := f.find(id); fl != nil {
		fl.set(value)
		fl.check()
	}
}

// SetOptions replaces the options of a Choice or Multi; what was chosen stays chosen where it still exists.
func (f *Form) SetOptions(id string, options []Option) {
	fl := f.find(id)
	if fl == nil {
		return
	}
	value, marks := fl.value(), fl.marked()
	fl.Options = slices.Clone(options)
	for i := range fl.Options {
		if slices.Contains(marks, fl.Options[i].ID) {
			fl.Options[i].On = true
		}
	}
	if fl.Kind == Choice {
		fl.at = max(0, fl.index(value))
	}
	fl.at = max(0, min(fl.at, len(fl.Options)-1))
	if !fl.told {
		fl.check()
	}
}

// SetHelp replaces the line shown while the field has the focus.
func (f *Form) SetHelp(id, help string) {
	if fl := f.find(id); fl != nil {
		fl.Help = help
	}
}

// SetLabel replaces a field's label.
func (f *Form) SetLabel(id, label string) {
	if fl := f.find(id); fl != nil {
		fl.Label = label
	}
}

// SetNote replaces what a section's fields say in a few words.
func (f *Form) SetNote(id, note string) {
	if fl := f.find(id); fl != nil {
		fl.Note = note
	}
}

// SetError puts a reason under a field that its own Check cannot know; it goes with the next change of the field, or with nil.
func (f *Form) SetError(id string, err error) {
	fl := f.find(id)
	if fl == nil {
		return
	}
	fl.check()
	fl.remedy = ""
	if err != nil {
		fl.err, fl.told, fl.dirty = err, true, true
	}
}

// Suggest offers a value in place of one that SetError refused: enter takes it.
func (f *Form) Suggest(id, value string) {
	if fl := f.find(id); fl != nil {
		fl.remedy = value
	}
}

// Recheck checks every field again, since what one may hold can depend on others. Reasons from SetError stay.
func (f *Form) Recheck() {
	for _, fl := range f.fields {
		if !fl.told {
			fl.check()
		}
	}
}

// Show shows or hides a field. Hidden fields are neither checked nor reached; their values stay.
func (f *Form) Show(id string, shown bool) {
	fl := f.find(id)
	if fl == nil {
		return
	}
	fl.hidden = !shown
	if !f.fields[f.focus].shown() {
		f.move(1)
	}
}

// Known reports whether there is a field of that id.
func (f *Form) Known(id string) bool { return f.find(id) != nil }

// Has reports whether there is a field of that id that is not hidden; it may be in a folded section.
func (f *Form) Has(id string) bool {
	fl := f.find(id)
	return fl != nil && !fl.hidden
}

// Focus moves the focus to a field and unfolds its section.
func (f *Form) Focus(id string) {
	for i, fl := range f.fields {
		if fl.ID == id && !fl.hidden {
			f.reach(i)
		}
	}
}

// reach moves the focus to a field, whose section unfolds.
func (f *Form) reach(i int) {
	f.focus = i
	if s := f.fields[i].fold; s != nil {
		s.Folded = false
	}
}

// Focused is the id of the field that has the focus.
func (f *Form) Focused() string { return f.fields[f.focus].ID }

// Blur tells the form that something else on the screen has the focus, or that it has it again.
func (f *Form) Blur(away bool) { f.blurred = away }

// Valid checks every field, shows all reasons and moves the focus to the first field that is wrong.
func (f *Form) Valid() bool {
	first := -1
	for i, fl := range f.fields {
		if fl.hidden {
			continue
		}
		if !fl.told {
			fl.check()
		}
		fl.dirty = true
		if fl.err != nil && first < 0 {
			first = i
		}
	}
	if first >= 0 {
		f.reach(first)
	}
	return first < 0
}

// OK reports whether every field is right, without showing anything.
func (f *Form) OK() bool {
	return !slices.ContainsFunc(f.fields, func(fl *field) bool { return !fl.hidden && fl.err != nil })
}

// Capturing reports that the focus is on a text, so that letters are typed.
func (f *Form) Capturing() bool {
	k := f.fields[f.focus].Kind
	return !f.blurred && (k == Text || k == Area)
}

// Keys is what the keys do in the field that has the focus.
func (f *Form) Keys() keys.Group {
	g := keys.Group{Title: keys.Form.Title, Bindings: []keys.Binding{keys.Next.InBar(), keys.Prev}}
	fl := f.fields[f.focus]
	switch fl.Kind {
	case Text:
		if fl.remedy != "" {
			g.Bindings = append(g.Bindings, keys.Enter.Named("form.keys.take").InBar())
		}
	case Area:
		return fl.Editor.Keys()
	case Section:
		g.Bindings = append(g.Bindings, keyFold.InBar())
	case Choice:
		g.Bindings = append(g.Bindings, keys.Choose.InBar())
	case Multi:
		g.Bindings = append(g.Bindings, keys.Mark.InBar(), keys.MarkAll, keys.Up, keys.Down)
	case Button:
		return keys.Group{Title: g.Title, Bindings: append([]keys.Binding{keys.Enter.Named("keys.accept").InBar()}, g.Bindings...)}
	}
	return g
}

// keyFold folds a section and unfolds it.
var keyFold = keys.New("space", "form.keys.fold", " ", "enter", "left", "right")

func (f *Form) find(id string) *field {
	for _, fl := range f.fields {
		if fl.ID == id {
			return fl
		}
	}
	return nil
}
