package index

import (
	"fmt"
	"strings"
	"unicode"
)

// syntaxError is what is wrong with a query, and where: at which character, from 1.
type syntaxError struct {
	at    int
	what  string
	field *term // whose name no index has
}

// Error uses AWS's own words for unknown fields (seen in awsdocs/aws-iot-docs, pull request 30); those for other
// mistakes are not known.
func (e *syntaxError) Error() string {
	if e.field != nil {
		return fmt.Sprintf("Unable to parse query, invalid field name, field name: %s, query string: %s. At position %d: %s",
			e.field.field.text(), e.field.query, e.at, e.what)
	}
	return fmt.Sprintf("Invalid query at position %d: %s", e.at, e.what)
}

// char is one character of a word. An escaped one stands for itself.
type char struct {
	r       rune
	escaped bool
}

// word is a field name or a value as it was written.
type word []char

// is answers whether w is a keyword or symbol, written plainly.
func (w word) is(s string) bool {
	for _, c := range w {
		if c.escaped {
			return false
		}
	}
	return w.text() == s
}

// text is the word without its escapes.
func (w word) text() string {
	var b strings.Builder
	for _, c := range w {
		b.WriteRune(c.r)
	}
	return b.String()
}

// wildcards counts the stars and the question marks that are not escaped.
func (w word) wildcards() (stars, marks int) {
	for _, c := range w {
		switch {
		case c.escaped:
		case c.r == '*':
			stars++
		case c.r == '?':
			marks++
		}
	}
	return stars, marks
}

// like is the word as a pattern of SQL's LIKE with \ for escapes.
func (w word) like() string {
	var b strings.Builder
	for _, c := range w {
		switch {
		case c.r == '*' && !c.escaped:
			b.WriteByte('%')
		case c.r == '?' && !c.escaped:
			b.WriteByte('_')
		case strings.ContainsRune(`%_\`, c.r):
			b.WriteByte('\\')
			b.WriteRune(c.r)
		default:
			b.WriteRune(c.r)
		}
	}
	return b.String()
}

// segments splits a field name at its dots; an escaped dot belongs to a name.
func (w word) segments() []word {
	var all []word
	from := 0
	for i, c := range w {
		if c.r == '.' && !c.escaped {
			all = append(all, w[from:i])
			from = i + 1
		}
	}
	return append(all, w[from:])
}

type kind int

const (
	kindEnd kind = iota
	kindWord
	kindPhrase
	kindSymbol // ( ) [ ] { } : < > <= >= and - as a negation
)

type token struct {
	kind   kind
	word   word   // of a word or a phrase
	symbol string // of a symbol
	at     int
}

// String is the token as error messages show it.
func (t token) String() string {
	switch t.kind {
	case kindEnd:
		return "the end"
	case kindSymbol:
		return t.symbol
	default:
		return t.word.text()
	}
}

// mustEscape are the characters that a query cannot hold outside of quotes unless escaped (AWS IoT developer
// guide, query syntax). The backslash is the escape itself.
const mustEscape = "`@#%/';,"

// symbols end a word.
const symbols = `()[]{}:<>"`

type lexer struct {
	in       []rune
	pos      int
	out      []token
	interval bool // between [ or { and its end
}

// scan cuts a query into tokens; the last is always the end.
func scan(query string) ([]token, error) {
	l := &lexer{in: []rune(query)}
	for l.pos < len(l.in) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	return append(l.out, token{kind: kindEnd, at: l.pos + 1}), nil
}

func (l *lexer) next() error {
	r := l.in[l.pos]
	switch {
	case unicode.IsSpace(r):
		l.pos++
		return nil
	case r == '"':
		return l.phrase()
	case r == '<' || r == '>':
		n := 1
		if l.pos+1 < len(l.in) && l.in[l.pos+1] == '=' {
			n = 2
		}
		l.symbol(n)
		return nil
	case strings.ContainsRune(symbols, r), r == '-' && !l.wantsValue():
		l.symbol(1)
		return nil
	default:
		return l.word()
	}
}

func (l *lexer) symbol(n int) {
	switch l.in[l.pos] {
	case '[', '{':
		l.interval = true
	case ']', '}':
		l.interval = false
	}
	l.out = append(l.out, token{kind: kindSymbol, symbol: string(l.in[l.pos : l.pos+n]), at: l.pos + 1})
	l.pos += n
}

// wantsValue answers whether the next token can only be a value, so that a minus belongs to a number.
func (l *lexer) wantsValue() bool {
	if len(l.out) == 0 {
		return false
	}
	last := l.out[len(l.out)-1]
	if last.kind == kindSymbol {
		return strings.Contains("[{:<=>=", last.symbol)
	}
	return l.interval && last.kind == kindWord && last.word.is("TO")
}

func (l *lexer) word() error {
	t := token{kind: kindWord, at: l.pos + 1}
	for ; l.pos < len(l.in); l.pos++ {
		r := l.in[l.pos]
		switch {
		case r == '\\':
			if l.pos++; l.pos == len(l.in) {
				return &syntaxError{at: l.pos, what: `\ escapes the next character, and there is none`}
			}
			t.word = append(t.word, char{l.in[l.pos], true})
		case unicode.IsSpace(r) || strings.ContainsRune(symbols, r):
			l.out = append(l.out, t)
			return nil
		case strings.ContainsRune(mustEscape, r):
			return &syntaxError{at: l.pos + 1, what: fmt.Sprintf(`write \%c, or put the value in quotes`, r)}
		default:
			t.word = append(t.word, char{r: r})
		}
	}
	l.out = append(l.out, t)
	return nil
}

// phrase reads up to the closing quote; inside, only \ is special.
func (l *lexer) phrase() error {
	t := token{kind: kindPhrase, word: word{}, at: l.pos + 1}
	for l.pos++; l.pos < len(l.in); l.pos++ {
		r := l.in[l.pos]
		if r == '"' {
			l.pos++
			l.out = append(l.out, t)
			return nil
		}
		if r == '\\' && l.pos+1 < len(l.in) {
			l.pos++
			r = l.in[l.pos]
		}
		t.word = append(t.word, char{r, true})
	}
	return &syntaxError{at: t.at, what: `this " has no closing "`}
}
