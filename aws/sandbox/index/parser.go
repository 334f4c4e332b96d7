package index

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// AWS General Reference, fleet indexing quotas.
const (
	maxQuery     = 1000 // characters
	maxTerms     = 12
	maxStars     = 2   // in a term
	maxMarks     = 5   // in a term
	maxLeading   = 1   // terms that start with a wildcard
	maxLeadQuery = 100 // characters of a query with such a term
	maxNestLevel = 50
)

// limits of a query; the property tests lift them.
type limits struct{ chars, terms, leadChars int }

// node is a part of a query.
type node interface{ isNode() }

type (
	// all matches when each part does.
	all []node
	// some matches when at least one part does.
	some []node
	// not matches when its part does not.
	not struct{ part node }
	// term tests the values of one field, or of any field when field is nil.
	term struct {
		field word
		test  test
		place
	}
	// place is where a term stands, for errors that are found later.
	place struct {
		query string
		at    int // of the field's name, or of the value when there is none
	}
)

func (all) isNode()  {}
func (some) isNode() {}
func (not) isNode()  {}
func (term) isNode() {}

// test is what one value has to be: equal to a word, or within bounds.
type test struct {
	equal  word
	bounds []bound
}

// bound is a comparison, such as >= 5.
type bound struct {
	op    string
	value word
}

// anything answers whether each value passes the test: it is a star alone, or [* TO *].
func (t test) anything() bool { return t.equal.is("*") || t.equal == nil && t.bounds == nil }

type parser struct {
	tokens  []token
	query   string
	chars   int // in the query
	limits  limits
	field   word // set inside field:( ... )
	fieldAt int
	terms   int
	leading int
	level   int
}

// parse reads a query in the fleet index's language (AWS IoT developer guide, query syntax). What stands side by
// side without an operator has to match together; AND binds stronger than OR.
func parse(query string) (node, error) {
	return parseWithin(query, limits{chars: maxQuery, terms: maxTerms, leadChars: maxLeadQuery})
}

func parseWithin(query string, l limits) (node, error) {
	chars := utf8.RuneCountInString(query)
	if chars > l.chars {
		return nil, &syntaxError{at: l.chars + 1, what: fmt.Sprintf("the query has %d characters; at most %d are allowed", chars, l.chars)}
	}
	tokens, err := scan(query)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, query: query, chars: chars, limits: l}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.peek().kind != kindEnd {
		return nil, p.unexpected("AND, OR or the end")
	}
	return n, nil
}

func (p *parser) peek() token { return p.tokens[0] }

