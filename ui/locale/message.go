package locale

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// message is one message ready to print: the literal text between its values, by plural form. The
// general template engine takes microseconds a message; a log draws dozens of them thirty times a second.
type message struct {
	other form
	one   form // empty when the message has no plural forms
}

// form is text and values in turn: text[0] name[0] text[1] name[1] ... text[n].
type form struct {
	texts []string
	names []string
}

// errPlaceholder means that a message holds a template action other than {{.Name}}.
var errPlaceholder = errors.New("only {{.Name}} may stand between braces")

func compile(m *i18n.Message) (message, error) {
	other, err := compileForm(m.Other)
	if err != nil || m.One == "" {
		return message{other: other}, err
	}
	one, err := compileForm(m.One)
	return message{other: other, one: one}, err
}

func compileForm(s string) (form, error) {
	var f form
	for {
		before, rest, found := strings.Cut(s, "{{")
		f.texts = append(f.texts, before)
		if !found {
			return f, nil
		}
		action, after, closed := strings.Cut(rest, "}}")
		name, dotted := strings.CutPrefix(strings.TrimSpace(action), ".")
		if !closed || !dotted || name == "" || strings.ContainsAny(name, " .|(") {
			return f, fmt.Errorf("%q: %w", action, errPlaceholder)
		}
		f.names = append(f.names, name)
		s = after
	}
}

// T is the message id with its values filled in. kv is pairs of a name and a value; a message with plural
// forms chooses by the value named Count. A message that does not exist shows as !id!, and so does a
// value that was not given, so that mistakes are seen instead of hidden.
func (p *Printer) T(id string, kv ...any) string {
	m, ok := p.messages[id]
	if !ok {
		return "!" + id + "!"
	}
	f := m.other
	if m.one.texts != nil && isOne(p.tag, kv) {
		f = m.one
	}
	if len(f.names) == 0 {
		return f.texts[0]
	}
	buf := make([]byte, 0, 96)
	for i, name := range f.names {
		buf = append(buf, f.texts[i]...)
		buf = p.appendValue(buf, name, kv)
	}
	return string(append(buf, f.texts[len(f.names)]...))
}

// isOne reports whether Count takes the language's form for one.
func isOne(tag language.Tag, kv []any) bool {
	for i := 0; i+1 < len(kv); i += 2 {
		if n, ok := kv[i+1].(int); ok && kv[i] == "Count" {
			return plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0) == plural.One
		}
	}
	return false
}

func (p *Printer) appendValue(buf []byte, name string, kv []any) []byte {
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i] != name {
			continue
		}
		switch v := kv[i+1].(type) {
		case string:
			return append(buf, v...)
		case int:
			return appendInt(buf, int64(v))
		case int64:
			return appendInt(buf, v)
		case float64:
			return strconv.AppendFloat(buf, v, 'f', -1, 64)
		case time.Duration:
			return append(buf, p.Duration(v)...)
		case fmt.Stringer:
			return append(buf, v.String()...)
		case error:
			return append(buf, v.Error()...)
		default:
			return fmt.Append(buf, v)
		}
	}
	buf = append(buf, '!')
	buf = append(buf, name...)
	return append(buf, '!')
}

// appendPlainInt writes n without commas, as in [640/1000].
func appendPlainInt(buf []byte, n int) []byte { return strconv.AppendInt(buf, int64(n), 10) }

// appendInt writes n with commas between the thousands, as both languages do.
func appendInt(buf []byte, n int64) []byte {
	if n < 0 {
		buf = append(buf, '-')
		n = -n
	}
	digits := strconv.AppendInt(nil, n, 10)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, d)
	}
	return buf
}
