package index

import (
	"slices"
	"strconv"
	"strings"
)

// condition is an SQL expression that is true or false, never NULL, with its arguments.
type condition struct {
	sql  string
	args []any
}

var never = condition{sql: "false"}

// source is where a field's values come from: a subquery with one column v, or "" when the field is not indexed.
// Columns of the row at hand can be used in it.
type source struct {
	sql     string
	args    []any
	present string // what field:* asks instead, with the same arguments; "" when sql does for that too
}

// schema knows the fields of one index.
type schema interface {
	// field is the source of a field's values. Names that mean nothing have none.
	field(name word) (source, error)
	// any are the sources that a term without a field looks at.
	any() []source
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
		return condition{"NOT (" + c.sql + ")", c.args}, err
	case term:
		return compileTerm(s, n)
	}
	return never, nil
}

func join(s schema, parts []node, with string) (condition, error) {
	var texts []string
	var args []any
	for _, n := range parts {
		c, err := compile(s, n)
		if err != nil {
			return never, err
		}
		texts = append(texts, c.sql)
		args = append(args, c.args...)
	}
	return condition{"(" + strings.Join(texts, with) + ")", args}, nil
}

func compileTerm(s schema, t term) (condition, error) {
	sources := s.any()
	if t.field != nil {
		f, err := s.field(t.field)
		if err != nil {
			return never, err
		}
		sources = []source{f}
	} else if t.test.anything() {
		return condition{sql: "true"}, nil
	}
	check := compileTest(t.test)
	var texts []string
	var args []any
	for _, f := range sources {
		if f.sql == "" {
			continue
		}
		if t.test.anything() && f.present != "" {
			f.sql = f.present
		}
		texts = append(texts, "EXISTS(SELECT 1 FROM ("+f.sql+") WHERE "+check.sql+")")
		args = append(append(args, f.args...), check.args...)
	}
	if texts == nil {
		return never, nil
	}
	return condition{"(" + strings.Join(texts, " OR ") + ")", args}, nil
}

// compileTest is the condition on a value v. NULL, which is no value, passes no test.
func compileTest(t test) condition {
	if len(t.bounds) == 0 && !t.anything() {
		return equals(t.equal)
	}
	c := condition{sql: "v IS NOT NULL"}
	for _, b := range t.bounds {
		part := compares(b)
		c.sql += " AND " + part.sql
		c.args = append(c.args, part.args...)
	}
	return c
}

// equals compares without regard to the case of ASCII letters. A JSON number also equals another way of writing it.
func equals(w word) condition {
	if stars, marks := w.wildcards(); stars+marks > 0 {
		return condition{`v LIKE ? ESCAPE '\'`, []any{w.like()}}
	}
	text := w.text()
	if n, ok := number(text); ok {
		return condition{"CASE WHEN typeof(v) IN ('integer','real') THEN v=? ELSE v=? COLLATE NOCASE END", []any{n, text}}
	}
	return condition{"v=? COLLATE NOCASE", []any{text}}
}

// numeric is true for a text v that is a decimal number.
const numeric = `(v GLOB '*[0-9]' AND ltrim(v,'-') NOT GLOB '*[^0-9.]*' AND v NOT GLOB '*.*.*' AND v NOT GLOB '--*')`

// compares orders numbers by size when both sides are numeric, and texts by their letters otherwise.
func compares(b bound) condition {
	text := b.value.text()
	n, ok := number(text)
	if !ok {
		return condition{"(typeof(v)='text' AND v" + b.op + "? COLLATE NOCASE)", []any{text}}
	}
	sql := "CASE WHEN typeof(v) IN ('integer','real') THEN v" + b.op + "? WHEN " + numeric +
		" THEN CAST(v AS REAL)" + b.op + "? ELSE v" + b.op + "? COLLATE NOCASE END"
	return condition{sql, []any{n, n, text}}
}

// number reads a decimal number without an exponent.
func number(s string) (float64, bool) {
	if strings.Trim(s, "-.0123456789") != "" {
		return 0, false
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
