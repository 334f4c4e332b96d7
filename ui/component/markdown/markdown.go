// Package markdown lays Markdown out for a terminal: lines no wider than asked for, styled, with Japanese
// wrapped by Unicode's rules.
package markdown

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	gmtext "github.com/yuin/goldmark/text"

	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// parser is goldmark with tables; it is safe for concurrent use.
var parser = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

// Render lays src out in lines of at most w columns. Code is not wrapped but cut. Raw HTML is left out.
func Render(t *theme.Theme, src string, w int) []string {
	source := []byte(text.Clean(src, false))
	r := renderer{theme: t, source: source}
	doc := parser.Parse(gmtext.NewReader(source))
	r.blocks(doc, max(4, w), true)
	return r.rows
}

// renderer collects the rows of one text.
type renderer struct {
	theme  *theme.Theme
	source []byte
	rows   []string
}

// blocks lays out the blocks inside n, with a blank row between them if they are spaced.
func (r *renderer) blocks(n ast.Node, w int, spaced bool) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if _, html := c.(*ast.HTMLBlock); html {
			continue
		}
		if spaced && len(r.rows) > 0 {
			r.rows = append(r.rows, "")
		}
		r.block(c, w)
	}
}

func (r *renderer) block(n ast.Node, w int) {
	switch n := n.(type) {
	case *ast.Heading:
		r.heading(n, w)
	case *ast.List:
		r.list(n, w)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		r.code(n, w)
	case *ast.Blockquote:
		lead := r.theme.Style.Quote.Render(r.theme.Symbol.Quote) + " "
		r.nested(n, w, lead, lead, true)
	case *ast.ThematicBreak:
		r.rows = append(r.rows, r.theme.Style.Border.Render(strings.Repeat(r.theme.Symbol.Border.Horizontal, w)))
	case *extast.Table:
		r.table(n, w)
	default:
		r.rows = append(r.rows, r.wrap(n, r.theme.Style.Text, w)...)
	}
}

// heading draws a line under the highest level, so that it stands out without a style too.
func (r *renderer) heading(n *ast.Heading, w int) {
	r.rows = append(r.rows, r.wrap(n, r.theme.Style.Heading, w)...)
	if n.Level == 1 {
		r.rows = append(r.rows, r.theme.Style.Border.Render(strings.Repeat(r.theme.Symbol.Border.Horizontal, w)))
	}
}

func (r *renderer) list(n *ast.List, w int) {
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		lead := r.theme.Symbol.Bullet + " "
		if n.IsOrdered() {
			lead = strconv.Itoa(number) + ". "
			number++
		}
		if !n.IsTight && item != n.FirstChild() {
			r.rows = append(r.rows, "")
		}
		r.nested(item, w, lead, text.Spaces(text.Width(lead)), !n.IsTight)
	}
}

// nested lays out what is inside n to the right of a lead: first on its first row, next on the others.
func (r *renderer) nested(n ast.Node, w int, first, next string, spaced bool) {
	inner := renderer{theme: r.theme, source: r.source}
	inner.blocks(n, max(4, w-text.Width(first)), spaced)
	lead := first
	for _, row := range inner.rows {
		r.rows = append(r.rows, text.Cut(lead+row, w))
		lead = next
	}
}

func (r *renderer) code(n ast.Node, w int) {
	lines := n.Lines()
	for i := range lines.Len() {
		segment := lines.At(i)
		line := strings.TrimRight(string(segment.Value(r.source)), "\n")
		r.rows = append(r.rows, r.theme.Style.Code.Render(text.Cut("  "+line, w)))
	}
}

// wrap lays the inline content of a block out in lines.
func (r *renderer) wrap(n ast.Node, base lipgloss.Style, w int) []string {
	in := inline{theme: r.theme, source: r.source}
	in.walk(n, base)
	var rows []string
	for _, line := range text.WrapRanges(in.text.String(), w) {
		rows = append(rows, in.styled(line))
	}
	return rows
}
