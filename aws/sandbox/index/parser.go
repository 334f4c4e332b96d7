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
	maxStars     = 2 // in a term
	maxMarks     = 5 // in a term
	maxLeading   = 1 // terms that start with a wildcard
	maxNestLevel = 50
)

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
	field   word // set inside field:( ... )
	terms   int
	leading int
	level   int
}

// parse reads a query in the fleet index's language (AWS IoT developer guide, query syntax). What stands side by
// side without an operator has to match together; AND binds stronger than OR.
func parse(query string) (node, error) {
	if n := utf8.RuneCountInString(query); n > maxQuery {
		return nil, &syntaxError{maxQuery + 1, fmt.Sprintf("the query has %d characters; at most %d are allowed", n, maxQuery)}
	}
	tokens, err := scan(query)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
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
	return &syntaxError{t.at, fmt.Sprintf("unexpected %s; %s was expected", t, want)}
}

func (p *parser) or() (node, error) {
	if p.level++; p.level > maxNestLevel {
		return nil, &syntaxError{p.peek().at, "too many parentheses inside each other"}
	}
	defer func() { p.level-- }()
	first, err := p.and()
	if err != nil || !p.keyword("OR") {
		return first, err
	}
	parts := some{first}
	for p.accept("OR") {
		n, err := p.and()
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
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
		parts = append(parts, n)
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
	if err == nil && negative {
		n = not{n}
	}
	return n, err
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
		return nil, &syntaxError{t.at, fmt.Sprintf("%s is inside the parentheses of field %s already", t, p.field.text())}
	}
	p.field = p.take().word
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
		return nil, &syntaxError{open.at, "this ( has no closing )"}
	}
	return n, nil
}

// value reads what a field is tested for: a word, a phrase, a comparison or a range.
func (p *parser) value() (node, error) {
	if p.terms++; p.terms > maxTerms {
		return nil, &syntaxError{p.peek().at, fmt.Sprintf("a query can have at most %d terms", maxTerms)}
	}
	switch {
	case p.symbol("[") || p.symbol("{"):
		bounds, err := p.interval()
		return term{p.field, test{bounds: bounds}}, err
	case p.symbol("<") || p.symbol(">") || p.symbol("<=") || p.symbol(">="):
		op := p.take().symbol
		w, err := p.operand()
		return term{p.field, test{bounds: []bound{{op, w}}}}, err
	}
	at := p.peek().at
	w, err := p.operand()
	if err != nil {
		return nil, err
	}
	return term{p.field, test{equal: w}}, p.checkWildcards(w, at)
}

func (p *parser) operand() (word, error) {
	t := p.peek()
	if t.kind != kindWord && t.kind != kindPhrase {
		return nil, p.unexpected("a value")
	}
	return p.take().word, nil
}

func (p *parser) checkWildcards(w word, at int) error {
	stars, marks := w.wildcards()
	if stars > maxStars || marks > maxMarks {
		return &syntaxError{at, fmt.Sprintf("a term can have at most %d * and %d ?", maxStars, maxMarks)}
	}
	if stars+marks > 0 && len(w) > 1 && !w[0].escaped && (w[0].r == '*' || w[0].r == '?') {
		if p.leading++; p.leading > maxLeading {
			return &syntaxError{at, "only one term can start with * or ?"}
		}
	}
	return nil
}

// interval reads [a TO b]; a curly bracket leaves its bound out, and a star is no bound.
func (p *parser) interval() ([]bound, error) {
	low, high := ">=", "<="
	if p.take().symbol == "{" {
		low = ">"
	}
	a, err := p.operand()
	if err != nil {
		return nil, err
	}
	if !p.accept("TO") {
		return nil, p.unexpected("TO")
	}
	b, err := p.operand()
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
