package markdown

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
	"github.com/yuin/goldmark/ast"

	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// inline is the text of a block without marks, and which part of it has which style. Text is wrapped first
// and styled after that: styles would be in the way of the rules for breaks.
type inline struct {
	theme  *theme.Theme
	source []byte
	text   strings.Builder
	spans  []span
}

type span struct {
	end   int // where it ends; it begins where the one before ends
	style lipgloss.Style
}

func (in *inline) add(s string, style lipgloss.Style) {
	if s == "" {
		return
	}
	in.text.WriteString(s)
	in.spans = append(in.spans, span{end: in.text.Len(), style: style})
}

// walk adds what is inside n.
func (in *inline) walk(n ast.Node, style lipgloss.Style) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			in.add(unescape(c.Segment.Value(in.source)), style)
			in.lineEnd(c, style)
		case *ast.String:
			in.add(string(c.Value), style)
		case *ast.CodeSpan:
			in.walk(c, in.theme.Style.Code)
		case *ast.Emphasis:
			in.walk(c, in.theme.Style.Emphasis)
		case *ast.AutoLink:
			in.add(string(c.URL(in.source)), in.theme.Style.Link)
		case *ast.Link:
			in.walk(c, in.theme.Style.Link)
			in.add(" ("+string(c.Destination)+")", in.theme.Style.Muted)
		case *ast.RawHTML:
		default:
			in.walk(c, style)
		}
	}
}

// lineEnd is a space where a line of the source ends, but none between two wide characters: Japanese is
// written without spaces.
func (in *inline) lineEnd(n *ast.Text, style lipgloss.Style) {
	switch {
	case n.HardLineBreak():
		in.add("\n", style)
	case n.SoftLineBreak():
		before, _ := utf8.DecodeLastRuneInString(in.text.String())
		after := rune(0)
		if next, ok := n.NextSibling().(*ast.Text); ok {
			after, _ = utf8.DecodeRune(next.Segment.Value(in.source))
		}
		if text.Width(string(before)) < 2 || after != 0 && text.Width(string(after)) < 2 {
			in.add(" ", style)
		}
	}
}

// styled is a part of the text with its styles.
func (in *inline) styled(line text.Range) string {
	s := in.text.String()
	var b strings.Builder
	at := line.Start
	for _, sp := range in.spans {
		if sp.end <= at {
			continue
		}
		end := min(sp.end, line.End)
		if end <= at {
			break
		}
		b.WriteString(sp.style.Render(s[at:end]))
		at = end
	}
	return b.String()
}

// unescape drops the backslashes that Markdown needs in front of its signs.
func unescape(raw []byte) string {
	const signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) && strings.IndexByte(signs, raw[i+1]) >= 0 {
			continue
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}