// take returns the next token; the end stays.
func (p *parser) take() token {
	t := p.tokens[0]
	if t.kind != kindEnd {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) symbol(s string) bool {
	t := p.peek()
	return t.kind == kindSymbol && t.symbol == s
}

func (p *parser) keyword(s string) bool {
	t := p.peek()
	return t.kind == kindWord && t.word.is(s)
}

// accept takes a symbol or keyword if it is next.
func (p *parser) accept(s string) bool {
	if p.symbol(s) || p.keyword(s) {
		p.take()
		return true
	}
	return false
}

func (p *parser) unexpected(want string) error {
	t := p.peek()
	what := fmt.Sprintf("unexpected %s; %s was expected", t, want)
	if t.kind == kindSymbol && strings.Contains(`:-<>=[]{}`, t.symbol) {
		what += fmt.Sprintf(`. To search for the character itself write \%s, or put the value in quotes`, t.symbol)
	}
	return &syntaxError{at: t.at, what: what}
}

func (p *parser) or() (node, error) {
	if p.level++; p.level > maxNestLevel {
		return nil, &syntaxError{at: p.peek().at, what: fmt.Sprintf("at most %d parentheses can be inside each other", maxNestLevel)}
	}
	defer func() { p.level-- }()
	var parts some
	for {
		n, err := p.and()
		if err != nil {
			return nil, err
		}
		if inner, ok := n.(some); ok {
			parts = append(parts, inner...)
		} else {
			parts = append(parts, n)
		}
		if !p.accept("OR") {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *parser) and() (node, error) {
	var parts all
	for {
		n, err := p.not()
		if err != nil {
			return nil, err
		}
		if inner, ok := n.(all); ok {
			parts = append(parts, inner...)
		} else {
			parts = append(parts, n)
		}
		if !p.accept("AND") && (p.peek().kind == kindEnd || p.symbol(")") || p.keyword("OR")) {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *parser) not() (node, error) {
	negative := false
	for p.accept("NOT") || p.accept("-") {
		negative = !negative
	}
	n, err := p.primary()
	if err != nil || !negative {
		return n, err
	}
	if inner, ok := n.(not); ok {
		return inner.part, nil
	}
	return not{n}, nil
}

func (p *parser) primary() (node, error) {
	if p.symbol("(") {
		return p.group()
	}
	t := p.peek()
	if t.kind == kindEnd || t.kind == kindSymbol && p.field == nil || p.keyword("AND") || p.keyword("OR") {
		return nil, p.unexpected("a term")
	}
	if t.kind != kindWord || !p.namesField() {
		return p.value()
	}
	if p.field != nil {
		return nil, &syntaxError{at: t.at, what: fmt.Sprintf("%s is inside the parentheses of field %s already", t, p.field.text())}
	}
	p.field, p.fieldAt = p.take().word, t.at
	defer func() { p.field = nil }()
	if !p.accept(":") {
		return p.value() // a comparison
	}
	if p.symbol("(") {
		return p.group()
	}
	return p.value()
}

// namesField answers whether the word at hand is followed by a colon or a comparison.
func (p *parser) namesField() bool {
	next := p.tokens[1] // a word is never the last token
	return next.kind == kindSymbol && strings.Contains(":<=>=", next.symbol)
}

func (p *parser) group() (node, error) {
	open := p.take()
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, &syntaxError{at: open.at, what: "this ( has no closing )"}
	}
	return n, nil
}

// value reads what a field is tested for: a word, a phrase, a comparison or a range.
func (p *parser) value() (node, error) {
	at := p.peek().at
	if p.terms++; p.terms > p.limits.terms {
		return nil, &syntaxError{at: at, what: fmt.Sprintf("a query can have at most %d terms", p.limits.terms)}
	}
	t := term{field: p.field, place: place{p.query, at}}
	if p.field != nil {
		t.at = p.fieldAt
	}
	var err error
	switch {
	case p.symbol("[") || p.symbol("{"):
		t.test.bounds, err = p.interval()
	case p.symbol("<") || p.symbol(">") || p.symbol("<=") || p.symbol(">="):
		op := p.take().symbol
		var w word
		w, err = p.bound()
		if !w.is("*") {
			t.test.bounds = []bound{{op, w}}
		}
	default:
		if t.test.equal, err = p.operand(); err == nil {
			err = p.checkWildcards(t.test.equal, at)
		}
	}
	return t, err
}

func (p *parser) operand() (word, error) {
	t := p.peek()
	if t.kind != kindWord && t.kind != kindPhrase {
		return nil, p.unexpected("a value")
	}
	if p.keyword("AND") || p.keyword("OR") || p.keyword("NOT") {
		return nil, p.unexpected("a value (put the word in quotes if it is one)")
	}
	return p.take().word, nil
}

// bound is a value that is compared to: a star alone stands for no bound, and there are no other wildcards.
func (p *parser) bound() (word, error) {
	at := p.peek().at
	w, err := p.operand()
	if stars, marks := w.wildcards(); err == nil && stars+marks > 0 && !w.is("*") {
		return nil, &syntaxError{at: at, what: `a bound cannot have wildcards; write \* or \? for the characters themselves`}
	}
	return w, err
}

func (p *parser) checkWildcards(w word, at int) error {
	stars, marks := w.wildcards()
	if stars > maxStars || marks > maxMarks {
		return &syntaxError{at: at, what: fmt.Sprintf("a term can have at most %d * and %d ?", maxStars, maxMarks)}
	}
	if stars+marks == 0 || w.is("*") || w[0].escaped || w[0].r != '*' && w[0].r != '?' {
		return nil
	}
	if p.leading++; p.leading > maxLeading {
		return &syntaxError{at: at, what: "only one term can start with * or ?"}
	}
	if p.chars > p.limits.leadChars {
		return &syntaxError{at: at, what: fmt.Sprintf("a query with a term that starts with * or ? can have at most %d characters; it has %d",
			p.limits.leadChars, p.chars)}
	}
	return nil
}

// interval reads [a TO b]; a curly bracket leaves its bound out, and a star is no bound.
func (p *parser) interval() ([]bound, error) {
	low, high := ">=", "<="
	if p.take().symbol == "{" {
		low = ">"
	}
	a, err := p.bound()
	if err != nil {
		return nil, err
	}
	if !p.accept("TO") {
		return nil, p.unexpected("TO")
	}
	b, err := p.bound()
	if err != nil {
		return nil, err
	}
	switch {
	case p.accept("]"):
	case p.accept("}"):
		high = "<"
	default:
		return nil, p.unexpected("] or }")
	}
	var bounds []bound
	if !a.is("*") {
		bounds = append(bounds, bound{low, a})
	}
	if !b.is("*") {
		bounds = append(bounds, bound{high, b})
	}
	return bounds, nil
}
