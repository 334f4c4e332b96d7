package form

import (
	"slices"
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
	label, room := f.labelWidth(), f.areaRoom()
	for i, fl := range f.fields {
		if !fl.shown() {
			continue
		}
		if (fl.Kind == Button || fl.Kind == Section && f.airy()) && len(rows) > 0 {
			rows = append(rows, "")
		}
		part := f.rows(fl, label, room, i == f.focus && !f.blurred)
		if i == f.focus {
			from, to = len(rows), len(rows)+len(part)
		}
		rows = append(rows, part...)
	}
	f.follow(from, to, len(rows))
	return text.Block(f.more(rows), f.w, f.h)
}

// airy reports that there is room for blank rows between the sections.
func (f *Form) airy() bool {
	const roomy = 24
	return f.h >= roomy
}

// leastArea is the least rows of a text of several lines, its label left out.
const leastArea = 6

// areaRoom is the rows that a text of several lines gets: what the other fields leave, or, where that is too little, all that there
// is while it has the focus.
func (f *Form) areaRoom() int {
	others, label := 1, f.labelWidth()
	area := false
	for i, fl := range f.fields {
		switch {
		case !fl.shown():
			continue
		case fl.Kind == Area:
			area = true
			continue
		case fl.Kind == Button:
			others++
		}
		others += len(f.rows(fl, label, 0, i == f.focus && !f.blurred))
	}
	switch {
	case !area:
		return 0
	case f.h-others >= 2*leastArea || f.fields[f.focus].Kind != Area:
		return max(leastArea, f.h-others)
	}
	return max(1, f.h-1)
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
	if len(out) == 0 {
		return nil
	}
	if f.scroll > 0 {
		out[0] = f.marked(out[0], f.theme.Symbol.Up)
	}
	if end < len(rows) {
		last := len(out) - 1
		out[last] = f.marked(out[last], f.theme.Symbol.Down)
	}
	return out
}

// marked puts a sign at the end of a row; the row is cut only where it needs the room.
func (f *Form) marked(row, sign string) string {
	row = text.Pad(row, f.w)
	sign = f.theme.Style.Muted.Render(sign)
	if blank := text.Clean(row, false); strings.HasSuffix(blank, "  ") {
		return text.Overlay(row, sign, f.w-1, 0)
	}
	return text.Edges(text.Cut(row, f.w-2), sign, f.w)
}

// labelWidth is the width of the widest label, up to a third of the form.
func (f *Form) labelWidth() int {
	w := 0
	for _, fl := range f.fields {
		if fl.Kind != Button && fl.Kind != Section && fl.Kind != Area && !fl.hidden {
			w = max(w, text.Width(fl.Label))
		}
	}
	return min(w, f.w/3)
}

// rows is one field: its label and value, and below them its error, or else its help. room is the rows of a text of several lines.
func (f *Form) rows(fl *field, label, room int, focused bool) []string {
	lead := "  "
	if focused {
		lead = f.theme.Symbol.Cursor + " "
	}
	switch fl.Kind {
	case Button:
		return append([]string{f.button(fl, lead, focused)}, f.notes(fl, 2, focused)...)
	case Section:
		return append([]string{f.section(fl, lead, focused)}, f.notes(fl, 2, focused)...)
	case Area:
		return f.area(fl, lead, room, focused)
	}
	name := f.theme.Style.Label
	if focused {
		name = f.theme.Style.FocusTitle
	}
	indent := label + 4
	wide := max(1, f.w-indent)
	var rows []string
	head := lead + name.Render(text.Pad(fl.Label, label)) + "  "
	switch fl.Kind {
	case Text:
		rows = []string{head + fl.line.View(f.theme, wide, focused)}
	case Choice:
		rows = []string{head + f.choice(fl, wide, focused)}
	case Multi:
		for i, r := range f.list(fl, wide, focused) {
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
	if focused && fl.remedy != "" {
		take := f.printer.T("form.remedy", "Value", fl.remedy)
		rows = append(rows, text.Spaces(indent)+f.theme.Style.Key.Render(text.Cut(take, max(2, f.w-indent))))
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

// section is the heading of fields, with what they say; a fault in one that is folded is told too.
func (f *Form) section(fl *field, lead string, focused bool) string {
	y, style := f.theme.Symbol, f.theme.Style.Heading
	if focused {
		style = f.theme.Style.Cursor
	}
	sign := y.Down
	if fl.Folded {
		sign = y.Next
	}
	head := lead + sign + " " + style.Render(fl.Label)
	note, tone := fl.Note, f.theme.Style.Muted
	if fl.Folded && f.faulty(fl) {
		note, tone = y.Failed+" "+note, f.theme.Style.Error
	}
	return head + "  " + tone.Render(text.Cut(note, max(0, f.w-text.Width(head)-2)))
}

// faulty reports that a section holds a field with a fault that may be told.
func (f *Form) faulty(section *field) bool {
	return slices.ContainsFunc(f.fields, func(fl *field) bool { return fl.fold == section && !fl.hidden && fl.err != nil && fl.dirty })
}

// area is a text of several lines under its label.
func (f *Form) area(fl *field, lead string, room int, focused bool) []string {
	name, help := f.theme.Style.Label, ""
	if focused {
		name, help = f.theme.Style.FocusTitle, fl.Help
	}
	head := lead + name.Render(fl.Label)
	rows := []string{head + "  " + f.theme.Style.Muted.Render(text.Cut(help, max(0, f.w-text.Width(head)-2)))}
	const in = 2 // also at the end, where a sign may say that there is more
	fl.Editor.Blur(!focused)
	fl.Editor.SetSize(max(1, f.w-2*in), room)
	for row := range strings.SplitSeq(fl.Editor.View(), "\n") {
		rows = append(rows, text.Spaces(in)+row)
	}
	if fl.told || fl.Editor.Value() == "" { // else the editor says it
		rows = append(rows, f.notes(fl, in, false)...)
	}
	return rows
}

func (f *Form) button(fl *field, lead string, focused bool) string {
	words := "[ " + fl.Label + " ]"
	if focused {
		return lead + f.theme.Style.Cursor.Render(text.Cut(words, f.w-2))
	}
	return lead + strings.TrimRight(text.Cut(words, f.w-2), " ")
}
