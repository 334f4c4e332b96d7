package report

import (
	"bufio"
	"strings"
)

// writeMarkdown writes a report as Markdown with tables (GitHub's flavour).
func writeMarkdown(b *bufio.Writer, words Words, r Report) {
	d := describe(words, r)
	line := func(parts ...string) {
		for _, p := range parts {
			_, _ = b.WriteString(p)
		}
		_ = b.WriteByte('\n')
	}
	line("# ", markdown(d.title), "\n")
	line(markdown(d.lead))
	for _, a := range d.alarms {
		line("\n> **", markdown(words.T("report.error")), "** ", markdown(a))
	}
	for _, s := range d.sections {
		line("\n## ", markdown(s.title))
		if s.code != "" {
			line("\n", fence(s.code))
		}
		if len(s.table.rows) > 0 {
			line()
			markdownTable(line, s.table)
		}
		for _, n := range s.notes {
			line("\n", markdown(n))
		}
	}
}

func markdownTable(line func(...string), t table) {
	cells := func(row []string, wrong bool) {
		out := "|"
		for _, c := range row {
			c = markdown(c)
			if wrong && c != "" {
				c = "**" + c + "**"
			}
			out += " " + c + " |"
		}
		line(out)
	}
	cells(t.head, false)
	rule := "|"
	for i := range t.head {
		if i >= t.numeric {
			rule += " ---: |"
		} else {
			rule += " --- |"
		}
	}
	line(rule)
	for _, r := range t.rows {
		cells(r.cells, r.wrong)
	}
}

// markdown makes text mean nothing but itself (CommonMark: any ASCII punctuation may stand behind a backslash). What only
// means something at the start of a line is left alone, since no text from elsewhere stands there. Addresses are kept from
// becoming links, as GitHub's flavour makes them.
func markdown(s string) string {
	s = clean(s)
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]<>|&~$@", r),
			r == ':' && strings.HasPrefix(s[i+1:], "//"),
			r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// fence makes text a block of code: the fence is longer than any row of back quotes in it.
func fence(s string) string {
	s = clean(s)
	most, n := 2, 0
	for _, r := range s {
		if r != '`' {
			n = 0
			continue
		}
		n++
		most = max(most, n)
	}
	f := strings.Repeat("`", most+1)
	return f + "sh\n" + s + "\n" + f
}
