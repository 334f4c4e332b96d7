// Package svg draws a terminal's screen as a picture that browsers show and that stays text: it can be searched, copied and compared
// line by line.
package svg

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"

	"fleetlab/ui/internal/vt"
	"fleetlab/ui/text"
)

// Sizes in pixels. A column is six tenths of the letters' size in nearly every monospaced font; textLength makes it so in the others.
const (
	letters = 14
	column  = 8.4
	line    = 17
	margin  = 14
	bar     = 34 // of the window's title
)

// Render draws a screen in a window with a title.
func Render(s *vt.Screen, title string) []byte {
	cols, rows := s.Size()
	w, h := size(cols, rows)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %d" %s font-size="%d" xml:space="preserve" `+
		`font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK JP', monospace">`+"\n", w, h, Size(cols, rows), letters)
	fmt.Fprintf(&b, `<title>%s</title>`+"\n", escape(title))
	fmt.Fprintf(&b, `<rect width="%.1f" height="%d" rx="8" fill="%s"/>`+"\n", w, h, vt.Background)
	for i, fill := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="17" r="6" fill="%s"/>`, 20+20*i, fill)
	}
	b.WriteByte('\n')
	for y := range rows {
		drawRow(&b, s.Row(y), y)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// size is the picture's of a screen of cols columns and rows rows.
func size(cols, rows int) (w float64, h int) {
	return 2*margin + float64(cols)*column, bar + margin + rows*line
}

// Size is how a picture says the size that a screen of cols columns and rows rows has in it.
func Size(cols, rows int) string {
	w, h := size(cols, rows)
	return fmt.Sprintf(`width="%.1f" height="%d"`, w, h)
}

// span is neighbouring cells of one style.
type span struct {
	x, cols int
	words   string
	style   vt.Style
}

// spans cuts a row where its style changes, and leaves out the blank end.
func spans(row []vt.Cell) []span {
	var out []span
	for x, c := range row {
		char := c.Text
		if char == "" && !second(row, x) {
			char = " "
		}
		if n := len(out); n > 0 && out[n-1].style == c.Style {
			out[n-1].cols++
			out[n-1].words += char
			continue
		}
		out = append(out, span{x: x, cols: 1, words: char, style: c.Style})
	}
	if n := len(out); n > 0 && out[n-1].style == (vt.Style{}) {
		last := &out[n-1]
		words := strings.TrimRight(last.words, " ")
		last.cols -= len(last.words) - len(words)
		last.words = words
		if words == "" {
			out = out[:n-1]
		}
	}
	return out
}

// second reports that a cell is covered by the wide character before it.
func second(row []vt.Cell, x int) bool {
	return x > 0 && row[x].Text == "" && text.Width(row[x-1].Text) > 1
}

func drawRow(b *bytes.Buffer, row []vt.Cell, y int) {
	list := spans(row)
	top := bar + y*line
	for _, s := range list {
		if _, bg := colours(s.style); bg != vt.Background {
			fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, margin+float64(s.x)*column, top, float64(s.cols)*column, line, bg)
		}
	}
	for _, s := range list {
		fg, _ := colours(s.style)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`,
			margin+float64(s.x)*column, top+13, float64(s.cols)*column, fg, attributes(s.style), escape(s.words))
	}
	b.WriteByte('\n')
}

func colours(st vt.Style) (fg, bg string) {
	fg, bg = st.Fg, st.Bg
	if fg == "" {
		fg = vt.Foreground
	}
	if bg == "" {
		bg = vt.Background
	}
	if st.Reverse {
		fg, bg = bg, fg
	}
	return fg, bg
}

func attributes(st vt.Style) string {
	out := ""
	for _, a := range []struct {
		on   bool
		text string
	}{
		{st.Bold, ` font-weight="bold"`}, {st.Faint, ` opacity="0.65"`}, {st.Italic, ` font-style="italic"`},
		{st.Underline && !st.Out, ` text-decoration="underline"`}, {st.Out, ` text-decoration="line-through"`},
	} {
		if a.on {
			out += a.text
		}
	}
	return out
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

var tag = regexp.MustCompile(`<[^>]*>`)

// Text is the words of a picture that Render made, a line a row.
func Text(picture []byte) string {
	words := tag.ReplaceAllString(string(picture), "")
	for from, to := range map[string]string{"&lt;": "<", "&gt;": ">", "&#34;": `"`, "&#39;": "'"} {
		words = strings.ReplaceAll(words, from, to)
	}
	return strings.ReplaceAll(words, "&amp;", "&")
}
