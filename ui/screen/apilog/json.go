package apilog

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"fleetlab/ui/text"
)

// How much of an answer the details show; Y copies all of it.
const (
	mostItems  = 50  // of a list
	mostLetter = 400 // of a string
)

// document is JSON laid out to be read, in rows of w columns: long lists and strings are cut, and strings that hold JSON
// themselves, such as job documents, policies and shadows, are laid out as well.
func (s *Screen) document(raw json.RawMessage, w int) []string {
	v, ok := decode(raw)
	if !ok {
		return text.Wrap(text.Line(string(raw)), w)
	}
	if m, isMap := v.(map[string]any); isMap && len(m) == 0 {
		return []string{s.d.Theme.Style.Muted.Render(s.d.T("apilog.nothing"))}
	}
	d := &writer{s: s, w: w}
	d.value("", "", v, "")
	return d.rows
}

func decode(raw []byte) (any, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	return v, dec.Decode(&v) == nil && !dec.More()
}

// writer writes one document.
type writer struct {
	s    *Screen
	w    int
	rows []string
}

// value writes v after its name, behind a margin; tail is the comma after it.
func (d *writer) value(margin, name string, v any, tail string) {
	switch v := v.(type) {
	case map[string]any:
		d.members(margin, name, v, tail)
	case []any:
		d.items(margin, name, v, tail)
	case string:
		if inner, ok := decode([]byte(v)); ok && nested(inner) {
			d.line(margin, name, d.s.d.T("apilog.json-text"), "")
			d.value(margin+"  ", "", inner, tail)
			return
		}
		d.line(margin, name, d.letters(v)+tail, "")
	default:
		b, err := json.Marshal(v)
		if err == nil {
			d.line(margin, name, string(b)+tail, "")
		}
	}
}

// nested reports that a value has parts.
func nested(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

func (d *writer) members(margin, name string, v map[string]any, tail string) {
	if len(v) == 0 {
		d.line(margin, name, "{}"+tail, "")
		return
	}
	d.line(margin, name, "{", "")
	names := slices.Sorted(maps.Keys(v))
	for i, n := range names {
		d.value(margin+"  ", quoted(n)+": ", v[n], comma(i, len(names)))
	}
	d.line(margin, "", "}"+tail, "")
}

func (d *writer) items(margin, name string, v []any, tail string) {
	if len(v) == 0 {
		d.line(margin, name, "[]"+tail, "")
		return
	}
	d.line(margin, name, "[", "")
	for i, item := range v[:min(len(v), mostItems)] {
		d.value(margin+"  ", "", item, comma(i, len(v)))
	}
	if more := len(v) - mostItems; more > 0 {
		d.line(margin+"  ", "", "", d.s.d.T("apilog.more", "Count", more))
	}
	d.line(margin, "", "]"+tail, "")
}

func comma(i, n int) string {
	if i < n-1 {
		return ","
	}
	return ""
}

// letters is a string as JSON writes it, cut when it is very long.
func (d *writer) letters(s string) string {
	n := utf8.RuneCountInString(s)
	if n <= mostLetter {
		return quoted(s)
	}
	return quoted(string([]rune(s)[:mostLetter/2])+text.Ellipsis) + " " + d.s.d.T("apilog.letters", "Count", n)
}

// quoted is s as JSON writes it, with < and & as they are.
func quoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return s
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// line writes a row and, if it is too long, more of them behind the same margin.
func (d *writer) line(margin, name, value, note string) {
	t := d.s.d.Theme.Style
	margin = text.Cut(margin, d.w/2)
	words := text.Line(name + value)
	for i, l := range text.Wrap(words, max(2, d.w-text.Width(margin))) {
		if i == 0 && name != "" && strings.HasPrefix(l, name) {
			l = t.Label.Render(name) + t.Value.Render(l[len(name):])
		} else {
			l = t.Value.Render(l)
		}
		d.rows = append(d.rows, margin+l)
	}
	if note != "" {
		d.rows[len(d.rows)-1] = margin + t.Muted.Render(note)
	}
}
