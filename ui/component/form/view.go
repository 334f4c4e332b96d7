package form

import (
	"strings"

	"fleetlab/ui/text"
)

// listRows is how many options of a Multi field are in view at once.
const listRows = 6

// View is exactly the size that SetSize said; when the form is taller, the field that has the focus is in
// view.
func (f *Form) View() string {
	var rows []string
	from, to := 0, 0
	label := f.labelWidth()
	for i, fl := range f.fields {
		if fl.hidden {
			continue
		}
		if fl.Kind == Button && len(rows) > 0 {
			rows = append(rows, "")
		}
		part := f.rows(fl, label, i == f.focus && !f.blurred)
		if i == f.focus {
			from, to = len(rows), len(rows)+len(part)
		}
		rows = append(rows, part...)
	}
	f.follow(from, to, len(rows))
	return text.Block(f.more(rows), f.w, f.h)
}

// follow scrolls so that rows from to to are in view, the first of them above all.
func (f *Form) follow(from, to, n int) {
	if to > f.scroll+f.h {
		f.scroll = to - f.h
	}
	f.scroll = max(0, min(f.scroll, from, n-f.h))
}

// more cuts the rows out that are in view and marks that there are others.
func (f *Form) more(rows []string) []string {
	end := min(len(rows), f.scroll+f.h)
	out := append([]string(nil), rows[f.scroll:end]...)
	if f.scroll > 0 {
		out[0] = text.Edges(text.Cut(out[0], f.w-2), f.theme.Style.Muted.Render(f.theme.Symbol.Up), f.w)
	}
	if end < len(rows) {
		last := len(out) - 1
		out[last] = text.Edges(text.Cut(out[last], f.w-2), f.theme.Style.Muted.Render(f.theme.Symbol.Down), f.w)
	}
	return out
}

// labelWidth is the width of the widest label, up to a third of the form.
func (f *Form) labelWidth() int {
	w := 0
	for _, fl := range f.fields {
		if fl.Kind != Button && !fl.hidden {
			w = max(w, text.Width(fl.Label))
		}
	}
	return min(w, f.w/3)
}

// rows is one field: its label and value, and below them its error, or else its help.
func (f *Form) rows(fl *field, label int, focused bool) []string {
	lead := "  "
	if focused {
		lead = f.theme.Symbol.Cursor + " "
	}
	if fl.Kind == Button {
		return append([]string{f.button(fl, lead, focused)}, f.notes(fl, 2, focused)...)
	}
	name := f.theme.Style.Label
	if focused {
		name = f.theme.Style.FocusTitle
	}
	indent := label + 4
	room := max(1, f.w-indent)
	var rows []string
	head := lead + name.Render(text.Pad(fl.Label, label)) + "  "
	switch fl.Kind {
	case Text:
		rows = []string{head + fl.line.View(f.theme, room, focused)}
	case Choice:
		rows = []string{head + f.choice(fl, room, focused)}
	case Multi:
		for i, r := range f.list(fl, room, focused) {
			if i > 0 {
				head = text.Spaces(indent)
			}
			rows = append(rows, head+r)
		}
	}
	return append(rows, f.notes(fl, indent, focused)...)
}

// notes is what stands under a field.
func (f *Form) notes(fl *field, indent int, focused bool) []string {
	words, style, sign := "", f.theme.Style.Muted, ""
	switch {
	case fl.err != nil && (fl.dirty || focused && fl.value() != ""):
		words, style, sign = f.printer.Field(fl.err), f.theme.Style.Error, f.theme.Symbol.Failed+" "
	case focused:
		words = fl.Help
		if o, ok := fl.current(); ok && o.Note != "" && words == "" {
			words = o.Note
		}
	}
	if words == "" {
		return nil
	}
	var rows []string
	for _, l := range text.Wrap(sign+text.Line(words), max(2, f.w-indent)) {
		rows = append(rows, text.Spaces(indent)+style.Render(l))
	}
	return rows
}

// current is the option chosen of a Choice.
func (fl *field) current() (Option, bool) {
	if fl.Kind != Choice || fl.at >= len(fl.Options) {
		return Option{}, false
	}
	return fl.Options[fl.at], true
}

func (f *Form) choice(fl *field, w int, focused bool) string {
	o, ok := fl.current()
	if !ok {
		return f.theme.Style.Placeholder.Render(text.Pad(f.printer.T("form.no-options"), w))
	}
	prev, next := f.theme.Symbol.Prev+" ", " "+f.theme.Symbol.Next
	value := f.theme.Style.Value
	if focused {
		value = f.theme.Style.Cursor
	}
	return text.Pad(prev+value.Render(text.Cut(o.Label, max(1, w-4)))+next, w)
}

func (f *Form) list(fl *field, w int, focused bool) []string {
	if len(fl.Options) == 0 {
		return []string{f.theme.Style.Placeholder.Render(text.Pad(f.printer.T("form.no-options"), w))}
	}
	fl.top = max(0, min(fl.top, fl.at, len(fl.Options)-listRows))
	if fl.at >= fl.top+listRows {
		fl.top = fl.at - listRows + 1
	}
	end := min(len(fl.Options), fl.top+listRows)
	var rows []string
	for i := fl.top; i < end; i++ {
		rows = append(rows, f.option(fl, i, w, focused && i == fl.at))
	}
	if len(fl.Options) > listRows {
		count := f.printer.T("form.marked", "Count", len(fl.marked()), "Total", len(fl.Options))
		rows = append(rows, f.theme.Style.Muted.Render(text.Pad(count, w)))
	}
	return rows
}

func (f *Form) option(fl *field, i, w int, here bool) string {
	o := fl.Options[i]
	mark, lead := f.theme.Symbol.Unchecked, "  "
	if o.On {
		mark = f.theme.Symbol.Checked
	}
	if here {
		lead = f.theme.Symbol.Cursor + " "
	}
	if here {
		return f.theme.Style.Cursor.Render(text.Edges(lead+mark+" "+o.Label, o.Note, w))
	}
	return text.Edges(lead+mark+" "+o.Label, f.theme.Style.Muted.Render(o.Note), w)
}

func (f *Form) button(fl *field, lead string, focused bool) string {
	words := "[ " + fl.Label + " ]"
	if focused {
		return lead + f.theme.Style.Cursor.Render(text.Cut(words, f.w-2))
	}
	return lead + strings.TrimRight(text.Cut(words, f.w-2), " ")
}
