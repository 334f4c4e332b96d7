package index

import (
	"slices"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/wire"
)

// CheckQuery answers the SDK's InvalidQueryException for a query over things that cannot be parsed or has more than
// maxTerms terms; a dynamic group can have 5 (AWS General Reference, fleet indexing quotas).
func CheckQuery(query string, maxTerms int) error {
	n, err := parseWithin(query, limits{chars: maxQuery, terms: maxTerms, leadChars: maxLeadQuery})
	if err == nil {
		_, err = compile(thingSchema{}, n)
	}
	return queryError(err)
}

// queryDifferences are those of the query language.
var queryDifferences = []wire.Difference{
	"InvalidQueryException says at which character the mistake is; AWS's texts are known for unknown fields only.",
	"A text matches when the words of the term stand in it side by side, and a wildcard when it fits the text or one of its words.",
	"Shadow and registry versions can be searched; one page of AWS's guide says that they cannot.",
	"Objects inside arrays of a shadow are not indexed, and geoqueries are refused.",
}

// condition is an SQL expression with its arguments, true for the rows that are found and false or NULL for the others.
type condition struct {
	sql  string
	args []any
}

var never = condition{sql: "false"}

// valueKind is what is known of a field's values before they are read.
type valueKind int

const (
	anyValue  valueKind = iota // numbers and texts; a boolean is the text true or false
	plainText                  // texts of ASCII letters, digits and signs, without spaces
	number                     // numbers
)

// source is where a field's values come from; the zero value is a field that each row lacks. Columns of the row at hand
// can be used in it.
type source struct {
	value   string    // an expression; NULL is no value
	tables  string    // what value reads besides the row at hand; "" when that is all
	on      string    // which rows of tables belong to the row at hand; "" only without text
	args    []any     // of value, tables and on, in this order
	text    string    // the column with JSON from which value is taken; "" when it is not
	present condition // what field:* asks, when that is not whether there is a value
	kind    valueKind
	noRange bool // the field cannot be asked for a range
}

// schema knows the fields of one index.
type schema interface {
	// field is the source of a field's values, found is false when the index has no such field.
	field(name word) (s source, found bool, err error)
	// any are the sources that a term without a field looks at.
	any() []source
	// known names the fields, for error messages.
	known() string
	// rows is the table of the rows and its alias, key the column with a row's name.
	rows() string
	key() string
}

// compile turns a query into a condition on the rows of an index. Values always go through arguments.
func compile(s schema, n node) (condition, error) {
	switch n := n.(type) {
	case all:
		return join(s, n, " AND ")
	case some:
		return join(s, n, " OR ")
	case not:
		c, err := compile(s, n.part)
		return condition{"(" + c.sql + ") IS NOT TRUE", c.args}, err
	case term:
		return compileTerm(s, n)
	}
	return never, nil
}

func join(s schema, parts []node, with string) (condition, error) {
	conditions := make([]condition, 0, len(parts))
	for _, n := range parts {
		c, err := compile(s, n)
		if err != nil {
			return never, err
		}
		conditions = append(conditions, c)
	}
	return merge(conditions, with), nil
}

func merge(conditions []condition, with string) condition {
	if len(conditions) == 0 {
		return never
	}
	var merged condition
	texts := make([]string, 0, len(conditions))
	for _, c := range conditions {
		texts = append(texts, c.sql)
		merged.args = append(merged.args, c.args...)
	}
	merged.sql = "(" + strings.Join(texts, with) + ")"
	return merged
}

func compileTerm(s schema, t term) (condition, error) {
	if t.field != nil {
		f, found, err := s.field(t.field)
		if err != nil {
			return never, &syntaxError{at: t.at, what: err.Error()}
		}
		if !found {
			return never, &syntaxError{at: t.at, what: "the fields are " + s.known(), field: &t}
		}
		if f.noRange && t.test.bounds != nil {
			return never, &syntaxError{at: t.at, what: "the version of a package cannot be compared; use package.version:VALUE or (VALUE OR VALUE)"}
		}
		c := f.passes(t.test)
		if f.value == s.key() {
			c = within(c, f.value, t.test.equal)
		}
		return c, nil
	}
	if t.test.anything() {
		return condition{sql: "true"}, nil
	}
	var conditions []condition
	for _, f := range s.any() {
		conditions = append(conditions, f.passes(t.test))
	}
	return merge(conditions, " OR "), nil
}

// passes asks whether one of the source's values passes the test.
func (f source) passes(t test) condition {
	if f.value == "" {
		return never
	}
	if t.anything() && f.present.sql != "" {
		return f.present
	}
	check := f.kind.check(t)
	if check.sql == "" {
		return never
	}
	on, likely := f.on, f.likely(t)
	if likely.sql != "" {
		on += " AND " + likely.sql
	}
	args := slices.Concat(f.args, likely.args, check.args)
	if f.tables == "" && (len(f.args) == 0 || strings.Count(check.sql, placeholder) == 1) {
		return condition{"(" + withValue(check.sql, f.value) + ")", args}
	}
	values := "SELECT " + f.value + " AS v"
	if f.tables != "" {
		values += " FROM " + f.tables
	}
	if on != "" {
		values += " WHERE " + on
	}
	return condition{"EXISTS(SELECT 1 FROM (" + values + ") WHERE " + withValue(check.sql, "v") + ")", args}
}

// likely is a cheap condition on JSON text that holds wherever the test can pass, so that most texts need not be parsed: what
// is looked for stands in it, unless it is written with escapes. It has no SQL when that is not sure, as for numbers, which
// can be written in many ways. Two letters outside of ASCII are the same as k and s but for their case.
func (f source) likely(t test) condition {
	wanted := fold(t.equal.text())
	stars, marks := t.equal.wildcards()
	letters := strings.Trim(wanted, "e*?0123456789.-") != ""
	_, numeric := parseNumber(wanted)
	if f.text == "" || wanted == "" || strings.Trim(wanted, "*?abcdefghijklmnopqrstuvwxyz0123456789._:-") != "" || !letters && (numeric || stars+marks > 0) {
		return condition{}
	}
	c := condition{"(" + f.text + ` LIKE ? ESCAPE '\' OR instr(` + f.text + `,'\u')`, []any{"%" + fold(t.equal.like()) + "%"}}
	if strings.ContainsAny(wanted, "ks") {
		c.sql += " OR instr(" + f.text + ",'\u017f') OR instr(" + f.text + ",'\u212a')"
	}
	c.sql += ")"
	return c
}

// within adds bounds on a key in the order of bytes, which an index can use: all ways of writing the letters before the
// first wildcard lie between those in capitals and those in small letters.
func within(c condition, key string, w word) condition {
	until := slices.IndexFunc(w, func(c char) bool { return !c.escaped && (c.r == '*' || c.r == '?') })
	prefix := w
	if until >= 0 {
		prefix = w[:until]
	}
	low := fold(prefix.text())
	if low == "" || strings.ContainsFunc(low, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return c
	}
	// ~ is the last character of ASCII, which all keys consist of.
	return condition{"(" + key + ">=? AND " + key + "<? AND " + c.sql + ")", append([]any{strings.ToUpper(low), low + "~"}, c.args...)}
}

// placeholder stands for the value in the conditions below.
const placeholder = "@v"

func withValue(sql, value string) string { return strings.ReplaceAll(sql, placeholder, value) }

// check is the condition on one value; no SQL when no value passes. NULL, which is no value, passes no test.
func (k valueKind) check(t test) condition {
	if t.anything() {
		return condition{sql: "@v IS NOT NULL"}
	}
	if len(t.bounds) == 0 {
		return k.equals(t.equal)
	}
	var parts []condition
	for _, b := range t.bounds {
		c := k.compares(b)
		if c.sql == "" {
			return condition{}
		}
		parts = append(parts, c)
	}
	return merge(parts, " AND ")
}

// equals compares without regard to case. A number also equals another way of writing it.
func (k valueKind) equals(w word) condition {
	if stars, marks := w.wildcards(); stars+marks > 0 {
		pattern := fold(w.like())
		if k != anyValue {
			return condition{`@v LIKE ? ESCAPE '\'`, []any{pattern}}
		}
		return condition{`(@v LIKE ? ESCAPE '\' OR @v GLOB ` + hard + " AND " + likeFunction + "(@v,?))", []any{pattern, pattern}}
	}
	wanted := words(w.text())
	n, numeric := parseNumber(wanted)
	switch {
	case wanted == "", k == number && !numeric:
		return condition{}
	case k == number:
		return condition{"@v=?", []any{n}}
	case k == plainText:
		return condition{"@v=? COLLATE NOCASE", []any{wanted}}
	}
	c := condition{"(@v=? COLLATE NOCASE OR @v GLOB " + hard + " AND " + wordFunction + "(@v,?))", []any{wanted, wanted}}
	if numeric {
		return condition{"CASE WHEN typeof(@v)<>'text' THEN @v=? ELSE " + c.sql + " END", append([]any{n}, c.args...)}
	}
	return c
}

// decimal is true for a text that parseNumber reads.
const decimal = `(@v GLOB '*[0-9]' AND ltrim(@v,'-') NOT GLOB '*[^0-9.]*' AND @v NOT GLOB '*.*.*' AND @v NOT GLOB '--*')`

// compares orders numbers by size when both sides are numeric, and texts by their letters otherwise.
func (k valueKind) compares(b bound) condition {
	wanted := fold(b.value.text())
	n, numeric := parseNumber(wanted)
	if k == number {
		if !numeric {
			return condition{}
		}
		return condition{"@v" + b.op + "?", []any{n}}
	}
	c := condition{"@v" + b.op + "? COLLATE NOCASE", []any{wanted}}
	if k == anyValue {
		c = condition{"CASE WHEN @v GLOB " + hard + " THEN " + foldFunction + "(@v)" + b.op + "? ELSE " + c.sql + " END", []any{wanted, wanted}}
	}
	if !numeric {
		return condition{"(typeof(@v)='text' AND " + c.sql + ")", c.args}
	}
	return condition{"CASE WHEN typeof(@v)<>'text' THEN @v" + b.op + "? WHEN " + decimal + " THEN CAST(@v AS REAL)" + b.op + "? ELSE " + c.sql + " END",
		append([]any{n, n}, c.args...)}
}

// parseNumber reads a decimal number without an exponent: whole ones exactly.
func parseNumber(s string) (any, bool) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, ".0123456789") != "" || strings.HasSuffix(digits, ".") {
		return nil, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// names are a field's segments without escapes.
func names(segments []word) []string {
	list := make([]string, 0, len(segments))
	for _, s := range segments {
		list = append(list, s.text())
	}
	return list
}

// jsonPath is SQLite's path to a value in JSON text. A name with a quote or a backslash has none.
func jsonPath(names ...string) (string, bool) {
	var b strings.Builder
	b.WriteByte('$')
	for _, n := range names {
		b.WriteString(`."` + n + `"`)
	}
	return b.String(), !slices.ContainsFunc(names, func(n string) bool { return strings.ContainsAny(n, "\"\\\x00") })
}
